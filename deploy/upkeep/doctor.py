"""`flask --app app doctor`: everything that can be wrong, looked at once, in one table."""

import threading
from collections.abc import Sequence
from dataclasses import asdict
from textwrap import wrap
from time import monotonic

from flask import Flask

from application.platform.database import rollback
from config import Settings
from deploy.launcher import lock
from deploy.upkeep import checks_data as data
from deploy.upkeep import checks_parts as parts
from deploy.upkeep.house import Check, Finding, House, fails

CHECKS = (
    Check("running", data.running),
    Check("settings", data.settings),
    Check("secrets", data.secrets),
    Check("database", data.database, 120),
    Check("cache", parts.cache),
    Check("queue", parts.broker, 20),
    Check("workers", parts.workers, 20),
    Check("clock", data.clocks),
    Check("mail", parts.mail, 25),
    Check("webhooks", parts.webhooks, 30),
    Check("disk", data.disk),
    Check("reports", parts.reports, 60, busy=True),
    Check("fonts", parts.fonts, 60, busy=True),
    Check("backups", data.copies),
)
WIDTH = 96
MARKS = {"ok": "ok", "warning": "warning", "fails": "FAILS"}


def look(house: House, checks: Sequence[Check] = CHECKS) -> dict[str, Finding]:
    """What each check found, each within its limit: one that hangs is left behind.

    Those that wait for somebody's answer do so together; then those that keep this process busy.
    """
    found: dict[str, Finding] = {}
    for busy in (False, True):
        together = [check for check in checks if check.busy is busy]
        threads = [
            threading.Thread(target=_one, args=(house, check, found), daemon=True)
            for check in together
        ]
        began = monotonic()
        for thread in threads:
            thread.start()
        for check, thread in zip(together, threads, strict=True):
            thread.join(max(0.0, began + check.seconds - monotonic()))
    late = fails("no answer in time", "Whatever it asks is there, but silent: see docs/running.md.")
    return {check.name: found.get(check.name, late) for check in checks}


def _one(house: House, check: Check, found: dict[str, Finding]) -> None:
    try:
        with house.app.app_context():
            try:
                found[check.name] = check.look(house)
            finally:
                rollback()
    except Exception as error:  # whatever it is, it is that check's alone
        said = str(error).strip().splitlines()
        found[check.name] = fails(f"{type(error).__name__}: {said[0] if said else 'no word'}")


def house_of(app: Flask, url: str = "") -> House:
    """The installation of `app`'s settings, as it is now."""
    settings: Settings = app.config["TEND"]
    return House(app, settings, lock.holder(settings.tend_data), url)


def table(found: dict[str, Finding]) -> str:
    """The findings as lines: name, how it is, what was seen, and what to do."""
    lines = []
    for name, finding in found.items():
        said = wrap(finding.said, WIDTH - 20) or [""]
        todo = wrap(finding.todo, WIDTH - 23)
        rows = [*said, *(f"{'  ' if number else '->'} {row}" for number, row in enumerate(todo))]
        for number, row in enumerate(rows):
            left = f"{name:<10} {MARKS[finding.level]:<8}" if not number else " " * 19
            lines.append(f"{left} {row}".rstrip())
    return "\n".join(lines)


def as_json(found: dict[str, Finding]) -> dict[str, object]:
    """The same for programs."""
    return {
        "well": is_well(found),
        "checks": {name: asdict(finding) for name, finding in found.items()},
    }


def is_well(found: dict[str, Finding]) -> bool:
    return all(finding.level != "fails" for finding in found.values())
