"""The storm of `make faults`: 1,500 messages due at once, 20 faults, and what became of each.

`python -m tests.faults.storm --seed 7` repeats the order of faults of an earlier run.
"""

import argparse
import logging
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.faults.storm import faults
from tests.faults.storm.history import Verdict, judge
from tests.faults.storm.house import (
    Plan,
    house,
    start_sending,
    wait_until_over,
    write_down,
)
from tests.faults.storm.sink import Manners

HEALED_WITHIN = 600.0  # a message that met four faults waits for minutes by itself
NEXT_WITHIN = {False: faults.NEXT_WITHIN, True: 5.0}
QUIET = Manners(slow=(0.0, 0.02))
ROUGH = Manners(bad=0.15, most_bad=2, late=0.05, slow=(0.05, 0.6))


def storm(
    plan: Plan, counts: Mapping[str, int], seed: int, seconds: float, keep: Path | None = None
) -> Verdict:
    """Let it happen, wait until it is over, judge, and print the table."""
    dice = random.Random(seed)
    plan = replace(plan, manners=replace(plan.manners, seed=seed))
    where = "PostgreSQL" if plan.on_postgresql else "SQLite"
    print(f"{plan.people} people, {sum(counts.values())} faults, {where}, seed {seed}", flush=True)
    with house(plan) as running:
        began = time.monotonic()
        start_sending(running, plan)
        done = faults.strike(running, faults.order(counts, dice), dice, NEXT_WITHIN[plan.hurried])
        healed = wait_until_over(running, seconds)
        took = time.monotonic() - began
        verdict = judge(list(running.people), running.rows(), running.received(), done)
        print(table(verdict, Counter(fault.kind for fault in done), took, healed), flush=True)
        if verdict.problems:
            print("\n".join(verdict.problems), flush=True)
            if keep is not None:
                write_down(running, done, keep / f"{where.lower()}-{seed}")
    return verdict


def table(verdict: Verdict, kinds: Mapping[str, int], took: float, healed: float) -> str:
    """The figures, one a line."""
    lines = {
        "deliveries": verdict.rows,
        "  of them": ", ".join(f"{n} {state}" for state, n in sorted(verdict.states.items())),
        "messages received": verdict.received,
        "  different ones": verdict.distinct,
        "  answered 500": verdict.bad,
        "  answered too late": verdict.late,
        "came again after a good answer": sum(verdict.repeats.values()),
        "  explained by": ", ".join(f"{n} {kind}" for kind, n in sorted(verdict.repeats.items())),
        "faults": ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) or "none",
        "seconds": f"{took:.0f}, {healed:.0f} of them after the last fault",
        "deliveries a second": f"{verdict.rows / took:.1f}",
    }
    return "\n".join(f"  {name:<32}{value}" for name, value in lines.items())


def main() -> int:
    """The whole proof: a storm on each database, and a calm with two beats."""
    parser = argparse.ArgumentParser(prog="tests.faults.storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--people", type=int, default=1_500)
    parser.add_argument("--only", choices=("postgresql", "sqlite", "calm"))
    parser.add_argument(
        "--keep", type=Path, default=Path("var/faults"), help="where a failure goes"
    )
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    parts = {
        "postgresql": (Plan(asked.people, ROUGH), faults.ALL),
        "sqlite": (Plan(asked.people, ROUGH, on_postgresql=False), faults.WITHOUT_DATABASE),
        "calm": (Plan(min(asked.people, 800), QUIET), {}),
    }
    well = True
    for name, (plan, counts) in parts.items():
        if asked.only in (None, name):
            verdict = storm(plan, counts, asked.seed, HEALED_WITHIN, asked.keep)
            if name == "calm" and verdict.repeats:
                verdict.problems.append("nothing was done to anybody, and messages came twice")
                print(verdict.problems[-1])
            well = well and not verdict.problems
            print("  nothing is lost\n" if not verdict.problems else "  NOT WELL\n", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
