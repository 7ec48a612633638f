"""A restored folder takes the old one's place, by renames that can be taken up where they ended.

Everything is laid out and verified in `.restoring` first. Then its file `ready` is written, which
says where the old things go; from there on whoever comes first (the restore itself, the next start)
does what is left to do. Killed at any moment, the folder is the old one, or becomes the new one.
Nothing of the product is imported here: each start comes by, and must not wait for that.
"""

import os
import shutil
import time
from pathlib import Path

from config import Settings

STAGING = ".restoring"
READY = "ready"
DATABASE, SECRETS, FILES = "tend.db", "secrets", "files"
# What belongs to the database beside it, and what knows answers and work of the old one.
BESIDE = ("-wal", "-shm", "-journal", "-turn")
OUTDATED = ("cache", "mail")


def begin(settings: Settings) -> Path:
    """An empty folder to lay a backup out in."""
    staging = settings.tend_data / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    return staging


def commit(settings: Settings) -> Path:
    """What lies in `.restoring` is whole: from now on it will be the folder's. Where the old go."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    staging = settings.tend_data / STAGING
    aside = settings.tend_data / f"before-restore-{stamp}"
    sync(staging)
    unfinished = staging / "unfinished"
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(aside.name)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(staging / READY)
    sync(staging)
    sync(settings.tend_data)
    return aside


def is_ready(settings: Settings) -> bool:
    return (settings.tend_data / STAGING / READY).exists()


def finish(settings: Settings) -> bool:
    """Do what is left of a restore, or clear away one that was not ready; whether there was one.

    The caller holds the folder's lock.
    """
    staging = settings.tend_data / STAGING
    if not is_ready(settings):
        shutil.rmtree(staging, ignore_errors=True)
        return False
    aside = settings.tend_data / (staging / READY).read_text(encoding="utf-8")
    for staged, place, old in moves(settings):
        # What has left the staging folder is in its place: then nothing there is an old thing.
        if staged.exists():
            for path in old:
                put_aside(path, aside)
            staged.rename(place)
            sync(place.parent)
    if aside.exists() and {path.name for path in aside.iterdir()} <= {SECRETS}:
        # No database lay beside them: made a moment ago by the command itself, they guard nothing.
        shutil.rmtree(aside)
    shutil.rmtree(staging)
    sync(settings.tend_data)
    return True


def moves(settings: Settings) -> list[tuple[Path, Path, list[Path]]]:
    """What goes where, and which old things make room before; the database goes last.

    Until it is there, none of the old one's files can be taken for the new one's.
    """
    data, staging = settings.tend_data, settings.tend_data / STAGING
    database = settings.sqlite_file or data / DATABASE
    beside = [database.with_name(database.name + end) for end in BESIDE]
    outdated = [data / name for name in OUTDATED]
    return [
        (staging / SECRETS, data / SECRETS, [data / SECRETS]),
        (staging / FILES, settings.storage_dir, [settings.storage_dir]),
        (staging / DATABASE, database, [database, *beside, *outdated]),
    ]


def put_aside(path: Path, aside: Path) -> None:
    """Move it into the folder of old things, which is made when there is one."""
    if not path.exists():
        return
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()
        return
    aside.mkdir(mode=0o700, exist_ok=True)
    target, number = aside / path.name, 1
    while target.exists():
        number += 1
        target = aside / f"{path.name}-{number}"
    path.rename(target)


def sync(folder: Path) -> None:
    """Have a folder's names on the disk, as `sync_folder` of the backups does for the product."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
