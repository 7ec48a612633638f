"""The wait for SQLite's one writer place: in turn, whoever else wants it, and not for ever."""

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from application.platform import writers


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database of its own."""
    made = create_engine(f"sqlite:///{tmp_path / 'place.db'}")
    with sqlite3.connect(tmp_path / "place.db") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    yield made
    made.dispose()


def connect(engine: Engine) -> sqlite3.Connection:
    return sqlite3.connect(str(engine.url.database), isolation_level=None)


def test_who_waits_comes_before_who_comes_back(engine: Engine) -> None:
    """An import begins its next batch at once; a request that waits is not passed over again."""
    waiting, served, batches = threading.Event(), threading.Event(), list[bool]()

    def request() -> None:
        connection = connect(engine)
        waiting.set()
        writers.take_place(connection, engine)
        served.set()
        connection.execute("COMMIT")

    connection = connect(engine)
    writers.take_place(connection, engine)
    thread = threading.Thread(target=request)
    thread.start()
    waiting.wait()
    while not served.is_set() and len(batches) < 100:
        threading.Event().wait(0.01)  # a batch takes a while
        connection.execute("COMMIT")
        batches.append(served.is_set())
        writers.take_place(connection, engine)
    connection.execute("COMMIT")
    thread.join()
    assert len(batches) <= 3


def keep_and_die(url: str) -> None:
    engine = create_engine(url)
    writers.take_place(connect(engine), engine)
    other = threading.Thread(target=writers.take_place, args=(connect(engine), engine))
    other.start()  # now the place is taken, and the turn as well
    threading.Event().wait(0.1)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_writer_keeps_neither_turn_nor_place(engine: Engine) -> None:
    url = engine.url.render_as_string()
    process = multiprocessing.get_context("spawn").Process(target=keep_and_die, args=(url,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    connection = connect(engine)
    writers.take_place(connection, engine)
    connection.execute("COMMIT")


def test_a_child_shares_no_turn_with_its_parent(engine: Engine) -> None:
    writers.take_place(connect(engine), engine)
    assert writers._turns
    process = multiprocessing.get_context("fork").Process(
        target=lambda: os._exit(len(writers._turns))
    )
    process.start()
    process.join()
    assert process.exitcode == 0


def test_without_a_file_beside_the_database_it_goes_on(tmp_path: Path) -> None:
    turn = writers.Turn(str(tmp_path / "nowhere" / "place.db"))
    for _ in range(2):
        with turn.taken(time.monotonic() + 1):
            assert not turn._threads.acquire(blocking=False)


def test_a_place_that_is_never_free_is_an_error(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "WAIT_SECONDS", 0.05)
    first, second = connect(engine), connect(engine)
    writers.take_place(first, engine)
    with pytest.raises(OperationalError, match="locked"):
        writers.take_place(second, engine)
    first.execute("COMMIT")
    writers.take_place(second, engine)


def test_other_errors_are_not_waited_for(engine: Engine) -> None:
    connection = connect(engine)
    writers.take_place(connection, engine)
    with pytest.raises(OperationalError, match="within a transaction"):
        writers.take_place(connection, engine)


def test_one_after_the_other_writers_share_a_connection(engine: Engine) -> None:
    kept = writers.Writers(engine)
    for _ in range(3):
        connection = kept.take()
        assert connection.in_transaction
        connection.execute("COMMIT")
        kept.give_back(connection)
    assert len(kept._idle) == 1
    kept._idle.pop().close()


def test_a_connection_that_cannot_begin_is_not_kept(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "WAIT_SECONDS", 0.05)
    other, kept = connect(engine), writers.Writers(engine)
    writers.take_place(other, engine)
    with pytest.raises(OperationalError, match="locked"):
        kept.take()
    assert not kept._idle
    other.execute("COMMIT")
