"""trackers/{id}/logs: adding entries and listing them."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.people import problem
from tests.things import items, log, share, tracker

NOW = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def water(alice):
    return tracker(alice)["id"]


def ids(person, path):
    return [item["id"] for item in items(person, path)]


def test_it_adds_an_entry(alice, water):
    answer = alice.post(f"trackers/{water}/logs", {"value": 1.5, "note": "after the walk"})
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    entry = answer.get_json()
    assert entry == {
        "id": entry["id"],
        "tracker_id": water,
        "kind": "numerical",
        "value": 1.5,
        "choice_id": None,
        "logged_at": "2026-11-21T18:05:00+01:00",
        "local_day": "2026-11-21",
        "timed": True,
        "note": "after the walk",
        "by": "alice",
        "source": "page",
        "version": 1,
        "deleted_at": None,
    }
    assert items(alice, f"trackers/{water}/logs") == [entry]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("numerical", "1,5", 1.5),
        ("numerical", -3, -3),
        ("numerical", "\u22123", -3),
        ("boolean", True, True),
        ("boolean", "no", False),
        ("multiple_choice", "GOOD", "Good"),
        ("time_duration", 90, 90),
        ("time_duration", "90m", 5400),
        ("time_duration", "1h30", 5400),
        ("time_duration", "1:30:00", 5400),
    ],
)
def test_it_reads_each_kind(alice, kind, raw, value):
    made = log(alice, tracker(alice, kind)["id"], raw)
    assert made["value"] == value
    assert type(made["value"]) is type(value)


def test_a_choice_by_its_id(alice):
    mood = tracker(alice, "multiple_choice")
    good = mood["choices"][1]["id"]
    assert log(alice, mood["id"], good)["value"] == "Good"
    problem(alice.post(f"trackers/{mood['id']}/logs", {"value": float(good)}), 422)
    problem(alice.post(f"trackers/{mood['id']}/logs", {"value": good + 10**6}), 422)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("numerical", True),
        ("numerical", "a lot"),
        ("numerical", None),
        ("numerical", [1]),
        ("numerical", {}),
        ("numerical", 1234567890123456),
        ("numerical", 10**400),
        ("numerical", "0.1234567890123456"),
        ("boolean", 1),
        ("boolean", "perhaps"),
        ("multiple_choice", True),
        ("multiple_choice", "Great"),
        ("time_duration", -1),
        ("time_duration", True),
        ("time_duration", 10**12),
    ],
)
def test_it_refuses_what_is_no_value(alice, kind, raw):
    made = tracker(alice, kind)["id"]
    answer = alice.browser.open(
        f"/api/v1/trackers/{made}/logs",
        method="POST",
        json={"value": raw},
        headers={"X-XSRF-TOKEN": alice.browser.get_cookie("XSRF-TOKEN").value},
    )
    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert set(problem(answer, 422)) == {"value"}
    assert items(alice, f"trackers/{made}/logs") == []


@pytest.mark.parametrize("body", ["NaN", "Infinity", "1e999", '"a\\u0000b"', '"\\ud800"'])
def test_it_refuses_what_is_no_json_value(alice, water, body):
    tracker(alice, "boolean")  # fetches the token
    answer = alice.browser.post(
        f"/api/v1/trackers/{water}/logs",
        data=f'{{"value": {body}}}',
        content_type="application/json",
        headers={"X-XSRF-TOKEN": alice.browser.get_cookie("XSRF-TOKEN").value},
    )
    assert answer.status_code in (400, 422)
    assert answer.content_type.startswith("application/problem+json")
    assert items(alice, f"trackers/{water}/logs") == []


def test_it_names_every_bad_field_at_once(alice, water):
    body = {"value": "much", "logged_at": "soon", "note": "x" * 2001, "colour": "red"}
    assert set(problem(alice.post(f"trackers/{water}/logs", body), 422)) == set(body)
    odd = {"logged_at": 7, "note": None}
    assert set(problem(alice.post(f"trackers/{water}/logs", odd), 422)) == {"value", *odd}


@pytest.mark.parametrize(
    ("when", "day", "at", "timed"),
    [
        ("2026-11-19", "2026-11-19", "2026-11-19T12:00:00+01:00", False),
        ("2026-07-01", "2026-07-01", "2026-07-01T12:00:00+02:00", False),
        ("2026-11-19T07:40", "2026-11-19", "2026-11-19T07:40:00+01:00", True),
        ("2026-11-19T23:30:00Z", "2026-11-20", "2026-11-20T00:30:00+01:00", True),
        ("2026-11-19T07:40:00+09:00", "2026-11-18", "2026-11-18T23:40:00+01:00", True),
        ("1900-01-01", "1900-01-01", None, False),
        ("2026-11-22T17:05Z", "2026-11-22", None, True),
    ],
)
def test_it_reads_times_in_the_persons_zone(alice, water, when, day, at, timed):
    entry = log(alice, water, 1, logged_at=when)
    assert (entry["local_day"], entry["timed"]) == (day, timed)
    if at:
        assert entry["logged_at"] == at


@pytest.mark.parametrize(
    "when",
    [
        "1899-12-31",
        "1899-12-31T23:59:59Z",
        "2026-11-22T17:06Z",
        "2026-11-23",
        "9999-12-31T23:59:59Z",
        "2026-02-30",
        "now",
        "",
        "1700000000",
        "2026-11-19T25:00",
    ],
)
def test_it_refuses_times_that_cannot_be(alice, water, when):
    found = problem(alice.post(f"trackers/{water}/logs", {"value": 1, "logged_at": when}), 422)
    assert set(found) == {"logged_at"}


def test_a_repeat_with_the_same_key_logs_once(alice, water):
    path, key = f"trackers/{water}/logs", {"Idempotency-Key": "one"}
    first = alice.post(path, {"value": 1}, headers=key)
    again = alice.post(path, {"value": 1}, headers=key)
    assert first.get_json() == again.get_json()
    assert again.status_code == 201
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(items(alice, path)) == 1
    problem(alice.post(path, {"value": 2}, headers=key), 409)
    # A refusal keeps nothing: the same key may try again.
    other = {"Idempotency-Key": "two"}
    problem(alice.post(path, {"value": "x"}, headers=other), 422)
    problem(alice.post(path, {"value": "x"}, headers=other), 422)


def test_it_hides_and_guards(alice, bob, visitor, water):
    log(alice, water, 1)
    path = f"trackers/{water}/logs"
    missing = bob.get("trackers/999999/logs").get_json()
    for answer in (bob.get(path), bob.post(path, {"value": 1}), bob.post(path, {"x": 1})):
        problem(answer, 404)
        assert answer.get_json() == missing
    problem(visitor.get(path), 401)
    problem(visitor.post(path, {"value": 1}), 401)
    assert len(items(alice, path)) == 1


def test_it_lists_the_newest_first_and_pages(alice, water):
    days = ["18", "20", "19", "20", "17"]
    made = [log(alice, water, n, logged_at=f"2026-11-{d}")["id"] for n, d in enumerate(days)]
    wanted = [made[3], made[1], made[2], made[0], made[4]]
    path = f"trackers/{water}/logs"
    assert ids(alice, path) == wanted
    seen, after = [], ""
    while True:
        page = alice.get(f"{path}?limit=2{after}").get_json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == wanted


def test_it_finds_by_days_and_words(alice, water):
    made = {
        day: log(alice, water, 1, logged_at=f"2026-11-{day}", note=note)["id"]
        for day, note in [("17", "Übung 100%"), ("18", "a_b"), ("19", "axb übung")]
    }
    path = f"trackers/{water}/logs"
    assert ids(alice, f"{path}?from=2026-11-18") == [made["19"], made["18"]]
    assert ids(alice, f"{path}?to=2026-11-18") == [made["18"], made["17"]]
    assert ids(alice, f"{path}?from=2026-11-18&to=2026-11-18") == [made["18"]]
    assert ids(alice, f"{path}?q=ÜBUNG") == [made["19"], made["17"]]
    assert ids(alice, f"{path}?q=a_b") == [made["18"]]
    assert ids(alice, f"{path}?q=0%25") == [made["17"]]
    assert ids(alice, f"{path}?q=%25") == [made["17"]]
    assert ids(alice, f"{path}?q=nowhere") == []


def test_it_shows_the_deleted_to_those_who_may_put_back(alice, bob, water):
    share(alice, bob, water, "viewer")
    entry = log(alice, water, 1)["id"]
    alice.delete(f"logs/{entry}")
    assert ids(alice, f"trackers/{water}/logs") == []
    assert ids(alice, f"trackers/{water}/logs?state=deleted") == [entry]
    problem(bob.get(f"trackers/{water}/logs?state=deleted"), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=18.11.2026", "from"),
        ("to=1700000000", "to"),
        ("from=2026-02-30", "from"),
        ("after=1.x", "after"),
        ("after=99999999999999999999.1", "after"),
        ("limit=201", "limit"),
        ("state=all", "state"),
        ("first=2026-01-01", "first"),
        ("q=a&q=b", "q"),
    ],
)
def test_it_refuses_odd_queries(alice, water, query, field):
    assert set(problem(alice.get(f"trackers/{water}/logs?{query}"), 400)) == {field}


def test_one_sees_ones_own_write_at_once(alice, bob, water):
    share(alice, bob, water, "viewer")
    path = f"trackers/{water}/logs"
    for count in range(1, 4):
        log(alice, water, count)
        for person in (alice, bob):
            assert len(items(person, path)) == count
            assert items(person, "trackers")[0]["last_value"] == count


def test_a_page_takes_three_statements(alice, water, statements):
    for value in range(20):
        log(alice, water, value)
    statements.clear()
    items(alice, f"trackers/{water}/logs")
    assert len(statements) == 3, statements  # who asks, may they, the page


def test_a_write_takes_five_statements(alice, water, statements):
    log(alice, water, 1)
    statements.clear()
    log(alice, water, 2)
    # who asks, whose tracker, insert, newest value, versions
    assert len(statements) == 5, statements


def test_an_older_entry_and_one_that_others_see_take_no_more(alice, bob, water, statements):
    share(alice, bob, water, "editor")
    log(bob, water, 1)
    statements.clear()
    log(alice, water, 2, logged_at="2026-01-01T10:00")
    assert len(statements) == 5, statements


def test_a_choice_takes_one_statement_more(alice, statements):
    mood = tracker(alice, "multiple_choice")["id"]
    statements.clear()
    log(alice, mood, "Good")
    assert len(statements) == 6, statements  # what it offers


def test_an_idempotency_key_takes_two_statements_more(alice, water, statements):
    log(alice, water, 1)
    statements.clear()
    key = {"Idempotency-Key": "once"}
    assert alice.post(f"trackers/{water}/logs", {"value": 2}, headers=key).status_code == 201
    assert len(statements) == 7, statements  # the claim, and the answer that is kept
    assert alice.post(f"trackers/{water}/logs", {"value": 2}, headers=key).status_code == 201
    assert len(items(alice, f"trackers/{water}/logs")) == 2
