"""How much was tried and what became of it: a little in `make test`, all of it by `make fuzz`."""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

SHARE = float(os.environ.get("TEND_FUZZ", "0"))  # of the whole proof; 1 is all of it
FULL = SHARE > 0
SEED = int(os.environ.get("TEND_FUZZ_SEED", "20261121"))


def size(quick: int, full: int) -> int:
    """How many of something: as many as the whole proof asks for, or a taste of it."""
    return max(quick, round(full * SHARE)) if FULL else quick


@dataclass
class Tally:
    """What one test tried, as it stands in a row of the table."""

    row: str
    what: str
    database: str = ""
    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    note: str = ""

    def answered(self, status: int) -> None:
        """One more request; a crash is counted by whoever judges the answer."""
        self.inputs += 1
        if status < 400:
            self.accepted += 1
        elif status < 500:
            self.refused += 1

    def tried(self, *, accepted: bool) -> None:
        """One more input of something that is no request."""
        self.inputs += 1
        self.accepted += accepted
        self.refused += not accepted

    def failed(self, what: str) -> None:
        """Something is not as it should be; all of it is told at the end."""
        self.failures.append(what)

    def check(self) -> None:
        """Fail when anything failed, naming the first of each."""
        count = len(self.failures)
        assert not self.failures, "\n".join([f"{count} in all", *self.failures[:20]])

    def as_dict(self) -> dict[str, Any]:
        """For the table and its file."""
        return asdict(self)


HEAD = ("row", "what", "database", "inputs", "accepted", "refused", "failures", "seconds")


def table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The rows as lines that stand under each other, in the order of the list of rows."""
    cells = [list(HEAD)]
    for row in sorted(rows, key=lambda one: (one["row"][0] != "S", natural(one["row"]))):
        found = [row[name] for name in HEAD]
        found[HEAD.index("failures")] = len(row["failures"])
        found[HEAD.index("seconds")] = round(row["seconds"])
        cells.append([f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in found])
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEAD))]
    return [
        "  ".join(
            cell.ljust(width) if place < 3 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]


def natural(row: str) -> tuple[str, int]:
    """S2 before S10."""
    return row[:1], int(row[1:] or 0)
