"""What a script's token looks like, and what the database keeps of it: `tend_<lookup>_<secret>`.

The lookup finds the row; the secret is believed by its HMAC under a key that follows from
SECRET_KEY. While an older key stands among the SECRET_KEY_FALLBACKS its tokens are good too,
and each becomes the present key's when its use is next written down.
"""

import hmac
import re
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from flask import current_app

from application.accounts.secret_keys import derive

START: Final = "tend_"
LOOKUP: Final = 8
SECRET: Final = 40  # characters of 62: 238 bits
LETTERS: Final = string.ascii_letters + string.digits
SMALL: Final = string.ascii_lowercase + string.digits
PATTERN: Final = re.compile(f"{START}([a-z0-9]{{{LOOKUP}}})_([A-Za-z0-9]{{{SECRET}}})")
PURPOSE: Final = "tokens for scripts"


@dataclass(frozen=True, slots=True)
class Said:
    """A token as a script says it."""

    lookup: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """All of it, shown once."""
        return f"{START}{self.lookup}_{self.secret}"


def make() -> Said:
    """A new one."""
    return Said(_draw(SMALL, LOOKUP), _draw(LETTERS, SECRET))


def read(text: str) -> Said | None:
    """The token in `text`; None when it is none of ours."""
    found = PATTERN.fullmatch(text)
    return Said(found[1], found[2]) if found else None


def seal(said: Said) -> bytes:
    """What the database keeps of the secret from now on."""
    return next(_seals(said))


def is_sealed(said: Said, kept: bytes) -> bool:
    """Whether `kept` is of this secret, under the present key or one before it."""
    return any(hmac.compare_digest(seal, kept) for seal in list(_seals(said)))


def start_of(lookup: str) -> str:
    """The part of a token that is shown again, for people to tell theirs apart."""
    return f"{START}{lookup}"


def _seals(said: Said) -> Iterator[bytes]:
    for key in _keys(tuple(current_app.config["TEND"].secret_keys)):
        yield hmac.digest(key, said.text.encode(), "sha256")


@lru_cache(maxsize=8)
def _keys(secret_keys: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(derive(secret_keys, PURPOSE).values())


def _draw(letters: str, many: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(many))
