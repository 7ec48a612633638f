"""A folder on a disk of its own that is small, and can be filled to its last byte."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.running import data_folder

CHUNK = 64 * 1024


def can_mount() -> bool:
    """Only root on Linux may, and not in every container."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with data_folder() as folder:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        if not done.returncode:
            subprocess.run(["umount", str(folder)], check=True)
        return not done.returncode


class SmallDisk:
    """`path` is its folder; `fill` takes what is left of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ballast = path / "ballast"

    def fill(self, but: int = 0) -> int:
        """Take everything but that many bytes; how many bytes are taken in all."""
        with self.ballast.open("ab", buffering=0) as file:
            for size in (CHUNK, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue
        size = self.ballast.stat().st_size
        os.truncate(self.ballast, max(0, size - but))
        return self.ballast.stat().st_size

    def free(self) -> None:
        self.ballast.unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """A tmpfs of that size; whatever runs on it is ended before it goes."""
    with data_folder() as outside:
        path = outside / "disk"
        path.mkdir(mode=0o700)
        options = f"size={megabytes}m,mode=700"
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
        subprocess.run(mount, check=True)
        try:
            yield SmallDisk(path)
        finally:
            # Lazily: somebody who is just being ended may still have a file of it open.
            subprocess.run(["umount", "--lazy", str(path)], check=True)
