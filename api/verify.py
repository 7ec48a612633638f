"""Showing once more that it is you: what matters most asks for that when it was long ago.

The session that has shown it goes on as a new one (ASVS 7.2.4), and the old one is over.
"""

from flask import current_app
from flask_security import views, webauthn

from api import half_open, history, limits, sessions
from api.accounts import begin_as_reader
from api.base import Resource, contract
from api.guards import somebody
from api.second_step import is_ours, options_said, prepare
from application.accounts.models import User
from application.accounts.queries import Asker, find_user
from application.accounts.schemas import Nothing
from application.accounts.schemas_factors import PasskeyIn, PasskeyOptions, VerifyIn
from application.platform.errors import Invalid, WrongCode


class VerifyResource(Resource):
    """The password, or a code of the authenticator app."""

    guard = staticmethod(somebody)

    @limits.VERIFY
    @limits.VERIFY_DAY
    @contract(body=VerifyIn, out=Nothing)
    def post(self, asker: Asker, body: VerifyIn) -> Nothing:
        """Prove it; this browser goes on in a new session. 422 when it does not fit."""
        begin_as_reader()
        history.tried(asker.user_id, history.NOT_PROVED)
        if body.password is not None:
            views.verify()
        else:
            check_code(find_user(asker.user_id), body.code or "")
        return go_on(asker)


class VerifyOptionsResource(Resource):
    """What a browser needs to ask for a passkey once more."""

    guard = staticmethod(somebody)

    @limits.VERIFY
    @contract(out=PasskeyOptions)
    def post(self, asker: Asker) -> PasskeyOptions:
        """A challenge for the asker's own passkeys."""
        begin_as_reader()
        prepare()
        webauthn.webauthn_verify()
        return options_said()


class VerifyPasskeyResource(Resource):
    """A passkey, once more."""

    guard = staticmethod(somebody)

    @limits.VERIFY
    @contract(body=PasskeyIn, out=Nothing)
    def post(self, asker: Asker, body: PasskeyIn) -> Nothing:
        """Prove it; this browser goes on in a new session. 422 when it does not fit."""
        begin_as_reader()
        prepare()
        history.tried(asker.user_id, history.NOT_PROVED)
        try:
            if not is_ours(body.state):
                raise WrongCode
            webauthn.webauthn_verify_response(body.state)
        except WrongCode as error:
            raise Invalid.field("credential", error.message) from None
        return go_on(asker)


def check_code(user: User, code: str) -> None:
    """Use up a code of the asker's app. Raises Invalid."""
    secret = user.tf_totp_secret
    if secret is None or not half_open.app_codes().verify_totp(code, secret, user):
        raise Invalid.field("code", WrongCode.message)


def go_on(asker: Asker) -> Nothing:
    """The same person in a new session, which has just proved who it is."""
    sessions.begin(current_app, find_user(asker.user_id))
    return Nothing()
