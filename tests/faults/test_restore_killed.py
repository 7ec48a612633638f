"""A restore that is killed at any point leaves the old folder, or one that becomes the new one."""

import os
import shutil
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest

from application.backups import services
from application.backups.archive import DATABASE
from config import Settings
from deploy.launcher import lock, schema
from deploy.upkeep import moving, restoring
from deploy.upkeep.restoring import CannotRestore, restore
from tests import servers
from tests.faults.running import refusal

NEW, OLD = "of the backup", "of the folder"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Path:
    return servers.migrated_sqlite(tmp_path_factory.mktemp("template"), valkey_url)


def furnish(template: Path, data: Path, word: str) -> Settings:
    """A data folder whose database, secret and file all say `word`."""
    servers.copy_sqlite(template, data / "tend.db")
    for folder in ("secrets", "files", "cache"):
        (data / folder).mkdir()
    (data / "secrets" / "secret_key").write_text(word, encoding="utf-8")
    (data / "files" / "0a.csv").write_text(word, encoding="utf-8")
    (data / "cache" / "answers").write_text(word, encoding="utf-8")
    with closing(sqlite3.connect(data / "tend.db")) as connection, connection:
        connection.execute("INSERT INTO roles (id, name, description) VALUES (1, 'x', ?)", [word])
        connection.execute(
            "INSERT INTO jobs (kind, state, step, done, total, params, result, attempts, "
            "cancel_asked, created_at, file) VALUES ('export', 'done', '', 0, 0, '{}', '{}', 1, 0, "
            "'2026-01-01 00:00:00', '0a.csv')"
        )
    return servers.settings_for(data)


def words_of(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "tend.db")) as connection:
        words = [connection.execute("SELECT description FROM roles").fetchone()[0]]
    return words + [(data / name).read_text() for name in ("secrets/secret_key", "files/0a.csv")]


@pytest.fixture
def backup(template: Path, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar.gz"
    services.make(furnish(template, tmp_path / "source", NEW), file, "1")
    return file


@pytest.fixture
def taken(template: Path, tmp_path: Path) -> Settings:
    return furnish(template, tmp_path / "data", OLD)


def test_it_fills_a_new_folder(backup: Path, tmp_path: Path) -> None:
    settings = servers.settings_for(tmp_path / "new")
    settings.tend_data.mkdir()
    manifest, aside = restore(settings, backup, replace=False)
    assert words_of(settings.tend_data) == [NEW] * 3
    assert manifest.rows["roles"] == 1
    assert not aside.exists()
    assert {path.name for path in settings.tend_data.iterdir()} == {
        "lock", "tend.db", "secrets", "files",
    }  # fmt: skip
    kept = settings.tend_data / "secrets" / "secret_key"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_it_overwrites_nothing_unless_told(backup: Path, taken: Settings) -> None:
    with pytest.raises(CannotRestore, match="--replace"):
        restore(taken, backup, replace=False)
    assert words_of(taken.tend_data) == [OLD] * 3


def test_it_puts_the_old_things_aside(backup: Path, taken: Settings) -> None:
    _, aside = restore(taken, backup, replace=True)
    assert words_of(taken.tend_data) == [NEW] * 3
    assert words_of(aside) == [OLD] * 3
    assert (aside / "cache" / "answers").exists()
    assert not (taken.tend_data / "cache").exists()  # it knew answers of another past


def test_it_refuses_while_tend_runs(backup: Path, taken: Settings) -> None:
    with lock.take(taken.tend_data), pytest.raises(CannotRestore, match="already runs"):
        restore(taken, backup, replace=True)
    assert words_of(taken.tend_data) == [OLD] * 3


def test_it_refuses_a_newer_release(
    backup: Path, taken: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "known_revisions", lambda _: ({"0001"}, {"0001"}))
    with pytest.raises(CannotRestore, match="newer Tend"):
        restore(taken, backup, replace=True)
    assert words_of(taken.tend_data) == [OLD] * 3


def test_it_touches_nothing_for_a_file_that_is_none(taken: Settings, tmp_path: Path) -> None:
    file = tmp_path / "cut.tar.gz"
    file.write_bytes(b"\x1f\x8bno")
    with pytest.raises(CannotRestore, match="cannot be used"):
        restore(taken, file, replace=True)
    assert words_of(taken.tend_data) == [OLD] * 3
    assert not (taken.tend_data / moving.STAGING).exists()


def test_it_ends_sessions_and_lets_no_kept_answer_count(
    template: Path, taken: Settings, tmp_path: Path
) -> None:
    source = furnish(template, tmp_path / "source", NEW)
    with closing(sqlite3.connect(source.tend_data / "tend.db")) as connection, connection:
        person = "INSERT INTO users (id, username, email, password, fs_uniquifier, active, "
        person += "created_at, timezone, day_starts_at, week_starts_on, reminder_since, "
        person += "report_since, reminder_channel, report_format, report_paper, report_on) VALUES "
        person += "(1, 'a', 'a@b', 'x', 'u', 1, '2026-01-01', 'UTC', 0, 1, '2026-01-01', "
        connection.execute(person + "'2026-01-01', 'mail', 'html', 'a4', 1)")
        connection.execute("INSERT INTO user_versions VALUES (1, 41)")
        connection.execute(
            "INSERT INTO user_sessions (user_id, secret_hash, device, created_at, last_seen_at, "
            "proved_at, place) VALUES (1, x'00', '', '2026-01-01', '2026-01-01', '2026-01-01', '')"
        )
    services.make(source, tmp_path / "b.tar.gz", "1")
    restore(taken, tmp_path / "b.tar.gz", replace=True)
    with closing(sqlite3.connect(taken.tend_data / "tend.db")) as connection:
        assert connection.execute("SELECT count(*) FROM user_sessions").fetchone() == (0,)
        [(version,)] = connection.execute("SELECT version FROM user_versions")
    assert version > 1_000_000


def test_it_says_which_secret_is_another_one(backup: Path, taken: Settings) -> None:
    manifest, _ = restore(taken, backup, replace=True)
    # The backup's folder held SECRET_KEY; the salt came from settings, and is the same here.
    assert restoring.strangers(taken, manifest) == ["SECRET_KEY"]
    other = taken.model_copy(update={"secret_key": NEW, "security_password_salt": "o" * 40})
    assert restoring.strangers(other, manifest) == ["SECURITY_PASSWORD_SALT"]


def test_the_next_start_brings_it_to_its_end(backup: Path, taken: Settings) -> None:
    restoring.lay_out(taken, backup)
    moving.commit(taken)  # and killed here
    given = {"SECRET_KEY": token_urlsafe(48), "SECURITY_PASSWORD_SALT": token_urlsafe(48)}
    with socket.create_server(("127.0.0.1", 0)) as other:  # so that it goes no further than that
        said = refusal(taken.tend_data, other.getsockname()[1], **given)
    assert "in use" in said
    assert words_of(taken.tend_data) == [NEW] * 3


def killed_at(step: int, settings: Settings, backup: Path) -> bool:
    """Restore in a child that is killed before its rename (or delete) number `step`; if it was."""
    child = os.fork()
    if child == 0:  # nothing of pytest may run here
        count = 0

        def counted(real: Any) -> Any:
            def call(*args: Any, **more: Any) -> Any:
                nonlocal count
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **more)

            return call

        Path.rename = counted(Path.rename)  # type: ignore[method-assign]
        moving.sync = counted(moving.sync)
        shutil.rmtree = counted(shutil.rmtree)
        try:
            restore(settings, backup, replace=True)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.row("W10")
def test_killed_anywhere_it_is_the_old_folder_or_becomes_the_new_one(
    template: Path, backup: Path, tmp_path: Path
) -> None:
    seen = set()
    for step in range(1, 100):
        settings = furnish(template, tmp_path / f"data-{step}", OLD)
        if not killed_at(step, settings, backup):
            break
        finished = moving.finish(settings)  # as the next start does
        words = words_of(settings.tend_data)
        assert len(set(words)) == 1, step
        assert words[0] == NEW or not finished, step
        assert not (settings.tend_data / moving.STAGING).exists()
        seen.add((finished, words[0]))
        with closing(sqlite3.connect(settings.tend_data / DATABASE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert step > 15
    assert seen >= {(False, OLD), (True, NEW)}
