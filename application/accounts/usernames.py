"""What a username may look like."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from flask_security import UsernameUtil

PATTERN: Final = "[a-z0-9._-]{3,32}"
SAY: Final = "Use 3 to 32 of the letters a-z, digits, dot, _ and -."


def fold(username: str) -> str:
    """The name as it is kept: capitals make no other person."""
    return username.strip().casefold()


def spoken(username: str) -> str:
    """The name as people are called by it, on the page and in letters: Mira."""
    return username[:1].upper() + username[1:]


def check(username: str) -> tuple[str | None, str]:
    """(what is wrong with it or None, the name as it is kept)."""
    name = fold(username)
    return (None, name) if re.fullmatch(PATTERN, name) else (SAY, name)


def derive(said: Iterable[str]) -> str:
    """A name made from the first of these that lets one be made, short enough for a number."""
    for text in said:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        name = re.sub(r"[^a-z0-9._-]+", "-", fold(plain))[:26].strip("-._")
        if len(name) >= 3:
            return name
    return "somebody"


class UsernameRules(UsernameUtil):
    """Our rules in Flask-Security's place for them."""

    def normalize(self, username: str) -> str | None:
        """The name as it is kept."""
        return fold(username)

    def validate(self, username: str) -> tuple[str | None, str | None]:
        """(message or None, name as it is kept)."""
        return check(username)
