"""What happened to an account's safety, written down for its person: `note`, and its words."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from application.accounts.models import AuditEvent
from application.platform.extensions import db

log = logging.getLogger(__name__)

DETAIL_LENGTH: Final = 120
WHENCE: Final = "tend_whence"

# Every kind there is, in the words that its person reads. A test looks for kinds that lack a line.
KINDS: Final[dict[str, str]] = {
    "account_made": "Account made",
    "sign_in": "Signed in",
    "sign_in_failed": "A wrong password at sign-in",
    "sign_out": "Signed out",
    "session_ended": "One session ended",
    "sessions_ended": "All other sessions ended",
    "password_changed": "Password changed; all other sessions ended",
    "password_reset": "New password set by a link; all sessions and tokens ended",
    "password_set": "New password set by who runs this; all sessions and tokens ended",
    "second_factor_on": "Authenticator app turned on",
    "second_factor_off": "Authenticator app turned off",
    "second_factor_reset": "Second factors removed by who runs this",
    "second_factor_failed": "A wrong code or passkey after the password",
    "proof_failed": "A wrong password, code or passkey where Tend asked once more",
    "recovery_codes_made": "New recovery codes made",
    "recovery_code_used": "Signed in with a recovery code",
    "passkey_added": "Passkey added",
    "passkey_renamed": "Passkey given another name",
    "passkey_removed": "Passkey removed",
    "token_made": "Token made",
    "token_removed": "Token removed",
    "email_asked": "Another e-mail address asked for",
    "email_withdrawn": "The wish for another e-mail address taken back",
    "email_confirmed": "E-mail address confirmed",
    "email_changed": "E-mail address changed",
    "email_kept": "A move to another e-mail address taken back; all sessions and tokens ended",
    "identity_linked": "Linked with an account elsewhere",
    "identity_unlinked": "No longer linked with an account elsewhere",
    "webhook_changed": "Webhook changed",
    "webhook_removed": "Webhook removed",
    "secret_renewed": "Webhook secret renewed",
    "export_asked": "Export of entries asked for",
    "disabled": "Account disabled by who runs this; all sessions and tokens ended",
    "enabled": "Account enabled by who runs this",
    "admin_given": "Given the keys to run this place",
}


@dataclass(frozen=True, slots=True)
class Whence:
    """Where something came from, in words: the device, and the place in the network."""

    device: str = ""
    place: str = ""


def note(owner_id: int, kind: str, detail: str = "", *, mine: bool = True) -> None:
    """Write an event down in the present transaction; `detail` is a name or host, never a secret.

    Device and place are those of the request under way, if there is one; not `mine`, if it was
    somebody else's doing, whose device is nobody's business.
    """
    found = whence() if mine else Whence()
    event = AuditEvent(
        user_id=owner_id,
        kind=kind,
        device=found.device,
        place=found.place,
        detail=detail[:DETAIL_LENGTH],
    )
    db.session.add(event)
    db.session.flush()
    log.info("account %s: %s", owner_id, kind)


def words(kind: str, detail: str) -> str:
    """An event as its person reads it."""
    said = KINDS.get(kind, kind)
    return f"{said} ({detail})" if detail else said


def whence() -> Whence:
    """Where the present unit of work comes from, by whoever knows; nowhere in a worker."""
    known: Callable[[], Whence] = current_app.extensions.get(WHENCE, Whence)
    return known()


def init_app(app: Flask, known: Callable[[], Whence]) -> None:
    """Ask `known` where things come from: the product itself knows no request."""
    app.extensions[WHENCE] = known
