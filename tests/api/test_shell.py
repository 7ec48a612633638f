"""The page around the API: which files it names, what is kept how long, what is not a page."""

import json
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
    "src/docs.ts": {"file": "assets/docs-1.js", "isEntry": True, "css": ["assets/docs-1.css"]},
    "_vue.js": {"file": "assets/vue-1.js"},
    "_other.js": {"file": "assets/other-1.js", "imports": ["_vue.js"], "css": ["assets/o-1.css"]},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end as Vite leaves it, with one file in it."""
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-1.js").write_text("1")
    (tmp_path / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    monkeypatch.setattr(shell, "DIST", tmp_path)
    read = shell.read_page.__wrapped__
    monkeypatch.setattr(shell, "read_page", lambda entry: read(entry, tmp_path))
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


def test_the_docs_have_their_own_entry(built: Path, visitor: Person) -> None:
    text = visitor.get("/api/docs").get_data(as_text=True)
    assert "<title>API · Tend</title>" in text
    assert "/static/assets/docs-1.js" in text
    assert "main-1" not in text


def test_a_page_that_is_not_built_says_so(
    tmp_path: Path, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = shell.read_page.__wrapped__
    monkeypatch.setattr(shell, "read_page", lambda entry: read(entry, tmp_path))
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
    "path", ["/api/v1/nothing", "/api/nothing", "/static/none.js", "/static/../config.py"]
)
def test_what_is_no_page_is_a_refusal(built: Path, visitor: Person, path: str) -> None:
    problem(visitor.get(path), 404)


def test_the_contract_and_the_health_are_open(visitor: Person) -> None:
    with visitor.get("/api.yaml") as contract:
        assert contract.data.startswith(b"# Made from")
    assert visitor.get("/healthz").get_json()["status"] == "ok"
