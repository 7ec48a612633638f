"""What is kept: settings, database, disk, secrets, backups, and the clock that dates it all."""

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from application import __version__
from application.backups import services as backups
from application.platform import claims, clock, heartbeats
from application.platform.extensions import db
from deploy.launcher import CannotStart, checks, schema
from deploy.upkeep.house import Finding, House, fails, ok, warning

MB = 10**6
LITTLE = 1000 * MB  # free on a disk: worth a word
TOO_LITTLE = 100 * MB
OLD = timedelta(days=2)
AHEAD = timedelta(seconds=5)
APART = timedelta(seconds=90)
BORN = datetime(2026, 1, 1, tzinfo=UTC)  # no clock that is right shows an earlier time


def settings(house: House) -> Finding:
    given = house.settings
    said = f"release {__version__}, {given.public_url}, roles {given.roles}"
    if given.https and not given.trusted_proxy_hops and given.host in ("127.0.0.1", "::1"):
        return warning(
            f"{said}; no proxy's word is believed",
            "Behind one proxy set TRUSTED_PROXY_HOPS=1, or all visitors share one address.",
        )
    if not given.https and given.host in ("0.0.0.0", "::"):  # noqa: S104  # nosec B104  # a word
        return warning(
            f"{said}; others reach it without encryption",
            "Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.",
        )
    return ok(said)


def running(house: House) -> Finding:
    if house.runs:
        return ok(f"Tend is running (process {house.holder})")
    return ok("Tend is stopped; what runs with it is not looked at")


def database(house: House) -> Finding:
    everyone, newest = schema.known_revisions(schema.VERSIONS)
    try:
        current = schema.revisions_of(house.settings)
    except CannotStart as error:
        return fails(str(error), "Look at DATABASE_URL, and whether the database runs.")
    if current - everyone:
        return fails("written by a newer Tend", "Run that release, or restore a backup.")
    path = house.settings.sqlite_file
    if path is None:
        size = db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        said = f"PostgreSQL, {size / MB:,.1f} MB"
    elif not current:
        return ok("none yet: it is made at the first start")
    else:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            return fails(f"{path} is damaged: {found}", "Stop Tend and restore the last backup.")
        said = f"{path}, {path.stat().st_size / MB:,.1f} MB, whole"
    if current != newest:
        return warning(f"{said}, schema {min(current, default='none')}", "The next start upgrades.")
    return ok(f"{said}, schema {min(current)}")


def disk(house: House) -> Finding:
    said = []
    for name, folder in (
        ("TEND_DATA", house.settings.tend_data),
        ("STORAGE_DIR", house.settings.storage_dir),
    ):
        try:
            checks.can_be_written(folder, name)
        except CannotStart as error:
            return fails(str(error))
        free = shutil.disk_usage(folder).free
        said.append(f"{name} {free / MB / 1000:,.1f} GB free")
        if free < TOO_LITTLE:
            return fails(", ".join(said), f"Make room on the disk of {folder}.")
        if free < LITTLE:
            return warning(", ".join(said), f"Make room on the disk of {folder}.")
    return ok(", ".join(said))


def clocks(house: House) -> Finding:
    here = clock.now()
    if here < BORN:
        return fails(f"it is {here:%Y-%m-%d} here", "Set the machine's clock (NTP).")
    try:
        there = claims.present()
        beats = heartbeats.last_beats()
    except SQLAlchemyError:
        return warning("the database could not be asked for its time")
    apart = abs(there - here)
    if apart > AHEAD:
        level = fails if apart > APART else warning
        return level(
            f"{apart.total_seconds():.0f} s apart from the database's", "Let both use NTP."
        )
    last = max(beats.values(), default=here)
    if last > here + APART:
        return warning(
            f"something was written in the future, at {last:%Y-%m-%d %H:%M} UTC",
            "The clock was set back: reminders wait until it has caught up. Use NTP.",
        )
    where = "this machine's" if house.settings.sqlite_file else "the database's agrees"
    return ok(f"{here:%Y-%m-%d %H:%M:%S} UTC, {where}")


def secrets(house: House) -> Finding:
    data = house.settings.tend_data
    paths = [data, data / "secrets", *sorted((data / "secrets").glob("*")), data / "tend.db"]
    paths += [Path(".env").absolute()]
    open_to_others = [path for path in paths if path.exists() and mode(path) & 0o077]
    if not open_to_others:
        return ok("for their owner alone")
    kept = [path for path in open_to_others if path.parent == data / "secrets"]
    level = fails if kept and mode(data) & 0o077 else warning
    names = ", ".join(str(path) for path in open_to_others)
    return level(f"others of this machine may read {names}", f"chmod go= {names}")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def copies(house: House) -> Finding:
    if house.settings.sqlite_file is None:
        return ok("PostgreSQL: they are yours to make (pg_dump)")
    if not house.settings.backup_keep_days:
        return warning("BACKUP_KEEP_DAYS=0: none is made at night", "Make them in another way.")
    kept = backups.nightlies(house.settings)
    if not kept:
        return ok("none yet: the first is made within minutes of a start")
    newest = datetime.fromtimestamp(kept[-1].stat().st_mtime, UTC)
    age = clock.now() - newest
    hours = f"{age.total_seconds() / 3600:,.0f} hours old"
    said = f"{len(kept)}, the newest {hours}, {kept[-1].stat().st_size / MB:,.1f} MB"
    if age > OLD:
        return warning(said, "Look for 'no backup tonight' in logs/worker.log.")
    return ok(said)
