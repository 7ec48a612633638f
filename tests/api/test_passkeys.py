"""Passkeys: made, named, used alone and as the second step, and taken away."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts.queries import find_user
from application.platform import clock, database
from tests.authenticators import (
    Device,
    add_passkey,
    ask_passkey,
    decoded,
    encoded,
    half_sign_in,
    set_up_app,
)
from tests.people import PASSWORD, Person, problem


@pytest.fixture
def clock_hand() -> Iterator[Any]:
    """The clock, to be moved."""
    with time_machine.travel(clock.now()) as traveller:
        yield traveller


def sign_in(person: Person, device: Device) -> Any:
    """Sign in by passkey; the answer."""
    return person.post("accounts/passkey", ask_passkey(person, device))


def test_one_is_made_and_signs_in_alone(alice: Person, visitor: Person) -> None:
    device = Device()
    made = add_passkey(alice, device)
    assert (made["name"], made["usage"], made["synced"]) == ("Telephone", "first", False)
    assert made["last_used_at"] is None
    assert len(made["recovery_codes"]) == 10
    answer = sign_in(visitor, device)
    assert answer.status_code == 200
    assert answer.get_json()["id"] == alice.user_id
    [kept] = visitor.get("account/passkeys").get_json()["items"]
    assert kept["last_used_at"] is not None


def test_what_the_browser_is_asked(alice: Person, visitor: Person) -> None:
    options = alice.post("account/passkeys/options", {"name": "Key"}).get_json()["options"]
    assert options["rp"] == {"id": "localhost", "name": "Tend"}
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert options["extensions"] == {"credProps": True}
    assert decoded(options["user"]["id"]) not in (b"", b"alice")
    options = visitor.post("accounts/passkey/options", {}).get_json()["options"]
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")


def test_a_name_tells_nothing(alice: Person, visitor: Person) -> None:
    add_passkey(alice, Device())
    for identity in ("alice", "nobody"):
        said = visitor.post("accounts/passkey/options", {"identity": identity}).get_json()
        assert not said["options"].get("allowCredentials")


def test_a_synced_one_counts_nothing_and_signs_in_again_and_again(
    app: Flask, alice: Person
) -> None:
    device = Device(synced=True)
    assert add_passkey(alice, device)["synced"] is True
    for _ in range(2):
        assert sign_in(Person(app, "alice"), device).status_code == 200


@pytest.mark.parametrize(
    "device", [Device(verifies=False), Device(discoverable=False)], ids=["unsure", "unfound"]
)
def test_one_that_cannot_sign_in_alone_is_a_second_step(
    alice: Person, visitor: Person, device: Device
) -> None:
    device = deepcopy(device)
    assert add_passkey(alice, device)["usage"] == "second"
    problem(sign_in(visitor, device), 401)
    problem(visitor.get("account"), 401)
    step = half_sign_in(visitor)
    assert step == {"next": "second_factor", "methods": ["passkey", "recovery_code"]}
    assert sign_in(visitor, device).status_code == 200
    assert visitor.get("account").status_code == 200


def test_one_that_signs_in_alone_is_a_second_step_too(alice: Person, visitor: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    set_up_app(alice)
    assert half_sign_in(visitor)["methods"] == ["totp", "passkey", "recovery_code"]
    asked = visitor.post("accounts/passkey/options", {}).get_json()
    assert [item["id"] for item in asked["options"]["allowCredentials"]] == list(device.held)
    body = {"state": asked["state"], "credential": device.get(asked["options"])}
    assert visitor.post("accounts/passkey", body).status_code == 200


def test_it_must_be_sure_who_holds_it_to_sign_in_alone(alice: Person, visitor: Person) -> None:
    """Somebody who found the device cannot, not even with the state of a second step."""
    device = Device()
    add_passkey(alice, device)
    half_sign_in(visitor)
    body = ask_passkey(visitor, device)
    device.verifies = False
    asked = visitor.post("accounts/passkey/options", {}).get_json()
    body = {"state": asked["state"], "credential": device.get(asked["options"])}
    finder = Person(visitor.app, "finder")
    problem(finder.post("accounts/passkey", body), 401)
    assert finder.post("accounts/second-factor", {"code": "123456"}).status_code == 401
    problem(finder.get("account"), 401)


def test_wrong_ones(alice: Person, visitor: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    good = ask_passkey(visitor, device)
    other = ask_passkey(visitor, device)
    elsewhere = Device(held=device.held, origin="https://tend.example.evil")
    unknown = deepcopy(good)
    unknown["credential"]["id"] = unknown["credential"]["rawId"] = encoded(b"x" * 32)
    unsigned = deepcopy(good)
    unsigned["credential"]["response"]["signature"] = encoded(b"0" * 70)
    tries = {
        "origin": ask_passkey(visitor, elsewhere),
        "challenge": {"state": good["state"], "credential": other["credential"]},
        "credential": unknown,
        "signature": unsigned,
        "state": {**good, "state": good["state"][:-2]},
        "no state": {**good, "state": ""},
    }
    answers = {name: visitor.post("accounts/passkey", body) for name, body in tries.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        tries, 401
    )
    assert len({answer.get_data() for answer in answers.values()}) == 1
    problem(visitor.get("account"), 401)


def test_a_host_header_chooses_nothing(alice: Person, visitor: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    evil = {"Host": "tend.evil"}
    asked = visitor.post("accounts/passkey/options", {}, headers=evil)
    assert asked.status_code in (200, 400)
    if asked.status_code == 200:
        assert asked.get_json()["options"]["rpId"] == "localhost"


def test_a_repeat_opens_nothing(app: Flask, alice: Person, visitor: Person) -> None:
    """Also of a synced passkey, which does not count its uses."""
    for device in (Device(), Device(synced=True)):
        add_passkey(alice, device, f"Synced: {device.synced}")
        body = ask_passkey(visitor, device)
        assert visitor.post("accounts/passkey", body).status_code == 200
        problem(Person(app, "thief").post("accounts/passkey", body), 401)
        assert sign_in(alice, device).status_code == 200


def test_a_challenge_is_short_lived(alice: Person, visitor: Person, clock_hand: Any) -> None:
    device = Device()
    add_passkey(alice, device)
    body = ask_passkey(visitor, device)
    clock_hand.shift(301)
    problem(visitor.post("accounts/passkey", body), 401)
    assert sign_in(visitor, device).status_code == 200


def test_a_copy_that_counts_backwards_is_refused(alice: Person, visitor: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    assert sign_in(visitor, device).status_code == 200
    for held in device.held.values():
        held.count = 0
    problem(sign_in(Person(visitor.app, "alice"), device), 401)


def test_a_deleted_one_opens_nothing(app: Flask, alice: Person, visitor: Person) -> None:
    device = Device()
    made = add_passkey(alice, device)
    sign_in(visitor, device)
    assert (
        alice.post("accounts/login", {"identity": "alice", "password": PASSWORD}).status_code == 202
    )
    assert sign_in(alice, device).status_code == 200
    assert alice.delete(f"account/passkeys/{made['id']}").status_code == 204
    problem(visitor.get("account"), 401)
    problem(sign_in(Person(app, "alice"), device), 401)
    assert alice.get("account/second-factor").get_json()["recovery_codes"] == 0
    login = {"identity": "alice", "password": PASSWORD}
    assert visitor.post("accounts/login", login).status_code == 200


def test_somebody_elses_is_no_second_step(alice: Person, bob: Person, visitor: Person) -> None:
    """Flask-Security would let the passkey's owner in, without their password."""
    hers, his = Device(), Device(verifies=False)
    add_passkey(alice, hers)
    add_passkey(bob, his)
    half_sign_in(visitor)
    asked = visitor.post("accounts/passkey/options", {}).get_json()
    [foreign] = his.held
    body = {"state": asked["state"], "credential": his.get(asked["options"], foreign)}
    refused = visitor.post("accounts/passkey", body)
    problem(refused, 401)
    refused.close()  # what follows the answer happens when it has left
    problem(visitor.get("account"), 401)
    [latest, *_] = alice.get("account/events").get_json()["items"]
    assert latest["kind"] == "second_factor_failed"


def test_a_disabled_account_has_no_passkey(app: Flask, alice: Person, visitor: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    with app.app_context(), database.transaction():
        find_user(alice.user_id).active = False
    problem(sign_in(visitor, device), 401)


def test_others_do_not_exist(alice: Person, bob: Person) -> None:
    his = add_passkey(bob, Device())["id"]
    for call in (
        lambda key: alice.patch(f"account/passkeys/{key}", {"name": "Mine"}),
        lambda key: alice.delete(f"account/passkeys/{key}"),
    ):
        theirs, nobodys = call(his), call(999999)
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.get_data() == nobodys.get_data()
    assert alice.get("account/passkeys").get_json()["items"] == []
    [kept] = bob.get("account/passkeys").get_json()["items"]
    assert kept["name"] == "Telephone"


def test_names(alice: Person) -> None:
    made = add_passkey(alice, Device(), "Tom & Jerry's <key>")
    other = add_passkey(alice, Device(), "Laptop")
    assert other["recovery_codes"] is None
    assert set(problem(alice.post("account/passkeys/options", {"name": "Laptop"}), 422)) == {"name"}
    answer = alice.patch(f"account/passkeys/{made['id']}", {"name": " Blue key "})
    assert answer.get_json()["name"] == "Blue key"
    taken = alice.patch(f"account/passkeys/{made['id']}", {"name": "Laptop"})
    assert set(problem(taken, 422)) == {"name"}
    for name in ("", "  ", "x" * 65):
        problem(alice.patch(f"account/passkeys/{made['id']}", {"name": name}), 422)
    names = [item["name"] for item in alice.get("account/passkeys").get_json()["items"]]
    assert names == ["Laptop", "Blue key"]


def test_one_device_is_not_asked_twice(alice: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    asked = alice.post("account/passkeys/options", {"name": "Again"}).get_json()
    assert [item["id"] for item in asked["options"]["excludeCredentials"]] == list(device.held)


def test_a_credential_belongs_to_one_account(alice: Person, bob: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    asked = bob.post("account/passkeys/options", {"name": "Mine"}).get_json()
    credential = device.create(asked["options"])
    [hers] = alice.get("account/passkeys").get_json()["items"]
    first, second = device.held
    data = bytearray(decoded(credential["response"]["attestationObject"]))
    place = data.index(decoded(second))
    data[place : place + 32] = decoded(first)
    credential["id"] = credential["rawId"] = first
    credential["response"]["attestationObject"] = encoded(bytes(data))
    answer = bob.post("account/passkeys", {"state": asked["state"], "credential": credential})
    problem(answer, 422)
    assert bob.get("account/passkeys").get_json()["items"] == []
    assert hers["name"] == "Telephone"


HOSTILE: list[Any] = [
    {},
    {"id": 1},
    {"id": "x", "rawId": "x", "type": "public-key", "response": {}},
    {"id": "x", "rawId": "x", "type": "public-key", "response": []},
    {"response": {"clientDataJSON": "é", "attestationObject": "é"}, "id": "é", "rawId": "é"},
    {"id": [], "rawId": {}, "type": None, "response": None, "clientExtensionResults": []},
]


@pytest.mark.parametrize("credential", HOSTILE)
def test_strange_credentials_are_refused(
    alice: Person, visitor: Person, credential: dict[str, Any]
) -> None:
    device = Device()
    add_passkey(alice, device)
    asked = visitor.post("accounts/passkey/options", {}).get_json()
    body = {"state": asked["state"], "credential": credential}
    problem(visitor.post("accounts/passkey", body), 401)
    asked = alice.post("account/passkeys/options", {"name": "Another"}).get_json()
    body = {"state": asked["state"], "credential": credential}
    problem(alice.post("account/passkeys", body), 422)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AA", "____", encoded(b"{}"), encoded(b"\xff" * 100)])
def test_strange_parts_are_refused(alice: Person, visitor: Person, part: str, value: str) -> None:
    device = Device()
    add_passkey(alice, device)
    body = ask_passkey(visitor, device)
    body["credential"]["response"][part] = value
    answer = visitor.post("accounts/passkey", body)
    # A handle may be left out: the credential says whose it is.
    assert answer.status_code == (200 if (part, value) == ("userHandle", "") else 401)


@pytest.mark.parametrize("value", ["", "AA", encoded(b"\xa0"), encoded(b"\xff" * 100)])
def test_strange_attestations_are_refused(alice: Person, value: str) -> None:
    asked = alice.post("account/passkeys/options", {"name": "Another"}).get_json()
    credential = Device().create(asked["options"])
    credential["response"]["attestationObject"] = value
    answer = alice.post("account/passkeys", {"state": asked["state"], "credential": credential})
    problem(answer, 422)


def test_states_are_for_what_they_were_made_for(alice: Person, visitor: Person) -> None:
    device = Device()
    add_passkey(alice, device)
    signing_in = visitor.post("accounts/passkey/options", {}).get_json()
    making = alice.post("account/passkeys/options", {"name": "Another"}).get_json()
    credential = Device().create(making["options"])
    body = {"state": signing_in["state"], "credential": credential}
    problem(alice.post("account/passkeys", body), 410)


def test_it_is_written_down_and_told_by_mail(alice: Person, sql: Any) -> None:
    made = add_passkey(alice, Device())
    alice.patch(f"account/passkeys/{made['id']}", {"name": "Blue"})
    alice.delete(f"account/passkeys/{made['id']}")
    noted = sql("SELECT kind, detail FROM audit_events ORDER BY id")
    assert [tuple(row) for row in noted if row[0].startswith("passkey")] == [
        ("passkey_added", "Telephone"),
        ("passkey_renamed", "Blue"),
        ("passkey_removed", "Blue"),
    ]
    told = sql("SELECT period FROM deliveries WHERE kind = 'alert' ORDER BY id")
    assert [period.partition("-")[0] for (period,) in told] == ["passkey_added", "passkey_removed"]
