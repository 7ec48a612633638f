"""What can be refused, said without HTTP: api/errors.py turns these into answers."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with one field of what came in."""

    field: str
    message: str


class Refused(Exception):
    """Base of every refusal; the message is for the person who asked."""

    message = "That is not possible."

    def __init__(self, message: str | None = None, errors: Iterable[FieldError] = ()) -> None:
        self.message = message or type(self).message
        self.errors = tuple(errors)
        super().__init__(self.message)


class NotFound(Refused):
    """It does not exist, or it is not the asker's to see: both sound the same."""

    message = "There is nothing here."


class Invalid(Refused):
    """Fields are wrong; `errors` names every one of them."""

    message = "Some fields need another look."

    @classmethod
    def field(cls, field: str, message: str) -> "Invalid":
        """The refusal of a single field."""
        return cls(message, [FieldError(field, message)])


class WrongPair(Refused):
    """Name and password do not belong together; which of the two is never said."""

    message = "That username and password do not go together."


class WrongCode(Refused):
    """A code or passkey that opens nothing, or has done so once; which of it is never said."""

    message = "That does not fit. A code works once, and for a short time."


class HalfOver(Refused):
    """No password was given lately for which a second step could follow."""

    message = "That took too long. Please sign in once more."


class FactorNeeded(Refused):
    """Here everybody needs a second factor, and this person has none yet."""

    message = "Set up a second factor first: who runs this place asks everybody for one."


class Gone(Refused):
    """It was good once: a link that was used, or whose time is over."""

    message = "That has expired."


class Conflict(Refused):
    """Right in itself, but not in the present state of things."""

    message = "That does not fit what is here now."


class LostRace(Refused):
    """Somebody changed it in between; nothing was overwritten."""

    message = "It was changed elsewhere in the meantime."


class TooMany(Refused):
    """A limit was reached; `retry_after` is in seconds."""

    message = "A little too fast."

    def __init__(self, message: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(Refused):
    """The body or file is over its limit."""

    message = "That is too large."
