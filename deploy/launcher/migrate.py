"""`python -m deploy.launcher.migrate`: applies the migrations, one machine at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_migrate import upgrade

import config
from application import create_app
from deploy.launcher.schema import plain_address

LOCK_NUMBER = 0x54454E44  # "TEND"; any number that every node agrees on


@contextmanager
def alone(settings: config.Settings) -> Iterator[None]:
    """Several nodes may start at once on one PostgreSQL; the later ones wait, then find it done."""
    if settings.sqlite_file:  # the data folder's lock is ours already
        yield
        return
    import psycopg

    with psycopg.connect(plain_address(settings), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        yield


def main() -> None:
    settings = config.load()
    with alone(settings), create_app(settings).app_context():
        upgrade()


if __name__ == "__main__":
    main()
