"""`flask --app app doctor`: what is wrong is named, with what to do; nothing makes it hang."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from api import health
from application.platform import claims, clock, heartbeats
from application.platform.background import celery
from config import Settings
from deploy.launcher import CannotStart, checks, lock
from deploy.upkeep import checks_data as data
from deploy.upkeep import checks_parts as parts
from deploy.upkeep import commands, doctor
from deploy.upkeep.house import Check, Finding, House, ok
from tests import servers
from tests.postmen import Postman, free_port, serving, using


@pytest.fixture
def house(app: Flask) -> House:
    return House(app, app.config["TEND"], "")


def with_settings(house: House, **more: Any) -> House:
    return House(house.app, house.settings.model_copy(update=more), house.holder, house.url)


def test_it_looks_at_everything_once(app: Flask) -> None:
    commands.init_app(app)
    done = app.test_cli_runner().invoke(args=["doctor", "--json"])
    found = json.loads(done.output)
    assert list(found["checks"]) == [check.name for check in doctor.CHECKS]
    assert {one["level"] for one in found["checks"].values()} <= {"ok", "warning", "fails"}
    # The tests' cache is not Tend's own, so somebody should answer behind its queue: nobody does.
    wrong = {name for name, one in found["checks"].items() if one["level"] == "fails"}
    assert wrong == {"workers"}
    assert done.exit_code == 1


def test_the_table_says_what_to_do() -> None:
    found = {"cache": ok("it answers"), "workers": Finding("fails", "no answer " * 12, "Start it.")}
    lines = doctor.table(found).splitlines()
    assert lines[0] == "cache      ok       it answers"
    assert lines[1].startswith("workers    FAILS    no answer")
    assert lines[-1] == " " * 20 + "-> Start it."


def test_a_check_that_hangs_or_falls_over_holds_nobody_up(house: House) -> None:
    forever = threading.Event()
    checks = (
        Check("hangs", lambda _: ok(str(forever.wait())), 0.2),
        Check("falls", lambda _: [][0]),
        Check("well", lambda _: ok("well")),
    )
    began = time.monotonic()
    found = doctor.look(house, checks)
    assert time.monotonic() - began < 5
    forever.set()
    assert [finding.level for finding in found.values()] == ["fails", "fails", "ok"]
    assert "IndexError" in found["falls"].said


def test_it_says_whether_tend_runs(tmp_path: Path, app: Flask) -> None:
    settings = servers.settings_for(tmp_path)
    assert lock.holder(tmp_path) == ""
    with lock.take(tmp_path):
        held = House(app, settings, lock.holder(tmp_path))
        assert "is running (process" in data.running(held).said
        with pytest.raises(CannotStart):  # asking took nothing away
            lock.take(tmp_path)
    assert "stopped" in data.running(House(app, settings, lock.holder(tmp_path))).said
    assert parts.cache(House(app, settings, "")).said == parts.WITH_TEND


def test_a_damaged_database_is_named(house: House, tmp_path: Path, valkey_url: str) -> None:
    path = servers.migrated_sqlite(tmp_path, valkey_url)
    here = with_settings(house, database_url=f"sqlite:///{path}")
    assert data.database(here).level == "ok"
    content = bytearray(path.read_bytes())
    content[5 * 4096 : 9 * 4096] = b"\xff" * 4 * 4096
    path.write_bytes(content)
    assert (
        "restore" in look(house, data.database, here).todo
        or "database" in look(house, data.database, here).said.lower()
    )
    assert look(house, data.database, here).level == "fails"


def look(house: House, check: Any, here: House) -> Finding:
    """As the command runs it: an error of a check is its finding."""
    return doctor.look(here, (Check("one", check),))["one"]


def test_a_database_that_is_away_is_named(house: House) -> None:
    url = f"postgresql+psycopg://tend:hunter22@127.0.0.1:{free_port()}/tend"
    finding = data.database(with_settings(house, database_url=url))
    assert finding.level == "fails"
    assert "hunter22" not in finding.said + finding.todo


def test_cache_and_queue_that_are_away_are_named(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"
    assert parts.cache(with_settings(house, redis_url=away)).level == "fails"
    monkeypatch.setattr(celery, "connection_for_write", lambda **_: Unreachable())
    assert parts.broker(house).level == "fails"


class Unreachable:
    def __enter__(self) -> Any:
        raise ConnectionError

    def __exit__(self, *_: object) -> None: ...


def test_the_first_ticks_are_waited_for_after_a_start(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{"send@here": {"ok": "pong"}}, {"work@here": {"ok": "pong"}}]
    monkeypatch.setattr(celery.control, "ping", lambda **_: answers)
    with app.app_context(), lock.take(tmp_path):
        here = House(app, servers.settings_for(tmp_path), lock.holder(tmp_path))
        assert "to come" in parts.workers(here).said
        long_ago = clock.now().timestamp() - 300
        os.utime(tmp_path / "lock", (long_ago, long_ago))
        assert parts.workers(here).level == "fails"
        for name in health.QUICK:
            heartbeats.beat(name)
        assert "in time" in parts.workers(here).said
        answers.pop()
        assert "no answer of: work" in parts.workers(here).said


def test_queues_are_counted(house: House) -> None:
    assert parts.broker(house) == ok("waiting: deliver 0, jobs 0, ticks 0")


def test_a_clock_that_went_back_is_named(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        assert data.clocks(house).level == "ok"
        later = claims.instant(timedelta(days=1))
        monkeypatch.setattr(heartbeats, "instant", lambda: later)
        heartbeats.beat("jobs.sweep")
        assert "set back" in data.clocks(house).todo
        monkeypatch.setattr(clock, "now", lambda: data.BORN - timedelta(days=1))
        assert data.clocks(house).level == "fails"


def test_the_mail_server_is_greeted_and_gets_no_letter(house: House) -> None:
    assert "no SMTP_HOST" in parts.mail(house).said
    with serving(postman := Postman()) as port:
        assert parts.mail(House(house.app, using(house.settings, port, "none"), "")).level == "ok"
        assert not postman.letters
    finding = parts.mail(House(house.app, using(house.settings, free_port(), "none"), ""))
    assert finding.level == "fails"
    assert "SMTP_HOST" in finding.todo


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_silent_mail_server_is_given_up(
    house: House, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PATIENCE", 0.1)
    finding = parts.mail(House(house.app, using(house.settings, silent, "none"), ""))
    assert "too long" in finding.said


def test_webhooks_inside_are_refused_and_one_outside_is_called(house: House, silent: int) -> None:
    assert parts.webhooks(house).level == "ok"
    asked = House(house.app, house.settings, "", f"http://127.0.0.1:{silent}/")
    assert parts.webhooks(asked).level == "fails"


def test_a_disk_that_is_nearly_full_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((50, "fails"), (500, "warning"), (5000, "ok")):
        usage = type("Usage", (), {"free": free * data.MB})
        monkeypatch.setattr(data.shutil, "disk_usage", lambda _, usage=usage: usage)  # type: ignore[attr-defined]
        assert data.disk(house).level == level
    assert data.disk(with_settings(house, storage_dir=Path("/proc/files"))).level == "fails"


def test_secrets_that_others_may_read_are_named(house: House, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir(mode=0o700)
    key = tmp_path / "secrets" / "secret_key"
    key.write_text("k" * 40, encoding="utf-8")
    key.chmod(0o600)
    tmp_path.chmod(0o700)
    here = with_settings(house, tend_data=tmp_path)
    assert data.secrets(here).level == "ok"
    key.chmod(0o644)
    assert data.secrets(here).level == "warning"  # the folder around it is closed
    assert f"chmod go= {key}" in data.secrets(here).todo
    tmp_path.chmod(0o755)
    assert data.secrets(here).level == "fails"


def test_a_backup_that_is_old_is_named(house: House, tmp_path: Path) -> None:
    settings: Settings = servers.settings_for(tmp_path)
    here = House(house.app, settings, "")
    assert "none yet" in data.copies(here).said
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "tend-20260101T030000Z.tar.gz").touch()
    assert data.copies(here).level == "ok"
    with pytest.MonkeyPatch.context() as patch:
        late = clock.now() + timedelta(days=3)
        patch.setattr(clock, "now", lambda: late)
        assert data.copies(here).level == "warning"
    assert "BACKUP_KEEP_DAYS" in data.copies(with_settings(here, backup_keep_days=0)).said


def test_pango_that_is_missing_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "opens", lambda _: False)
    assert "Pango is missing" in parts.reports(house).said
