"""A whole Tend started as a person starts it, on a folder and a port of its own."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from config import ROOT, Settings
from deploy.launcher.lock import leftovers, mark_of

READY_WITHIN = 180  # seconds; it makes the database too, and a busy machine takes its time


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def data_folder() -> Iterator[Path]:
    """Short, for the cache's socket lies in it; and nothing that runs on it outlives the test."""
    folder = Path(tempfile.mkdtemp(prefix="tend-"))
    try:
        yield folder
    finally:
        for pid in leftovers(mark_of(folder)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """What the launcher is started with: none of the settings of whoever runs the tests."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "TEND_DATA": str(data), "PORT": str(port), "WEB_WORKERS": "1", **more}


def wait_for(what: Callable[[], object], seconds: float, name: str) -> None:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise AssertionError(f"{name}: not within {seconds} s")
        time.sleep(0.05)


def refusal(data: Path, port: int, **more: str) -> str:
    """What a start says that cannot work; it must end by itself, without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.launcher"],
        cwd=ROOT,
        env=environment(data, port, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


class Tend:
    """Use as a context: started and answering inside, ended after."""

    def __init__(self, data: Path, port: int, **more: str) -> None:
        self.data, self.port = data, port
        self.environment = environment(data, port, **more)
        self.printed = data / "printed.txt"

    def __enter__(self) -> "Tend":
        with self.printed.open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.launcher"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            wait_for(self.is_ready_or_gone, READY_WITHIN, "ready")
            assert self.process.poll() is None, self.said()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def is_ready_or_gone(self) -> bool:
        return "is ready" in self.said() or self.process.poll() is not None

    def said(self) -> str:
        return self.printed.read_text(encoding="utf-8")

    def healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def mine(self) -> list[int]:
        return leftovers(mark_of(self.data))

    def running(self, word: str) -> list[int]:
        """The processes of one role, its children too, oldest first."""
        found = []
        for pid in self.mine():
            with suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                found += [pid] if f" {word} " in f" {line} " else []
        return sorted(found)

    def log(self, name: str) -> str:
        with suppress(FileNotFoundError):
            return (self.data / "logs" / f"{name}.log").read_text(encoding="utf-8")
        return ""

    def everything_is_up(self) -> bool:
        up = all(
            "@" in self.log(name) and "ready" in self.log(name) for name in ("worker", "sender")
        )
        return bool(up and "Starting" in self.log("beat") and self.healthy())
