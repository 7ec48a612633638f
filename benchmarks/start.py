"""How long `make run` takes to its first answer when all is installed and the data is there."""

import os
import signal
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.house import WAIT_SECONDS, free_port
from benchmarks.rows import Row
from config import ROOT

STARTS = 3
FIRST_SECONDS = 600  # the very first one may still have to build the page


def warm(folder: Path) -> Iterator[Row]:
    """`make run` once to make the data, then again and again: the median of those."""
    data = folder / "started"
    _start(data, FIRST_SECONDS)
    seconds = statistics.median(_start(data, WAIT_SECONDS) for _ in range(STARTS))
    what = "seconds from the second `make run` to its first answer"
    yield Row("warm_start_s", seconds, None, "s", 5, True, what)


def _start(data: Path, patience: float) -> float:
    port = free_port()
    there = {"TEND_DATA": str(data), "PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}"}
    begun = time.perf_counter()
    running = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env={**os.environ, **there},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await(f"http://127.0.0.1:{port}/healthz", begun + patience)
        return time.perf_counter() - begun
    finally:
        # To make and what it started, as Ctrl-C would.
        os.killpg(running.pid, signal.SIGINT)
        running.wait(WAIT_SECONDS)


def _await(url: str, until: float) -> None:
    request = urllib.request.Request(url, headers={"Host": "localhost"})  # noqa: S310
    while True:
        try:
            urllib.request.urlopen(request, timeout=2).close()  # noqa: S310 - our own loopback URL
            return
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                return
            if time.perf_counter() > until:
                raise
            time.sleep(0.02)
