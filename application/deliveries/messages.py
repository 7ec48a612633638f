"""What the outbox and the kinds of delivery say to each other. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from application.platform.mail import Letter

SAY_GONE: Final = "This account is gone."
SAY_UNCONFIRMED: Final = "This address is not confirmed yet."
SAY_CONFIRM: Final = "Confirm your address first. Your settings send the letter once more."

Channel = Literal["webhook", "mail"]
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Due:
    """Something that must reach somebody, once: unique by person, kind and period.

    `target` is what the log shows as its way (a webhook's host, a mail address). After
    `expires_at` it is not worth sending any more.
    """

    user_id: int | None
    period: str
    channel: Channel
    target: str
    expires_at: datetime
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed delivery, as its kind sees it. `message_id` stays the same on every try."""

    id: int
    user_id: int | None
    kind: str
    period: str
    channel: Channel
    message_id: str
    params: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Content:
    """What is said, before a channel gives it its shape.

    `text` is whole by itself: it names, says, and holds the link. `letter` is for the mail channel.
    """

    title: str
    text: str
    link: str
    data: dict[str, Any] = field(default_factory=dict)
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing is to be sent; the reason is shown in the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not ready yet: asked again in so many seconds, without counting as a try."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try.

    `retry` is worth another try (not before `retry_after` seconds), `failed` is not; `gone` is a
    webhook that says it is no more. `status` is the answer's code, `error` a sentence for the
    person, `answer` at most 200 printable characters of what the other side said, `webhook` the
    one that was tried: it may be another by the time that the answer is there. What went wrong
    here is `ours`: it says nothing of the other side.
    """

    result: Literal["sent", "retry", "failed", "gone"]
    status: int | None = None
    error: str = ""
    retry_after: float | None = None
    answer: str = ""
    webhook: str | None = None
    ours: bool = False


def each(messages: Iterable[Message], say: Callable[[Message], Said]) -> dict[int, Said]:
    """What is said of each message, by its id: the answer of a kind that is asked for many."""
    return {message.id: say(message) for message in messages}
