"""A row of the table: our figure, the reference's from the same run, their ratio, the goal."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """`value` is ours / reference; `at_most` says on which side of `goal` it should lie."""

    name: str
    ours: float
    reference: float
    unit: str
    goal: float
    at_most: bool
    what: str

    @property
    def value(self) -> float:
        """The ratio."""
        return self.ours / self.reference

    @property
    def holds(self) -> bool:
        """Whether the goal is met."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown, fit for a terminal and for docs/performance.md."""
    lines = [
        "| row | ours | reference | ratio | goal | | against |",
        "|---|--:|--:|--:|--:|---|---|",
    ]
    for row in rows:
        sign, met = ("≤" if row.at_most else "≥"), ("met" if row.holds else "not met")
        lines.append(
            f"| {row.name} | {row.ours:,.4g} {row.unit} | {row.reference:,.4g} {row.unit} "
            f"| {row.value:.2f} | {sign} {row.goal:g} | {met} | {row.what} |"
        )
    return "\n".join(lines)


def save(rows: Iterable[Row], path: Path) -> None:
    """The rows as JSON."""
    found = [{**asdict(row), "value": row.value, "holds": row.holds} for row in rows]
    path.write_text(json.dumps({"rows": found}, indent=2) + "\n", encoding="utf-8")
