"""The list of trackers is written as JSON by hand: held to its model, and to the ORM's reading."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask import Flask

from application.logs.cards import as_json
from application.logs.schemas import TrackerPage
from application.platform import clock
from tests.people import Person
from tests.things import log, share, tracker

VALUES: dict[str, list[Any]] = {
    "numerical": [0.1, 0.2, 3, 1e14, -0.5, 123456.789012],
    "time_duration": [60, 0.25],
    "boolean": [True, False, True],
    "multiple_choice": ["Calm", "Low"],
}


@pytest.fixture
def filled(alice: Person, bob: Person) -> list[int]:
    """Trackers of every kind, with entries, without, shared, archived and deleted."""
    made = []
    for kind, values in VALUES.items():
        made.append(
            tracker(alice, kind, name=f"{kind} Ünïcode “a”", description="Two\nlines")["id"]
        )
        tracker(alice, kind, name=f"{kind} empty")
        for number, value in enumerate(values):
            at = clock.now() - timedelta(days=number // 2, minutes=number)
            log(alice, made[-1], value, logged_at=at.isoformat())
    log(alice, made[0], 5, logged_at=(clock.now() - timedelta(days=2)).date().isoformat())
    share(alice, bob, made[3], "viewer")
    for kind, change in (("archived", {"archived": True}), ("stepped", {"step": 0.25})):
        one = tracker(alice, name=kind)["id"]
        assert alice.patch(f"trackers/{one}", change).status_code == 200
    alice.delete(f"trackers/{tracker(alice, name='gone')['id']}")
    walk = tracker(alice, "time_duration", name="running")["id"]
    assert alice.post(f"trackers/{walk}/timer").status_code == 201
    return made


@pytest.mark.parametrize("query", ["", "?state=archived", "?state=deleted", "?limit=3"])
def test_it_is_the_model_to_the_byte(
    alice: Person, bob: Person, filled: list[int], query: str
) -> None:
    for person in (alice, bob):
        said = person.get(f"trackers{query}").get_data()
        page = TrackerPage.model_validate_json(said, strict=True)
        assert orjson.loads(page.model_dump_json()) == orjson.loads(said)
        assert list(orjson.loads(page.model_dump_json())) == list(orjson.loads(said))


def test_each_card_is_what_one_tracker_says(alice: Person, filled: list[int]) -> None:
    for card in alice.get("trackers").get_json()["items"]:
        card.pop("last_days")
        alone = alice.get(f"trackers/{card['id']}").get_json()
        alone["log_count"] = None
        alone["choices"] = [{**one, "uses": None} for one in alone["choices"]]
        assert card == alone
        assert list(card) == list(alone)


def test_the_week_is_that_of_today(alice: Person, filled: list[int]) -> None:
    """Today still reads and shows it through the models."""
    today = alice.get("today").get_json()
    cards = {card["id"]: card for card in alice.get("trackers").get_json()["items"]}
    assert len(today["items"]) == len(cards)
    for item in today["items"]:
        assert cards[item["id"]] == {name: item[name] for name in cards[item["id"]]}
    assert any(day["value"] == 0.3 for day in cards[filled[0]]["last_days"])


def test_the_pages_join_without_a_gap(alice: Person, filled: list[int]) -> None:
    whole = [card["id"] for card in alice.get("trackers").get_json()["items"]]
    found, after = [], ""
    while True:
        page = alice.get(f"trackers?limit=2{after}").get_json()
        found += [card["id"] for card in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == whole


def test_kinds_with_answers_cost_two_statements_more(
    app: Flask, alice: Person, filled: list[int], statements: list[str]
) -> None:
    alice.get("trackers")
    assert len(statements) == 5, statements  # who asks, trackers, choices, sums, answers


@pytest.mark.parametrize("total", [2e19, -2e19, 1e300, float(2**63), 9e18, 1e15, 0.1 + 0.2])
def test_a_sum_of_any_size_can_be_said(total: float) -> None:
    assert orjson.loads(orjson.dumps(as_json(total))) == float(f"{total:.15g}")
