"""Bringing a backup back: everything is looked at before anything of the folder is touched."""

import os
import sqlite3
from pathlib import Path

from application.backups import archive, services
from application.backups.queries import Damaged, examine
from application.backups.schemas import Manifest
from application.backups.services_copy import settle
from config import GENERATED, Settings
from deploy.launcher import CannotStart, lock, schema
from deploy.upkeep import moving

SAY_POSTGRES = (
    "DATABASE_URL names a PostgreSQL: bring its dump back with `pg_restore --clean --create`, and "
    "put the files that were kept beside it into {files}, while Tend is stopped everywhere."
)


class CannotRestore(Exception):
    """Nothing was restored, and nothing was touched; the message is a sentence that says why."""


def restore(settings: Settings, file: Path, *, replace: bool) -> tuple[Manifest, Path]:
    """Put what `file` holds into the data folder; what it was, and where the old things went.

    Raises CannotRestore.
    """
    fits(settings)
    try:
        with lock.take(settings.tend_data):
            if lock.leftovers(lock.mark_of(settings.tend_data)):
                raise CannotRestore(
                    "Processes of a Tend that was killed still run on this folder: start and stop "
                    "Tend once, or wait a minute."
                )
            moving.finish(settings)
            taken = is_taken(settings)
            if not taken:  # the command itself may have made it, for all to look into
                settings.tend_data.chmod(0o700)
            if taken and not replace:
                raise CannotRestore(
                    f"{settings.tend_data} holds a database or files already. Set TEND_DATA to "
                    "another folder, or say --replace: what is there is put aside, not deleted."
                )
            try:
                manifest = lay_out(settings, file)
                aside = moving.commit(settings)
            finally:
                moving.finish(settings)  # clears it away, if it did not come to a commit
            for path in (settings.tend_data / "lock", aside):
                if path.exists():
                    give_to_owner(path, settings.tend_data)
    except CannotStart as error:
        raise CannotRestore(str(error)) from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise CannotRestore(f"{error.strerror or error}{where}.") from None
    return manifest, aside


def fits(settings: Settings) -> None:
    """Everything must lie in the one folder, so that renames alone can put it there."""
    if settings.sqlite_file is None:
        raise CannotRestore(SAY_POSTGRES.format(files=settings.storage_dir))
    for name, path in (
        ("DATABASE_URL", settings.sqlite_file),
        ("STORAGE_DIR", settings.storage_dir),
    ):
        if path.parent != settings.tend_data:
            raise CannotRestore(
                f"{name} points out of the data folder: restore without it, into TEND_DATA, then "
                "move what it names there."
            )


def is_taken(settings: Settings) -> bool:
    database = settings.sqlite_file
    files = settings.storage_dir
    return bool(database and database.exists() and database.stat().st_size) or (
        files.exists() and any(files.iterdir())
    )


def lay_out(settings: Settings, file: Path) -> Manifest:
    """The backup, verified, in the staging folder, ready to be used."""
    staging = moving.begin(settings)
    try:
        manifest = archive.read(file, staging)
        database = staging / archive.DATABASE
        contents = examine(database)
        if contents.revision != manifest.revision or contents.rows != manifest.rows:
            raise Damaged("its database is not the one of its list")
        everyone, _ = schema.known_revisions(schema.VERSIONS)
        if contents.revision not in everyone:
            raise CannotRestore(
                f"This backup is of a newer Tend ({manifest.release}, schema {contents.revision}): "
                "restore it with that release."
            )
        settle(database)
    except (archive.Unusable, Damaged, sqlite3.Error) as error:
        raise CannotRestore(f"{file} cannot be used: {error}.") from None
    (staging / moving.FILES).mkdir(mode=0o700, exist_ok=True)
    for path in [staging, *staging.rglob("*")]:
        give_to_owner(path, settings.tend_data)
        if path.is_dir():
            moving.sync(path)
    return manifest


def give_to_owner(path: Path, like: Path) -> None:
    """A command run by root must not lock the service out of its own folder."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def strangers(settings: Settings, manifest: Manifest) -> list[str]:
    """The secrets that this Tend is given and that are not those of the backup.

    What came from settings there must come from settings here; what lay in the folder does again,
    unless a setting hides it.
    """
    astray = []
    for name, sealed in manifest.elsewhere.items():
        if services.seal(getattr(settings, name, "")) != sealed:
            astray.append(name.upper())
    for member in manifest.members:
        if member.startswith("secrets/"):
            name = member.removeprefix("secrets/")
            kept = (settings.tend_data / member).read_text(encoding="utf-8").strip()
            if name.upper() in GENERATED and getattr(settings, name, kept) != kept:
                astray.append(name.upper())
    return astray
