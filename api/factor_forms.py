"""Flask-Security's forms of second factors and passkeys, with our refusals and our strictness."""

import json
import logging
from collections.abc import Callable
from typing import Any

from flask import session
from flask_security import (
    MfRecoveryForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnRegisterForm,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninResponseForm,
)
from flask_security.webauthn import WebAuthnTfPlugin
from sqlalchemy.exc import SQLAlchemyError
from wtforms import Form, StringField

from application.accounts.factors import asked_at
from application.accounts.services_factors import FIRST, SAY_NAMED, SECOND
from application.platform.errors import FieldError, Invalid, Refused, WrongCode

log = logging.getLogger(__name__)


class Fits(Form):
    """A form whose code opens the second step, or is wrong."""

    def validate(self, **more: Any) -> bool:
        """True. Raises WrongCode."""
        if not super().validate(**more):
            raise WrongCode
        return True


class FactorCode(Fits, TwoFactorVerifyCodeForm):
    """A code of the authenticator app, as the second step."""


class RecoveryCode(Fits, MfRecoveryForm):
    """A recovery code, as the second step."""


class Again(VerifyForm):
    """The password, once more."""

    def validate(self, **more: Any) -> bool:
        """True. Raises Invalid."""
        if not super().validate(**more):
            raise Invalid.field("password", "That is not your password.")
        return True


class UsedPasskey(WebAuthnSigninResponseForm):
    """What a passkey says to a challenge, alone, as the second step, or once more."""

    def validate(self, **more: Any) -> bool:
        """True. Raises WrongCode, whatever is wrong."""
        alone = not self.is_secondary and not self.is_verify
        self.user_verification = self.user_verification or alone
        self.is_verify = self.is_verify or self.is_secondary  # those that sign in alone too
        check = super().validate
        if not understood(self, lambda: check(**more)) or not self.is_good():
            raise WrongCode
        return True

    def is_good(self) -> bool:
        """What Flask-Security leaves open: a disabled account, another's passkey, a repeat."""
        user: Any = self.user
        passkey: Any = self.cred
        if not user.active:
            return False
        if self.is_secondary and user.fs_uniquifier != session.get("tf_user_id"):
            return False
        used_at: float = passkey.lastuse_datetime.timestamp()
        return asked_at(self.challenge) > used_at * 1_000_000


class NewPasskey(WebAuthnRegisterForm):
    """What a new passkey is to be called; what it can, its device will say."""

    usage = StringField(default=SECOND)

    def validate(self, **more: Any) -> bool:
        """True. Raises Invalid when another one has the name."""
        if not super().validate(**more):
            raise Invalid.field("name", SAY_NAMED)
        return True


class MadePasskey(WebAuthnRegisterResponseForm):
    """What a device says of the passkey that it has just made."""

    def validate(self, **more: Any) -> bool:
        """True. Raises Invalid."""
        check = super().validate
        if not understood(self, lambda: check(**more)):
            say = "This passkey could not be read. Try again, or take another device."
            raise Invalid(say, [FieldError("credential", say)])
        self.usage = FIRST if self.signs_in_alone() else SECOND
        self.extensions = ""
        return True

    def signs_in_alone(self) -> bool:
        """Whether it is found without a name, and the device is sure who holds it."""
        said = self.registration_verification
        results = json.loads(self.credential.data).get("clientExtensionResults")
        props = results.get("credProps") if isinstance(results, dict) else None
        found = props.get("rk") if isinstance(props, dict) else None
        if found is None:  # not every browser says so; what is synced is always found
            found = said.credential_device_type == "multi_device"
        return bool(found and said.user_verified)


def understood(form: Form, check: Callable[[], bool]) -> bool:
    """Whether `check` is content; what a hostile credential throws in webauthn counts as not."""
    form.credential.data = json.dumps(form.credential.data)
    try:
        return check()
    except (Refused, SQLAlchemyError):
        raise
    except Exception as error:
        log.info("a passkey's answer could not be read: %s", type(error).__name__)
        return False


class PasskeyFactor(WebAuthnTfPlugin):
    """Any passkey is a second factor; where to go next is the page's matter."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        """Said when there is one."""
        return [("webauthn", "passkey")] if user.webauthn else []

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Any:
        """Nothing to send: api/half_open.py says what comes next."""
        session["tf_state"] = "ready"
        return json_payload


FORMS: dict[str, type[Form]] = {
    "two_factor_verify_code_form": FactorCode,
    "mf_recovery_form": RecoveryCode,
    "verify_form": Again,
    "wan_signin_response_form": UsedPasskey,
    "wan_register_form": NewPasskey,
    "wan_register_response_form": MadePasskey,
}
