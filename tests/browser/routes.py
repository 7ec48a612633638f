"""Every address of the page, read from its own list, so that a new one cannot be left out."""

import re

from config import ROOT

ROUTER = ROOT / "static" / "src" / "router.ts"
SETTINGS = "/settings"


def routes() -> list[str]:
    """The paths as static/src/router.ts names them, a redirect left out."""
    text = ROUTER.read_text(encoding="utf-8")
    table = text[text.index("routes: RouteRecordRaw[]") : text.index("\n]\n")]
    named = re.findall(r"path: '(/[^']*)',\s*(redirect)?", table)
    children = re.findall(r"^\s*settings\('([^']+)'", table, re.MULTILINE)
    found = [path.replace(r"\\", "\\") for path, redirect in named if not redirect]
    assert len(found) + len(children) == table.count("import(")
    return found + [f"{SETTINGS}/{child}" for child in children]


def filled_in(path: str, values: dict[str, str]) -> str:
    """`/trackers/:id(\\d+)/edit` with a value for each parameter; an optional one may be empty."""

    def value(match: re.Match[str]) -> str:
        return values[match[1]]

    return re.sub(r":(\w+)(?:\([^)]*\))?[?*]*", value, path).rstrip("/")
