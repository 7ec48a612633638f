"""Processes kept running as the launcher's supervisor does: one that dies is started again."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from config import ROOT
from tests.faults.running import wait_for

PAUSE = 1.0  # before a process that died is started again
LOOK_EVERY = 0.05


class Kept:
    """One process and its children, with a log file."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], logs: Path
    ) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log = logs / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.died_at = 0.0
        self.deaths = 0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdout=output,
                stderr=output,
                start_new_session=True,  # so that its children can be ended with it
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Take notice of a death, end what it left, and after a pause start again."""
        if self.is_running():
            return
        if self.process is not None:
            self.signal_group(signal.SIGKILL)
            self.process = None
            self.died_at = time.monotonic()
            self.deaths += 1
        if time.monotonic() - self.died_at >= PAUSE:
            self.start()

    def signal_group(self, sign: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)

    def kill(self) -> None:
        """kill -9 of the process alone, as the kernel does when memory runs out."""
        if self.process is not None:
            self.process.kill()

    def kill_and_await_end(self) -> None:
        """As `kill`, until its children are gone too: for that long they still send."""
        before = self.deaths
        self.kill()
        wait_for(lambda: self.deaths > before or self.process is None, 20, f"{self.name} ended")

    def kill_children(self) -> int:
        """kill -9 of the children, the process itself lives on; how many there were."""
        found = children(self.process.pid) if self.process is not None else []
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(found)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def children(parent: int) -> list[int]:
    """The processes that `parent` started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            after_name = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(entry.name))
    return found


class Keeper:
    """Looks after its processes until the end. `paused` ones are left as they are."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.paused: set[str] = set()
        self._end = threading.Event()
        # One thread starts them all and lives as long as they do: the launcher's roles are ended
        # by the kernel together with the thread that started them.
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def add(self, *kept: Kept) -> None:
        self.kept += kept

    def named(self, start: str) -> list[Kept]:
        return [one for one in self.kept if one.name.startswith(start)]

    def _run(self) -> None:
        while not self._end.wait(LOOK_EVERY):
            for one in list(self.kept):
                if one.name not in self.paused:
                    one.look()

    @contextmanager
    def running(self) -> Iterator["Keeper"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._end.set()
            self._thread.join()
            for one in self.kept:
                one.signal_group(signal.SIGKILL)
                if one.process is not None:
                    one.process.wait()
