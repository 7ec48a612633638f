"""trackers/{id}/choices and trackers/{id}/choices/{id}."""

import pytest

from tests.people import problem
from tests.things import items, log, share, tracker


@pytest.fixture
def mood(alice):
    return tracker(alice, "multiple_choice")


def labels(person, tracker_id):
    found = items(person, f"trackers/{tracker_id}/choices")
    return [choice["label"] + ("*" if choice["archived"] else "") for choice in found]


def test_it_lists_them_with_their_uses(alice, mood):
    log(alice, mood["id"], "good")
    found = items(alice, f"trackers/{mood['id']}/choices")
    assert [(choice["label"], choice["uses"]) for choice in found] == [
        ("Calm", 0),
        ("Good", 1),
        ("Flat", 0),
        ("Low", 0),
    ]


def test_it_adds_one(alice, mood):
    path = f"trackers/{mood['id']}/choices"
    made = alice.post(path, {"label": " Great "})
    assert made.status_code == 201
    assert made.get_json()["label"] == "Great"
    assert labels(alice, mood["id"])[-1] == "Great"
    assert alice.get(f"trackers/{mood['id']}").get_json()["version"] == 2
    again = problem(alice.post(path, {"label": "GREAT"}), 422)
    assert again == {"label": "You already have a choice called Great."}


def test_it_offers_an_archived_one_again(alice, mood):
    log(alice, mood["id"], "flat")
    flat = mood["choices"][2]["id"]
    path = f"trackers/{mood['id']}/choices"
    gone = alice.delete(f"{path}/{flat}").get_json()
    assert gone == {"id": flat, "label": "Flat", "archived": True, "uses": 1}
    problem(alice.post(f"trackers/{mood['id']}/logs", {"value": "flat"}), 422)
    assert alice.post(path, {"label": "flat"}).get_json()["id"] == flat
    assert labels(alice, mood["id"]) == ["Calm", "Good", "Low", "flat"]


def test_it_deletes_an_unused_one(alice, mood):
    low = mood["choices"][3]["id"]
    path = f"trackers/{mood['id']}/choices/{low}"
    assert alice.delete(path).get_json() == {
        "id": low,
        "label": "Low",
        "archived": False,
        "uses": 0,
    }
    assert labels(alice, mood["id"]) == ["Calm", "Good", "Flat"]
    problem(alice.delete(path), 404)


def test_a_choice_whose_entry_lies_in_the_trash_is_in_use(alice, mood):
    entry = log(alice, mood["id"], "low")
    alice.delete(f"logs/{entry['id']}")
    low = mood["choices"][3]["id"]
    assert alice.delete(f"trackers/{mood['id']}/choices/{low}").get_json()["archived"]
    assert alice.post(f"logs/{entry['id']}/restore").get_json()["value"] == "Low"


def test_it_renames_moves_and_archives(alice, mood):
    log(alice, mood["id"], "low")
    calm, _, _, low = (choice["id"] for choice in mood["choices"])
    path = f"trackers/{mood['id']}/choices"
    assert alice.patch(f"{path}/{low}", {"label": "Sad", "position": 0}).status_code == 200
    assert labels(alice, mood["id"]) == ["Sad", "Calm", "Good", "Flat"]
    assert alice.get(f"trackers/{mood['id']}").get_json()["last_value"] == "Sad"
    assert alice.patch(f"{path}/{calm}", {"archived": True}).get_json()["archived"]
    assert not alice.patch(f"{path}/{calm}", {"archived": False}).get_json()["archived"]
    problem(alice.patch(f"{path}/{calm}", {"label": "good"}), 422)
    assert alice.patch(f"{path}/{calm}", {"label": "CALM"}).status_code == 200


def test_the_whole_list_is_replaced_at_once(alice, mood):
    log(alice, mood["id"], "flat")
    calm, good, _, low = (choice["id"] for choice in mood["choices"])
    wanted = [
        {"id": good, "label": "Calm"},  # two swap their names
        {"label": "New"},
        {"id": calm, "label": "Good"},
    ]
    answer = alice.put(f"trackers/{mood['id']}/choices", {"choices": wanted})
    assert answer.status_code == 200
    found = answer.get_json()["items"]
    assert [choice["label"] for choice in found] == ["Calm", "New", "Good", "Flat"]
    assert [choice["id"] for choice in found][::2] == [good, calm]
    assert [choice["archived"] for choice in found] == [False, False, False, True]
    assert low not in [choice["id"] for choice in found]


def test_a_new_label_of_an_archived_choice_brings_it_back(alice, mood):
    log(alice, mood["id"], "flat")
    flat = mood["choices"][2]["id"]
    path = f"trackers/{mood['id']}/choices"
    alice.put(path, {"choices": [{"label": "Calm"}]})
    assert labels(alice, mood["id"]) == ["Calm", "Flat*"]
    found = alice.put(path, {"choices": [{"label": "FLAT"}, {"label": "Calm"}]}).get_json()
    assert found["items"][0]["id"] == flat
    assert labels(alice, mood["id"]) == ["FLAT", "Calm"]


@pytest.mark.parametrize(
    ("choices", "fields"),
    [
        ([], {"choices"}),
        ("Calm", {"choices"}),
        ([{"label": ""}, {"label": "x" * 61}], {"choices.0.label", "choices.1.label"}),
        ([{"label": "A"}, {"label": "a"}], {"choices"}),
        ([{"label": "A", "id": 10**8}], {"choices.0.id"}),
        ([{"label": "A", "id": 10**30}], {"choices.0.id"}),
        ([{"label": "A", "id": True}], {"choices.0.id"}),
        ([{"label": "A", "size": 1}], {"choices.0.size"}),
        ([{"label": str(n)} for n in range(1001)], {"choices"}),
    ],
)
def test_it_refuses_and_changes_nothing(alice, mood, choices, fields):
    path = f"trackers/{mood['id']}/choices"
    assert set(problem(alice.put(path, {"choices": choices}), 422)) == fields
    assert labels(alice, mood["id"]) == ["Calm", "Good", "Flat", "Low"]


def test_a_choice_with_the_same_id_twice_is_refused(alice, mood):
    calm = mood["choices"][0]["id"]
    wanted = [{"id": calm, "label": "A"}, {"id": calm, "label": "B"}]
    problem(alice.put(f"trackers/{mood['id']}/choices", {"choices": wanted}), 422)


def test_a_used_one_that_is_left_out_keeps_its_name(alice, mood):
    log(alice, mood["id"], "flat")
    calm = mood["choices"][0]["id"]
    path = f"trackers/{mood['id']}/choices"
    answer = alice.put(path, {"choices": [{"id": calm, "label": "Flat"}]})
    assert problem(answer, 422) == {"choices.0.label": "Flat has entries, so it keeps its name."}
    assert labels(alice, mood["id"]) == ["Calm", "Good", "Flat", "Low"]


def test_only_a_multiple_choice_has_them(alice):
    water = tracker(alice)
    problem(alice.post(f"trackers/{water['id']}/choices", {"label": "A"}), 409)
    assert items(alice, f"trackers/{water['id']}/choices") == []


def test_only_owners_write_them(alice, bob, charlie, visitor, mood):
    share(alice, bob, mood["id"], "editor")
    path = f"trackers/{mood['id']}/choices"
    calm = f"{path}/{mood['choices'][0]['id']}"
    assert bob.get(path).status_code == 200
    problem(charlie.get(path), 404)
    problem(visitor.get(path), 401)
    for person, status in ((bob, 404), (charlie, 404), (visitor, 401)):
        problem(person.post(path, {"label": "A"}), status)
        problem(person.put(path, {"choices": [{"label": "A"}]}), status)
        problem(person.patch(calm, {"label": "A"}), status)
        problem(person.delete(calm), status)
    assert labels(alice, mood["id"]) == ["Calm", "Good", "Flat", "Low"]


def test_another_trackers_choice_is_missing(alice, mood):
    other = tracker(alice, "multiple_choice", name="Other")
    foreign = other["choices"][0]["id"]
    path = f"trackers/{mood['id']}/choices"
    problem(alice.patch(f"{path}/{foreign}", {"label": "A"}), 404)
    problem(alice.delete(f"{path}/{foreign}"), 404)
    problem(alice.put(path, {"choices": [{"id": foreign, "label": "A"}]}), 422)
    assert labels(alice, other["id"])[0] == "Calm"
