"""What the tests of this folder share: a count of what was tried, told as a table at the end."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from api.limits import limiter
from application.platform.database import Base
from application.platform.extensions import db
from config import ROOT
from tests.hostile.tally import FULL, SEED, SHARE, Tally, table
from tests.people import Queue

RESULTS = ROOT / "var" / "fuzz"

_rows: list[dict[str, Any]] = []
_failed: dict[str, str] = {}


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """The count of this test, named after its row of the list of tests."""
    marker = request.node.get_closest_marker("row")
    assert marker is not None, "a test that counts says which row it is of"
    what = request.node.originalname.removeprefix("test_").replace("_", " ")
    database = getattr(request.node, "callspec", None)
    name = database.params.get("app", "") if database else ""
    found = Tally(marker.args[0], what, str(name))
    began = time.monotonic()
    yield found
    found.seconds = time.monotonic() - began
    request.node.user_properties.append(("tally", found.as_dict()))


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody counts how often one asks: what is tried here is something else."""
    monkeypatch.setattr(limiter, "enabled", False)


@pytest.fixture
def both(make_app: Callable[[str], Flask], queue: Queue) -> Iterator[dict[str, Flask]]:
    """The application on each database, at once: for answers that must be the same on both."""
    from tests.conftest import DATABASES, empty

    apps = {name: make_app(name) for name in DATABASES}
    for app in apps.values():
        count_from_one(app)
    yield apps
    for app in apps.values():
        empty(app)


def count_from_one(app: Flask) -> None:
    """Ids begin anew in empty tables: the same id is then the same thing on each database."""
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        elif inspect(connection).has_table("sqlite_sequence"):
            connection.execute(text("DELETE FROM sqlite_sequence"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather the counts; with several workers they come to the one that prints."""
    if report.failed:
        _failed[report.nodeid] = str(report.longrepr).strip().splitlines()[-1][:200]
    if report.when == "teardown":
        for name, value in report.user_properties:
            if name == "tally" and isinstance(value, dict):
                if report.nodeid in _failed and not value["failures"]:
                    value["failures"] = [_failed[report.nodeid]]
                _rows.append(value)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table, after the whole proof."""
    if not FULL or not _rows:
        return
    terminalreporter.section(f"what was tried: {SHARE:.0%} of the whole, seed {SEED}")
    for line in table(_rows):
        terminalreporter.write_line(line)
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(
        json.dumps({"seed": SEED, "share": SHARE, "rows": _rows}, indent=1), encoding="utf-8"
    )
    terminalreporter.write_line(f"\nkept in {file.relative_to(ROOT)}")
