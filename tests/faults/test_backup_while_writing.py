"""W10: a backup amid writes holds every write that was answered before it began, and starts."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from benchmarks.house import Browser
from config import ROOT
from tests.faults.rows.outcome import is_full, judged
from tests.faults.running import Tend, data_folder, environment, free_port, wait_for
from tests.faults.test_writes_killed import read_all
from tests.faults.writing import Writer

WRITERS = 4
BEFORE, AFTER = (2000, 500) if is_full() else (120, 40)
PASSWORD = "a long walk by the river"
LIFE = {"WEB_WORKERS": "2", "ROLES": "web", "LIMIT_TIMES": "1000"}  # nobody else types as fast


def flask(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *arguments],
        cwd=ROOT,
        env=environment(data, free_port(), **more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


class Steady(Writer):
    """Leaves the others some room."""

    pause = 0.005


def kept_by(writers: Sequence[Writer]) -> dict[int, Any]:
    return {log_id: entry for writer in writers for log_id, entry in dict(writer.kept).items()}


def sign_up(port: int) -> Browser:
    person = Browser(f"http://127.0.0.1:{port}")
    with pytest.raises(urllib.error.HTTPError):
        person.call("GET", "account")
    new = {"username": "mira", "email": "mira@example.org", "password": PASSWORD}
    person.call("POST", "accounts/register", new | {"timezone": "UTC"})
    return person


@dataclass
class Told:
    """What was answered: before the backup began, and in all."""

    person: Browser
    tracker: int
    before: dict[int, Any]
    in_all: dict[int, Any]


def back_up_amid_writes(file: Path) -> Told:
    """A life of its own, whose last act is a backup and some writes more."""
    with data_folder() as data, Tend(data, free_port(), **LIFE) as tend:
        person = sign_up(tend.port)
        tracker = person.call("POST", "trackers", {"name": "Water", "kind": "numerical"})["id"]
        numbers = count(1)
        path = f"/api/v1/trackers/{tracker}/logs"
        writers = [Steady(person, tend.port, path, numbers) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        wait_for(lambda: len(kept_by(writers)) >= BEFORE, 180, "amid writes")
        before = kept_by(writers)
        done = flask(data, "backup", str(file))
        so_far = len(kept_by(writers))
        wait_for(lambda: len(kept_by(writers)) >= so_far + AFTER, 180, "writes after it")
        for writer in writers:
            writer.enough.set()
        for writer in writers:
            writer.join()
    assert done.returncode == 0, done.stderr
    assert "IT HOLDS THE SECRETS" in done.stdout
    assert so_far > len(before)  # writers went on meanwhile
    return Told(person, tracker, before, kept_by(writers))


def restore(file: Path, told: Told) -> dict[int, Any]:
    """What the restored copy shows, started and signed in to again."""
    with data_folder() as data:
        done = flask(data, "restore", str(file))
        assert done.returncode == 0, done.stderr
        with Tend(data, free_port()) as tend:
            told.person.url = f"http://127.0.0.1:{tend.port}"
            with pytest.raises(urllib.error.HTTPError, match="401"):
                told.person.call("GET", "account")  # the session ended with the backup
            told.person.call("POST", "accounts/login", {"identity": "mira", "password": PASSWORD})
            found = {entry["id"]: entry for entry in read_all(told.person, told.tracker)}
            wait_for(tend.everything_is_up, 180, "everything up")
            assert doctor(tend) == (0, {})
        assert not list(data.glob("before-restore-*"))
    return found


@pytest.mark.row("W10")
@pytest.mark.timeout(600)
def test_w10_what_was_answered_before_is_in_it_and_the_copy_lives(tmp_path: Path) -> None:
    with judged("W10", "backup amid writes, restored into a new folder") as outcome:
        told = back_up_amid_writes(tmp_path / "backup.tar.gz")
        found = restore(tmp_path / "backup.tar.gz", told)
        outcome.injected = f"{len(told.in_all):,} writes of {WRITERS} at once"
        outcome.survived = f"{len(told.before):,} answered before it, {len(found):,} in the copy"
        outcome.lost = sum(found.get(log_id) != one for log_id, one in told.before.items())
        outcome.must(not outcome.lost, "what was answered before the backup is not in it")
        assert found.items() <= told.in_all.items()  # and nothing that nobody wrote


def doctor(tend: Tend) -> tuple[int, dict[str, Any]]:
    """How it ends, and what is not well."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "doctor", "--json"],
        cwd=ROOT,
        env=tend.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found: dict[str, Any] = json.loads(done.stdout)["checks"]
    return done.returncode, {name: one for name, one in found.items() if one["level"] != "ok"}


HANGS = """
import signal, sys
from pathlib import Path
import config
from application.backups import archive, services
def hang(*_, **__):
    Path(sys.argv[1] + '.here').touch()
    signal.pause()
setattr({module}, '{function}', hang)
services.make(config.load(None), Path(sys.argv[1]), '1')
"""


@pytest.mark.row("W10")
@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("services", "examine"),
        ("archive", "_head"),
        ("archive", "read"),
        ("services", "sync_folder"),
    ],
)
def test_w10_killed_in_the_middle_it_leaves_no_half_file(
    tmp_path: Path, module: str, function: str, valkey_url: str
) -> None:
    from tests import servers

    data = tmp_path / "data"
    data.mkdir()
    servers.migrated_sqlite(data, valkey_url)
    file = tmp_path / "backup.tar.gz"
    with subprocess.Popen(
        [sys.executable, "-c", HANGS.format(module=module, function=function), str(file)],
        cwd=ROOT,
        env=environment(data, free_port()),
    ) as making:
        wait_for(lambda: Path(f"{file}.here").exists(), 180, "in the middle")
        os.kill(making.pid, signal.SIGKILL)
    from application.backups import archive, services

    if file.exists():  # it was killed after it got its name
        archive.read(file)
        file.unlink()
    services.make(servers.settings_for(data), file, "1")
    archive.read(file)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"data", "backup.tar.gz", "backup.tar.gz.here"}
