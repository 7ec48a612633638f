"""What a check of `doctor` is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Flask

from application.platform import clock
from config import Settings

FRESH = 180  # seconds, as /healthz?deep waits for them
Level = Literal["ok", "warning", "fails"]


@dataclass(frozen=True, slots=True)
class House:
    """The installation that is looked at: `holder` runs it, "" when it is stopped."""

    app: Flask
    settings: Settings
    holder: str
    url: str = ""

    @property
    def runs(self) -> bool:
        return bool(self.holder)

    @property
    def is_fresh(self) -> bool:
        """Whether Tend was started here so recently that not every quick tick can have come."""
        lock = self.settings.tend_data / "lock"
        age = clock.now().timestamp() - lock.stat().st_mtime if self.runs else FRESH
        return age < FRESH

    @property
    def beside(self) -> bool:
        """Whether cache and queue are Tend's own, and stopped with it."""
        return self.settings.embedded_cache and not self.runs


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table: how it is, in a sentence, and what to do about it."""

    level: Level
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at, in at most so many seconds; `busy` ones work hard themselves."""

    name: str
    look: Callable[[House], Finding]
    seconds: float = 10.0
    busy: bool = False


def ok(said: str) -> Finding:
    return Finding("ok", said)


def warning(said: str, todo: str = "") -> Finding:
    return Finding("warning", said, todo)


def fails(said: str, todo: str = "") -> Finding:
    return Finding("fails", said, todo)
