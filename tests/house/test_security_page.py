"""docs/security.md names what is there: each file, and each test that is to hold a promise."""

import ast
import re

from config import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([a-zA-Z0-9_./-]+\.[a-z]+)(?:::(\w+))?`")
POINTS = 43


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_file_and_test_it_names_is_there() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 2 * POINTS
    gone = {path for path, _ in named if not (ROOT / path).is_file()}
    assert not gone
    untested = {f"{path}::{test}" for path, test in named if test and test not in functions(path)}
    assert not untested


def test_every_point_says_where_it_is_met_and_who_sees_that() -> None:
    rows = ROW.findall(PAGE)
    assert [int(number) for number, *_ in rows] == list(range(1, POINTS + 1))
    for number, asks, where, seen in rows:
        assert re.search(r"\(\d+\.\w+", asks), number
        assert NAMED.search(where), number
        assert "tests/" in seen or "not met" in seen, number
