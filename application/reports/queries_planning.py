"""Reads of who waits for a report: many people in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from application.accounts.models import User
from application.deliveries.models import Delivery
from application.platform.extensions import db

KIND = "report"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has no report of a month yet. What was due before `since` is not for them."""

    user_id: int
    timezone: str
    email: str
    since: datetime
    created_at: datetime


def _wants() -> tuple[ColumnElement[bool], ...]:
    """Active people who want reports, at an address that is known to be theirs."""
    return User.active.is_(True), User.report_on.is_(True), User.confirmed_at.is_not(None)


def list_zones() -> Sequence[str]:
    """The zones in which somebody wants a report."""
    return db.session.scalars(select(User.timezone).where(*_wants()).distinct()).all()


def list_waiting(period: str, zones: Sequence[str]) -> list[Waiting]:
    """The people in those zones who want a report and have none of `period`: one statement."""
    has_one = select(Delivery.id).where(
        Delivery.user_id == User.id, Delivery.kind == KIND, Delivery.period == period
    )
    statement = select(
        User.id, User.timezone, User.email, User.report_since, User.created_at
    ).where(
        *_wants(),
        User.timezone.in_(zones),
        ~has_one.exists(),
    )
    return [Waiting(*row) for row in db.session.execute(statement)]
