"""An import's stage: every line of the file in a small SQLite file beside the upload.

It keeps memory flat whatever the file's size, gives the preview its pages, and lets a killed
import go on from the last line it had written. Built under another name and renamed when whole.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from application.trackers.kinds import Kind

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

TABLES: Final = """
CREATE TABLE trackers (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, unit TEXT, tracker_id INTEGER);
CREATE TABLE choices (id INTEGER PRIMARY KEY, tracker INTEGER, label TEXT, choice_id INTEGER);
CREATE TABLE rows (line INTEGER PRIMARY KEY, tracker INTEGER, at INTEGER, day INTEGER,
  offset INTEGER, timed INTEGER, value REAL, choice INTEGER, note TEXT, outcome INTEGER, ours TEXT);
CREATE TABLE rejects (line INTEGER PRIMARY KEY, reason TEXT, source TEXT);
"""
INSERT_ROW: Final = "INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?,0,NULL)"
# A stage's new lines as rows of the table logs; the order is logs.services_imports.COLUMNS. The
# text is what SQLAlchemy keeps of an instant on SQLite, and with :utc what PostgreSQL reads.
# SQLite divides towards zero: the shift to the year 1 keeps what lies before 1970 right.
_SHIFTED: Final = "(r.at + 62135596800000000)"
AS_LOGS: Final = f"""
SELECT t.tracker_id, :owner_id,
  datetime({_SHIFTED} / 1000000 - 62135596800, 'unixepoch')
    || printf('.%06d', {_SHIFTED} % 1000000) || :utc,
  r.offset, date((r.day - 719163) * 86400, 'unixepoch'), r.timed, r.value, c.choice_id, r.note,
  'import', :import_id, 1, :now || :utc
FROM {{0}}.rows r CROSS JOIN {{0}}.trackers t ON t.id = r.tracker
LEFT JOIN {{0}}.choices c ON c.id = r.choice
WHERE r.line BETWEEN :first AND :last AND +r.outcome = 0 ORDER BY r.line
"""  # noqa: S608  # nosec B608  # our names
COLUMNS: Final = "line, tracker, at, day, offset, timed, value, choice, note, outcome, ours"


class Outcome(IntEnum):
    """What a line of the file is to what is here already."""

    NEW = 0
    SAME = 1
    CONFLICT = 2


_OUTCOMES: Final = tuple(Outcome)


class StagedTracker(NamedTuple):
    """A tracker of the file; `tracker_id` is ours, None while it is new."""

    id: int
    name: str
    kind: Kind
    unit: str
    tracker_id: int | None


class StagedRow(NamedTuple):
    """A readable line: `at` in microseconds since 1970, `day` as an ordinal, `choice` staged."""

    line: int
    tracker: int
    at: int
    day: int
    offset: int
    timed: bool
    value: float | None
    choice: int | None
    note: str
    outcome: Outcome
    ours: str | None

    @property
    def instant(self) -> datetime:
        """The moment, in UTC."""
        return EPOCH + timedelta(microseconds=self.at)

    @property
    def local_day(self) -> date:
        """The day it belongs to."""
        return date.fromordinal(self.day)


def micros(instant: datetime) -> int:
    """Microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


class Stage:
    """The open file. Everything is written inside `writing`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._do = connection.execute
        self._many = connection.executemany
        self._script = connection.executescript

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction of the stage's own."""
        self._do("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._do("ROLLBACK")
            raise
        self._do("COMMIT")

    def add_tracker(self, name: str, kind: Kind, unit: str, tracker_id: int | None) -> int:
        """One more tracker; its id here."""
        insert = "INSERT INTO trackers (name, kind, unit, tracker_id) VALUES (?,?,?,?)"
        return self._do(insert, (name, kind.value, unit, tracker_id)).lastrowid or 0

    def add_choice(self, tracker: int, label: str, choice_id: int | None) -> int:
        """One more choice of a tracker; its id here."""
        insert = "INSERT INTO choices (tracker, label, choice_id) VALUES (?,?,?)"
        return self._do(insert, (tracker, label, choice_id)).lastrowid or 0

    def add_rows(self, rows: Iterable[Sequence[Any]]) -> None:
        """Readable lines, as StagedRow up to `note`; all new until compared."""
        self._many(INSERT_ROW, rows)

    def add_rejects(self, rejects: Iterable[Sequence[Any]]) -> None:
        """Lines left out: line, reason, source."""
        self._many("INSERT INTO rejects VALUES (?,?,?)", rejects)

    def index(self) -> None:
        """To be called once all lines are in."""
        self._do("CREATE INDEX rows_outcome ON rows (outcome, line)")

    def set_outcomes(self, found: Iterable[tuple[int, str | None, int]]) -> None:
        """Outcome, what is here instead, line."""
        self._many("UPDATE rows SET outcome = ?, ours = ? WHERE line = ?", found)

    def set_all_new(self) -> None:
        """Forget an earlier comparison."""
        self._do("UPDATE rows SET outcome = 0, ours = NULL WHERE outcome > 0")

    def set_tracker(self, tracker: int, tracker_id: int) -> None:
        """Say which of ours a tracker of the file is."""
        self._do("UPDATE trackers SET tracker_id = ? WHERE id = ?", (tracker_id, tracker))

    def set_choice(self, choice: int, choice_id: int) -> None:
        """Say which of ours a choice of the file is."""
        self._do("UPDATE choices SET choice_id = ? WHERE id = ?", (choice_id, choice))

    def trackers(self) -> list[StagedTracker]:
        """The trackers of the file, in order of appearance."""
        rows = self._do("SELECT id, name, kind, unit, tracker_id FROM trackers ORDER BY id")
        return [StagedTracker(i, n, Kind(kind), u, t) for i, n, kind, u, t in rows]

    def choices(self, tracker: int) -> list[tuple[int, str, int | None]]:
        """The choices of a tracker: id here, label, our id."""
        select = "SELECT id, label, choice_id FROM choices WHERE tracker = ? ORDER BY id"
        return self._do(select, (tracker,)).fetchall()

    def rows_since(self, tracker: int, first: int, *, timed: bool) -> Iterator[StagedRow]:
        """The tracker's lines from moment (timed) or day `first` on, in order, by SQLite's sort."""
        what = "at" if timed else "day"
        where = f"WHERE tracker = ? AND timed = ? AND {what} >= ?"
        select = f"SELECT {COLUMNS} FROM rows {where} ORDER BY {what}, line"  # noqa: S608  # nosec B608  # our names
        return map(_row, self._do(select, (tracker, timed, first)))

    def bounds(self, tracker: int, *, timed: bool) -> tuple[int, int] | None:
        """The least and greatest moment (timed) or day of the tracker's lines."""
        what = "at" if timed else "day"
        where = "WHERE tracker = ? AND timed = ?"
        select = f"SELECT min({what}), max({what}) FROM rows {where}"  # noqa: S608  # nosec B608  # our names
        least, most = self._do(select, (tracker, timed)).fetchone()
        return None if least is None else (least, most)

    def has_one_a_day(self, tracker: int) -> bool:
        """Whether the lines without a time of day have each a day of their own."""
        select = (
            "SELECT 1 FROM rows WHERE tracker = ? AND timed = 0 "
            "GROUP BY day HAVING count(*) > 1 LIMIT 1"
        )
        return self._do(select, (tracker,)).fetchone() is None

    def counts(self) -> dict[int, dict[Outcome, int]]:
        """How many lines of each outcome, by tracker."""
        found: dict[int, dict[Outcome, int]] = {}
        select = "SELECT tracker, outcome, count(*) FROM rows GROUP BY tracker, outcome"
        for tracker, outcome, count in self._do(select):
            found.setdefault(tracker, {})[Outcome(outcome)] = count
        return found

    def count_rejects(self) -> int:
        """How many lines are left out."""
        return int(self._do("SELECT count(*) FROM rejects").fetchone()[0])

    def next_to_write(self, after: int, limit: int) -> tuple[int, int] | None:
        """The first line behind `after` that is new or in conflict, and the last within `limit`."""
        select = "SELECT line FROM rows WHERE line > ? AND +outcome <> 1 ORDER BY line LIMIT 1"
        found = self._do(select, (after,)).fetchone()
        if found is None:
            return None
        last = "SELECT max(line) FROM rows WHERE line < ?"
        return found[0], self._do(last, (found[0] + limit,)).fetchone()[0]

    def trackers_of(self, first: int, last: int) -> list[int]:
        """The trackers of those lines."""
        select = "SELECT DISTINCT tracker FROM rows WHERE line BETWEEN ? AND ?"
        return [tracker for (tracker,) in self._do(select, (first, last))]

    def conflicts(self, first: int, last: int) -> list[StagedRow]:
        """Those of the lines that are in conflict with what is here."""
        select = f"SELECT {COLUMNS} FROM rows WHERE outcome = 2 AND line BETWEEN ? AND ?"  # noqa: S608  # nosec B608  # our names
        return list(map(_row, self._do(select, (first, last))))

    def as_logs(self, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        """New lines as AS_LOGS gives them."""
        return iter(self._do(AS_LOGS.format("main"), values))

    def page(self, outcome: Outcome, after: int, limit: int) -> list[StagedRow]:
        """A page of the lines with that outcome."""
        select = f"SELECT {COLUMNS} FROM rows WHERE outcome = ? AND line > ? ORDER BY line LIMIT ?"  # noqa: S608  # nosec B608  # our names
        return list(map(_row, self._do(select, (outcome, after, limit))))

    def rejects(self, after: int = 0, limit: int = -1) -> Iterator[tuple[int, str, str]]:
        """Lines left out: line, reason, source."""
        select = "SELECT line, reason, source FROM rejects WHERE line > ? ORDER BY line LIMIT ?"
        return iter(self._do(select, (after, limit)))

    def begin(self) -> None:
        """Make the tables. A stage that breaks while it is built is thrown away: no sync."""
        self._script("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;" + TABLES)


def _row(row: tuple[Any, ...]) -> StagedRow:
    return StagedRow._make((*row[:5], bool(row[5]), *row[6:9], _OUTCOMES[row[9]], row[10]))


@contextmanager
def building(path: Path) -> Iterator[Stage]:
    """A new stage that takes the place of `path` when the block ends well."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            stage = Stage(connection, unfinished)
            stage.begin()
            with stage.writing():
                yield stage
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[Stage]:
    """The stage at `path`, to read unless `write`."""
    uri = f"{path.as_uri()}?mode={'rw' if write else 'ro'}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield Stage(connection, path)
