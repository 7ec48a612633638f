"""A Valkey of a row's own: it can be ended, started again, and frozen."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.faults.running import wait_for
from tests.servers import valkey_binary


class Valkey:
    """On a socket in `folder`; its clients find it at `url`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "own.sock"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [valkey_binary(), "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=self.folder)
        wait_for(self.answers, 10, "Valkey")

    def answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1) as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:
            return False

    def waiting(self) -> int:
        """Messages in the queues."""
        with redis.Redis(unix_socket_path=str(self.socket), db=1, socket_timeout=5) as client:
            return sum(int(client.llen(name)) for name in ("deliver", "jobs", "ticks"))

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Its connections stay open, and nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def valkey(folder: Path) -> Iterator[Valkey]:
    own = Valkey(folder)
    own.start()
    try:
        yield own
    finally:
        own.end()
