"""`make audit`: it finds what is known, says when nobody could be asked, and lists parts."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy import audit
from deploy.audit import CLEAN, FOUND, UNKNOWN

Says = Callable[..., None]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Let the audit's programs say this."""

    def say(out: Any, error: str = "", code: int = 0) -> None:
        text = out if isinstance(out, str) else json.dumps(out)
        done: subprocess.CompletedProcess[str]
        done = subprocess.CompletedProcess([], code, text, error)
        monkeypatch.setattr(audit, "ask", lambda *_: done)

    return say


def package(*holes: dict[str, Any], name: str = "left-pad") -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": list(holes)}


HOLE = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}


@pytest.mark.row("K2")
def test_it_finds_a_known_hole(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    says({"dependencies": [package(), package(HOLE)]}, code=1)
    verdict = audit.python_holes()
    assert verdict.code == FOUND
    assert "left-pad 1.0: PYSEC-1, mended in 1.1" in verdict.said
    monkeypatch.setattr(audit, "LOOKED_AT", {"CVE-1": "Tend pads nothing."})
    assert audit.python_holes().code == CLEAN


@pytest.mark.row("K2")
@pytest.mark.parametrize("out", ["", "Traceback", "{}", "[]"])
def test_a_service_that_is_away_is_not_taken_for_good_news(says: Says, out: str) -> None:
    says(out, "could not connect", 1)
    for look in (audit.python_holes, audit.page_holes):
        verdict = look()
        assert verdict.code == UNKNOWN
        assert "could not be asked" in verdict.said[0]


def test_a_package_that_nobody_knows_is_not_taken_for_good(says: Says) -> None:
    says({"dependencies": [{"name": "odd", "skip_reason": "not on PyPI"}]})
    assert audit.python_holes().code == UNKNOWN


@pytest.mark.parametrize(
    ("severity", "code"),
    [("low", CLEAN), ("moderate", CLEAN), ("high", FOUND), ("critical", FOUND)],
)
def test_a_grave_hole_of_the_page_fails(says: Says, severity: str, code: int) -> None:
    says({"vulnerabilities": {"left-pad": {"severity": severity}}}, code=1)
    verdict = audit.page_holes()
    assert verdict.code == code
    assert f"left-pad: {severity}" in verdict.said


@pytest.mark.parametrize(
    ("codes", "code"), [((0, 0), CLEAN), ((0, 3), UNKNOWN), ((3, 1), FOUND), ((1, 0), FOUND)]
)
def test_it_ends_with_the_worst(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], codes: Any, code: int
) -> None:
    steps = {str(n): ("A step", lambda c=c: audit.Verdict(c, [])) for n, c in enumerate(codes)}
    monkeypatch.setattr(audit, "STEPS", steps)
    assert audit.main([]) == code
    assert ("says nothing about known holes" in capsys.readouterr().out) == (code == UNKNOWN)


def test_an_exception_to_bandit_stands_with_its_reason() -> None:
    for name in audit.OUR_CODE:
        path = audit.ROOT / name
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for line in file.read_text(encoding="utf-8").splitlines():
                if "# nosec" in line and file.name != "audit.py":
                    said = line.partition("# nosec")[2]
                    assert re.match(r" (B\d{3} ?)+ # \w", said), (file, line)


@pytest.mark.row("K2")
def test_it_lists_the_parts_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Python's list is made in the same way, and takes five seconds: `make audit` does.
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    path = tmp_path / "page.json"
    assert audit.listed(path, audit.page_parts(), {"vue", "bootstrap"}).code == CLEAN
    assert json.loads(path.read_text(encoding="utf-8"))["bomFormat"] == "CycloneDX"


def test_a_list_that_leaves_a_part_out_is_none(says: Says, tmp_path: Path) -> None:
    says({"components": [{"name": "flask"}]})
    verdict = audit.listed(tmp_path / "python.json", audit.python_parts(), {"flask", "celery"})
    assert (verdict.code, verdict.said) == (FOUND, ["python.json leaves out celery"])
    says("", "it went wrong", 1)
    assert audit.listed(tmp_path / "python.json", audit.python_parts(), set()).code == FOUND
    assert not list(tmp_path.iterdir())
