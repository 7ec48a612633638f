"""Writes of addresses: confirm one, ask to move to another, move, and take a move back."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from application.accounts import audit
from application.accounts.addresses import SAY_TAKEN, Proof, read
from application.accounts.models import EmailChange, User
from application.accounts.queries import find_user
from application.accounts.queries_addresses import KEPT, MOVE_WITHIN
from application.accounts.services import change_settings, end_everything, end_move
from application.accounts.services_identities import unlink_all
from application.accounts.versions import bump
from application.platform import database
from application.platform.clock import now
from application.platform.errors import Conflict, Invalid
from application.platform.extensions import db

SAY_SAME = "That is your address already."


def ask_move(owner_id: int, email: str) -> EmailChange:
    """The person wants to move to `email` (as it is kept); what they asked before is over.

    Whether an account has that address is not said here: its owner is told by mail.
    Raises Invalid for the present one.
    """
    user = find_user(owner_id, lock=True)
    if email == user.email:
        raise Invalid.field("email", SAY_SAME)
    end_move(owner_id)
    change = EmailChange(user_id=owner_id, old_email=user.email, new_email=email)
    db.session.add(change)
    db.session.flush()
    audit.note(owner_id, "email_asked")
    return change


def take_back(owner_id: int) -> None:
    """The person does not want to move any more; twice is the same as once."""
    find_user(owner_id, lock=True)
    if end_move(owner_id):
        audit.note(owner_id, "email_withdrawn")


def follow(token: str) -> Proof:
    """Do what the token of a link says. Raises Gone or Conflict in words."""
    find_user(read(token).user.id, lock=True)  # two at once: the second sees what the first did
    proof = read(token)
    try:
        {"confirm": _confirm, "move": _move, "keep": _keep}[proof.what](proof)
    except IntegrityError:  # somebody took the address in this very moment
        database.rollback()
        raise Conflict(SAY_TAKEN) from None
    return proof


def _confirm(proof: Proof) -> None:
    proof.user.confirmed_at = now()
    db.session.flush()
    audit.note(proof.user.id, "email_confirmed")


def _move(proof: Proof) -> None:
    assert proof.change is not None  # for the types: a move has one
    _settle(proof.user, proof.email)
    proof.change.confirmed_at = now()
    db.session.flush()
    audit.note(proof.user.id, "email_changed")


def _keep(proof: Proof) -> None:
    """Back to the old address, and nobody stays signed in: it was not its reader who moved."""
    change = proof.change
    assert change is not None  # for the types: there is nothing else to keep from
    if change.confirmed_at is not None:
        _settle(proof.user, change.old_email)
    # Where somebody moved twice, the later moves are over with this one.
    db.session.execute(
        update(EmailChange)
        .where(
            EmailChange.user_id == change.user_id,
            EmailChange.id >= change.id,
            EmailChange.ended_at.is_(None),
        )
        .values(ended_at=now())
        .execution_options(synchronize_session=False)
    )
    end_everything(change.user_id)
    audit.note(change.user_id, "email_kept")


def _settle(user: User, email: str) -> None:
    """The account has that address from now on; links to the one before it open nothing."""
    user.email = email
    user.confirmed_at = now()
    user.fs_uniquifier = secrets.token_hex(16)
    db.session.flush()
    bump([user.id])


def take_over(user: User) -> None:
    """By a letter a new password was set: whoever reads the address has the account from now on.

    Was it not proved before, somebody else may have made the account with it: what they tied to
    it would still let them in (an account elsewhere), or still tell them (a webhook).
    """
    if user.confirmed_at is not None:
        return
    user.confirmed_at = now()
    unlink_all(user.id)
    if user.webhook is not None:
        change_settings(user.id, {"webhook": None})
    db.session.flush()
    audit.note(user.id, "email_confirmed")


def drop_old_changes() -> None:
    """Delete the moves that can neither be finished nor taken back any more."""
    over = now() - KEPT - MOVE_WITHIN - timedelta(days=1)
    db.session.execute(delete(EmailChange).where(EmailChange.created_at < over))
