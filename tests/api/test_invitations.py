"""invitations: what one is asked to follow."""

from tests.people import problem
from tests.things import items, log, share, tracker


def ask(alice, bob, role="editor"):
    made = tracker(alice, description="All I drink")
    alice.post(f"trackers/{made['id']}/people", {"username": bob.name, "role": role})
    return made["id"], items(bob, "invitations")[0]["id"]


def test_it_tells_the_little_that_is_needed(alice, bob):
    water, link = ask(alice, bob)
    assert items(bob, "invitations") == [
        {
            "id": link,
            "role": "editor",
            "from": "alice",
            "tracker": {
                "id": water,
                "name": "Water",
                "kind": "numerical",
                "description": "All I drink",
            },
        }
    ]
    assert items(alice, "invitations") == []


def test_it_is_accepted(alice, bob):
    water, link = ask(alice, bob)
    log(alice, water, 2)
    tracker(bob, "boolean")
    answer = bob.post(f"invitations/{link}/accept")
    assert answer.status_code == 200
    assert answer.get_json()["last_value"] == 2
    assert answer.get_json()["role"] == "editor"
    assert [item["name"] for item in items(bob, "trackers")] == ["Medication", "Water"]
    assert items(bob, "invitations") == []
    problem(bob.post(f"invitations/{link}/accept"), 404)
    problem(bob.delete(f"invitations/{link}"), 404)


def test_reminders_do_not_nag_who_only_looks(alice, bob):
    water, _ = tracker(alice)["id"], None
    share(alice, bob, water, "viewer")
    assert not bob.get(f"trackers/{water}").get_json()["remind"]


def test_it_is_declined(alice, bob):
    water, link = ask(alice, bob)
    assert bob.delete(f"invitations/{link}").status_code == 204
    assert items(bob, "invitations") == []
    assert len(items(alice, f"trackers/{water}/people")) == 1


def test_it_goes_with_the_tracker_and_with_its_withdrawal(alice, bob):
    water, link = ask(alice, bob)
    alice.delete(f"trackers/{water}")
    assert items(bob, "invitations") == []
    problem(bob.post(f"invitations/{link}/accept"), 404)
    alice.post(f"trackers/{water}/restore")
    assert len(items(bob, "invitations")) == 1
    alice.delete(f"trackers/{water}/people/{link}")
    assert items(bob, "invitations") == []


def test_it_hides_and_guards(alice, bob, charlie, visitor):
    _, link = ask(alice, bob)
    for person, status in ((charlie, 404), (alice, 404), (visitor, 401)):
        problem(person.post(f"invitations/{link}/accept"), status)
        problem(person.delete(f"invitations/{link}"), status)
    problem(visitor.get("invitations"), 401)
    problem(bob.post("invitations/999999/accept"), 404)
    problem(bob.post(f"invitations/{link}/accept", {"role": "owner"}), 400)
