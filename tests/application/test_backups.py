"""Backups: what is in one, that it is verified, that no archive is believed, the night."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from application import create_app
from application.backups import archive, services
from application.backups.archive import Unusable
from application.platform import storage
from application.platform.background import celery
from config import Settings
from tasks import base
from tests import servers
from tests.people import Queue

SECRET = "a secret of thirty-two letters or more"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Path:
    return servers.migrated_sqlite(tmp_path_factory.mktemp("template"), valkey_url)


@pytest.fixture
def house(template: Path, tmp_path: Path, valkey_url: str) -> Settings:
    """A data folder with a database, a secret, and two files of which the database knows one."""
    data = tmp_path / "data"
    servers.copy_sqlite(template, data / "tend.db")
    (data / "secrets").mkdir(mode=0o700)
    (data / "secrets" / "secret_key").write_text(SECRET, encoding="utf-8")
    (data / "secrets" / "secret_key").chmod(0o600)
    (data / "files").mkdir()
    (data / "files" / "0a1b.csv").write_bytes(b"day,value\n")
    (data / "files" / "unknown.csv").write_bytes(b"nobody's")
    add_job(data / "tend.db", "0a1b.csv")
    return servers.settings_for(data, redis_url=valkey_url, secret_key=SECRET)


def add_job(path: Path, file: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO jobs (kind, state, step, done, total, params, result, attempts, "
            "cancel_asked, created_at, file) VALUES ('export', 'done', '', 0, 0, '{}', '{}', 1, 0, "
            "'2026-01-01 00:00:00', ?)",
            [file],
        )


def read_back(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]


def test_it_holds_what_is_somebodys_and_says_so(house: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    manifest = services.make(house, file, "1.2.3")
    assert set(read_back(file)) == {
        "tend.db", "secrets/secret_key", "files/0a1b.csv", "manifest.json",
    }  # fmt: skip
    assert (manifest.release, manifest.rows["jobs"]) == ("1.2.3", 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(manifest.elsewhere) == ["security_password_salt"]
    assert SECRET not in str(manifest)
    assert archive.read(file) == manifest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "data"]


def test_it_notes_a_file_that_went_meanwhile(house: Settings, tmp_path: Path) -> None:
    (house.storage_dir / "0a1b.csv").unlink()
    assert services.make(house, tmp_path / "b.tar.gz", "1").gone == ["files/0a1b.csv"]


def test_it_takes_the_lines_of_an_import_along(house: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(house.storage_dir / "0a1b.csv.stage")) as stage, stage:
        stage.execute("CREATE TABLE rows (line INTEGER)")
    assert "files/0a1b.csv.stage" in services.make(house, tmp_path / "b.tar.gz", "1").members


def test_it_overwrites_nothing(house: Settings, tmp_path: Path) -> None:
    with pytest.raises(services.CannotBackUp, match="there already"):
        services.make(house, house.tend_data / "tend.db", "1")
    with pytest.raises(services.CannotBackUp, match="No such file"):
        services.make(house, tmp_path / "nowhere" / "b.tar.gz", "1")


def test_it_never_fills_the_disk(
    house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": archive.SPARE})
    monkeypatch.setattr(services.shutil, "disk_usage", lambda _: usage)  # type: ignore[attr-defined]
    with pytest.raises(services.CannotBackUp, match="MB free"):
        services.make(house, tmp_path / "b.tar.gz", "1")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_it_makes_no_backup_of_a_damaged_database(house: Settings, tmp_path: Path) -> None:
    path = house.tend_data / "tend.db"
    content = bytearray(path.read_bytes())
    content[5 * 4096 : 7 * 4096] = b"\xff" * 2 * 4096
    path.write_bytes(content)
    with pytest.raises(services.CannotBackUp, match="cannot be copied"):
        services.make(house, tmp_path / "b.tar.gz", "1")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_it_reads_back_what_it_wrote(
    house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = archive.write

    def onto_a_bad_disk(out: Any, *more: Any) -> Any:
        manifest = write(out, *more)
        out.seek(2000)
        out.write(b"\0" * 64)
        return manifest

    monkeypatch.setattr(archive, "write", onto_a_bad_disk)
    with pytest.raises(services.CannotBackUp, match="cannot be read back"):
        services.make(house, tmp_path / "b.tar.gz", "1")
    assert not (tmp_path / "b.tar.gz").exists()


@pytest.fixture
def members(house: Settings, tmp_path: Path) -> dict[str, bytes]:
    services.make(house, tmp_path / "good.tar.gz", "1")
    return read_back(tmp_path / "good.tar.gz")


def packed(path: Path, members: dict[str, bytes], *odd: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for head in odd:
            tar.addfile(head, io.BytesIO(b"x" * head.size) if head.size < 100 else None)
        for name, content in members.items():
            head = tarfile.TarInfo(name)
            head.size = len(content)
            tar.addfile(head, io.BytesIO(content))
    return path


def odd(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> Any:
    head = tarfile.TarInfo(name)
    head.type, head.linkname, head.size = kind, target, size
    return head


@pytest.mark.parametrize(
    "head",
    [
        odd("../evil"),
        odd("files/../../evil"),
        odd("/etc/evil"),
        odd("files/.hidden"),
        odd("files/a/b"),
        odd("secrets/Evil"),
        odd("files/nul\0nul"),
        odd("other"),
        odd("files/link", tarfile.SYMTYPE, "/etc/passwd"),
        odd("files/link", tarfile.LNKTYPE, "../../evil"),
        odd("files/device", tarfile.CHRTYPE),
        odd("files/pipe", tarfile.FIFOTYPE),
        odd("files/folder", tarfile.DIRTYPE),
        odd("files/hollow", tarfile.GNUTYPE_SPARSE),
        odd("tend.db"),
        odd("files/0a1b.csv"),
        odd("files/more.csv", size=10),
        odd("files/vast.csv", size=10**15),
    ],
    ids=lambda head: f"{head.name}-{head.type.decode()}-{head.size}",
)
def test_it_lays_out_nothing_but_its_own(
    members: dict[str, bytes], tmp_path: Path, head: tarfile.TarInfo
) -> None:
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(Unusable):
        archive.read(packed(tmp_path / "odd.tar.gz", members, head), into)
    assert not (tmp_path / "evil").exists()
    assert all(path.is_file() for path in into.rglob("*") if path.parent != into)


def test_it_finds_every_change(members: dict[str, bytes], tmp_path: Path) -> None:
    for name in members:
        changed = members | {name: members[name][:-1] + b"?"}
        with pytest.raises(Unusable):
            archive.read(packed(tmp_path / "c.tar.gz", changed))
        less = {kept: members[kept] for kept in members if kept != name}
        with pytest.raises(Unusable):
            archive.read(packed(tmp_path / "c.tar.gz", less))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_it_finds_that_it_was_cut_short(
    members: dict[str, bytes], tmp_path: Path, share: float
) -> None:
    whole = (tmp_path / "good.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Unusable):
        archive.read(tmp_path / "cut.tar.gz")


def test_it_refuses_what_is_of_another_kind(members: dict[str, bytes], tmp_path: Path) -> None:
    said = json.loads(members["manifest.json"]) | {"format": 2}
    changed = members | {"manifest.json": json.dumps(said).encode()}
    with pytest.raises(Unusable, match="another release"):
        archive.read(packed(tmp_path / "c.tar.gz", changed))


# The night


@pytest.fixture
def at_night(app: Flask) -> Iterator[Path]:
    """The application's folder of backups, empty before and after."""
    base.bind(app)
    folder: Path = app.config["TEND"].tend_data / "backups"
    yield folder
    for path in folder.glob("*"):
        path.unlink()


def tick() -> None:
    celery.tasks["backups.nightly"]()


def test_it_keeps_seven_nights(app: Flask, at_night: Path, queue: Queue) -> None:
    if app.config["TEND"].sqlite_file is None:
        pytest.skip("PostgreSQL has pg_dump, and makes none")
    morning = datetime(2026, 5, 1, 10, tzinfo=UTC)
    at_night.mkdir(exist_ok=True)
    (at_night / "tend-20260401T000000Z-0004.db").touch()  # what an upgrade left is not its to take
    for night in range(12):
        for hour in range(0, 20, 5):
            with time_machine.travel(morning + timedelta(days=night, hours=hour), tick=False):
                tick()
                tick()  # of a second clock, before the first one's job was done
                assert len(queue) <= 1
                queue.run(app)
    kept = sorted(path.name for path in at_night.glob("tend-*.tar.gz"))
    assert len(kept) == 7
    assert kept[-1].startswith("tend-20260512") or kept[-1].startswith("tend-20260513")
    assert (at_night / "tend-20260401T000000Z-0004.db").exists()
    archive.read(at_night / kept[0])


def test_it_deletes_no_old_one_for_a_new_one_that_is_not_there(
    app: Flask,
    at_night: Path,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    sql: Callable[..., Any],
) -> None:
    if app.config["TEND"].sqlite_file is None:
        pytest.skip("PostgreSQL has pg_dump, and makes none")
    at_night.mkdir(exist_ok=True)
    old = [at_night / f"tend-2026010{day}T030000Z.tar.gz" for day in range(1, 10)]
    for path in old:
        path.touch()
    monkeypatch.setattr(services, "_look_for_room", lambda *_: full())
    tick()
    queue.run(app)
    assert sorted(at_night.glob("*.tar.gz")) == old
    [(state, error)] = sql("SELECT state, error FROM jobs")
    assert (state, error) == ("failed", "The disk is full.")
    tick()  # once a night, whatever came of it
    assert not queue


def full() -> None:
    raise services.CannotBackUp("The disk is full.")


def test_none_is_made_where_they_are_off_or_where_pg_dump_is(
    template: Path, tmp_path: Path, valkey_url: str, queue: Queue
) -> None:
    servers.copy_sqlite(template, tmp_path / "tend.db")
    off = create_app(servers.settings_for(tmp_path, redis_url=valkey_url, backup_keep_days=0))
    with off.app_context():
        services.plan()
    assert not queue


def test_where_the_database_is_postgresql_it_says_what_to_use(app: Flask, tmp_path: Path) -> None:
    if app.config["TEND"].sqlite_file:
        pytest.skip("this is about the other one")
    done = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.tar.gz")])
    assert done.exit_code == 1
    assert "pg_dump" in done.output
    assert str(app.config["TEND"].storage_dir) in done.output


def test_nights_begin_at_three_where_the_machine_stands() -> None:
    for hour, day in ((2, 9), (3, 10), (23, 10)):
        now = datetime(2026, 5, 10, hour, 30).astimezone()
        begun = services.last_night(now)
        assert (begun.day, begun.hour, begun.minute) == (day, 3, 0)


def test_names_of_stored_files_are_those_it_takes() -> None:
    for suffix in ("", ".csv", ".zip", ".csv.stage"):
        assert archive.NAMES.fullmatch(f"files/{storage.new_name(suffix)}")
