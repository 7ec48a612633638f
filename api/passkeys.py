"""The asker's passkeys: a list with names, one more, another name, one less."""

from flask import g
from flask_security import webauthn
from flask_security.utils import set_request_attr

from api import half_open, limits
from api.accounts import begin_as_reader
from api.base import Resource, contract
from api.factors import complete, is_required
from api.second_step import is_ours, options_said, prepare
from api.security import ways_changed
from application.accounts import audit
from application.accounts import services_factors as services
from application.accounts.models import Passkey
from application.accounts.queries import Asker, find_user
from application.accounts.queries_factors import list_passkeys
from application.accounts.schemas_factors import (
    NewPasskeyOut,
    PasskeyIn,
    PasskeyList,
    PasskeyName,
    PasskeyOptions,
    PasskeyOut,
)
from application.platform.errors import Gone

SAY_OVER = "This took too long: begin once more."


def shown(passkey: Passkey) -> PasskeyOut:
    """A passkey as its person sees it."""
    used = passkey.lastuse_datetime > passkey.create_datetime
    return PasskeyOut(
        id=passkey.id,
        name=passkey.name,
        usage="first" if passkey.usage == services.FIRST else "second",
        created_at=passkey.create_datetime,
        last_used_at=passkey.lastuse_datetime if used else None,
        synced=passkey.backup_state,
    )


def stand_in(asker: Asker) -> None:
    """Let a view see who has half signed in to set a factor up."""
    if g.get("asker") is None:
        g._login_user = find_user(asker.user_id)
        set_request_attr("fs_authn_via", "session")


class PasskeyOptionsResource(Resource):
    """What a browser needs to make a passkey."""

    guard = staticmethod(half_open.setting_up)

    @limits.NEW_SECRET
    @contract(body=PasskeyName, out=PasskeyOptions, recent=True)
    def post(self, asker: Asker, body: PasskeyName) -> PasskeyOptions:
        """Begin one more, by the name that people will know it by."""
        begin_as_reader()
        prepare()
        stand_in(asker)
        webauthn.webauthn_register()
        return options_said()


class PasskeyListResource(Resource):
    """Devices that sign in."""

    guard = staticmethod(half_open.setting_up)

    @contract(out=PasskeyList)
    def get(self, asker: Asker) -> PasskeyList:
        """The asker's passkeys, the newest first."""
        return PasskeyList(items=[shown(passkey) for passkey in list_passkeys(asker.user_id)])

    @contract(body=PasskeyIn, out=NewPasskeyOut, status=201, recent=True)
    def post(self, asker: Asker, body: PasskeyIn) -> NewPasskeyOut:
        """Add what the device has made; all other sessions end. `usage` says what it can."""
        begin_as_reader()
        prepare()
        stand_in(asker)
        if not is_ours(body.state, "name", "usage"):
            raise Gone(SAY_OVER)
        half_open.hold(asker)
        webauthn.webauthn_register_response(body.state)
        passkey = list_passkeys(asker.user_id)[0]
        codes = complete(passkey.user, "passkey_added", passkey.name)
        return NewPasskeyOut(**shown(passkey).model_dump(), recovery_codes=codes)


class PasskeyResource(Resource):
    """One of them."""

    @contract(body=PasskeyName, out=PasskeyOut, recent=True)
    def patch(self, asker: Asker, passkey_id: int, body: PasskeyName) -> PasskeyOut:
        """Call it by another name."""
        passkey = services.rename_passkey(asker.user_id, passkey_id, body.name)
        audit.note(asker.user_id, "passkey_renamed", passkey.name)
        return shown(passkey)

    @contract(recent=True)
    def delete(self, asker: Asker, passkey_id: int) -> None:
        """Forget it; all other sessions end. 409 when one is needed and this is the last."""
        name = services.drop_passkey(asker.user_id, passkey_id, required=is_required())
        ways_changed(asker.user_id, "passkey_removed", name)
