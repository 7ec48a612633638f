"""The bootstrap and the lock files: nothing is done twice, and nothing is installed unseen."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config import ROOT
from deploy import bootstrap


def pinned(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", text, flags=re.MULTILINE))


def test_it_locks_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    named = {re.split(r"[\[<>=;~ ]", entry)[0].lower() for entry in wanted}
    assert named <= pinned("requirements-dev.txt").keys()


def test_it_tests_with_the_very_versions_that_run() -> None:
    run, develop = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert run.items() <= develop.items()


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]
)
def test_it_has_a_hash_for_every_package(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry.split("\n")[0]
    assert "://" not in re.sub(r"#.*", "", text)


def test_it_makes_again_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    first = tmp_path / "a.txt"
    first.write_text("a", encoding="utf-8")
    wanted = bootstrap.hash_of([first])
    stamp = tmp_path / "stamp"
    assert not bootstrap.stamp_says(stamp, wanted)
    stamp.write_text(wanted, encoding="ascii")
    assert bootstrap.stamp_says(stamp, bootstrap.hash_of([first]))
    first.write_text("b", encoding="utf-8")
    assert not bootstrap.stamp_says(stamp, bootstrap.hash_of([first]))


def test_it_builds_the_page_from_what_matters() -> None:
    names = {str(path.relative_to(bootstrap.STATIC)) for path in bootstrap.page_inputs()}
    assert {"package-lock.json", "vite.config.ts", "src/main.ts"} <= names
    assert not [name for name in names if ".spec." in name]


def test_it_knows_a_node_that_is_too_old(tmp_path: Path) -> None:
    for version, number in (("v24.19.0", 24), ("v20.1.2", 20), ("nonsense", 0)):
        node = tmp_path / f"node-{number}"
        node.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        node.chmod(0o700)
        assert bootstrap.node_version(str(node)) == number
    assert bootstrap.node_version(str(tmp_path / "none")) == 0


def test_it_needs_nothing_but_the_standard_library() -> None:
    script = ROOT / "deploy" / "bootstrap.py"
    code = f"import runpy; runpy.run_path({str(script)!r}, run_name='bootstrap')"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"run", "test", "check", "demo", "bench", "api", "lint", "format", "clean"} <= listed


def test_what_asks_npm_has_installed_what_npm_needs() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    asking = re.findall(
        r"^(\w+):([^#\n]*)[^\n]*\n(?:\t.*\n)*?\t\$\(NPM\)", text, flags=re.MULTILINE
    )
    assert {name for name, _ in asking} == {"test", "front", "format", "api"}
    assert not [name for name, first in asking if "node" not in first.split()]
