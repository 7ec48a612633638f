"""The source of the house, read once, for the tests that hold it to its rules."""

import ast
from functools import lru_cache
from pathlib import Path

from config import ROOT

CODE = ("application", "api", "tasks", "deploy", "benchmarks")


@lru_cache
def modules(*folders: str) -> dict[str, ast.Module]:
    """Every Python file below `folders` (all code when none is named), parsed, by its path."""
    roots = ("app.py", "config.py", "loglines.py", "weak.py", "workers.py")
    paths = [ROOT / name for name in roots] if not folders else []
    for folder in folders or CODE:
        paths += sorted((ROOT / folder).rglob("*.py"))
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
        if "migrations/versions" not in str(path) and "node_modules" not in path.parts
    }


def imported(tree: ast.Module) -> set[str]:
    """Every dotted name that a module imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def attributes(tree: ast.Module) -> set[str]:
    """Every `a.b` that a module mentions."""
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def files(folder: str, *suffixes: str) -> list[Path]:
    """The files below `folder` with one of `suffixes`, third-party ones left out."""
    return [
        path
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes and not {"node_modules", "dist"} & set(path.parts)
    ]
