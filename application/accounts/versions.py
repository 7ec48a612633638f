"""The data version of a person: bumped by every write they can see, in the write's transaction."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Update, bindparam, select, update

from application.accounts.models import UserVersion
from application.platform.extensions import db


def bump_of(whose: Select[Any] | Any) -> Update:
    """The statement that counts one more write for each person in `whose` (ids, or their select).

    The rows are locked in the order of their ids, so that no two writes wait for each other.
    """
    in_order = (
        select(UserVersion.user_id)
        .where(UserVersion.user_id.in_(whose))
        .order_by(UserVersion.user_id)
        .with_for_update()
    )
    return (
        update(UserVersion)
        .where(UserVersion.user_id.in_(in_order))
        .values(version=UserVersion.version + 1)
    )


_BUMP = bump_of(bindparam("user_ids", expanding=True))


def bump(user_ids: Iterable[int]) -> None:
    """Count one more write for each of these people."""
    ids = list(set(user_ids))
    if ids:
        alone = {"synchronize_session": False}
        db.session.execute(_BUMP, {"user_ids": ids}, execution_options=alone)
