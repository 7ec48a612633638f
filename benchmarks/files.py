"""Files: a confirmed import and an export, in rows a second, against the sqlite3 command line."""

import multiprocessing
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.bringing import confirmed, person, write_source
from benchmarks.house import settings_in
from benchmarks.rows import Row, size

ROUNDS = 3


def both_ways(folder: Path) -> Iterator[Row]:
    """Bring the rows in, take them out, and let sqlite3 do the same with the same columns.

    Both tables grow by the same rows in each round; the least time of the rounds counts.
    """
    from application import create_app

    count = size(200_000, 1_000_000)
    app = create_app(settings_in(folder))
    source = folder / "source.csv"
    write_source(source, count)
    with app.app_context():
        owner = person()
        figures, trackers = [], []
        for number in range(ROUNDS):
            tracker, bring_in = confirmed(owner, source)
            trackers.append(tracker)
            theirs = partial(_sqlite_import, folder, source, number)
            figures.append((_timed(bring_in), _timed(theirs)))
        what = "sqlite3 .import into the same table and indexes"
        yield _row("import_sqlite", count, figures, 0.7, what)
        figures = [
            (_timed(partial(_export, owner, tracker)), _timed(partial(_sqlite_export, folder)))
            for tracker in trackers
        ]
        yield _row("export", count, figures, 0.6, "sqlite3 -csv select")
    with multiprocessing.get_context("spawn").Pool(1) as fresh:
        growth = fresh.apply(_growth, (folder, owner))
    what = f"{count * ROUNDS:,} rows, resident memory at its peak beyond that before"
    yield Row("export_rss_mb", growth, None, "MB", 30, True, what)


Times = tuple[float, float]
"""Seconds by the wall clock, and of CPU."""


def _row(name: str, count: int, figures: list[tuple[Times, Times]], goal: float, what: str) -> Row:
    """The least times of the rounds; the ratio of CPU time is said too, for a busy machine."""
    ours, theirs = (tuple(map(min, zip(*side, strict=True))) for side in zip(*figures, strict=True))
    what = f"{count:,} rows, {what} (by CPU time {theirs[1] / ours[1]:.2f})"
    return Row(name, count / ours[0], count / theirs[0], "rows/s", goal, False, what)


def _timed(way: Callable[[], object]) -> Times:
    wall, cpu = time.perf_counter(), _cpu()
    way()
    return time.perf_counter() - wall, _cpu() - cpu


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _growth(folder: Path, owner: int) -> float:
    """In a fresh process: the memory an export of everything takes at its peak."""
    from application import create_app

    with create_app(settings_in(folder)).app_context():
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
        before = _status("VmRSS")
        _export(owner, None)
        return _status("VmHWM") - before


def _status(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def _export(owner: int, tracker: int | None) -> None:
    from application.jobs import services as jobs
    from application.platform.database import transaction
    from application.transfers import services

    with transaction():
        job_id = services.ask_export(owner, None if tracker is None else [tracker]).id
    jobs.run(job_id)


def _schema(folder: Path) -> str:
    """Our own logs table and its indexes, as SQLite keeps them."""
    with sqlite3.connect(folder / "tend.db") as connection:
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'logs' AND sql IS NOT NULL"
        )
        return ";\n".join(statement for (statement,) in found) + ";"


def _sqlite_import(folder: Path, source: Path, tracker: int) -> None:
    into = (
        "INSERT INTO logs (tracker_id, user_id, logged_at, utc_offset, local_day, timed, value,"
        " note, source, import_id, version, created_at)"
    )
    found = (
        f"SELECT {tracker}, 1, replace(substr(moment, 1, 19), 'T', ' ') || '.000000', 0,"  # noqa: S608
        f" substr(moment, 1, 10), 1, value, note, 'import', {tracker}, 1, datetime() FROM raw;"
    )
    lines = [
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "" if tracker else _schema(folder),
        "CREATE TEMP TABLE raw (moment TEXT, value REAL, note TEXT);",
        ".mode csv",
        f".import --skip 1 {source} raw",
        into,
        found,
    ]
    subprocess.run(
        ["sqlite3", str(folder / "plain.db")],
        input="\n".join(lines),
        text=True,
        check=True,
        capture_output=True,
    )


def _sqlite_export(folder: Path) -> None:
    query = (
        "SELECT tracker_id, logged_at, value, note FROM logs WHERE tracker_id = 0"
        " ORDER BY logged_at, id"
    )
    with (folder / "plain.csv").open("wb") as out:
        subprocess.run(["sqlite3", "-csv", str(folder / "plain.db"), query], stdout=out, check=True)
