"""What became of a row: what was injected, what came through it, what was lost. One line each."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FULL = "TEND_FAULTS_FULL"  # the full form of each row; without it the quick one
KEEP = "TEND_FAULTS_KEEP"  # the file that outcomes are added to


@dataclass
class Outcome:
    """One run of one row. A problem is a sentence; without one the row has passed."""

    row: str
    name: str
    injected: str = ""
    survived: str = ""
    lost: int = 0
    seconds: float = 0.0
    full: bool = False
    problems: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def must(self, right: bool, problem: str) -> None:
        """Note the problem unless that is right."""
        if not right:
            self.problems.append(problem)

    @property
    def verdict(self) -> str:
        return "; ".join(self.problems) or "passed"


def is_full() -> bool:
    return bool(os.environ.get(FULL))


@contextmanager
def judged(row: str, name: str) -> Iterator[Outcome]:
    """An outcome to fill in; written down at the end, and a test failure when it has a problem."""
    outcome = Outcome(row, name, full=is_full())
    began = time.monotonic()
    try:
        yield outcome
    except BaseException as error:
        outcome.problems.append(f"{type(error).__name__}: {error}"[:500])
        raise
    finally:
        outcome.seconds = round(time.monotonic() - began, 1)
        if path := os.environ.get(KEEP):
            write(outcome, Path(path))
        print(table([outcome]), flush=True)
    assert not outcome.problems, f"{row}: {outcome.verdict}\n{json.dumps(outcome.figures)}"


def write(outcome: Outcome, path: Path) -> None:
    """Add it to what is kept there, one outcome a line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(outcome)) + "\n")


def kept(path: Path) -> list[Outcome]:
    """What was written down, in its order."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Outcome(**json.loads(line)) for line in lines]


def table(outcomes: Iterable[Outcome]) -> str:
    """A Markdown table, as docs/reliability.md shows it."""
    lines = [
        "| row | what | injected | survived | lost | seconds | |",
        "|---|---|---|---|--:|--:|---|",
    ]
    for one in outcomes:
        cells = (one.row, one.name, one.injected, one.survived, one.lost, f"{one.seconds:.0f}")
        lines.append(f"| {' | '.join(map(str, cells))} | {one.verdict} |")
    return "\n".join(lines)


def counted(found: Mapping[Any, int]) -> str:
    """`{200: 5, 503: 2}` as "5 × 200, 2 × 503"."""
    return ", ".join(f"{many:,} × {what}" for what, many in sorted(found.items(), key=str))
