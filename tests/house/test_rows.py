"""Every row of the table of faults and hostile input has a test that names it."""

import ast
from collections import defaultdict

from config import ROOT

ROWS = (
    *(f"R{number}" for number in range(1, 8)),
    *(f"W{number}" for number in range(1, 11)),
    *(f"S{number}" for number in range(1, 11)),
    *(f"F{number}" for number in range(1, 7)),
    "K1",
    "K2",
)


def named() -> dict[str, list[str]]:
    """The rows that tests are marked with, and where."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("mark.row"):
                continue
            for argument in node.args:
                assert isinstance(argument, ast.Constant), f"{path}: a row's name is written out"
                found[str(argument.value)].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def test_every_row_has_a_test() -> None:
    assert set(ROWS) <= set(named())


def test_no_test_names_a_row_that_there_is_not() -> None:
    assert set(named()) <= set(ROWS)
