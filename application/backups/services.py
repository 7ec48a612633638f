"""Making a backup while Tend runs: copied, looked through, packed, read back, then given its name.

What may be killed at any moment lies in a folder beside the backup until it is whole; the next
backup into the same place clears what a killed one left there.
"""

import fcntl
import hmac
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask import current_app

from application.backups import archive
from application.backups.queries import Damaged, asked_since, examine, stored_files
from application.backups.schemas import Manifest
from application.backups.services_copy import copy_database
from application.jobs import services as jobs
from application.jobs.models import State
from application.platform import clock
from application.platform.database import transaction
from application.platform.errors import Refused
from config import GENERATED, Settings

log = logging.getLogger(__name__)

JOB: Final = "backup"
NIGHT: Final = 3  # o'clock, by the machine's own zone
LEASE: Final = timedelta(hours=1)
NIGHTLY: Final = "tend-*.tar.gz"
STAMP: Final = "%Y%m%dT%H%M%SZ"
WORKPLACE: Final = ".backup.part"

SAY_POSTGRES: Final = (
    "The database is PostgreSQL, which has its own way: `pg_dump --format=custom` of DATABASE_URL. "
    "Take the folder {files} beside it (after the dump), and the settings SECRET_KEY and "
    "SECURITY_PASSWORD_SALT or their files."
)


class CannotBackUp(Exception):
    """There is no backup; the message is a sentence that says why."""


def make(settings: Settings, file: Path, release: str) -> Manifest:
    """Write a backup of everything into `file`, which must be new; what is in it.

    Every write that was answered before this was called is in it. Raises CannotBackUp.
    """
    source = settings.sqlite_file
    if source is None:
        raise CannotBackUp(SAY_POSTGRES.format(files=settings.storage_dir))
    if not source.exists():
        raise CannotBackUp(f"There is no database yet: {source}.")
    if file.exists():
        raise CannotBackUp(f"{file} is there already: choose another name.")
    try:
        with _workplace(file.absolute().parent) as folder:
            _look_for_room(settings, source, folder)
            return _make(settings, source, file, folder, release)
    except OSError as error:
        raise CannotBackUp(f"{file} cannot be written: {error.strerror or error}.") from None
    except (sqlite3.Error, Damaged) as error:
        raise CannotBackUp(f"{source} cannot be copied: {error}.") from None
    except archive.Unusable as error:
        raise CannotBackUp(f"What was written cannot be read back: {error}.") from None


def _make(settings: Settings, source: Path, file: Path, folder: Path, release: str) -> Manifest:
    copy, packed = folder / archive.DATABASE, folder / "packed"
    copy_database(source, copy)
    contents = examine(copy)
    secrets = sorted(path for path in (settings.tend_data / "secrets").glob("*") if path.is_file())
    members = [(archive.DATABASE, copy)]
    members += [(f"secrets/{path.name}", path) for path in secrets]
    members += _stored(settings, copy)
    head = {
        "release": release,
        "revision": contents.revision,
        "made_at": clock.now(),
        "rows": contents.rows,
        "elsewhere": elsewhere(settings, {path.name for path in secrets}),
    }
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        manifest = archive.write(out, members, head)
        out.flush()
        os.fsync(out.fileno())
    if archive.read(packed) != manifest:
        raise archive.Unusable("its list changed")
    packed.rename(file)
    sync_folder(file.absolute().parent)
    return manifest


def _stored(settings: Settings, copy: Path) -> list[tuple[str, Path]]:
    """The files that the copy speaks of; an import's lines lie in a second one beside its file.

    They never change once they have their name (a stage does while its import is written, and is
    copied as a database is).
    """
    found = []
    for name in sorted(stored_files(copy)):
        found.append((f"files/{name}", settings.storage_dir / name))
        stage = settings.storage_dir / f"{name}.stage"
        if stage.exists():
            still = copy.with_name(stage.name)
            try:
                copy_database(stage, still)
            except sqlite3.Error:  # its import ended meanwhile, and took it along
                continue
            found.append((f"files/{stage.name}", still))
    return found


def elsewhere(settings: Settings, kept: set[str]) -> dict[str, str]:
    """The secrets that the settings give and no file of the data folder holds, unreadably."""
    names = [name.lower() for name in GENERATED]
    return {name: seal(getattr(settings, name)) for name in names if name not in kept}


def seal(secret: str) -> str:
    """What tells a secret from another without telling it."""
    return hmac.digest(secret.encode(), b"tend backup", "sha256").hex()


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """A folder for what is unfinished, ours alone, emptied of what a killed backup left."""
    folder = parent / WORKPLACE
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotBackUp(f"Another backup is being written in {parent}.") from None
        for left in folder.iterdir():
            left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def _look_for_room(settings: Settings, source: Path, folder: Path) -> None:
    """Room for the copy and, if nothing could be packed any smaller, for the backup too."""
    log_file = source.with_name(f"{source.name}-wal")
    database = source.stat().st_size + (log_file.stat().st_size if log_file.exists() else 0)
    files = sum(path.stat().st_size for path in settings.storage_dir.glob("*") if path.is_file())
    needed, free = 2 * database + files + archive.SPARE, shutil.disk_usage(folder).free
    if free < needed:
        raise CannotBackUp(
            f"A backup needs up to {needed // 10**6:,} MB free in {folder.parent}, "
            f"and there are {free // 10**6:,} MB."
        )


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def nightlies(settings: Settings) -> list[Path]:
    """The nightly backups, oldest first."""
    return sorted((settings.tend_data / "backups").glob(NIGHTLY))


def last_night(now: datetime) -> datetime:
    """The last time that it was NIGHT o'clock where this machine stands."""
    local = now.astimezone()
    night = local.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)


def plan() -> None:
    """Ask for tonight's backup unless somebody did: in turn, so that two clocks ask once."""
    settings: Settings = current_app.config["TEND"]
    if not settings.backup_keep_days or settings.sqlite_file is None:
        return
    since = last_night(clock.now())
    kept = nightlies(settings)
    if kept and kept[-1].name >= name_at(since):
        return
    with transaction():
        if not asked_since(JOB, since):
            jobs.create(None, JOB, {})


def name_at(instant: datetime) -> str:
    """A nightly backup's name; they sort by their time."""
    return instant.astimezone(UTC).strftime(f"tend-{STAMP}.tar.gz")


def run(current: Any) -> None:
    """Make the nightly backup; older ones go when it is there and was read back."""
    settings: Settings = current_app.config["TEND"]
    with transaction():
        current.hold(LEASE)
    folder = settings.tend_data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / name_at(clock.now())
    try:
        manifest = make(settings, file, current_app.config["RELEASE"])
    except CannotBackUp as error:
        log.warning("no backup tonight: %s", error)
        raise Refused(str(error)) from None
    for old in nightlies(settings)[: -max(1, settings.backup_keep_days)]:
        old.unlink(missing_ok=True)
    log.info("backup %s: %s rows, verified", file.name, sum(manifest.rows.values()))
    with transaction():
        current.finish(State.DONE, result={"backup": file.name})
