"""Accounts by the hundred, for measuring: made-up people whom no mail can reach."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from application.accounts.models import User, UserVersion
from application.platform.extensions import db

DOMAIN: Final = "crowd.example"  # a name that the internet keeps free (RFC 2606)


def count_people() -> tuple[int, int]:
    """How many accounts are made up, and how many are not."""
    made_up = select(func.count()).where(User.email.endswith(f"@{DOMAIN}"))
    everybody = select(func.count()).select_from(User)
    crowd, people = db.session.execute(
        select(made_up.scalar_subquery(), everybody.scalar_subquery())
    ).one()
    return crowd, people - crowd


def settle(
    numbers: Iterable[int], zone: str, password: str, since: datetime, *, mailed: bool
) -> Sequence[int]:
    """People with these numbers, there since then, `password` already hashed; their ids.

    `mailed`: reminders and reports are due for them too.
    """
    people = [
        User(
            username=f"crowd-{number:06}",
            email=f"crowd-{number:06}@{DOMAIN}",
            password=password,
            fs_uniquifier=secrets.token_hex(16),
            timezone=zone,
            created_at=since,
            reminder_since=since,
            report_since=since,
            reminder_channel="mail" if mailed else "webhook",
            report_on=mailed,
        )
        for number in numbers
    ]
    db.session.add_all(people)
    db.session.flush()
    ids = [person.id for person in people]
    db.session.add_all([UserVersion(user_id=user_id) for user_id in ids])
    db.session.flush()
    db.session.expunge_all()
    return ids
