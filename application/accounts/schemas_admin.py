"""The shapes for those who run this place."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from application.platform.schemas import Body


class KnownOut(BaseModel):
    """An account: who it is and whether it is open, nothing of what is in it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    created_at: datetime
    last_seen_at: datetime | None
    second_factor: bool
    active: bool
    admin: bool


class KnownPage(BaseModel):
    """A page of accounts, the oldest first; `next` goes into `?after=`."""

    items: list[KnownOut]
    next: int | None


class KnownPatch(Body):
    """Whether the account is open."""

    active: bool


class InviteOut(BaseModel):
    """A link with which, for a week, accounts can be made."""

    link: str
