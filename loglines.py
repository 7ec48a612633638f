"""How every process writes its log: a line a record, as JSON or for somebody at a terminal.

A line says when (UTC), how bad, who speaks and what; in a request also its id, its route and whose
it was, in a task which one. It never says what somebody wrote: of an exception its kind and the
places it came through, not its words, which may quote a note; of a URL the route's template.
"""

import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from config import ROOT, Settings

Fields = dict[str, Any]

# What is ours, and so written at the level that the operator chose.
OURS: Final = ("application", "api", "tasks", "deploy", "tend")
# Libraries that quote what they were given, unless something is wrong with themselves.
TALKATIVE: Final = {"weasyprint": logging.ERROR, "flask-limiter": logging.WARNING}
LONGEST: Final = 2000  # of a message; a line stays below the 4096 bytes that a pipe takes whole
FRAMES: Final = 16
CAUSES: Final = 3
# What Celery would say of a task: what it returned or raised may quote somebody.
UNSAID: Final = dict.fromkeys(("exc", "return_value", "args", "kwargs", "traceback"), "…")
CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}

# What others know of the work that is under way: api/ of the request, tasks/ of the task.
contexts: list[Callable[[], Fields]] = []


class Journal(logging.Handler):
    """Where the lines of this process go, each in one write."""

    def __init__(self, style: str, out: Callable[[bytes], Any] | None = None) -> None:
        super().__init__()
        self.words = as_text if style == "text" else as_json
        self.out = out or say

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of Python's logging."""
        try:
            self.put(fields_of(record))
        except Exception:
            self.handleError(record)

    def put(self, fields: Fields) -> None:
        """Write a line."""
        self.out(self.words(fields))


class Formatter(logging.Formatter):
    """The same for a handler of somebody else's, such as Granian's."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.words = as_text if style == "text" else as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return self.words(fields_of(record)).decode().rstrip("\n")


def say(line: bytes) -> None:
    """Write a line to stderr; a log that is gone must not end the work."""
    try:
        os.write(2, line)
    except OSError:
        return


journal: Journal | None = None


def style_of(settings: Settings) -> str:
    """json or text, as the operator said, or as fits where it is written to."""
    if settings.log_format != "auto":
        return settings.log_format
    return "text" if sys.stderr.isatty() else "json"


def begin(settings: Settings, out: Callable[[bytes], Any] | None = None) -> Journal:
    """From now on this process writes its log so."""
    global journal
    root = logging.getLogger()
    if journal is not None:
        root.removeHandler(journal)
    journal = Journal(style_of(settings), out)
    level = logging.getLevelNamesMapping()[settings.log_level]
    journal.setLevel(level)
    root.handlers = [journal]
    root.setLevel(max(level, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("celery").setLevel(max(level, logging.INFO))  # at DEBUG it quotes
    for name, least in TALKATIVE.items():
        logging.getLogger(name).setLevel(max(level, least))
    logging.captureWarnings(True)
    return journal


def fields_of(record: logging.LogRecord) -> Fields:
    """What a record says, with what is known of the work under way."""
    fields: Fields = {
        "at": datetime.fromtimestamp(record.created, UTC),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": message_of(record),
    }
    for context in contexts:
        fields |= context()
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        fields["error"] = [kind_of(found) for found in causes(error)]
        fields["trace"] = list(places(error))
    return fields


def message_of(record: logging.LogRecord) -> str:
    """The record's words; what Celery would quote is left out."""
    if isinstance(record.args, dict):
        said = str(record.msg) % {**record.args, **{k: UNSAID[k] for k in UNSAID}}
    else:
        said = record.getMessage()
    return said[:LONGEST]


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it."""
    found: BaseException | None = error
    for _ in range(CAUSES):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def kind_of(error: BaseException) -> str:
    """What kind of exception it is, without its words; the system's own words quote nobody."""
    said = type(error).__qualname__
    if isinstance(error, OSError) and error.strerror:
        return f"{said}: {error.strerror}"
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    return f"{said}: SQLSTATE {code}" if code else said


def places(error: BaseException) -> Iterator[str]:
    """Where an exception came through, the innermost last."""
    for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]:
        path = frame.filename.removeprefix(f"{ROOT}/").rpartition("site-packages/")[2]
        yield f"{path}:{frame.lineno} {frame.name}"


def as_json(fields: Fields) -> bytes:
    """The line for machines."""
    return orjson.dumps(fields, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def as_text(fields: Fields) -> bytes:
    """The line for people: nothing in it begins another line, or paints the terminal."""
    head = ("at", "level", "logger", "message")
    at: datetime = fields["at"]
    more = "".join(f" {k}={v}" for k, v in fields.items() if k not in head and v is not None)
    said = f"{fields['level'].upper():<7} {fields['logger']}: {fields['message']}{more}"
    when = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{when} {said.translate(CONTROL)}\n".encode(errors="backslashreplace")
