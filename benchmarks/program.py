"""The benchmark as a program: each part measured in a process and an installation of its own.

So no part pays for the memory or the full caches of the one before, and one that fails, hangs or
is killed costs its own rows alone.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from benchmarks import house, rows
from benchmarks.rows import Failed, LeftOut, Row

Way = Callable[[Path], Iterator[Row]]
GRACE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Part:
    """A way to measure, and the names of the rows it yields.

    `way` is given the data folder of a migrated installation whose Valkey runs (or whatever else
    is to run `around` it); settings_in(), web() and Browser of `house` work on it.
    """

    way: Way
    names: tuple[str, ...]
    minutes: float = 10
    around: Callable[[Path], AbstractContextManager[object]] = house.cache


def chosen(parts: Sequence[Part], names: Sequence[str]) -> list[Part]:
    """The parts that yield any of the rows; all of them when none is named."""
    return [part for part in parts if not names or set(names) & set(part.names)]


def measure(parts: Sequence[Part], full: bool, template: Path) -> Iterator[Row | Failed]:
    """Every part in turn, its rows as they come; what it says goes to the terminal.

    `template` is a migrated data folder that each part gets a copy of.
    """
    for number, part in enumerate(parts, start=1):
        print(f"[{number}/{len(parts)}] {', '.join(part.names)}", flush=True)
        start = time.monotonic()
        missing = dict.fromkeys(part.names)
        why = "it ended without this figure"
        for found in _in_a_process(part, full, template):
            if isinstance(found, Row):
                missing.pop(found.name, None)
                print(f"  {time.monotonic() - start:5.1f} s  {_told(found)}", flush=True)
                yield found
            elif isinstance(found, LeftOut):
                print(f"  left out: {found}", flush=True)
                missing = {}
            else:
                why = found
        for name in missing:
            print(f"  {time.monotonic() - start:5.1f} s  {name}: failed, {why}", flush=True)
            yield Failed(name, why)


def _told(row: Row) -> str:
    sign, met = ("≤" if row.at_most else "≥"), ("met" if row.holds else "not met")
    return f"{row.name}: {row.value:.4g}, goal {sign} {row.goal:g}: {met}"


def _in_a_process(part: Part, full: bool, template: Path) -> Iterator[Row | LeftOut | str]:
    """What the part's process sends; a str says why it failed. Nothing it started outlives it."""
    context = multiprocessing.get_context("spawn")  # fork would hand on our memory and threads
    reader, writer = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="tend-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "data"
        shutil.copytree(template, folder)
        process = context.Process(target=_measure, args=(part, full, folder, writer))
        process.start()
        writer.close()
        try:
            yield from _received(reader, time.monotonic() + 60 * part.minutes, part.minutes)
        finally:
            _end(process)


def _received(reader: Connection, until: float, minutes: float) -> Iterator[Row | LeftOut | str]:
    while reader.poll(max(until - time.monotonic(), 0)):
        try:
            found = reader.recv()
        except EOFError:
            return
        yield found
    yield f"it took longer than {minutes:g} minutes"


def _end(process: "multiprocessing.context.SpawnProcess") -> None:
    """Wait for its end, or bring it about; then end what is left of what it started."""
    process.join(1)
    if process.is_alive():
        process.terminate()
        process.join(GRACE_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()


def _measure(part: Part, full: bool, folder: Path, to: Connection) -> None:
    """In the part's own process: send its rows, or why there are none."""
    os.setsid()  # a group of its own, by which all it started can be ended
    signal.signal(signal.SIGTERM, _leave)
    rows.full_run = full
    try:
        with part.around(folder):
            for row in part.way(folder):
                to.send(row)
    except LeftOut as reason:
        to.send(reason)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        to.send(f"{type(error).__name__}: {error}".split("\n")[0])
    finally:
        to.close()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """So that `with` and `finally` end the servers."""
    sys.exit(1)
