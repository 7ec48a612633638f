"""The shapes of tokens for scripts, and of an account's history."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, PlainValidator, WithJsonSchema

from application.platform.schemas import Body
from application.platform.texts import line

NAME_LENGTH = 64
SAY_INSTANT = "Write a date and time with its offset, like 2027-01-31T12:00:00Z."

# What a token may do: look; look, and write entries and timers; all that a script may.
Scope = Literal["read", "log", "all"]


def read_instant(value: object) -> datetime:
    """An instant in ISO 8601, with its offset. Raises ValueError in words."""
    try:
        found = datetime.fromisoformat(str(value)) if isinstance(value, str) else None
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(SAY_INSTANT)


InstantIn = Annotated[
    datetime,
    PlainValidator(read_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class TokenIn(Body):
    """A token to be made; without `expires_at` it is good until it is removed."""

    name: Annotated[str, AfterValidator(lambda text: line(text, NAME_LENGTH))]
    scope: Scope
    expires_at: InstantIn | None = None


class TokenOut(BaseModel):
    """A token; `start` is all of it that is ever shown again."""

    id: int
    name: str
    scope: Scope
    start: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewTokenOut(TokenOut):
    """A token that was just made; `token` is shown here and never again."""

    token: str


class TokenList(BaseModel):
    """The asker's tokens, the newest first."""

    items: list[TokenOut]
    next: int | None = None


class EventOut(BaseModel):
    """Something that happened to the account's safety, in words."""

    id: int
    at: datetime
    kind: str
    words: str
    device: str
    place: str


class EventPage(BaseModel):
    """A page of the account's history, newest first; `next` goes into `?after=`."""

    items: list[EventOut]
    next: int | None
