"""Reads of moves to another address: what waits for its link, and what can be taken back."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select

from application.accounts.models import EmailChange, User
from application.platform.clock import now
from application.platform.extensions import db

MOVE_WITHIN = timedelta(days=1)  # the link to the new address
KEPT = timedelta(days=7)  # how long the old address can take a move back


def is_pending() -> tuple[ColumnElement[bool], ...]:
    """Moves whose link still works."""
    return (
        EmailChange.confirmed_at.is_(None),
        EmailChange.ended_at.is_(None),
        EmailChange.created_at > now() - MOVE_WITHIN,
    )


def find_pending(owner_id: int) -> EmailChange | None:
    """The person's move that waits for its link, or None."""
    return db.session.scalar(
        select(EmailChange)
        .where(EmailChange.user_id == owner_id, *is_pending())
        .order_by(EmailChange.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def find_change(change_id: int) -> EmailChange | None:
    """That move, read anew, while it can be stopped or taken back; None when it is over."""
    return db.session.scalar(
        select(EmailChange)
        .where(
            EmailChange.id == change_id,
            EmailChange.ended_at.is_(None),
            or_(*_is_stoppable()),
        )
        .execution_options(populate_existing=True)
    )


def _is_stoppable() -> tuple[ColumnElement[bool], ...]:
    waits = EmailChange.confirmed_at.is_(None) & (EmailChange.created_at > now() - MOVE_WITHIN)
    return waits, EmailChange.confirmed_at > now() - KEPT


def list_changes(change_ids: Collection[int], *, stoppable: bool = False) -> dict[int, EmailChange]:
    """These moves that wait for their link (or can still be stopped or taken back), by id."""
    wanted = (EmailChange.ended_at.is_(None), or_(*_is_stoppable())) if stoppable else is_pending()
    rows = db.session.scalars(select(EmailChange).where(EmailChange.id.in_(change_ids), *wanted))
    return {row.id: row for row in rows}


def is_kept(email: str, but_for: int = 0) -> bool:
    """Whether somebody (but for one person) can still take a move away from `email` back.

    Nobody else gets it until then: an account made there would keep its owner from coming back.
    """
    found = select(EmailChange.id).where(
        EmailChange.old_email == email,
        EmailChange.user_id != but_for,
        EmailChange.ended_at.is_(None),
        EmailChange.confirmed_at > now() - KEPT,
    )
    return db.session.scalar(found.limit(1)) is not None


def list_taken(emails: Collection[str]) -> set[str]:
    """Those of the addresses that an account has."""
    return set(db.session.scalars(select(User.email).where(User.email.in_(emails))))


def list_past_addresses(owner_id: int) -> Sequence[str]:
    """The other addresses that letters of this account may have gone to."""
    rows = db.session.execute(
        select(EmailChange.old_email, EmailChange.new_email).where(EmailChange.user_id == owner_id)
    )
    return [email for row in rows for email in row]
