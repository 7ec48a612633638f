"""trackers/{id}/people: inviting, roles, parting."""

import pytest

from application.platform.database import transaction
from application.registry import registry
from tests.people import Person, problem
from tests.things import items, log, share, tracker


@pytest.fixture
def water(alice):
    return tracker(alice)["id"]


def people(person, tracker_id):
    found = items(person, f"trackers/{tracker_id}/people")
    return [(item["username"], item["role"], item["state"]) for item in found]


def invite(person, tracker_id, username, role="viewer"):
    return person.post(f"trackers/{tracker_id}/people", {"username": username, "role": role})


def test_the_answer_is_the_same_whoever_it_is(alice, bob, water):
    known = invite(alice, water, "bob")
    unknown = invite(alice, water, "nobody-at-all")
    assert known.status_code == unknown.status_code == 202
    assert known.get_json() == unknown.get_json() == {}
    assert people(alice, water) == [
        ("alice", "owner", "accepted"),
        ("bob", "viewer", "pending"),
        ("nobody-at-all", "viewer", "pending"),
    ]


def test_nothing_is_seen_until_it_is_accepted(alice, bob, water):
    invite(alice, water, " BOB ", "editor")
    problem(bob.get(f"trackers/{water}"), 404)
    problem(bob.get(f"trackers/{water}/people"), 404)
    problem(bob.post(f"trackers/{water}/logs", {"value": 1}), 404)
    assert items(bob, "trackers") == []
    assert not alice.get(f"trackers/{water}").get_json()["shared"]


def test_a_viewer_looks_and_an_editor_writes(alice, bob, charlie, water):
    entry = log(alice, water, 2)
    share(alice, bob, water, "viewer")
    share(alice, charlie, water, "editor")
    assert bob.get(f"trackers/{water}").get_json()["role"] == "viewer"
    assert bob.get(f"logs/{entry['id']}").get_json()["by"] == "alice"
    for answer in (
        bob.post(f"trackers/{water}/logs", {"value": 1}),
        bob.patch(f"logs/{entry['id']}", {"value": 1}),
        bob.delete(f"logs/{entry['id']}"),
        bob.get(f"trackers/{water}/logs?state=deleted"),
        bob.post(f"trackers/{water}/timer"),
    ):
        problem(answer, 404)
        assert answer.get_json()["detail"] == "This tracker is shared with you to look at."
    assert charlie.patch(f"logs/{entry['id']}", {"value": 3}).get_json()["value"] == 3
    assert log(charlie, water, 4)["by"] == "charlie"
    for person in (bob, charlie):
        problem(person.patch(f"trackers/{water}", {"name": "Mine"}), 404)
        problem(person.delete(f"trackers/{water}"), 404)
        problem(invite(person, water, "somebody"), 404)
    assert items(alice, "trackers")[0]["last_value"] == 4
    assert items(alice, "trackers")[0]["shared"]


def test_only_owners_are_told_who_is_asked(alice, bob, water):
    share(alice, bob, water, "editor")
    invite(alice, water, "charlie")
    assert people(bob, water) == [("alice", "owner", "accepted"), ("bob", "editor", "accepted")]
    assert [item["you"] for item in items(bob, f"trackers/{water}/people")] == [False, True]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"username": "ab", "role": "viewer"}, {"username"}),
        ({"username": "a b c", "role": "viewer"}, {"username"}),
        ({"username": "bob", "role": "owner"}, {"role"}),
        ({"username": 7, "role": "king", "x": 1}, {"username", "role", "x"}),
        ({}, {"username", "role"}),
        ({"username": "alice", "role": "viewer"}, {"username"}),
    ],
)
def test_it_refuses(alice, water, body, fields):
    assert set(problem(alice.post(f"trackers/{water}/people", body), 422)) == fields
    assert len(people(alice, water)) == 1


def test_asking_again_changes_the_role_only_while_it_waits(alice, bob, water):
    invite(alice, water, "bob", "viewer")
    invite(alice, water, "bob", "editor")
    assert people(alice, water)[1:] == [("bob", "editor", "pending")]
    link = items(bob, "invitations")[0]["id"]
    bob.post(f"invitations/{link}/accept")
    assert invite(alice, water, "bob", "viewer").status_code == 202
    assert people(alice, water)[1:] == [("bob", "editor", "accepted")]


def test_a_name_that_comes_to_life_is_asked_by_asking_again(app, alice, water):
    invite(alice, water, "later")
    later = Person.sign_up(app, "later")
    assert items(later, "invitations") == []
    invite(alice, water, "later")
    assert len(items(later, "invitations")) == 1
    assert len(people(alice, water)) == 2


def test_the_role_changes_at_once(alice, bob, water):
    link = share(alice, bob, water, "viewer")
    problem(bob.post(f"trackers/{water}/logs", {"value": 1}), 404)
    changed = alice.patch(f"trackers/{water}/people/{link}", {"role": "editor"})
    assert changed.get_json()["role"] == "editor"
    log(bob, water, 1)
    alice.patch(f"trackers/{water}/people/{link}", {"role": "viewer"})
    problem(bob.post(f"trackers/{water}/logs", {"value": 1}), 404)
    problem(bob.patch(f"trackers/{water}/people/{link}", {"role": "owner"}), 404)


def test_it_is_taken_back_at_once(alice, bob, water):
    link = share(alice, bob, water, "editor")
    log(bob, water, 1)
    assert len(items(bob, "trackers")) == 1
    assert alice.delete(f"trackers/{water}/people/{link}").status_code == 204
    assert items(bob, "trackers") == []
    problem(bob.get(f"trackers/{water}"), 404)
    problem(alice.delete(f"trackers/{water}/people/{link}"), 404)
    assert items(alice, f"trackers/{water}/logs")[0]["by"] == "bob"


def test_one_leaves_by_oneself_but_the_last_owner(alice, bob, charlie, water):
    mine = share(alice, bob, water, "viewer")
    other = share(alice, charlie, water, "viewer")
    problem(bob.delete(f"trackers/{water}/people/{other}"), 404)
    assert bob.delete(f"trackers/{water}/people/{mine}").status_code == 204
    own = items(alice, f"trackers/{water}/people")[0]["id"]
    path = f"trackers/{water}/people/{own}"
    problem(alice.delete(path), 409)
    problem(alice.patch(path, {"role": "viewer"}), 409)


def test_another_owner_takes_over(alice, bob, water):
    tracker(bob, name="water")
    share(alice, bob, water, "owner")
    own = items(alice, f"trackers/{water}/people")[0]["id"]
    assert alice.delete(f"trackers/{water}/people/{own}").status_code == 204
    found = bob.get(f"trackers/{water}").get_json()
    assert (found["owner"], found["name"]) == ("bob", "Water (2)")
    problem(alice.get(f"trackers/{water}"), 404)


def test_who_has_not_accepted_cannot_own(alice, bob, water):
    invite(alice, water, "bob")
    link = items(alice, f"trackers/{water}/people")[1]["id"]
    problem(alice.patch(f"trackers/{water}/people/{link}", {"role": "owner"}), 409)
    assert set(problem(alice.patch(f"trackers/{water}/people/{link}", {}), 422)) == {"role"}


def test_it_hides_and_guards(alice, bob, visitor, water):
    own = items(alice, f"trackers/{water}/people")[0]["id"]
    for person, status in ((bob, 404), (visitor, 401)):
        problem(person.get(f"trackers/{water}/people"), status)
        problem(invite(person, water, "charlie"), status)
        problem(person.patch(f"trackers/{water}/people/{own}", {"role": "viewer"}), status)
        problem(person.delete(f"trackers/{water}/people/{own}"), status)
    problem(alice.delete(f"trackers/{water}/people/999999"), 404)


def test_a_leaving_account_hands_on_what_is_shared(app, alice, bob, sql, water):
    share(alice, bob, water, "owner")
    alone = tracker(alice, "boolean")["id"]
    log(alice, alone, True)
    theirs = tracker(bob, "time_duration")["id"]
    share(bob, alice, theirs, "editor")
    log(alice, theirs, 60)
    assert items(bob, f"trackers/{theirs}/logs")[0]["by"] == "alice"
    with app.app_context(), transaction():
        registry().forget(alice.user_id)
    assert bob.get(f"trackers/{water}").get_json()["owner"] == "bob"
    assert items(bob, f"trackers/{theirs}/logs")[0]["by"] is None
    assert [name for name, *_ in people(bob, theirs)] == ["bob"]
    assert sql("SELECT count(*) FROM trackers WHERE id = :id", id=alone)[0][0] == 0
    assert sql("SELECT count(*) FROM logs WHERE tracker_id = :id", id=alone)[0][0] == 0


def test_a_tracker_has_room_for_a_hundred(alice, water, monkeypatch):
    monkeypatch.setattr("application.trackers.services_people.MOST_PEOPLE", 2)
    assert invite(alice, water, "one-more").status_code == 202
    problem(invite(alice, water, "too-many"), 409)
