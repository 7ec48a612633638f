"""Tests of finished answers: kept once, bounded, and never a reason to fail."""

from collections.abc import Iterator

import pytest
from flask import Flask

from application.platform import cache
from application.platform.cache import LOCAL_BODY, LocalMap, remember
from application.platform.extensions import cache as redis_cache


def test_it_makes_a_body_once_and_keeps_it(app: Flask) -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"body"

    with app.app_context():
        assert remember("key", make) == b"body"
        assert remember("key", make) == b"body"
        cache.local.clear()  # another process has only Redis
        assert remember("key", make) == b"body"
    assert len(made) == 1


def test_the_local_map_drops_the_least_used_first() -> None:
    kept = LocalMap(10)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.get("a") == b"1234"
    kept.put("c", b"1234")
    assert kept.get("b") is None
    assert kept.get("a") == kept.get("c") == b"1234"


def test_a_body_put_twice_counts_once() -> None:
    kept = LocalMap(10)
    for _ in range(5):
        kept.put("a", b"12345")
    kept.put("b", b"12345")
    assert kept.get("a") == kept.get("b") == b"12345"


def test_a_huge_body_pushes_nothing_out() -> None:
    kept = LocalMap(LOCAL_BODY * 2)
    kept.put("small", b"1")
    kept.put("huge", b"x" * (LOCAL_BODY + 1))
    assert kept.get("huge") is None
    assert kept.get("small") == b"1"


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Redis refuses everything; the calls that were tried."""
    tried: list[str] = []

    def refuse(key: str, *_: object, **__: object) -> None:
        tried.append(key)
        raise ConnectionError

    monkeypatch.setattr(redis_cache, "get", refuse)
    monkeypatch.setattr(redis_cache, "set", refuse)
    yield tried
    cache.wake()


def test_redis_away_is_a_miss_and_is_left_alone_for_a_while(
    app: Flask, redis_away: list[str]
) -> None:
    with app.app_context():
        assert remember("one", lambda: b"1") == b"1"
        assert remember("two", lambda: b"2") == b"2"
    assert redis_away == ["one"]


def test_redis_going_away_between_asking_and_telling_costs_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, redis_away: list[str]
) -> None:
    monkeypatch.setattr(redis_cache, "get", lambda key: None)
    with app.app_context():
        assert remember("one", lambda: b"1") == b"1"
    assert redis_away == ["one"]
