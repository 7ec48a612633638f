"""tracker-types, trackers and trackers/{id}."""

import pytest

from tests.people import problem
from tests.things import items, log, share, tracker


def test_it_says_what_each_kind_accepts(alice):
    kinds = {item["kind"]: item for item in items(alice, "tracker-types")}
    assert set(kinds) == {"numerical", "multiple_choice", "boolean", "time_duration"}
    assert kinds["numerical"]["unit"]
    assert kinds["multiple_choice"]["choices"]


def test_it_makes_one_of_each_kind(alice):
    water = tracker(alice, "numerical", description="All I drink", step=0.5)
    assert water == {
        "id": water["id"],
        "name": "Water",
        "description": "All I drink",
        "kind": "numerical",
        "unit": "l",
        "step": 0.5,
        "choices": [],
        "role": "owner",
        "owner": "alice",
        "shared": False,
        "position": 0,
        "remind": True,
        "archived": False,
        "archived_at": None,
        "deleted_at": None,
        "last_logged_at": None,
        "last_value": None,
        "last_local_day": None,
        "last_timed": True,
        "log_count": 0,
        "timer_started_at": None,
        "version": 1,
    }
    mood = tracker(alice, "multiple_choice")
    assert [choice["label"] for choice in mood["choices"]] == ["Calm", "Good", "Flat", "Low"]
    tracker(alice, "boolean", remind=False)
    tracker(alice, "time_duration")
    found = items(alice, "trackers")
    assert [item["name"] for item in found] == ["Water", "Mood", "Medication", "Walk"]
    assert [item["remind"] for item in found] == [True, True, False, True]
    assert all(len(item["last_days"]) == 7 for item in found)


def test_it_wants_somebody_signed_in(visitor):
    for path in ("trackers", "trackers/1", "tracker-types"):
        problem(visitor.get(path), 401)
    problem(visitor.post("trackers", {"name": "Water", "kind": "numerical"}), 401)


def test_it_hides_others(alice, bob):
    made = tracker(alice)
    path = f"trackers/{made['id']}"
    assert items(bob, "trackers") == []
    missing = bob.get("trackers/999999").get_json()
    for answer in (
        bob.get(path),
        bob.put(path, {"name": "Mine"}),
        bob.patch(path, {"name": "Mine"}),
        bob.patch(path, {"position": 1}),
        bob.delete(path),
        bob.post(f"{path}/restore"),
    ):
        problem(answer, 404)
        assert answer.get_json() == missing
    assert alice.get(path).get_json() == made


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"name": "x" * 101}, {"name"}),
        ({"name": "two\nlines"}, {"name"}),
        ({"name": "\u200b"}, {"name"}),
        ({"name": 7, "kind": "mood", "remind": 1}, {"name", "kind", "remind"}),
        ({"name": None, "extra": 1}, {"name", "extra"}),
        ({"unit": "x" * 21, "description": "x" * 2001}, {"unit", "description"}),
        ({"step": 0}, {"step"}),
        ({"step": True}, {"step"}),
        ({"step": "0.5"}, {"step"}),
        ({"step": 1e300}, {"step"}),
        ({"choices": ["A"]}, {"choices"}),
        ({"kind": "boolean", "unit": "l", "step": 1}, {"unit", "step"}),
        ({"kind": "multiple_choice"}, {"choices"}),
        ({"kind": "multiple_choice", "choices": ["Calm", "calm "]}, {"choices"}),
        ({"kind": "multiple_choice", "choices": [str(n) for n in range(1001)]}, {"choices"}),
        ({"kind": "multiple_choice", "choices": ["x" * 61, ""]}, {"choices.0", "choices.1"}),
    ],
)
def test_it_refuses_and_names_every_field(alice, more, fields):
    body = {"name": "Water", "kind": "numerical", **more}
    assert set(problem(alice.post("trackers", body), 422)) == fields
    assert items(alice, "trackers") == []


def test_it_takes_a_thousand_choices_and_texts_at_their_limit(alice):
    made = tracker(
        alice,
        "multiple_choice",
        name="x" * 100,
        description="y" * 2000,
        choices=[f"{n:060}" for n in range(1000)],
    )
    assert len(made["choices"]) == 1000


def test_a_name_is_the_owners_once_whatever_its_case(alice, bob):
    tracker(alice, name="Straße")
    found = problem(alice.post("trackers", {"name": "STRASSE", "kind": "boolean"}), 422)
    assert found == {"name": "You already have a tracker called Straße."}
    tracker(bob, name="Straße")


def test_it_names_two_alike(alice):
    body = {"name": "Mood", "kind": "multiple_choice", "choices": ["Calm", "CALM"]}
    assert problem(alice.post("trackers", body), 422) == {
        "choices": "You already have a choice called CALM."
    }


def test_a_repeat_with_the_same_key_makes_one(alice):
    body = {"name": "Water", "kind": "numerical"}
    answers = [alice.post("trackers", body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].get_json() == answers[1].get_json()
    assert len(items(alice, "trackers")) == 1


def test_it_replaces_and_changes(alice):
    path = f"trackers/{tracker(alice, description='old', step=2)['id']}"
    put = alice.put(path, {"name": "Tea", "unit": "cups"}).get_json()
    assert (put["name"], put["unit"], put["description"], put["step"]) == ("Tea", "cups", "", None)
    patched = alice.patch(path, {"description": "green"}).get_json()
    assert (patched["name"], patched["description"]) == ("Tea", "green")
    assert patched["version"] == 3
    assert alice.patch(path, {"name": "TEA"}).get_json()["name"] == "TEA"


def test_it_stops_a_lost_update(alice):
    path = f"trackers/{tracker(alice)['id']}"
    first = alice.get(path).headers["ETag"]
    assert first == '"1"'
    fresh = alice.patch(path, {"name": "Tea"}, headers={"If-Match": first})
    assert fresh.headers["ETag"] == '"2"'
    for call in (
        lambda: alice.patch(path, {"name": "Milk"}, headers={"If-Match": first}),
        lambda: alice.put(path, {"name": "Milk"}, headers={"If-Match": first}),
        lambda: alice.delete(path, headers={"If-Match": first}),
    ):
        answer = call()
        problem(answer, 412)
        assert "called Tea now" in answer.get_json()["detail"]
    problem(alice.patch(path, {"name": "Milk"}, headers={"If-Match": "abc"}), 400)
    assert alice.get(path).get_json()["name"] == "Tea"


def test_the_kind_is_free_until_something_is_logged(alice):
    made = tracker(alice, step=1)
    path = f"trackers/{made['id']}"
    changed = alice.patch(path, {"kind": "time_duration"}).get_json()
    assert (changed["kind"], changed["unit"], changed["step"]) == ("time_duration", "", None)
    entry = log(alice, made["id"], "1h")
    found = problem(alice.patch(path, {"kind": "boolean", "unit": "l"}), 422)
    assert set(found) == {"kind", "unit"}
    alice.delete(f"logs/{entry['id']}")  # it could come back
    problem(alice.patch(path, {"kind": "boolean"}), 422)


def test_a_patch_refuses_what_does_not_fit(alice):
    path = f"trackers/{tracker(alice)['id']}"
    body = {"name": None, "archived": 1, "position": "x", "remind": None, "step": -1}
    assert set(problem(alice.patch(path, body), 422)) == set(body)
    assert alice.patch(path, {}).status_code == 200


def test_it_archives_and_brings_back(alice):
    path = f"trackers/{tracker(alice)['id']}"
    archived = alice.patch(path, {"archived": True}).get_json()
    assert archived["archived"]
    assert archived["archived_at"]
    assert items(alice, "trackers") == []
    assert len(items(alice, "trackers?state=archived")) == 1
    assert not alice.patch(path, {"archived": False}).get_json()["archived"]
    assert len(items(alice, "trackers")) == 1


def test_it_moves_in_the_persons_own_order(alice, bob):
    ids = [tracker(alice, name=name)["id"] for name in "abc"]
    share(alice, bob, ids[0], "viewer")
    moved = alice.patch(f"trackers/{ids[2]}", {"position": 0})
    assert moved.get_json()["position"] == 0
    assert moved.get_json()["version"] == 1
    assert [item["id"] for item in items(alice, "trackers")] == [ids[2], ids[0], ids[1]]
    # A viewer's place and reminder are their own too.
    assert bob.patch(f"trackers/{ids[0]}", {"remind": True, "position": 5}).status_code == 200
    assert [item["id"] for item in items(alice, "trackers")] == [ids[2], ids[0], ids[1]]


def test_it_goes_to_the_trash_and_comes_back(alice):
    made = tracker(alice)
    log(alice, made["id"], 2)
    path = f"trackers/{made['id']}"
    gone = alice.delete(path)
    assert gone.status_code == 200
    assert gone.get_json() == {"id": made["id"], "name": "Water", "log_count": 1, "version": 2}
    for call in (alice.get, alice.delete):
        problem(call(path), 404)
    problem(alice.get(f"{path}/logs"), 404)
    assert items(alice, "trackers?state=deleted")[0]["deleted_at"]
    back = alice.post(f"{path}/restore")
    assert back.status_code == 200
    assert back.get_json()["last_value"] == 2
    problem(alice.post(f"{path}/restore"), 404)


def test_it_says_when_the_name_was_taken_meanwhile(alice):
    made = tracker(alice)
    alice.delete(f"trackers/{made['id']}")
    tracker(alice, name="WATER")
    answer = alice.post(f"trackers/{made['id']}/restore")
    problem(answer, 409)
    assert "another tracker called Water" in answer.get_json()["detail"]
    assert len(items(alice, "trackers?state=deleted")) == 1


def test_it_pages(alice):
    names = [tracker(alice, "boolean", name=f"t{n}")["name"] for n in range(5)]
    seen, after = [], ""
    while True:
        page = alice.get(f"trackers?limit=2{after}").get_json()
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == names


@pytest.mark.parametrize(
    "query",
    ["state=all", "limit=0", "limit=201", "limit=x", "after=x", "x=1", "limit=1&limit=2"],
)
def test_it_refuses_odd_queries(alice, query):
    problem(alice.get(f"trackers?{query}"), 400)


def test_ids_that_no_database_holds_are_missing(alice):
    problem(alice.get(f"trackers/{2**70}"), 404)
    problem(alice.get(f"trackers/{2**62}"), 404)


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"])
def test_an_id_in_the_digits_of_another_alphabet_is_missing(alice, digits):
    made = str(tracker(alice)["id"])
    assert alice.get(f"trackers/{made}").status_code == 200
    problem(alice.get("trackers/" + made.translate(str.maketrans("0123456789", digits))), 404)


def test_the_list_takes_as_many_statements_for_one_as_for_many(alice, statements):
    counts = []
    for wanted in (1, 20):
        for n in range(wanted):
            made = tracker(alice, "multiple_choice", name=f"m{wanted}-{n}")
            log(alice, made["id"], "good")
        statements.clear()
        items(alice, "trackers")
        counts.append(len(statements))
    assert counts[0] == counts[1] == 4, statements  # who asks, trackers, choices, days


def test_a_second_look_takes_one_statement(alice, statements):
    tracker(alice)
    etag = alice.get("trackers").headers["ETag"]
    statements.clear()
    alice.get("trackers")
    assert len(statements) == 1
    again = alice.get("trackers", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert len(statements) == 2
