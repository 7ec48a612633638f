"""`make faults`: the long form of every fault row, and one table of what became of each.

R2 and R3 are the storm over the deliveries; the W rows are the tests of this folder with other
sizes, and with their times judged. `make faults ROW=W3` runs one row.
"""

import argparse
import logging
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config import ROOT
from tests.faults.rows.outcome import FULL, KEEP, Outcome, counted, kept, table, write
from tests.faults.storm import faults
from tests.faults.storm.__main__ import HEALED_WITHIN, QUIET, ROUGH, storm
from tests.faults.storm.house import Plan

CROWD, CALM = 1_500, 800
STORMS: Mapping[str, list[tuple[str, Plan, Mapping[str, int]]]] = {
    "R2": [
        ("storm, PostgreSQL", Plan(CROWD, ROUGH), faults.ALL),
        ("storm, SQLite", Plan(CROWD, ROUGH, on_postgresql=False), faults.WITHOUT_DATABASE),
    ],
    "R3": [("two clocks, no fault", Plan(CALM, QUIET), {})],
}
TESTED = ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10")


def deliver(row: str, name: str, plan: Plan, counts: Mapping[str, int], seed: int) -> Outcome:
    """One storm as an outcome."""
    began = time.monotonic()
    verdict = storm(plan, counts, seed, HEALED_WITHIN, ROOT / "var" / "faults")
    outcome = Outcome(row, name, full=True, problems=verdict.problems)
    if not counts and verdict.repeats:
        outcome.problems.append("nothing was done to anybody, and messages came twice")
    outcome.seconds = round(time.monotonic() - began, 1)
    hurt = f"{sum(counts.values())} faults, {verdict.bad} × 500, {verdict.late} late answers"
    outcome.injected = hurt if counts else "nothing"
    outcome.survived = f"{verdict.distinct:,} of {plan.people:,} messages"
    outcome.lost = plan.people - verdict.states.get("sent", 0)
    outcome.figures = {"received": verdict.received, "repeats": counted(verdict.repeats)}
    return outcome


def test(row: str, path: Path) -> None:
    """The row's test in its long form; it writes its outcome down itself."""
    before = len(kept(path))
    command = [sys.executable, "-m", "pytest", "tests/faults", "-q", "-s", "-k"]
    done = subprocess.run(
        [*command, f"test_{row.lower()}_", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, FULL: "yes", KEEP: str(path)},
        check=False,
    )
    if done.returncode and not any(one.problems for one in kept(path)[before:]):
        wrong = f"pytest ended with {done.returncode}"
        with_it = Outcome(row, "its test", full=True, problems=[wrong])
        write(with_it, path)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--row", default="", help=f"one of R2, R3, {', '.join(TESTED)}")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--keep", type=Path, default=ROOT / "var" / "faults")
    asked = parser.parse_args()
    wanted = asked.row.upper().split(",") if asked.row else [*STORMS, *TESTED]
    if unknown := set(wanted) - {*STORMS, *TESTED}:
        parser.error(f"no row of this table: {', '.join(sorted(unknown))}")
    logging.disable(logging.WARNING)
    asked.keep.mkdir(parents=True, exist_ok=True)
    path = asked.keep / f"faults-{time.strftime('%Y%m%d-%H%M%S')}.jsonl"
    for row in wanted:
        print(f"\n{row}", flush=True)
        for name, plan, counts in STORMS.get(row, ()):
            write(deliver(row, name, plan, counts, asked.seed), path)
        if row in TESTED:
            test(row, path)
    found = kept(path)
    print(f"\n{table(found)}\n\nAll figures: {path}")
    missing = set(wanted) - {one.row for one in found}
    if missing:
        print(f"Without an outcome (their tests were skipped): {', '.join(sorted(missing))}")
    return 1 if missing or any(one.problems for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
