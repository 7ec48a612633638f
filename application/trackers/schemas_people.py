"""Shapes of the links between people and trackers."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role
from application.trackers.schemas_choices import In

USERNAME = re.compile(r"[a-z0-9._-]{3,32}")


def _read_username(text: str) -> str:
    name = text.strip().casefold()
    if not USERNAME.fullmatch(name):
        raise ValueError("A username has 3 to 32 letters, digits, dots, _ or -.")
    return name


class Invitation(In):
    """Who is to be asked, and for which role."""

    username: Annotated[str, AfterValidator(_read_username)]
    role: Literal["editor", "viewer"]


class RoleChange(In):
    """Another role for somebody."""

    role: Literal["owner", "editor", "viewer"]


class PersonOut(BaseModel):
    """Somebody who follows the tracker, or is asked to."""

    id: int
    username: str
    role: Role
    state: LinkState
    you: bool


class PersonList(BaseModel):
    """Everybody who follows the tracker."""

    items: list[PersonOut]
    next: None = None


class InvitedTo(BaseModel):
    """The little that an invited person is told of a tracker."""

    id: int
    name: str
    kind: Kind
    description: str


class InvitationOut(BaseModel):
    """An invitation that waits for an answer."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: int
    role: Role
    host: str = Field(serialization_alias="from")
    tracker: InvitedTo


class InvitationList(BaseModel):
    """The asker's invitations."""

    model_config = ConfigDict(serialize_by_alias=True)

    items: list[InvitationOut]
    next: None = None
