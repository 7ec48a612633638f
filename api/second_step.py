"""Coming in, the second step: a code, a recovery code, or a passkey, which is also a first one."""

from typing import Any

from flask import Request, g, request
from flask_security import recovery_codes, views, webauthn
from flask_security.utils import check_and_get_token_status

from api import half_open, history, limits
from api.accounts import begin_as_a_stranger, newcomer
from api.base import Resource, contract
from api.guards import anyone
from api.security import ways_changed
from application.accounts.factors import site
from application.accounts.identity import PASSKEY_WITHIN
from application.accounts.later import load_passkeys
from application.accounts.queries import Asker
from application.accounts.schemas import AccountOut
from application.accounts.schemas_factors import (
    CodeIn,
    PasskeyAskIn,
    PasskeyIn,
    PasskeyOptions,
)
from application.platform.errors import WrongCode


class SecondFactorResource(Resource):
    """A code of the authenticator app."""

    guard = staticmethod(anyone)

    @limits.SECOND_FACTOR
    @limits.SECOND_FACTOR_DAY
    @contract(body=CodeIn, out=AccountOut)
    def post(self, asker: Asker | None, body: CodeIn) -> AccountOut:
        """Sign in after the password; 401 when the code does not fit, or was used already."""
        begin_as_a_stranger()
        history.tried(half_open.need(half_open.SECOND).id, history.WRONG_CODE)
        views.two_factor_token_validation()
        return newcomer()


class RecoveryCodeResource(Resource):
    """A code that was kept for when everything else is lost."""

    guard = staticmethod(anyone)

    @limits.SECOND_FACTOR
    @limits.SECOND_FACTOR_DAY
    @contract(body=CodeIn, out=AccountOut)
    def post(self, asker: Asker | None, body: CodeIn) -> AccountOut:
        """Sign in after the password; the code is used up, and all other sessions end."""
        begin_as_a_stranger()
        user = half_open.need(half_open.SECOND)
        user_id = user.id
        history.tried(user_id, history.WRONG_CODE)
        recovery_codes.mf_recovery()
        ways_changed(user_id, "recovery_code_used")
        return newcomer()


class PasskeyOptionsResource(Resource):
    """What a browser needs to ask its person for a passkey."""

    guard = staticmethod(anyone)

    @limits.PASSKEY
    @contract(body=PasskeyAskIn, out=PasskeyOptions)
    def post(self, asker: Asker | None, body: PasskeyAskIn) -> PasskeyOptions:
        """A challenge for any passkey of this site; after a password, for one of that account."""
        begin_as_a_stranger()
        prepare()
        webauthn.webauthn_signin()
        return options_said()


class PasskeyResource(Resource):
    """What a passkey says to a challenge."""

    guard = staticmethod(anyone)

    @limits.PASSKEY
    @contract(body=PasskeyIn, out=AccountOut)
    def post(self, asker: Asker | None, body: PasskeyIn) -> AccountOut:
        """Sign in, alone or after the password; 401 when it is not one that does."""
        begin_as_a_stranger()
        prepare()
        half = half_open.waiting(half_open.SECOND)
        if half is not None:
            history.tried(half.id, history.WRONG_CODE)
        if not is_ours(body.state):
            raise WrongCode
        webauthn.webauthn_signin_response(body.state)
        return newcomer()


def prepare() -> None:
    """Before a view of passkeys: webauthn is there, and the host is the one of PUBLIC_URL.

    A proxy may have said another one, and nobody else may choose whose passkeys are good.
    """
    load_passkeys()
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    asked.host = site()


def options_said() -> PasskeyOptions:
    """What the view has answered."""
    said: dict[str, Any] = g.said
    return PasskeyOptions(options=said["credential_options"], state=said["wan_state"])


def is_ours(state: str, *names: str) -> bool:
    """Whether we signed this state, lately, with a challenge and these names in it."""
    expired, invalid, said = check_and_get_token_status(state, "wan", PASSKEY_WITHIN)
    return not expired and not invalid and {"challenge", *names} <= set(said)
