"""What people in the tests have: trackers, entries and links, made as the page makes them."""

from typing import Any

from tests.people import Person, Script

DEFAULTS: dict[str, dict[str, Any]] = {
    "numerical": {"name": "Water", "unit": "l"},
    "multiple_choice": {"name": "Mood", "choices": ["Calm", "Good", "Flat", "Low"]},
    "boolean": {"name": "Medication"},
    "time_duration": {"name": "Walk"},
}


def tracker(person: Person, kind: str = "numerical", **more: Any) -> dict[str, Any]:
    """A new tracker of `person`."""
    response = person.post("trackers", {"kind": kind, **DEFAULTS[kind], **more})
    assert response.status_code == 201, response.get_data(as_text=True)
    made: dict[str, Any] = response.get_json()
    return made


def log(person: Person, tracker_id: int, value: Any, **more: Any) -> dict[str, Any]:
    """A new entry by `person`."""
    response = person.post(f"trackers/{tracker_id}/logs", {"value": value, **more})
    assert response.status_code == 201, response.get_data(as_text=True)
    made: dict[str, Any] = response.get_json()
    return made


def share(owner: Person, guest: Person, tracker_id: int, role: str) -> int:
    """Let `guest` in; the id of the link."""
    body = {"username": guest.name, "role": "editor" if role == "owner" else role}
    assert owner.post(f"trackers/{tracker_id}/people", body).status_code == 202
    link_id: int = items(guest, "invitations")[-1]["id"]
    assert guest.post(f"invitations/{link_id}/accept").status_code == 200
    if role == "owner":
        path = f"trackers/{tracker_id}/people/{link_id}"
        assert owner.patch(path, {"role": "owner"}).status_code == 200
    return link_id


def script(person: Person, scope: str = "all", **more: Any) -> Script:
    """A program with a new token of `person`."""
    response = person.post("account/tokens", {"name": "A script", "scope": scope, **more})
    assert response.status_code == 201, response.get_data(as_text=True)
    return Script(person.app, response.get_json()["token"])


def items(person: Person, path: str) -> list[dict[str, Any]]:
    """The items of a list."""
    response = person.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: list[dict[str, Any]] = response.get_json()["items"]
    return found
