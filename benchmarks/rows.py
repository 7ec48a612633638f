"""A row of the table: our figure, the reference's from the same run, their ratio, the goal."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

# Whether this is `make bench-full`; set once, before a part is asked for its rows.
full_run = False


def size(short: int, full: int) -> int:
    """How many rows, rounds, people … to measure with, in the short form and in the full one."""
    return full if full_run else short


class LeftOut(Exception):
    """A part cannot be measured on this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """`value` is ours / reference, or ours alone where `reference` is None: then `goal` is a limit
    in the unit itself. `at_most` says on which side of `goal` it should lie.
    """

    name: str
    ours: float
    reference: float | None
    unit: str
    goal: float
    at_most: bool
    what: str

    @property
    def value(self) -> float:
        """The ratio, or the figure itself."""
        return self.ours if self.reference is None else self.ours / self.reference

    @property
    def holds(self) -> bool:
        """Whether the goal is met."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def as_json(self) -> dict[str, Any]:
        """One entry of results.json; what is held against a limit has that as its reference."""
        reference = self.goal if self.reference is None else self.reference
        made = {**asdict(self), "reference": reference, "value": self.value, "holds": self.holds}
        return {**made, "ratio": self.ours / reference if reference else None}

    def as_line(self) -> str:
        """One line of the table."""
        against, ratio = "", ""
        if self.reference is not None:
            against, ratio = f"{self.reference:,.4g} {self.unit}", f"{self.value:.2f}"
        goal = f"{'≤' if self.at_most else '≥'} {self.goal:g}"
        met = "met" if self.holds else "**not met**"
        ours = f"{self.ours:,.4g} {self.unit}"
        return _line(self.name, ours, against, ratio, goal, met, self.what)


@dataclass(frozen=True, slots=True)
class Failed:
    """The row of a figure that could not be had, with the reason."""

    name: str
    why: str
    holds: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same keys as a row, without figures."""
        nothing = dict.fromkeys(("ours", "reference", "value", "goal"))
        return {"name": self.name, **nothing, "holds": False, "failed": self.why}

    def as_line(self) -> str:
        """One line of the table."""
        return _line(self.name, "", "", "", "", "**failed**", self.why)


def table(rows: Iterable[Row | Failed]) -> str:
    """The rows as Markdown, fit for a terminal and for docs/performance.md."""
    lines = [
        _line("row", "ours", "reference", "ratio", "goal", "", "against"),
        "|---|--:|--:|--:|--:|---|---|",
    ]
    return "\n".join(lines + [row.as_line() for row in rows])


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
