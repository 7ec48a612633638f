"""docs/dependencies.md names whatever Tend stands on, asked for or come along."""

import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from config import ROOT
from tests.house.source import CODE, imported, modules

PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"[a-z0-9@][a-z0-9/@-]*", PAGE.lower()))
OURS = {*CODE, "tests", "config", "loglines", "weak", "workers", "app"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;~ ]", name)[0]).lower()


def test_it_names_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    page = json.loads((ROOT / "static" / "package.json").read_text(encoding="utf-8"))
    wanted = {plain(name) for name in asked} | {*page["dependencies"], *page["devDependencies"]}
    assert wanted <= NAMED, wanted - NAMED


def test_it_names_whatever_is_imported() -> None:
    owners = packages_distributions()
    trees = {**modules(), **modules("tests")}
    names = {name.partition(".")[0] for tree in trees.values() for name in imported(tree)}
    foreign = names - OURS - sys.stdlib_module_names
    unnamed = {name for name in foreign if not {plain(o) for o in owners.get(name, [])} & NAMED}
    assert not unnamed
