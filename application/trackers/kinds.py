"""The four kinds of tracker: what each accepts, what scripts get back, what people read.

Every door that takes a value (API, import, timer) reads it here, so that a value means the same
wherever it came from. Pure: no Flask, no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isfinite
from typing import Any, Final

from application.trackers.amounts import (
    MAX_MAGNITUDE,
    MIN_MAGNITUDE,
    MINUS,
    SAY_DIGITS,
    SAY_DURATION,
    SAY_NUMBER,
    BadValue,
    duration_from_text,
    number_from_text,
    sane_seconds,
)

__all__ = ["BadValue", "Kind", "Option", "Reading", "answer", "read", "say", "types", "usual_step"]

NO_BREAK: Final = "\u00a0"
SAY_BOOLEAN: Final = "Write yes or no."
SAY_CHOICE: Final = "Choose one of the choices of this tracker."

STEPS: Final = (100.0, 10.0, 5.0, 1.0, 0.5, 0.1, 0.01)

YES_WORDS: Final = frozenset({"yes", "y", "true", "t", "1", "1.0", "on", "x", "done", "✓", "✔"})
NO_WORDS: Final = frozenset({"no", "n", "false", "f", "0", "0.0", "off"})


class Kind(StrEnum):
    """What sort of answer a tracker asks for."""

    NUMERICAL = "numerical"
    MULTIPLE_CHOICE = "multiple_choice"
    BOOLEAN = "boolean"
    TIME_DURATION = "time_duration"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a multiple choice tracker."""

    id: int
    label: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it is stored: boolean 0.0 or 1.0, duration in seconds, a choice has no value."""

    value: float | None
    choice_id: int | None


def read(
    kind: Kind, raw: object, options: Sequence[Option] = (), *, allow_archived: bool = False
) -> Reading:
    """What `raw` (a JSON number, a JSON boolean or text) means for `kind`, or BadValue.

    The three inputs are kept apart: only text goes through word lists, and true is not 1.
    `allow_archived` is for edits that keep an old choice and for imports.
    """
    if kind is Kind.MULTIPLE_CHOICE:
        return Reading(None, _choice(raw, options, allow_archived))
    if kind is Kind.BOOLEAN:
        return Reading(_boolean(raw), None)
    if kind is Kind.TIME_DURATION:
        return Reading(_duration(raw), None)
    return Reading(_number(raw), None)


# Numbers


def _number(raw: object) -> float:
    if isinstance(raw, str):
        return number_from_text(raw)
    return _json_number(raw, SAY_NUMBER)


def _json_number(raw: object, sentence: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise BadValue(sentence)
    # Compared before float(): an integer of a thousand digits would overflow there.
    if not -MAX_MAGNITUDE < raw < MAX_MAGNITUDE:
        raise BadValue(SAY_DIGITS if isinstance(raw, int) or isfinite(raw) else sentence)
    value = float(raw)
    if value == 0:
        return 0.0
    if float(f"{value:.15g}") != value or abs(value) < MIN_MAGNITUDE:
        raise BadValue(SAY_DIGITS)
    return value


# Yes or no


def _boolean(raw: object) -> float:
    if isinstance(raw, bool):
        return 1.0 if raw else 0.0
    if isinstance(raw, str) and len(raw) <= 64:
        word = raw.strip().casefold()
        if word in YES_WORDS:
            return 1.0
        if word in NO_WORDS:
            return 0.0
    raise BadValue(SAY_BOOLEAN)


# Choices


def _choice(raw: object, options: Sequence[Option], allow_archived: bool) -> int:
    offered = [option for option in options if allow_archived or not option.archived]
    if isinstance(raw, int) and not isinstance(raw, bool):
        for option in offered:
            if option.id == raw:
                return option.id
    elif isinstance(raw, str):
        for same in (str, str.casefold):
            found = [o.id for o in offered if same(o.label.strip()) == same(raw.strip())]
            if len(found) == 1:
                return found[0]
    raise BadValue(_say_choices([option.label for option in offered]))


def _say_choices(labels: Sequence[str]) -> str:
    if not labels or len(labels) > 8:
        return SAY_CHOICE
    return f"Choose one of: {', '.join(labels)}."


# Durations


def _duration(raw: object) -> float:
    if isinstance(raw, str):
        return duration_from_text(raw)
    return sane_seconds(_json_number(raw, SAY_DURATION))


# Out


def answer(kind: Kind, value: float | None, label: str | None) -> float | int | bool | str | None:
    """The stored value as JSON says it: a number (an integer when whole), a boolean, a label."""
    if kind is Kind.MULTIPLE_CHOICE:
        return label
    if value is None:
        return None
    if kind is Kind.BOOLEAN:
        return bool(value)
    return int(value) if value.is_integer() else value


def say(kind: Kind, value: float | None, unit: str | None = None, label: str | None = None) -> str:
    """The stored value as a person reads it: `1.5 l`, `Yes`, `Good`, `1 h 30 min`.

    A no-break space stands between a number and its unit. Nothing to say is an empty text.
    """
    if kind is Kind.MULTIPLE_CHOICE:
        return label or ""
    if value is None:
        return ""
    if kind is Kind.BOOLEAN:
        return "Yes" if value else "No"
    if kind is Kind.TIME_DURATION:
        return _say_duration(value)
    said = say_number(value)
    return f"{said}{NO_BREAK}{unit}" if unit else said


def say_number(value: float) -> str:
    """At most three decimals, grouped by thousands, with a true minus sign."""
    said = f"{abs(value):,.3f}".rstrip("0").rstrip(".")
    return f"{MINUS}{said}" if value < 0 and said != "0" else said


def _say_duration(value: float) -> str:
    seconds = round(value)
    if seconds >= 3600:
        # From an hour on seconds only disturb; hours beyond a day stay hours. Half a minute counts
        # as one, as it does on the page: round() would take every other one down.
        hours, minutes = divmod((seconds + 30) // 60, 60)
        parts = [(hours, "h"), (minutes, "min")]
    else:
        parts = [(seconds // 60, "min"), (seconds % 60, "s")]
    said = [f"{amount:,}{NO_BREAK}{unit}" for amount, unit in parts if amount]
    return " ".join(said) or f"0{NO_BREAK}{parts[-1][1]}"


def usual_step(values: Sequence[float]) -> float:
    """The largest step that divides all `values` (the last ten of a tracker), else 1."""
    # 0 is a multiple of everything, so it says nothing about the step.
    told = [Fraction(f"{value:.15g}") for value in values if value and isfinite(value)]
    if not told:
        return 1.0
    for step in STEPS:
        size = Fraction(str(step))
        if all((value / size).denominator == 1 for value in told):
            return step
    return 1.0


def types() -> list[dict[str, Any]]:
    """What each kind is called and accepts: the body of GET tracker-types."""
    return [
        {
            "kind": Kind.NUMERICAL.value,
            "name": "Number",
            "description": "An amount: glasses of water, kilos, steps.",
            "accepts": ["a JSON number", "text with a decimal point or comma, at most 15 digits"],
            "examples": [1.5, "1.5", "1,5", "-3"],
            "unit": True,
            "choices": False,
        },
        {
            "kind": Kind.MULTIPLE_CHOICE.value,
            "name": "Choice",
            "description": "One of a few answers of your own: a mood, a place, a kind of day.",
            "accepts": ["the id of a choice as a JSON integer", "the label of a choice as text"],
            "examples": [7, "Good"],
            "unit": False,
            "choices": True,
        },
        {
            "kind": Kind.BOOLEAN.value,
            "name": "Yes or no",
            "description": "Done or not: medication, a walk, flossing.",
            "accepts": ["a JSON boolean", "text: yes, no, y, n, true, false, on, off, 1, 0, x"],
            "examples": [True, False, "yes", "no"],
            "unit": False,
            "choices": False,
        },
        {
            "kind": Kind.TIME_DURATION.value,
            "name": "Duration",
            "description": "How long something took: sleep, reading, practice.",
            "accepts": ["seconds as a JSON number or text", "hours and minutes as text"],
            "examples": [5400, "5400", "90m", "1h30", "1 h 30 min", "1:30", "1:30:00"],
            "unit": False,
            "choices": False,
        },
    ]
