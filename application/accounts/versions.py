"""The data version of a person: bumped by every write they can see, in the write's transaction."""

from collections.abc import Iterable

from sqlalchemy import select, update

from application.accounts.models import UserVersion
from application.platform.extensions import db


def bump(user_ids: Iterable[int]) -> None:
    """Count one more write for each of these people; rows are locked in id order."""
    ids = sorted(set(user_ids))
    if not ids:
        return
    if len(ids) > 1 and db.engine.dialect.name == "postgresql":
        db.session.execute(
            select(UserVersion.user_id)
            .where(UserVersion.user_id.in_(ids))
            .order_by(UserVersion.user_id)
            .with_for_update()
        ).all()
    db.session.execute(
        update(UserVersion)
        .where(UserVersion.user_id.in_(ids))
        .values(version=UserVersion.version + 1)
        .execution_options(synchronize_session=False)
    )
