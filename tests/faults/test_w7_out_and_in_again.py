"""W7: what an account holds goes out as CSV, the account goes, and a new one gets the same back."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from application.accounts.services import delete_account
from application.jobs.models import Job, State
from application.logs import services as logs
from application.platform import storage
from application.platform.database import transaction
from application.platform.errors import Refused
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.schemas import NewTracker
from application.transfers import services
from tests.application.test_transfers_exports import HOSTILE, labels_of, rows_of
from tests.faults.rows.outcome import is_full, judged
from tests.people import Person

ACCOUNTS = 300 if is_full() else 8
MORE = (
    "=1+1|' /C calc'!A0",
    "''",
    "'=",
    "@",
    "＋1",
    "a;b",
    "\ufeffx",
    "\u2028",
    "ß𝔞İŉ",
    "1,5",
    "%",
)
TEXTS = st.one_of(
    st.sampled_from((*HOSTILE, *MORE)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
)
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
NUMBERS = st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12, allow_subnormal=False))


@st.composite
def accounts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Trackers with their entries; what the product refuses of them is left out later."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["numerical", "boolean", "time_duration", "multiple_choice"]))
        choices = [*draw(st.lists(TEXTS, min_size=1, max_size=4)), "Plain"]
        values = {
            "numerical": NUMBERS,
            "boolean": st.booleans(),
            "time_duration": st.integers(0, 10**6),
            "multiple_choice": st.sampled_from(choices),
        }[kind]
        entry = st.tuples(values, MOMENTS, st.booleans(), TEXTS)
        found.append(
            {
                "kind": kind,
                "name": draw(TEXTS),
                "unit": draw(TEXTS) if kind == "numerical" else "",
                "choices": choices if kind == "multiple_choice" else [],
                "entries": draw(st.lists(entry, max_size=12)),
            }
        )
    return found


def make(person: Person, wanted: list[dict[str, Any]]) -> Counter[str]:
    """Write what is taken; how many trackers and entries were, and were refused."""
    counts: Counter[str] = Counter()
    for one in [*wanted, {"kind": "boolean", "name": "Always", "entries": []}]:
        try:
            with transaction():
                named = {key: one[key] for key in one if key != "entries"}
                tracker = trackers.create(person.user_id, NewTracker(**named)).id
        except (Refused, ValueError):
            counts["refused"] += 1
            continue
        counts["trackers"] += 1
        for value, moment, timed, note in one["entries"]:
            when = moment.isoformat() if timed else str(moment.date())
            try:
                with transaction():
                    logs.record(person.user_id, tracker, value, logged_at=when, note=note)
                counts["entries"] += 1
            except (Refused, ValueError):
                counts["refused"] += 1
    return counts


def finished(job_id: int, state: State) -> Job:
    db.session.rollback()
    job = db.session.get_one(Job, job_id, populate_existing=True)
    assert job.state == state, job.error
    return job


def export(app, queue, person: Person) -> str:
    with transaction():
        job_id = services.ask_export(person.user_id, None).id
    queue.run(app)
    return storage.path_of(finished(job_id, State.DONE).file or "").read_bytes().decode()


def bring(app, queue, person: Person, text: str) -> None:
    name = storage.new_name(".csv")
    storage.path_of(name).write_text(text, encoding="utf-8", newline="")
    with transaction():
        job_id = services.ask_import(person.user_id, name, "x.csv", None, {}).id
    queue.run(app)
    finished(job_id, State.PREVIEW)
    with transaction():
        services.confirm(person.user_id, job_id, "keep", {})
    queue.run(app)
    finished(job_id, State.DONE)


@pytest.mark.row("W7")
@pytest.mark.timeout(1800 if is_full() else 300)
def test_w7_out_and_in_again_is_the_same(app, queue, sql) -> None:
    """Accounts made by hypothesis, with hostile texts: export, wipe, import (300 in the full form).

    Pass: entries, trackers and choices are equal, and a second export is the same file.
    """
    where = str(app.config["SQLALCHEMY_DATABASE_URI"]).split(":")[0].split("+")[0]
    totals: Counter[str] = Counter()

    @settings(
        max_examples=ACCOUNTS,
        database=None,
        derandomize=not is_full(),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(accounts())
    def there_and_back(wanted: list[dict[str, Any]]) -> None:
        totals["accounts"] += 1
        first = Person.sign_up(app, f"first{totals['accounts']}")
        totals.update(make(first, wanted))
        before = rows_of(sql, first), labels_of(sql, first)
        text = export(app, queue, first)
        with transaction():
            delete_account(first.user_id)
        assert rows_of(sql, first) == []
        second = Person.sign_up(app, f"second{totals['accounts']}")
        bring(app, queue, second, text)
        assert (rows_of(sql, second), labels_of(sql, second)) == before
        assert export(app, queue, second) == text

    with judged("W7", f"export, wipe, import, {where}") as outcome, app.app_context():
        there_and_back()
        outcome.injected = f"{totals['accounts']} accounts of hostile texts"
        outcome.survived = f"{totals['trackers']:,} trackers, {totals['entries']:,} entries"
        outcome.figures = dict(totals)
        outcome.must(totals["accounts"] >= ACCOUNTS, "too few accounts")
        outcome.must(totals["entries"] > totals["refused"], "most of it was refused")
