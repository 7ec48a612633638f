"""Small parts to measure: they must lie in a module, for each runs in a process of its own."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import LeftOut, Row, size


def good(folder: Path) -> Iterator[Row]:
    """A ratio and a limit, both met; and it leaves something behind in its folder."""
    (folder / "left behind").touch()
    yield Row("ratio", 3, 2, "µs", 2.0, True, "something | plain")
    yield Row("rows", size(10, 1000), None, "rows", 10, False, "at least 10")


def missed(folder: Path) -> Iterator[Row]:
    """Over its limit; it can tell whether the folder is its own."""
    assert not (folder / "left behind").exists()
    yield Row("slow", 60.5, None, "ms", 50, True, "a limit")


def broken(_folder: Path) -> Iterator[Row]:
    """Has one row, and fails before the other."""
    yield Row("before", 1, 1, "s", 1, True, "itself")
    raise RuntimeError("no disk\nand more")


def gone(folder: Path) -> Iterator[Row]:
    """Is killed, as when memory runs out."""
    if folder.exists():
        os._exit(9)
    yield Row("gone", 1, 1, "s", 1, True, "")


def stuck(_folder: Path) -> Iterator[Row]:
    """Never comes to an end."""
    time.sleep(600)
    yield Row("never", 1, 1, "s", 1, True, "")


def elsewhere(folder: Path) -> Iterator[Row]:
    """Needs what this machine has not."""
    if folder.exists():
        raise LeftOut("no such browser")
    yield Row("elsewhere", 1, 1, "s", 1, True, "")
