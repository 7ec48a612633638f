"""account/events: what happened to one's account, in words, and where it came from."""

import ast
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from api import history
from application.accounts import audit, recovery, services, services_audit
from application.accounts.queries import find_user
from application.deliveries import alerts
from application.platform import clock, database
from tests.authenticators import half_sign_in, set_up_app
from tests.house.source import modules
from tests.people import PASSWORD, Person, problem
from tests.things import items, script, tracker

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
NEW = "three grey herons over the weir"


def kinds(person: Person) -> list[str]:
    """What happened, the newest first."""
    return [event["kind"] for event in items(person, "account/events")]


def sign_in(person: Person, password: str = PASSWORD, name: str = "alice", **more: Any) -> int:
    answer = person.post("accounts/login", {"identity": name, "password": password}, **more)
    answer.close()  # what follows the answer happens when it has left
    return answer.status_code


def test_signing_in_and_out_is_told_with_device_and_place(visitor: Person, alice: Person) -> None:
    where: dict[str, Any] = {
        "headers": {"User-Agent": FIREFOX},
        "environ_base": {"REMOTE_ADDR": "203.0.113.7"},
    }
    assert sign_in(visitor, **where) == 200
    visitor.post("accounts/logout", **where).close()
    out, came = items(alice, "account/events")
    assert (out["kind"], out["words"]) == ("sign_out", "Signed out")
    assert (came["kind"], came["words"]) == ("sign_in", "Signed in (password)")
    assert {(event["device"], event["place"]) for event in (out, came)} == {
        ("Firefox on Linux", "203.0.113.0/24")
    }
    assert set(came) == {"id", "at", "kind", "words", "device", "place"}


def test_a_wrong_password_is_told_to_whose_it_is(
    visitor: Person, alice: Person, bob: Person
) -> None:
    assert sign_in(visitor, "wrong", environ_base={"REMOTE_ADDR": "2001:db8:1:2::3"}) == 401
    [event] = items(alice, "account/events")
    assert event["words"] == "A wrong password at sign-in"
    assert event["place"] == "2001:db8:1::/48"
    assert items(bob, "account/events") == []


def test_for_nobody_it_is_the_same_work_and_nothing_is_kept(
    visitor: Person, alice: Person, statements: list[str], sql: Callable[..., Any]
) -> None:
    done = []
    for name in ("alice", "nobody", "alice", "nobody"):
        statements.clear()
        sign_in(visitor, "wrong", name)
        done.append([said for said in statements if "audit_events" in said])
    assert [len(said) for said in done] == [1] * 4
    assert done[2] == done[3]
    assert sql("SELECT count(*) FROM audit_events") == [(2,)]


def test_it_is_written_after_the_answer(
    visitor: Person, alice: Person, statements: list[str]
) -> None:
    answer = visitor.post("accounts/login", {"identity": "alice", "password": "wrong"})
    assert not [said for said in statements if "audit_events" in said]
    answer.close()
    assert [said for said in statements if "audit_events" in said]


def test_a_busy_database_only_loses_the_try(
    visitor: Person,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def busy(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(services_audit, "note_try", busy)
    assert sign_in(visitor, "wrong") == 401
    assert "was not noted" in caplog.text
    assert sign_in(visitor) == 200


def test_the_second_step_is_told_as_well(visitor: Person, alice: Person) -> None:
    start = int(clock.now().timestamp()) // 30 * 30 + 31
    with time_machine.travel(start) as hand:
        device, codes = set_up_app(alice)
        hand.shift(30)
        half_sign_in(visitor)
        assert kinds(alice) == ["second_factor_on"]  # half a sign-in is none
        visitor.post("accounts/second-factor", {"code": device.wrong()}).close()
        visitor.post("accounts/second-factor", {"code": device.code()}).close()
        told = [event["words"] for event in items(alice, "account/events")]
        wrong = "A wrong code or passkey after the password"
        assert told[:2] == ["Signed in (with a second factor)", wrong]
        half_sign_in(visitor)
        visitor.post("accounts/recovery-code", {"code": "none of them"}).close()
        visitor.post("accounts/recovery-code", {"code": codes[0]}).close()
        assert kinds(visitor)[:3] == ["recovery_code_used", "sign_in", "second_factor_failed"]


def test_a_wrong_proof_in_a_session_is_told(alice: Person) -> None:
    alice.post("accounts/verify", {"password": "not this one"}).close()
    alice.post("accounts/verify", {"code": "123456"}).close()
    alice.post("accounts/verify/passkey", {"state": "x", "credential": {}}).close()
    assert kinds(alice) == ["proof_failed"] * 3
    alice.post("accounts/verify", {}).close()  # said nothing at all
    alice.post("accounts/verify", {"password": PASSWORD}).close()
    assert kinds(alice) == ["proof_failed"] * 3


def test_registering_is_the_beginning(visitor: Person) -> None:
    body = {
        "username": "dora",
        "email": "dora@example.org",
        "password": NEW,
        "timezone": "Europe/Vienna",
    }
    assert visitor.post("accounts/register", body).status_code == 200
    assert kinds(visitor) == ["account_made"]


def test_passwords_are_told(app: Flask, alice: Person, visitor: Person) -> None:
    change = {"password": PASSWORD, "new_password": NEW}
    assert alice.post("accounts/change", change).status_code == 200
    assert kinds(alice) == ["password_changed"]
    with app.app_context():
        token = recovery.mint(find_user(alice.user_id))
    assert visitor.post(f"accounts/reset/{token}", {"password": PASSWORD}).status_code == 200
    assert sign_in(alice) == 200
    assert kinds(alice) == ["sign_in", "password_reset", "password_changed"]


def test_a_refused_change_is_none(alice: Person) -> None:
    problem(alice.post("accounts/change", {"password": "wrong", "new_password": NEW}), 422)
    problem(alice.patch("account", {"webhook": "ftp://example.org"}), 422)
    assert kinds(alice) == []


def test_sessions_ended_are_told(alice: Person, visitor: Person) -> None:
    sign_in(visitor)
    other = next(item for item in items(alice, "account/sessions") if not item["current"])
    alice.delete(f"account/sessions/{other['id']}")
    alice.delete("account/sessions")
    assert kinds(alice) == ["sessions_ended", "session_ended", "sign_in"]


def test_where_messages_go_is_told_by_its_host_alone(alice: Person) -> None:
    alice.patch("account", {"webhook": "https://hooks.example.org/hook/secret-path?auth=secret"})
    alice.patch("account", {"webhook": "https://hooks.example.org/hook/secret-path?auth=secret"})
    alice.post("webhook/secret")
    alice.patch("account", {"webhook": None})
    alice.patch("account", {"report_on": False})
    told = [event["words"] for event in items(alice, "account/events")]
    assert told == [
        "Webhook removed (hooks.example.org)",
        "Webhook secret renewed (hooks.example.org)",
        "Webhook changed (hooks.example.org)",
    ]


def test_tokens_are_told_by_name(alice: Person) -> None:
    secret = script(alice, name="Scale").token
    [token] = items(alice, "account/tokens")
    alice.delete(f"account/tokens/{token['id']}")
    told = items(alice, "account/events")
    assert [event["words"] for event in told] == ["Token removed (Scale)", "Token made (Scale)"]
    assert secret.rpartition("_")[2] not in str(told)


def test_exports_are_told_once(alice: Person, queue: Any) -> None:
    water = tracker(alice)["id"]
    tracker(alice, name="Tea")
    for body in ({}, {}, {"tracker_ids": [water]}):
        assert alice.post("exports", body).status_code == 202
    queue.take()
    told = [event["words"] for event in items(alice, "account/events")]
    assert told == [
        "Export of entries asked for (some trackers)",
        "Export of entries asked for (all trackers)",
    ]


def test_what_the_operator_does_names_no_device(
    app: Flask, alice: Person, sql: Callable[..., Any]
) -> None:
    with app.app_context(), database.transaction():
        services.set_password(alice.user_id, "not a hash")
    assert sql("SELECT kind, device, place FROM audit_events") == [("password_set", "", "")]


def test_it_comes_by_the_page(alice: Person, sql: Callable[..., Any]) -> None:
    for _ in range(5):
        alice.delete("account/sessions")
    first = alice.get("account/events?limit=2").get_json()
    second = alice.get(f"account/events?limit=2&after={first['next']}").get_json()
    third = alice.get(f"account/events?limit=2&after={second['next']}").get_json()
    ids = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)
    assert third["next"] is None


def test_it_is_ones_own(alice: Person, bob: Person, visitor: Person) -> None:
    alice.delete("account/sessions")
    assert items(bob, "account/events") == []
    problem(visitor.get("account/events"), 401)
    problem(alice.get("account/events?after=x"), 400)
    problem(alice.get("account/events?limit=0"), 400)


def test_after_a_year_it_is_forgotten(app: Flask, alice: Person, sql: Callable[..., Any]) -> None:
    alice.delete("account/sessions")
    for days, left in ((364, 1), (366, 0)):
        with (
            time_machine.travel(clock.now() + timedelta(days=days)),
            app.app_context(),
            database.transaction(),
        ):
            services_audit.drop_old_events()
        assert sql("SELECT count(*) FROM audit_events") == [(left,)]


def test_it_goes_with_the_account(alice: Person, sql: Callable[..., Any]) -> None:
    alice.delete("account/sessions")
    alice.delete("account", {"password": PASSWORD})
    assert sql("SELECT count(*) FROM audit_events") == [(0,)]


def test_every_kind_that_is_written_has_words() -> None:
    written = {
        node.args[1].value
        for tree in modules("application", "api", "tasks").values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("audit.note")
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    assert len(written) > 8
    assert written <= set(audit.KINDS)
    assert {"sign_in_failed", history.WRONG_CODE, history.NOT_PROVED} <= set(audit.KINDS)
    assert set(alerts.TOLD) <= set(audit.KINDS)
    assert all(len(kind) <= 40 for kind in audit.KINDS)
