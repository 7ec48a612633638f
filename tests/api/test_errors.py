"""Refusals are in words: every finding of pydantic that our shapes can cause has a sentence."""

import re
import string
from pathlib import Path

import pytest

from api import errors
from application.platform.errors import Refused
from config import ROOT
from tests.people import Person, problem


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"name": 5, "kind": "boolean"}, "name", "Write a text here."),
        ({"kind": "boolean"}, "name", "This is needed."),
        ({"name": "A", "kind": "color"}, "kind", "Choose one of 'numerical', "),
        ({"name": "A", "kind": "boolean", "remind": 1}, "remind", "Write true or false here."),
        ({"name": "A", "kind": "multiple_choice", "choices": "x"}, "choices", "Write a list here."),
        ({"name": "A", "kind": "boolean", "color": "red"}, "color", "There is no field of this"),
    ],
)
def test_it_speaks_plainly(alice: Person, body: object, field: str, said: str) -> None:
    assert problem(alice.post("trackers", body), 422)[field].startswith(said)


def test_numbers_in_the_query_too(alice: Person) -> None:
    assert problem(alice.get("trackers?limit=0"), 400)["limit"] == "Write a number of at least 1."
    assert problem(alice.get("trackers?limit=many"), 400)["limit"] == "Write a whole number here."


def test_every_refusal_has_a_status() -> None:
    def all_of(kind: type[Refused]) -> set[type[Refused]]:
        return {kind}.union(*(all_of(child) for child in kind.__subclasses__()))

    for kind in all_of(Refused) - {Refused}:
        assert any(issubclass(kind, known) for known in errors.STATUS), kind


def test_no_sentence_shouts() -> None:
    for sentence in errors.WORDS.values():
        assert sentence.endswith(".")
        assert "!" not in sentence
        names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name]
        assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_a_crash_says_nothing_of_what_was_inside(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("application.logs.board.list_trackers", crash, raising=False)
    from api import trackers

    monkeypatch.setattr(trackers, "board", None, raising=False)
    answer = alice.get("trackers")
    problem(answer, 500)
    body = answer.get_json()
    assert "secret" not in answer.get_data(as_text=True)
    assert body["reference"] == answer.headers["X-Request-ID"]
    assert "a request failed" in caplog.text  # under that id: tests/hostile/test_logs_keep_quiet.py
    assert Path(ROOT).name not in body["detail"]
