"""CSV itself: records out of a text file and text into one, whatever the text holds. Pure.

Every physical line ends in exactly one record, good or bad, so nothing is lost unseen; memory is
bounded by the longest record that is allowed, not by the file.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, Protocol

MAX_LINE: Final = 65_536
"""Characters in one physical line; the csv module's own limit (131,072) is never reached."""
MAX_RECORD: Final = 20_000
"""Characters in a record that runs over several lines: five times our longest."""
MAX_REREADS: Final = 100
"""Broken records over several lines that are read again line by line; a hostile file has more."""
MAX_SOURCE: Final = 500
"""Characters of a bad line that are kept to be shown."""

SAY_QUOTE: Final = "A quotation mark on this line is never closed, or stands in the wrong place."
SAY_LONG: Final = "This line is longer than 65,536 characters."


class Lines(Protocol):
    """A text file opened with newline=''."""

    def readline(self, limit: int = -1, /) -> str:
        """The next line, at most `limit` characters of it."""
        ...


Record = tuple[int, list[str] | None, str, str]
"""Line number from 1, cells (None when it cannot be read), what stood there, the reason."""


class _Unclosed(Exception):
    """A record grew past what any honest one needs."""


class Reader:
    """Records of one file, in order; blank lines are passed over."""

    def __init__(self, file: Lines, delimiter: str) -> None:
        self._readline = file.readline
        self._delimiter = delimiter
        self._again: deque[str] = deque()
        self._rereads = 0
        self.line = 0

    def __iter__(self) -> Iterator[Record]:
        """Every record; the common line, which has no quotation mark, is only split."""
        readline, again, delimiter = self._readline, self._again, self._delimiter
        while text := again.popleft() if again else readline(MAX_LINE):
            self.line += 1
            bare = text.rstrip("\r\n")
            if len(text) == MAX_LINE and bare == text:
                self._skip_line()
                yield self.line, None, text[:MAX_SOURCE], SAY_LONG
            elif '"' in text:
                yield from self._quoted(text)
            elif bare:
                yield self.line, bare.split(delimiter), bare, ""

    def _skip_line(self) -> None:
        while rest := self._readline(MAX_LINE):
            if rest.endswith(("\r", "\n")):
                return

    def _quoted(self, first: str) -> Iterator[Record]:
        line, taken = self.line, [first]
        reader = csv.reader(self._pull(taken), delimiter=self._delimiter, strict=True)
        try:
            cells = next(reader)
        except (csv.Error, _Unclosed):
            yield from self._broken(line, taken)
            return
        self.line = line + len(taken) - 1
        yield line, cells, "".join(taken).rstrip("\r\n")[:MAX_SOURCE], ""

    def _pull(self, taken: list[str]) -> Iterator[str]:
        yield taken[0]
        size = len(taken[0])
        while text := self._again.popleft() if self._again else self._readline(MAX_LINE):
            taken.append(text)
            size += len(text)
            if size > MAX_RECORD:
                raise _Unclosed
            yield text

    def _broken(self, line: int, taken: list[str]) -> Iterator[Record]:
        """The first line is bad, the others may be good: they are read again, MAX_REREADS times."""
        lost = taken[:1]
        if len(taken) > 1 and self._rereads < MAX_REREADS:
            self._rereads += 1
            self._again.extendleft(reversed(taken[1:]))
        else:
            lost = taken
        for number, text in enumerate(lost, line):
            self.line = number
            bare = text.rstrip("\r\n")
            if len(text) == MAX_LINE and bare == text and not self._again:
                self._skip_line()
            if bare:
                yield number, None, bare[:MAX_SOURCE], SAY_QUOTE


# Spreadsheets run a cell that begins like a formula. An apostrophe in front stops them; as many
# apostrophes as stood there already are kept, so taking one away again is exact.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_QUOTED: Final = re.compile(r'[",\r\n]')
plain: Final = re.compile(r"""[^'=+\-@\t\r\n＝＋－＠",][^",\r\n]*""").fullmatch
"""A text that is a cell as it stands: nothing to guard against, nothing to quote."""


def guard(text: str) -> str:
    """`text` as a spreadsheet may safely open it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def cell(text: str) -> str:
    """`text` as one cell of a comma-separated line, quoted where it must be."""
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def row(cells: Iterable[str]) -> str:
    """One line of a table, its end included."""
    return ",".join(map(cell, cells)) + "\n"


def text_cell(text: str) -> str:
    """A person's own text as a cell: guarded, then quoted."""
    return cell(guard(text)) if text else ""


def number_cell(value: float) -> str:
    """A double in plain decimals, so that no program reads it as another one."""
    if value.is_integer():
        return str(int(value))
    said = repr(value)
    return f"{Decimal(said):f}" if "e" in said else said
