"""How good a password is: its length, and how soon it would be guessed (zxcvbn)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask_security import PasswordUtil

SHORTEST: Final = 12
LONGEST: Final = 128
GOOD_ENOUGH: Final = 3
JUDGED: Final = 72  # zxcvbn takes seconds over longer ones; what follows only adds to it

SAY_SHORT: Final = f"Use at least {SHORTEST} characters."
SAY_LONG: Final = f"Use at most {LONGEST} characters."
SAY_WEAK: Final = "This is guessed too soon. A longer sentence makes it strong."
WORDS: Final = ("Very weak.", "Weak.", "Fair.", "Strong.", "Very strong.")


@dataclass(frozen=True, slots=True)
class Strength:
    """`score` from 0 (guessed at once) to 4, and a sentence for the person."""

    score: int
    message: str


def strength(password: str, known: Iterable[str] = ()) -> Strength:
    """How soon `password` would be guessed by someone who knows the `known` words."""
    from zxcvbn import zxcvbn  # its word lists take a while to load

    if not password:
        return Strength(0, SAY_SHORT)
    words = [part for word in known for part in (word, *word.split("@")) if part]
    found = zxcvbn(password[:JUDGED], user_inputs=words)
    score = int(found["score"])
    if len(password) < SHORTEST:
        return Strength(min(score, 1), SAY_SHORT)
    if score >= GOOD_ENOUGH:
        return Strength(score, WORDS[score])
    return Strength(score, f"{WORDS[score]} A longer sentence makes it strong.")


class PasswordRules(PasswordUtil):
    """Our rules in Flask-Security's place for them."""

    def validate(
        self, password: str, is_register: bool, **known: Any
    ) -> tuple[list[str] | None, str]:
        """(messages or None, normalized password)."""
        password = self.normalize(password)
        if len(password) < SHORTEST:
            return [SAY_SHORT], password
        if len(password) > LONGEST:
            return [SAY_LONG], password
        if is_register:
            words = [known.get("username"), known.get("email")]
        else:
            words = [known["user"].username, known["user"].email]
        judged = strength(password, [word for word in words if isinstance(word, str)])
        return ([SAY_WEAK] if judged.score < GOOD_ENOUGH else None), password
