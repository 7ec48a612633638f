"""The benchmark as a program: what it prints, writes and survives; nothing is measured here."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import house
from benchmarks.program import Part
from benchmarks.rows import Failed, Row, table
from tests.benchmarks import parts

# None of these needs a Valkey.
GOOD = Part(parts.good, ("ratio", "rows"), around=nullcontext)
MISSED = Part(parts.missed, ("slow",), around=nullcontext)
BROKEN = Part(parts.broken, ("before", "after"), around=nullcontext)
GONE = Part(parts.gone, ("gone",), around=nullcontext)
ELSEWHERE = Part(parts.elsewhere, ("elsewhere",), around=nullcontext)
STUCK = Part(parts.stuck, ("never",), minutes=0.03, around=nullcontext)
KEYS = {"name", "ours", "reference", "value", "goal", "holds"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the program over some parts; its exit code and what it wrote."""
    monkeypatch.setattr(house, "migrate", lambda folder: (folder / "tend.db").touch())

    def go(those: Sequence[Part], *given: str) -> tuple[int, dict[str, Any]]:
        results = tmp_path / "results.json"
        code = command.main([*given, "--results", str(results)], those)
        found: dict[str, Any] = json.loads(results.read_text())
        return code, found

    return go


def test_rows_are_written_and_printed(run: Any, tmp_path: Path, capsys: Any) -> None:
    code, found = run([GOOD, MISSED])
    assert code == 0  # a goal that is not met is a finding, not a fault
    assert found["full"] is False
    assert set(found["machine"]) >= {"cores", "processor", "python", "packages"}
    ratio, rows, slow = found["rows"]
    assert all(set(row) >= KEYS for row in found["rows"])
    assert (ratio["ours"], ratio["reference"], ratio["value"], ratio["goal"]) == (3, 2, 1.5, 2.0)
    assert (rows["ours"], rows["value"], rows["goal"], rows["holds"]) == (10, 10, 10, True)
    # A limit stands where a reference would: in its own unit, like the goal.
    assert (slow["reference"], slow["value"], slow["goal"]) == (50, 60.5, 50)
    assert [row["holds"] for row in found["rows"]] == [True, True, False]
    said = capsys.readouterr().out
    written = (tmp_path / "results.md").read_text()
    assert written in said
    assert len(written.splitlines()) == 5
    assert "| ratio | 3 µs | 2 µs | 1.50 | ≤ 2 | met | something / plain |" in written
    assert "| slow | 60.5 ms |  |  | ≤ 50 | **not met** | a limit |" in written


def test_the_full_form_has_its_own_sizes_and_some_rows_can_be_asked_for(run: Any) -> None:
    code, found = run([GOOD, BROKEN], "--full", "--only", "rows")
    assert code == 0
    assert found["full"] is True
    assert [row["name"] for row in found["rows"]] == ["ratio", "rows"]
    assert found["rows"][1]["ours"] == 1000


def test_a_row_that_nobody_measures_is_refused(run: Any, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        run([GOOD], "--only", "nothing")
    assert "'ratio', 'rows'" in capsys.readouterr().err


def test_what_fails_costs_its_own_rows(run: Any, capfd: Any) -> None:
    code, found = run([BROKEN, GONE, ELSEWHERE, GOOD])
    assert code == 1
    named = {row["name"]: row for row in found["rows"]}
    assert list(named) == ["before", "after", "gone", "ratio", "rows"]
    assert named["before"]["holds"] is True
    assert named["after"]["failed"] == "RuntimeError: no disk"
    assert named["gone"]["failed"] == "it ended without this figure"
    assert set(named["gone"]) >= KEYS
    assert named["gone"]["holds"] is False
    said = capfd.readouterr()
    assert "left out: no such browser" in said.out
    assert "RuntimeError: no disk" in said.err  # with the traceback, to mend it by


def test_what_hangs_is_ended(run: Any) -> None:
    code, found = run([STUCK, GOOD])
    assert code == 1
    assert found["rows"][0]["failed"] == "it took longer than 0.03 minutes"
    assert len(found["rows"]) == 3


def test_the_table_is_markdown_whatever_a_reason_says() -> None:
    lines = table([Row("a", 1, 1, "s", 1, True, ""), Failed("b", "1 | 2")]).splitlines()
    assert [line.count("|") for line in lines] == [8, 8, 8, 8]


def test_every_row_is_measured_by_one_part() -> None:
    names = [name for part in command.PARTS for name in part.names]
    assert len(names) == len(set(names))
