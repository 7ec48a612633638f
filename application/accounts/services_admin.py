"""Writes of those who run this place: who else does, and which accounts are open."""

from typing import Final

from sqlalchemy import select

from application.accounts import audit
from application.accounts.models import Role, User, users_roles
from application.accounts.queries import find_user
from application.accounts.queries_admin import ADMIN
from application.accounts.services import end_everything
from application.platform.errors import Conflict
from application.platform.extensions import db

SAY_LAST: Final = "This is the last active account that runs this place."


def give_admin(user_id: int) -> None:
    """Let that person run this place too."""
    role = db.session.scalar(select(Role).where(Role.name == ADMIN))
    if role is None:
        role = Role(name=ADMIN, description="Runs this place.")
        db.session.add(role)
    user = find_user(user_id, lock=True)
    if role not in user.roles:
        user.roles.append(role)
        audit.note(user_id, "admin_given", mine=False)
    db.session.flush()


def set_active(user_id: int, active: bool, *, keep_one: bool = False) -> None:
    """Open an account or close it; closing ends its sessions and tokens at once.

    Raises NotFound, and with `keep_one` Conflict for the last active admin.
    """
    # All admins, in one order: two who close each other's account at once wait here.
    admins = db.session.scalars(
        select(User)
        .join(users_roles, users_roles.c.user_id == User.id)
        .join(Role, Role.id == users_roles.c.role_id)
        .where(Role.name == ADMIN, User.active.is_(True))
        .order_by(User.id)
        .with_for_update(of=User)
        .execution_options(populate_existing=True)
    ).all()
    if keep_one and not active and [admin.id for admin in admins] == [user_id]:
        raise Conflict(SAY_LAST)
    user = find_user(user_id, lock=True)
    if user.active == active:
        return
    user.active = active
    if not active:
        end_everything(user_id)
    audit.note(user_id, "enabled" if active else "disabled", mine=False)
