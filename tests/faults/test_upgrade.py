"""An existing database is copied before it is upgraded, and a newer one is left alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config import Settings
from deploy.launcher import CannotStart, lock, schema
from tests.faults.running import data_folder, free_port, refusal


@pytest.fixture
def settings() -> Iterator[Settings]:
    with data_folder() as folder:
        yield Settings(tend_data=folder, database_url=f"sqlite:///{folder}/tend.db", redis_url="")


def database_at(settings: Settings, revision: str, rows: int = 3) -> Path:
    path = settings.sqlite_file
    assert path
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES (?)", [revision])
        connection.execute("CREATE TABLE kept (number INTEGER)")
        connection.executemany("INSERT INTO kept VALUES (?)", [(n,) for n in range(rows)])
    return path


def scripts(folder: Path, *pairs: tuple[str, str | None]) -> Path:
    for revision, before in pairs:
        text = f'"""x"""\nrevision: str = "{revision}"\ndown_revision = {before!r}\n'
        (folder / f"{revision}.py").write_text(text, encoding="utf-8")
    return folder


def test_it_knows_the_newest_revision_without_importing_any(tmp_path: Path) -> None:
    folder = scripts(tmp_path, ("0001", None), ("0002", "0001"), ("0003", "0002"))
    assert schema.known_revisions(folder) == ({"0001", "0002", "0003"}, {"0003"})
    assert len(schema.known_revisions(schema.VERSIONS)[1]) == 1


@pytest.mark.row("W9")
def test_w9_it_copies_before_it_upgrades(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pass: a whole copy from before is kept, even beside a writer."""
    path = database_at(settings, "0001")
    monkeypatch.setattr(schema, "VERSIONS", scripts(tmp_path, ("0001", None), ("0002", "0001")))
    copies: list[Path | None] = []
    monkeypatch.setattr(schema, "upgrade", lambda _, copy, __: copies.append(copy))
    with closing(sqlite3.connect(path)) as writing:  # a writer at work does not spoil the copy
        writing.execute("INSERT INTO kept VALUES (99)")
        with lock.take(settings.tend_data) as holding:
            schema.bring_up_to_date(settings, holding)
    (copy,) = copies
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT count(*) FROM kept").fetchone() == (3,)
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_it_leaves_a_database_of_this_release_alone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_at(settings, "0002")
    monkeypatch.setattr(schema, "VERSIONS", scripts(tmp_path, ("0001", None), ("0002", "0001")))
    monkeypatch.setattr(schema, "upgrade", pytest.fail)
    with lock.take(settings.tend_data) as holding:
        schema.bring_up_to_date(settings, holding)
    assert not (settings.tend_data / "backups").exists()


def test_it_keeps_the_newest_copies_only(settings: Settings) -> None:
    path = database_at(settings, "0001")
    folder = settings.tend_data / "backups"
    made = [schema.back_up(path, folder, f"000{number}") for number in range(8)]
    assert sorted(folder.iterdir()) == sorted(made)[-schema.KEPT_BACKUPS :]


def test_it_upgrades_nothing_it_could_not_copy(settings: Settings) -> None:
    path = database_at(settings, "0001")
    folder = settings.tend_data / "backups"
    folder.mkdir()
    path.write_bytes(b"torn" * 4096)
    with pytest.raises(CannotStart, match="left as it is"):
        schema.back_up(path, folder, "0001")
    assert list(folder.iterdir()) == []


def test_it_refuses_a_database_of_a_newer_release(settings: Settings) -> None:
    database_at(settings, "9999")
    message = refusal(settings.tend_data, free_port())
    assert "written by a newer Tend (revision 9999)" in message


def test_it_tells_why_an_upgrade_failed(settings: Settings) -> None:
    # Tables without a revision, as nothing of ours leaves them: the first migration trips over one.
    path = settings.sqlite_file
    assert path
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE users (id INTEGER)")
    message = refusal(settings.tend_data, free_port())
    assert "The database could not be upgraded" in message
    assert "upgrade.log" in message
    assert "\n" not in message
