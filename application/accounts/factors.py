"""What Flask-Security leaves to us of second factors: codes that work once, and passkeys' terms."""

import hmac
import logging
import re
import secrets
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app
from flask_security import MfRecoveryCodesUtil, Totp, WebauthnUtil
from passlib.exc import TokenError, UsedTokenError
from passlib.totp import TOTP, AppWallet

from application.accounts import services_factors as services
from application.accounts.later import load_passkeys
from application.accounts.models import User
from application.platform.clock import now
from application.platform.errors import WrongCode

log = logging.getLogger(__name__)

ISSUER: Final = "Tend"
WINDOW: Final = 30  # seconds by which a telephone's clock may be wrong, either way
MICRO: Final = 1_000_000


class AppCodes(Totp):
    """The codes of an authenticator app (RFC 6238): each signs in once."""

    def __init__(self, keys: dict[str, bytes], issuer: str) -> None:
        """`keys` by id, the one that encrypts from now on first; the others only read."""
        super().__init__(keys, issuer)  # type: ignore[arg-type]  # passlib takes bytes
        wallet = AppWallet(keys, default_tag=next(iter(keys)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = WINDOW) -> bool:
        """Whether this code is good now; from then on it is not."""
        if not token.isascii():
            return False
        try:
            return bool(super().verify_totp(token, totp_secret, user, window))
        except KeyError:
            log.error("the second factor of account %s has a key that is not known", user.id)
            return False

    def match_new(self, token: str, totp_secret: str) -> int | None:
        """The counter of a code from a secret that is only being set up, or None."""
        try:
            return int(self._totp.verify(token, totp_secret, window=WINDOW).counter)
        except (TokenError, TypeError):  # TypeError: digits that are not ASCII
            return None

    def get_last_counter(self, user: Any) -> int | None:
        """The 30 seconds of the last code that was good."""
        found: int | None = user.totp_counter
        return found

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Use the code up. Raises UsedTokenError when another request was quicker."""
        kept = user.tf_totp_secret or ""
        found = self._totp.from_source(kept)
        anew = found.to_json(encrypt=True) if found.changed else kept
        if not services.use_code(user.id, kept, anew, tmatch.counter):
            raise UsedTokenError


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes, encrypted; each works once, however it is typed."""

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Whether this is one of those that are left."""
        return self._place(user, code) is not None

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        """Use a code up. Raises WrongCode when another request was quicker."""
        held = services.hold(user.id)
        place = self._place(held, code)
        if place is None:
            raise WrongCode
        left = list(held.mf_recovery_codes or ())
        del left[place]
        services.keep_codes(held, left)
        return True

    def _place(self, user: User, code: str) -> int | None:
        said = plain(code).encode()
        kept = [self._decrypt_codes([one]) for one in user.mf_recovery_codes or ()]
        same = [bool(one) and hmac.compare_digest(plain(one[0]).encode(), said) for one in kept]
        return same.index(True) if any(same) else None


def plain(code: str) -> str:
    """A recovery code without what people put between and around its letters."""
    return re.sub(r"[^0-9a-f]", "", code.lower())


class PasskeyTerms(WebauthnUtil):
    """Which passkeys we ask for. What is asked of a browser names the site by PUBLIC_URL alone."""

    def origin(self) -> str:
        """The one site whose passkeys are good."""
        return str(current_app.config["TEND"].origin)

    def generate_challenge(self, nbytes: int | None = None) -> str:
        """A random one, with the instant in it: see `asked_at`."""
        return f"{secrets.token_urlsafe(nbytes or 32)}.{int(now().timestamp() * MICRO)}"

    def registration_options(
        self,
        user: Any,  # noqa: ARG002
        usage: str,  # noqa: ARG002
        existing_options: dict[str, Any],
    ) -> dict[str, Any]:
        """Any device; if it can, one that signs in without a name and asks who holds it."""
        load_passkeys()
        from webauthn.helpers import structs

        selection = structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        )
        return existing_options | {"rp_id": site(), "authenticator_selection": selection}

    def authentication_options(
        self,
        user: Any,
        usage: list[str],  # noqa: ARG002
        existing_options: dict[str, Any],
    ) -> dict[str, Any]:
        """Alone it must be sure who holds it; beside a password, or again, that it is there."""
        load_passkeys()
        from flask_security import webauthn
        from webauthn.helpers.structs import UserVerificationRequirement

        wanted = UserVerificationRequirement
        verification = wanted.REQUIRED if user is None else wanted.PREFERRED
        found = existing_options | {"rp_id": site(), "user_verification": verification}
        if user is not None:  # Flask-Security would not take one that could sign in alone
            found["allow_credentials"] = webauthn._create_credential_list(user, services.USAGES)
        return found

    def name_svn(self, value: str) -> tuple[str | None, str | None]:
        """(what is wrong or None, the name): what a name may be is said by its schema."""
        return None, value


def site() -> str:
    """The domain that passkeys belong to (WebAuthn's RP ID)."""
    return urlsplit(current_app.config["TEND"].origin).hostname or ""


def asked_at(challenge: str) -> float:
    """When a challenge was made, in microseconds since 1970."""
    return float(challenge.rpartition(".")[2])
