"""logs/{id}: one entry, changed, deleted and put back."""

import pytest

from api import base
from application.platform import database
from tests.people import problem
from tests.things import items, log, share, tracker


@pytest.fixture
def water(alice):
    return tracker(alice)["id"]


@pytest.fixture
def entry(alice, water):
    return log(alice, water, 1.5, logged_at="2026-11-19T07:40", note="tea")


def test_it_shows_one(alice, entry):
    answer = alice.get(f"logs/{entry['id']}")
    assert answer.get_json() == entry
    assert answer.headers["ETag"] == '"1"'


def test_it_replaces(alice, entry):
    body = {"value": "2,5", "logged_at": "2026-11-18"}
    changed = alice.put(f"logs/{entry['id']}", body)
    assert changed.headers["ETag"] == '"2"'
    found = changed.get_json()
    assert (found["value"], found["local_day"], found["timed"]) == (2.5, "2026-11-18", False)
    assert found["note"] == ""


def test_it_changes_a_part(alice, entry):
    path = f"logs/{entry['id']}"
    assert alice.patch(path, {"value": 3}).get_json()["note"] == "tea"
    assert alice.patch(path, {"note": ""}).get_json()["value"] == 3
    moved = alice.patch(path, {"logged_at": "2026-11-18T23:59"}).get_json()
    assert moved["local_day"] == "2026-11-18"
    assert alice.patch(path, {}).status_code == 200


def test_settings_never_move_past_days(app, alice, water, sql):
    late = log(alice, water, 1, logged_at="2026-11-19T02:30")
    bare = log(alice, water, 1, logged_at="2026-11-18")
    assert alice.patch("account", {"day_starts_at": 4, "timezone": "Asia/Tokyo"}).status_code == 200
    path = f"logs/{late['id']}"
    assert alice.get(path).get_json()["local_day"] == "2026-11-19"
    # Sent back as it was, the time is no change.
    for made in (late, bare):
        body = {"value": 2, "logged_at": made["logged_at"], "note": ""}
        found = alice.put(f"logs/{made['id']}", body).get_json()
        assert (found["local_day"], found["timed"]) == (made["local_day"], made["timed"])
    moved = alice.patch(path, {"logged_at": "2026-11-19T02:29"}).get_json()
    assert moved["local_day"] == "2026-11-18"


def test_nobody_waits_while_an_answer_is_given_its_headers(app, alice, water, monkeypatch):
    writing = []

    def note(response):
        writing.append(database.is_writing())
        return response

    monkeypatch.setitem(
        app.after_request_funcs, None, [*app.after_request_funcs[None], note]
    )  # the last one hung is the first one called
    log(alice, water, 1)
    assert writing == [False]


def test_what_cannot_be_shown_is_not_saved(app, alice, water, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with monkeypatch.context() as patch:
        patch.setattr(base, "to_bytes", lambda *_: 1 / 0)
        assert alice.post(f"trackers/{water}/logs", {"value": 1}).status_code == 500
    assert items(alice, f"trackers/{water}/logs") == []


def test_it_stops_a_lost_update(alice, bob, water, entry):
    share(alice, bob, water, "editor")
    path, seen = f"logs/{entry['id']}", {"If-Match": '"1"'}
    assert bob.patch(path, {"value": 2}, headers=seen).status_code == 200
    for answer in (
        alice.patch(path, {"value": 1}, headers=seen),
        alice.put(path, {"value": 1, "logged_at": "2026-11-19"}, headers=seen),
        alice.delete(path, headers=seen),
    ):
        problem(answer, 412)
        assert answer.get_json()["detail"] == "Changed elsewhere: 2\u00a0l now."
    assert alice.get(path).get_json()["value"] == 2


def test_it_refuses_naming_every_field(alice, entry):
    path = f"logs/{entry['id']}"
    body = {"value": True, "logged_at": "1899-01-01", "note": 7, "by": "bob"}
    assert set(problem(alice.patch(path, body), 422)) == set(body)
    assert set(problem(alice.put(path, body), 422)) == set(body)
    assert set(problem(alice.put(path, {}), 422)) == {"value", "logged_at"}
    assert set(problem(alice.patch(path, {"logged_at": None, "note": None}), 422)) == {
        "logged_at",
        "note",
    }
    assert alice.get(path).get_json() == entry


def test_an_archived_choice_stays_where_it_is(alice):
    mood = tracker(alice, "multiple_choice")
    good, flat = mood["choices"][1]["id"], mood["choices"][2]["id"]
    entry = log(alice, mood["id"], "good")
    log(alice, mood["id"], "flat")
    for choice in (good, flat):
        alice.delete(f"trackers/{mood['id']}/choices/{choice}")
    path = f"logs/{entry['id']}"
    assert alice.patch(path, {"value": good, "note": "still"}).get_json()["value"] == "Good"
    problem(alice.patch(path, {"value": flat}), 422)


def test_it_goes_and_comes_back(alice, water, entry):
    path = f"logs/{entry['id']}"
    assert alice.delete(path).status_code == 204
    for answer in (alice.get(path), alice.delete(path), alice.patch(path, {"value": 1})):
        problem(answer, 404)
    assert items(alice, "trackers")[0]["last_value"] is None
    back = alice.post(f"{path}/restore")
    assert back.status_code == 200
    assert back.get_json() == entry | {"version": 3}
    assert items(alice, "trackers")[0]["last_value"] == 1.5
    problem(alice.post(f"{path}/restore"), 404)


def test_it_hides_and_guards(alice, bob, visitor, entry):
    path = f"logs/{entry['id']}"
    missing = bob.get("logs/999999").get_json()
    for answer in (
        bob.get(path),
        bob.put(path, {"value": 1, "logged_at": "2026-11-19"}),
        bob.put(path, {}),
        bob.patch(path, {"value": 1}),
        bob.delete(path),
        bob.post(f"{path}/restore"),
    ):
        problem(answer, 404)
        assert answer.get_json() == missing
    for answer in (
        visitor.get(path),
        visitor.put(path, {"value": 1}),
        visitor.patch(path, {"value": 1}),
        visitor.delete(path),
        visitor.post(f"{path}/restore"),
    ):
        problem(answer, 401)
    assert alice.get(path).get_json() == entry
    problem(alice.get(f"logs/{2**62}"), 404)
    problem(alice.get(f"logs/{2**70}"), 404)


def test_an_editor_changes_anybodys_and_the_name_stays(alice, bob, water, entry):
    share(alice, bob, water, "editor")
    assert bob.patch(f"logs/{entry['id']}", {"value": 9}).get_json()["by"] == "alice"
