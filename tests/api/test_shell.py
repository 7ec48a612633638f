"""The page around the API: which files it names, what is kept how long, what is not a page."""

import json
import re
from pathlib import Path

import pytest

from api import shell
from tests.people import Person, problem

MANIFEST = {
    "src/main.ts": {
        "file": "assets/main-1.js",
        "isEntry": True,
        "imports": ["_vue.js", "_other.js"],
        "css": ["assets/main-1.css"],
    },
    "src/early.ts": {"file": "assets/early-1.js", "isEntry": True},
    "src/docs.ts": {"file": "assets/docs-1.js", "isEntry": True, "css": ["assets/docs-1.css"]},
    "src/views/TodayView.vue": {
        "file": "assets/today-1.js",
        "imports": ["_vue.js", "_shared.js"],
        "css": ["assets/today-1.css"],
    },
    "src/views/accounts/SignInView.vue": {"file": "assets/in-1.js", "imports": ["_shared.js"]},
    "_shared.js": {"file": "assets/shared-1.js"},
    "_vue.js": {"file": "assets/vue-1.js"},
    "_other.js": {"file": "assets/other-1.js", "imports": ["_vue.js"], "css": ["assets/o-1.css"]},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end as Vite leaves it, with one file in it."""
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets").mkdir()
    for ending in ("", ".gz", ".br"):
        (tmp_path / "assets" / f"main-1.js{ending}").write_text(f"1{ending}")
    (tmp_path / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    monkeypatch.setattr(shell, "DIST", tmp_path)
    read = shell.read_page.__wrapped__
    monkeypatch.setattr(shell, "read_page", lambda entry, view="": read(entry, view, tmp_path))
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/today", "/trackers/3", "/sign-in", "/no/such/page"])
def test_every_page_is_the_one_page(built: Path, visitor: Person, path: str) -> None:
    answer = visitor.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    for name in ("main-1.js", "main-1.css", "vue-1.js", "o-1.css"):
        assert text.count(f"/static/assets/{name}") == 1
    assert "docs-1" not in text


def hints(person: Person, path: str) -> tuple[set[str], list[str]]:
    """What the page says to fetch early: code, and answers of the API."""
    text = person.get(path).get_data(as_text=True)
    code = set(re.findall(r"modulepreload\" href=\"/static/assets/(\w+)-1.js", text))
    asks = re.search(r' data-asks="(.+?)"', text)
    assert text.count("assets/early-1.js") == (1 if asks else 0)
    return code, asks[1].split() if asks else []


@pytest.mark.parametrize("path", ["/", "/today", "/sign-in"])
def test_what_comes_next_is_fetched_beside_the_script(
    built: Path, visitor: Person, alice: Person, path: str
) -> None:
    assert hints(visitor, path) == ({"vue", "other", "in", "shared"}, ["account"])
    assert hints(alice, path) == ({"vue", "other", "today", "shared"}, ["account", "today"])
    # Another day, or another page to go on to: Today's own answer would be fetched for nothing.
    assert hints(alice, f"{path}?day=2026-01-02")[1] == ["account"]


def test_elsewhere_only_the_account_is(built: Path, visitor: Person, alice: Person) -> None:
    for person in (visitor, alice):
        assert hints(person, "/trackers/3") == ({"vue", "other"}, ["account"])
    assert hints(alice, "/api/docs") == (set(), [])


def test_a_page_that_is_the_same_is_not_sent_again(
    built: Path, visitor: Person, alice: Person
) -> None:
    first = visitor.get("/today")
    known = {"If-None-Match": first.headers["ETag"]}
    again = visitor.get("/today", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"
    assert "Cookie" in first.headers["Vary"]
    assert alice.get("/today", headers=known).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"1.br"),
        ("gzip", "gzip", b"1.gz"),
        ("br;q=0, gzip", "gzip", b"1.gz"),
        ("identity", None, b"1"),
        ("", None, b"1"),
    ],
)
def test_a_file_is_sent_as_the_build_compressed_it(
    built: Path, visitor: Person, accepted: str, coding: str | None, body: bytes
) -> None:
    headers = {"Accept-Encoding": accepted}
    with visitor.get("/static/assets/main-1.js", headers=headers) as script:
        assert script.data == body
        assert script.headers.get("Content-Encoding") == coding
        assert script.mimetype == "text/javascript"
        assert "Accept-Encoding" in script.headers["Vary"]
        assert "immutable" in script.headers["Cache-Control"]
        known = {"If-None-Match": script.headers["ETag"]}
    with visitor.get("/static/assets/main-1.js", headers={**headers, **known}) as again:
        assert again.status_code == 304


def test_the_docs_have_their_own_entry(built: Path, visitor: Person) -> None:
    text = visitor.get("/api/docs").get_data(as_text=True)
    assert "<title>API · Tend</title>" in text
    assert "/static/assets/docs-1.js" in text
    assert "main-1" not in text


def test_a_page_that_is_not_built_says_so(
    tmp_path: Path, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = shell.read_page.__wrapped__
    monkeypatch.setattr(shell, "read_page", lambda entry, view: read(entry, view, tmp_path))
    answer = visitor.get("/")
    assert answer.status_code == 503
    assert "make run" in answer.get_data(as_text=True)


def test_hashed_files_are_kept_for_good_and_the_icon_for_an_hour(
    built: Path, visitor: Person
) -> None:
    with visitor.get("/static/assets/main-1.js") as script:
        kept = script.headers["Cache-Control"]
    assert "immutable" in kept
    assert "max-age=31536000" in kept
    for path in ("/static/favicon.svg", "/favicon.ico"):
        with visitor.get(path) as icon:
            assert icon.status_code == 200
            assert "max-age=3600" in icon.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/nothing",
        "/static/none.js",
        "/static/../config.py",
        "/static/assets/../../../config.py",
        f"/static/{'x' * 5000}",
        "/static/%00",
    ],
)
def test_what_is_no_page_is_a_refusal(built: Path, visitor: Person, path: str) -> None:
    problem(visitor.get(path), 404)


def test_what_can_only_be_posted_is_no_page_either(built: Path, visitor: Person) -> None:
    """The page's own path would take GET of any address, and say 404 of what is there."""
    answer = visitor.get("/api/v1/accounts/login")
    problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_the_contract_and_the_health_are_open(visitor: Person) -> None:
    with visitor.get("/api.yaml") as contract:
        assert contract.data.startswith(b"# Made from")
    assert visitor.get("/healthz").get_json()["status"] == "ok"
