"""What the first paint costs, in bytes and requests: never in time, which `make bench` measures."""

import gzip
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, expect

from api.shell import DIST, SIGN_IN, TODAY
from config import ROOT
from tests.browser.visitor import FOUR, PASSWORD, Visitor

ENTRY = "src/main.ts"
KB = 1000


@pytest.fixture
def manifest(built_page: None) -> dict[str, Any]:
    """What the build made of what, by the name of the source."""
    found: dict[str, Any] = json.loads((DIST / ".vite" / "manifest.json").read_bytes())
    return found


def files_of(manifest: dict[str, Any], name: str) -> set[str]:
    """The scripts and styles that must be there before the code of `name` runs."""
    names = [name]
    for each in names:
        names += [other for other in manifest[each].get("imports", ()) if other not in names]
    styles = [style for each in names for style in manifest[each].get("css", ())]
    return {manifest[each]["file"] for each in names} | set(styles)


def weight(files: set[str], ending: str) -> int:
    """Bytes of the files with that ending, compressed by gzip."""
    found = [DIST / file for file in files if file.endswith(ending)]
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in found)


def test_the_entry_is_light(manifest: dict[str, Any]) -> None:
    files = files_of(manifest, ENTRY)
    assert weight(files, ".js") <= 65 * KB  # the promise is 90; what it weighs is 55
    assert weight(files, ".css") <= 18 * KB
    for view in (TODAY, SIGN_IN):
        assert weight(files | files_of(manifest, view), ".js") <= 100 * KB
        assert len(files | files_of(manifest, view)) <= 9


def test_no_page_is_in_the_entry(manifest: dict[str, Any]) -> None:
    router = (ROOT / "static" / "src" / "router.ts").read_text(encoding="utf-8")
    views = {f"src/views/{name}" for name in re.findall(r"import\('@/views/(.+?)'\)", router)}
    assert {TODAY, SIGN_IN} < views
    views.remove("src/views/NotFoundView.vue")  # others show it too: it is in what they share
    files = files_of(manifest, ENTRY)
    for view in views:
        assert manifest[view]["isDynamicEntry"], view
        assert manifest[view]["file"] not in files


def test_every_text_is_compressed_once_by_the_build(manifest: dict[str, Any]) -> None:
    texts = [file for file in (DIST / "assets").iterdir() if file.suffix in {".js", ".css"}]
    assert texts
    for text in texts:
        plain = text.read_bytes()
        assert gzip.decompress(text.with_name(f"{text.name}.gz").read_bytes()) == plain
        assert text.with_name(f"{text.name}.br").stat().st_size <= len(plain) + 8


def watched(visitor: Visitor) -> list[Request]:
    """Everything that the visitor's page asks for from now on."""
    asked: list[Request] = []
    visitor.page.on("request", lambda request: asked.append(request))
    return asked


def arrived(visitor: Visitor, asked: list[Request]) -> list[str]:
    """The paths asked for, once all is there; none of them elsewhere, nothing of ours twice."""
    visitor.page.wait_for_load_state("networkidle")
    hosts = {urlsplit(request.url).netloc for request in asked}
    assert hosts == {urlsplit(visitor.url).netloc}
    paths = [urlsplit(request.url).path for request in asked]
    # The icon is the browser's own wish, now and then once more when the address changes; and what
    # was asked early of a server that has only just begun may be asked of it again.
    twice = {path for path in paths if paths.count(path) > 1}
    assert not {path for path in twice if path.startswith("/static/assets/")}
    return list(dict.fromkeys(paths))


def test_today_is_there_after_few_requests(mira: Visitor) -> None:
    for kind in FOUR:
        mira.tracker(kind)
    asked = watched(mira)
    mira.go("/today")
    paths = arrived(mira, asked)
    asked_of_api = [path for path in paths if path.startswith("/api/")]
    assert sorted(asked_of_api) == ["/api/v1/account", "/api/v1/timers", "/api/v1/today"]
    # The page, three styles, six scripts, two typefaces, the icon, and the three answers.
    assert len(paths) <= 16
    # Whatever the app asks for comes after the account; Today's answer was asked for without it.
    assert paths.index("/api/v1/today") < paths.index("/api/v1/timers")

    again = watched(mira)
    mira.go("/today")
    kept = [path for path in arrived(mira, again) if not path.startswith("/static/assets/")]
    assert len(kept) <= 5
    sent = mira.page.evaluate(
        """() => performance.getEntriesByType('resource')
          .filter((each) => each.name.includes('/static/assets/'))
          .reduce((sum, each) => sum + each.transferSize, 0)"""
    )
    assert sent == 0


def test_signing_in_is_there_after_few_requests(visitor: Visitor) -> None:
    asked = watched(visitor)
    visitor.go("/")
    visitor.at("/sign-in")
    paths = arrived(visitor, asked)
    asked_of_api = {path for path in paths if path.startswith("/api/")}
    assert asked_of_api == {"/api/v1/account", "/api/v1/about"}
    assert len(paths) <= 15


def test_what_was_refused_early_is_asked_for_again_after_signing_in(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.post("accounts/logout")
    token = {"name": "tend_session", "value": "x" * 43, "url": mira.url}
    mira.context.add_cookies([token])  # type: ignore[list-item]
    mira.page.goto("/today")
    mira.at("/sign-in")
    mira.field("Username or e-mail").fill(mira.name)
    mira.field("Password").fill(PASSWORD)
    mira.button("Sign in").click()
    mira.at("/today")
    expect(mira.row("Medication")).to_be_visible()
