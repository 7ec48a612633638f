"""Finished answers: one statement, no Redis, headers and packed bytes built once."""

import gzip
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from api.finished import Finished, Kept
from application.platform import cache
from application.platform.extensions import cache as redis_cache
from tests.people import Person, problem
from tests.things import tracker

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
PATHS = ["trackers", "trackers?limit=5", "today", "tracker-types"]


@pytest.fixture
def many(alice: Person) -> None:
    for number in range(4):
        tracker(alice, name=f"Tracker {number}")


@pytest.fixture
def redis_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of Redis as a cache."""
    calls: list[str] = []
    get = redis_cache.get

    def note(key: str) -> Any:
        calls.append(key)
        return get(key)

    monkeypatch.setattr(redis_cache, "get", note)
    return calls


@pytest.mark.parametrize("path", PATHS)
def test_the_second_time_it_is_one_statement_and_no_redis(
    alice: Person, many: None, path: str, statements: list[str], redis_calls: list[str]
) -> None:
    first = alice.get(path)
    statements.clear()
    redis_calls.clear()
    second = alice.get(path)
    assert second.get_data() == first.get_data()
    assert lines_of(second) == lines_of(first)
    assert len(statements) == 1
    assert not redis_calls


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("headers", [{}, GZIP])
def test_what_did_not_change_is_one_statement_and_no_redis(
    alice: Person,
    many: None,
    path: str,
    elsewhere: bool,
    headers: dict[str, str],
    statements: list[str],
    redis_calls: list[str],
) -> None:
    first = alice.get(path, headers=headers)
    if elsewhere:  # a process that never made it, and an empty Redis
        cache.local.clear()
        redis_cache.clear()
    statements.clear()
    redis_calls.clear()
    second = alice.get(path, headers={"If-None-Match": first.headers["ETag"], **headers})
    assert second.status_code == 304
    assert second.get_data() == b""
    assert second.headers["ETag"].removeprefix("W/") == first.headers["ETag"].removeprefix("W/")
    assert "Content-Length" not in second.headers
    assert len(statements) == 1
    assert not redis_calls


def test_another_process_finds_it_in_redis(
    alice: Person, many: None, statements: list[str]
) -> None:
    water = alice.get("trackers").get_json()["items"][0]["id"]
    first = alice.get(f"trackers/{water}/stats?from=2026-01-01&to=2026-01-31")
    assert first.status_code == 200, first.get_json()
    cache.local.clear()
    statements.clear()
    second = alice.get(f"trackers/{water}/stats?to=2026-01-31&from=2026-01-01")
    assert second.get_data() == first.get_data()
    assert second.headers["ETag"] == first.headers["ETag"]
    assert len(statements) == 1


def test_what_is_made_quickly_is_not_asked_of_redis(
    alice: Person, many: None, redis_calls: list[str]
) -> None:
    assert alice.get("trackers").status_code == 200
    assert not redis_calls
    assert alice.get("today").status_code == 200
    assert len(redis_calls) == 1


def test_a_write_makes_it_anew(alice: Person, bob: Person, many: None) -> None:
    first, his = alice.get("trackers"), bob.get("trackers")
    tracker(alice, name="One more")
    second = alice.get("trackers", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert len(second.get_json()["items"]) == 5
    assert bob.get("trackers").headers["ETag"] == his.headers["ETag"] != first.headers["ETag"]
    assert his.get_json()["items"] == []


def test_it_is_packed_once_for_who_takes_that(
    alice: Person, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[int] = []
    compress = gzip.compress

    def count(body: bytes, *level: int, **more: Any) -> bytes:
        packed.append(len(body))
        return compress(body, *level, **more)

    monkeypatch.setattr(gzip, "compress", count)
    plain = alice.get("trackers")
    assert "Content-Encoding" not in plain.headers
    answers = [alice.get("trackers", headers=GZIP) for _ in range(3)]
    assert packed == [len(plain.get_data())]
    for answer in answers:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.content_length == len(answer.get_data()) < len(plain.get_data()) / 2
        assert gzip.decompress(answer.get_data()) == plain.get_data()
        assert answer.headers["ETag"] == f"W/{plain.headers['ETag']}"
    assert {answer.headers["Vary"] for answer in (plain, *answers)} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("gzip", True),
        ("*", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("br", False),
        ("", False),
        ("x" * 10_000 + ", gzip", False),
    ],
)
def test_it_is_packed_only_for_who_takes_that(
    alice: Person, many: None, said: str, takes: bool
) -> None:
    answer = alice.get("trackers", headers={"Accept-Encoding": said})
    assert ("Content-Encoding" in answer.headers) is takes


def test_what_is_small_is_not_packed(alice: Person) -> None:
    answer = alice.get("trackers", headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert answer.get_json() == {"items": [], "next": None}


def said_of(answer: TestResponse) -> dict[str, str]:
    own = {"Content-Length", "Content-Type", "ETag", "Vary"}
    return {name: value for name, value in lines_of(answer) if name not in own}


def lines_of(answer: TestResponse) -> list[tuple[str, str]]:
    """The headers but for the request's id, which no other answer has."""
    assert answer.headers["X-Request-ID"]
    return [line for line in answer.headers if line[0] != "X-Request-ID"]


def test_it_brings_the_headers_of_every_answer(alice: Person, many: None) -> None:
    other = said_of(alice.get("account/sessions"))
    assert said_of(alice.get("trackers")) == said_of(alice.get("trackers")) == other
    assert other["Cache-Control"] == "no-store"


def test_head_is_the_same_without_a_body(alice: Person, many: None) -> None:
    whole, head = alice.get("trackers"), alice.call("HEAD", "trackers")
    assert head.get_data() == b""
    assert lines_of(head) == lines_of(whole)


def test_a_refused_query_is_refused_again(alice: Person, many: None) -> None:
    for _ in range(2):
        assert "limit" in problem(alice.get("trackers?limit=0"), 400)
        assert "limit" in problem(alice.get("trackers?limit=5&limit=5"), 400)
        problem(alice.get("trackers?limit=5&other=1"), 400)
        assert alice.get("trackers?limit=5").status_code == 200


def test_who_adds_a_header_changes_this_answer_alone(app: Flask) -> None:
    kept = Kept("key", [("Content-Length", "4"), ("ETag", '"key"')], b"body")
    answers: list[Response] = [Finished(kept), Finished(kept)]
    answers[0].set_cookie("name", "value")
    with app.test_request_context():
        sent = [TestResponse(*_run(answer), request=None) for answer in answers]  # type: ignore[arg-type]
    assert "Set-Cookie" in sent[0].headers
    assert "Set-Cookie" not in sent[1].headers
    assert [one.get_data() for one in sent] == [b"body", b"body"]


def _run(answer: Response) -> tuple[Any, str, Any]:
    from werkzeug.test import create_environ, run_wsgi_app

    body, status, headers = run_wsgi_app(answer, create_environ())
    return body, status, headers
