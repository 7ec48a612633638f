"""The asker's second factor: the authenticator app and the recovery codes."""

from typing import Any

from flask import g
from flask_security.utils import check_and_get_token_status

from api import half_open, limits
from api.account import settings
from api.accounts import begin_as_reader
from api.base import Resource, contract
from api.security import ways_changed
from application.accounts import services_factors as services
from application.accounts.identity import SETUP_WITHIN
from application.accounts.models import User
from application.accounts.queries import Asker, find_user
from application.accounts.schemas_factors import CodesOut, FactorsOut, TotpIn, TotpOut
from application.deliveries import alerts
from application.platform.errors import Conflict, Gone, Invalid

SAY_OVER = "This took too long: begin once more, with a new picture."
SAY_CODE = "This is not the code that the app shows for it now."
SAY_NONE = "Recovery codes belong to a second factor: set one up first."


def is_required() -> bool:
    """Whether everybody needs a second factor here."""
    return settings().two_factor == "required"


class SecondFactorResource(Resource):
    """What the asker has beside the password."""

    guard = staticmethod(half_open.setting_up)

    @contract(out=FactorsOut)
    def get(self, asker: Asker) -> FactorsOut:
        """Which factors there are, how many recovery codes are left, whether one is needed."""
        user = find_user(asker.user_id)
        return FactorsOut(
            totp=user.tf_totp_secret is not None,
            passkeys=len(user.webauthn),
            recovery_codes=len(user.mf_recovery_codes or ()),
            required=is_required(),
        )


class TotpResource(Resource):
    """The authenticator app."""

    guard = staticmethod(half_open.setting_up)

    @limits.NEW_SECRET
    @contract(out=TotpOut, recent=True)
    def post(self, asker: Asker) -> TotpOut:
        """A new secret; it counts from its first code on, then in place of another."""
        begin_as_reader()
        user = find_user(asker.user_id)
        codes = half_open.app_codes()
        secret = codes.generate_totp_secret()
        said = codes.fetch_setup_values(secret, user)
        state = half_open.security().tf_setup_serializer.dumps(
            {"user": user.fs_uniquifier, "totp": secret}
        )
        return TotpOut(state=state, secret=said["key"], uri=said["uri"], qr=said["image"])

    @contract(recent=True)
    def delete(self, asker: Asker) -> None:
        """Remove it; all other sessions end. 409 when one is needed and this is the last."""
        services.drop_totp(asker.user_id, required=is_required())
        ways_changed(asker.user_id, "second_factor_off")


class TotpConfirmResource(Resource):
    """The first code of an authenticator app."""

    guard = staticmethod(half_open.setting_up)

    @limits.VERIFY
    @contract(body=TotpIn, out=CodesOut, recent=True)
    def post(self, asker: Asker, body: TotpIn) -> CodesOut:
        """Turn it on; all other sessions end. Recovery codes come with the first second factor."""
        begin_as_reader()
        secret = read_state(find_user(asker.user_id), body.state)
        counter = half_open.app_codes().match_new(body.code, secret)
        if counter is None:
            raise Invalid.field("code", SAY_CODE)
        half_open.hold(asker)
        user = services.keep_totp(asker.user_id, secret, counter)
        return CodesOut(recovery_codes=complete(user, "second_factor_on"))


class RecoveryCodesResource(Resource):
    """The codes for when everything else is lost."""

    @limits.NEW_SECRET
    @contract(out=CodesOut, recent=True)
    def post(self, asker: Asker) -> CodesOut:
        """Make new ones, shown here and never again; those from before end."""
        user = services.hold(asker.user_id)
        if user.tf_primary_method is None:
            raise Conflict(SAY_NONE)
        codes = half_open.security().mf_recovery_codes_util.create_recovery_codes(user)
        alerts.tell(user.id, "recovery_codes_made")
        return CodesOut(recovery_codes=codes)


def read_state(user: User, state: str) -> str:
    """The (encrypted) secret that this person was given. Raises Gone."""
    expired, invalid, said = check_and_get_token_status(state, "tf_setup", SETUP_WITHIN)
    kept: dict[str, Any] = said if not (expired or invalid) and isinstance(said, dict) else {}
    if kept.get("user") != user.fs_uniquifier:
        raise Gone(SAY_OVER)
    return str(kept["totp"])


def complete(user: User, kind: str, detail: str = "") -> list[str] | None:
    """A factor was added: recovery codes if it is the first, and a sign-in that waited for it."""
    codes: list[str] | None = None
    if not user.mf_recovery_codes:
        codes = half_open.security().mf_recovery_codes_util.create_recovery_codes(user)
    if g.get("asker") is None:
        half_open.finish(user)
    ways_changed(user.id, kind, detail)
    return codes
