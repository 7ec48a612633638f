"""The shapes in which accounts come in and go out."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

from application.accounts.passwords import LONGEST as LONGEST_PASSWORD
from application.accounts.zones import Zone
from application.platform.schemas import Body

Channel = Literal["webhook", "mail"]
Paper = Literal["a4", "letter"]
Short = Annotated[str, StringConstraints(max_length=320)]
# Longer than any password may be, so that the answer comes from the one judge of passwords.
Password = Annotated[str, StringConstraints(max_length=4 * LONGEST_PASSWORD)]


def read_clock(value: object) -> time:
    """A time of day written HH:MM. Raises ValueError in words."""
    if isinstance(value, str) and len(value) == 5 and value.isascii() and value[2] == ":":
        hour, minute = value[:2], value[3:]
        if hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60:
            return time(int(hour), int(minute))
    raise ValueError("Write a time of day like 20:00.")


CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["20:00"]}
ClockIn = Annotated[time, PlainValidator(read_clock), WithJsonSchema(CLOCK)]
ClockOut = Annotated[
    time,
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
    WithJsonSchema(CLOCK),
]


# What an address may be is said by the door out, which knows the settings (api/account.py).
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class RegisterIn(Body):
    """A new account; what is wrong with name, address and password is said all at once."""

    username: Short
    email: Short
    password: Password
    timezone: Short
    invite: Annotated[str, StringConstraints(max_length=1000)] | None = None


class LoginIn(Body):
    """`identity` is the username or the e-mail address."""

    identity: Short
    password: Password


class ChangeIn(Body):
    """The present password and the one that takes its place."""

    password: Password
    new_password: Password


class ResetIn(Body):
    """Whose password was forgotten."""

    email: Short


class NewPasswordIn(Body):
    """The password that is set by a link."""

    password: Password


class PasswordIn(Body):
    """The present password, asked again."""

    password: Password


class StrengthIn(Body):
    """A password to judge, and what a guesser would know."""

    password: Password
    username: Short = ""
    email: Short = ""


class StrengthOut(BaseModel):
    """0 is guessed at once, 3 is good enough, 4 is best."""

    model_config = ConfigDict(from_attributes=True)

    score: Annotated[int, Field(ge=0, le=4)]
    message: str


class FreeOut(BaseModel):
    """Whether a new account could have the name."""

    free: bool


def unsaid(default: object, **rules: Any) -> Any:
    """A field that may be left out but not be null; its default is never looked at."""

    def hide(shown: dict[str, Any]) -> None:
        shown.pop("default")

    return Field(default=default, json_schema_extra=hide, **rules)


class AccountPatch(Body):
    """Any of the settings; null turns the reminder or the webhook off."""

    timezone: Zone = unsaid("UTC")
    day_starts_at: int = unsaid(0, ge=0, le=6)
    week_starts_on: int = unsaid(1, ge=1, le=7)
    reminder_at: ClockIn | None = unsaid(None)
    reminder_channel: Channel = unsaid("webhook")
    webhook: Address | None = unsaid(None)
    report_format: Literal["html", "pdf"] = unsaid("html")
    report_paper: Paper = unsaid("a4")
    report_on: bool = unsaid(True)


class WebhookOff(BaseModel):
    """Since when and why nothing goes to the webhook any more."""

    at: datetime
    reason: str


class AccountOut(BaseModel):
    """The asker's own account. `today` ends at `day_ends_at`.

    `webhook_name` is what people call the service behind the webhook; `webhook_signed` whether it
    is one whose messages are signed. `webhook_secret` stands in the answer to the change that
    first set such a webhook, and never again.
    """

    id: int
    username: str
    email: str
    timezone: str
    day_starts_at: int
    week_starts_on: int
    reminder_at: ClockOut | None
    reminder_channel: Channel
    webhook: str | None
    webhook_name: str | None
    webhook_signed: bool
    webhook_secret: str | None
    webhook_off: WebhookOff | None
    report_format: Literal["html", "pdf"]
    report_paper: Paper
    report_on: bool
    today: date
    day_ends_at: datetime
    mail: Literal["smtp", "folder"]
    created_at: datetime
    admin: bool


class SecretOut(BaseModel):
    """The secret that signs from now on; the one before it signs too until `old_until`."""

    secret: str
    old_until: datetime | None


class SessionOut(BaseModel):
    """A signed-in browser, and where it signed in; `current` is the one that asks."""

    id: int
    device: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class SessionList(BaseModel):
    """The asker's sessions, the latest seen first."""

    items: list[SessionOut]
    next: int | None = None


class AboutOut(BaseModel):
    """What anybody may know of this installation."""

    name: str
    version: str
    release: str
    registration: Literal["open", "invite", "closed"]
    mail: Literal["smtp", "folder"]
    username_pattern: str
    password_length: int
    two_factor_required: bool


class Nothing(BaseModel):
    """An empty object: it is done."""
