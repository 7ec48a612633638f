"""Authorization: Bearer: no cookie, no CSRF token, one statement, and 401 when it is not good."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from api import bearer, limits
from application.accounts import services_tokens
from application.platform import clock
from application.platform.throttle import Throttle
from tests.people import Person, Script, problem
from tests.things import items, log, script, tracker

LIKE_ONE = "tend_ab12cd34_" + "x" * 40


def refused(answer: TestResponse) -> None:
    """A token that opens nothing, said as such; and no cookie."""
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answer.headers
    assert answer.get_json()["detail"] == bearer.SAY_WRONG


def test_it_logs_without_a_csrf_token(alice: Person) -> None:
    water = tracker(alice)["id"]
    answer = script(alice, "log").post(f"trackers/{water}/logs", {"value": 0.5})
    assert answer.status_code == 201
    assert answer.get_json()["by"] == "alice"
    assert [entry["value"] for entry in items(alice, f"trackers/{water}/logs")] == [0.5]


@pytest.mark.parametrize("path", ["trackers", "today", "about", "none-such", "account"])
def test_no_answer_sets_a_cookie(alice: Person, path: str) -> None:
    good = script(alice).get(path)
    assert "Set-Cookie" not in good.headers
    bad = Script(alice.app, LIKE_ONE).get(path)
    assert "Set-Cookie" not in bad.headers


def test_a_cookie_beside_it_counts_for_nothing(alice: Person, bob: Person) -> None:
    mine = script(alice)
    tracker(alice, name="Hers")
    beside = {"Authorization": f"Bearer {mine.token}"}
    answer = bob.browser.get("/api/v1/trackers", headers=beside)
    assert [item["name"] for item in answer.get_json()["items"]] == ["Hers"]
    refused(bob.browser.get("/api/v1/trackers", headers={"Authorization": "Bearer x"}))
    assert bob.get("account").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "bearer x",
        f"Bearer {LIKE_ONE}",
        f"Bearer {LIKE_ONE} ",
        f"Bearer {LIKE_ONE}, Bearer {LIKE_ONE}",
        "Bearer tend_",
        "Bearer " + "x" * 10_000,
        "Bearer tend_ab12cd34_" + "x" * 10_000,
        "Bearer tend_äb12cd34_" + "ÿ" * 40,
        "Bearer tend_ab12cd34_" + "\x7f" * 40,
        "Bearer tend_AB12CD34_" + "x" * 40,
        "Bearer\t" + LIKE_ONE,
        "BearerToken x",
        "Bearer ' OR 1=1 --",
        "Bearer null",
    ],
)
@pytest.mark.parametrize("path", ["trackers", "about", "accounts/username-free?username=x"])
def test_what_is_no_token_is_refused_on_open_calls_too(app: Flask, header: str, path: str) -> None:
    refused(Script(app, "").get(path, headers={"Authorization": header}))
    refused(Script(app, "").post(path.partition("?")[0], {}, headers={"Authorization": header}))


def test_two_headers_are_none(alice: Person) -> None:
    mine = script(alice)
    environ = {"HTTP_AUTHORIZATION": f"Bearer {mine.token},Bearer {mine.token}"}
    refused(mine.app.test_client().get("/api/v1/trackers", environ_overrides=environ))


def test_the_word_bearer_may_be_written_small(alice: Person) -> None:
    mine = script(alice)
    for word in ("bearer", "BEARER", "Bearer "):
        headers = {"Authorization": f"{word} {mine.token}"}
        assert mine.get("trackers", headers=headers).status_code == 200


@pytest.mark.parametrize("place", ["start", "middle", "end", "lookup"])
def test_one_letter_off_is_nothing(alice: Person, place: str) -> None:
    text = script(alice).token
    at = {"start": 14, "middle": 30, "end": len(text) - 1, "lookup": 6}[place]
    other = "b" if text[at] != "b" else "c"
    refused(Script(alice.app, text[:at] + other + text[at + 1 :]).get("trackers"))


def test_flask_securitys_own_ways_in_stay_shut(alice: Person) -> None:
    mine = script(alice)
    browser = mine.app.test_client()
    for headers in (
        {"Authentication-Token": mine.token},
        {"X-Auth-Token": mine.token},
        {"Authorization": f"Basic {mine.token}"},
        {"Authorization": f"Token {mine.token}"},
    ):
        problem(browser.get("/api/v1/trackers", headers=headers), 401)
    problem(browser.get(f"/api/v1/trackers?auth_token={mine.token}"), 401)
    problem(browser.get(f"/api/v1/trackers?access_token={mine.token}"), 401)


def test_a_proxys_own_password_leaves_the_cookie_alone(alice: Person) -> None:
    headers = {"Authorization": "Basic YWxpY2U6c2VjcmV0"}
    assert alice.get("account", headers=headers).status_code == 200


def test_from_another_site_it_still_needs_no_more(alice: Person) -> None:
    water = tracker(alice)["id"]
    headers = {"Origin": "https://elsewhere.example"}
    answer = script(alice).post(f"trackers/{water}/logs", {"value": 1}, headers=headers)
    assert answer.status_code == 201
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_pages_do_not_look_at_it(app: Flask) -> None:
    headers = {"Authorization": "Bearer x"}
    assert app.test_client().get("/healthz", headers=headers).status_code == 200


def test_who_asks_is_one_narrow_statement(alice: Person, statements: list[str]) -> None:
    mine = script(alice)
    mine.get("trackers").close()
    statements.clear()
    mine.get("none-such")
    assert len(statements) == 1
    assert "password" not in statements[0]
    statements.clear()
    mine.get("trackers")  # kept, under the person's version: asked for whom alone
    assert len(statements) == 1


def test_what_is_kept_is_the_same_for_both(alice: Person, bob: Person) -> None:
    tracker(alice)
    mine, his = script(alice), script(bob)
    page, told = alice.get("trackers"), mine.get("trackers")
    assert page.get_data() == told.get_data()
    assert page.headers["ETag"] == told.headers["ETag"]
    again = {"If-None-Match": told.headers["ETag"]}
    assert mine.get("trackers", headers=again).status_code == 304
    assert his.get("trackers", headers=again).status_code == 200
    assert his.get("trackers").get_json()["items"] == []


def test_a_write_is_seen_by_the_next_read(alice: Person) -> None:
    water = tracker(alice)["id"]
    mine = script(alice)
    for value in (1, 2, 3):
        mine.post(f"trackers/{water}/logs", {"value": value})
        assert mine.get("trackers").get_json()["items"][0]["last_value"] == value


def test_idempotency_keys_are_the_persons(alice: Person) -> None:
    water = tracker(alice)["id"]
    mine, other = script(alice), script(alice)
    key = {"Idempotency-Key": "one-glass"}
    first = mine.post(f"trackers/{water}/logs", {"value": 1}, headers=key)
    again = other.post(f"trackers/{water}/logs", {"value": 1}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_data() == again.get_data()
    assert again.headers["Idempotent-Replay"] == "true"
    assert len(items(alice, f"trackers/{water}/logs")) == 1


def test_versions_are_kept_to(alice: Person) -> None:
    entry = log(alice, tracker(alice)["id"], 1)
    mine = script(alice, "log")
    stale = mine.call(
        "PATCH", f"logs/{entry['id']}", json={"value": 2}, headers={"If-Match": '"99"'}
    )
    problem(stale, 412)


def test_its_use_is_noted_seldom_and_after_the_answer(alice: Person, statements: list[str]) -> None:
    mine = script(alice)

    def updates() -> int:
        return len([said for said in statements if said.startswith("UPDATE api_tokens")])

    answer = mine.get("trackers")
    assert updates() == 0
    answer.close()
    assert updates() == 1
    for _ in range(3):
        mine.get("trackers").close()
    assert updates() == 1
    [first] = items(alice, "account/tokens")
    assert first["last_used_at"] is not None
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        mine.get("trackers").close()
        mine.get("trackers").close()
    assert updates() == 2
    [second] = items(alice, "account/tokens")
    assert second["last_used_at"] > first["last_used_at"]


def test_a_wrong_one_notes_nothing(alice: Person, statements: list[str]) -> None:
    mine = script(alice)
    statements.clear()
    Script(alice.app, mine.token[:-1] + "%").get("trackers").close()
    assert statements == []  # of the wrong form: nobody is even asked
    Script(alice.app, mine.token[:-1] + ("a" if mine.token[-1] != "a" else "b")).get(
        "trackers"
    ).close()
    assert len(statements) == 1


def test_a_busy_database_only_loses_the_note(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(*_: Any) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    mine = script(alice)
    monkeypatch.setattr(services_tokens, "use", busy)
    mine.get("trackers").close()
    assert "not noted as used" in caplog.text
    assert mine.token not in caplog.text


def test_limits_count_it_with_its_person(alice: Person, bob: Person) -> None:
    mine, other, his = script(alice), script(alice), script(bob)
    told = [who.post("deliveries/1/resend").status_code for who in (mine, other) for _ in range(16)]
    assert told == [404] * 30 + [429] * 2  # SEND_AGAIN: 30 in ten minutes
    problem(alice.post("deliveries/1/resend"), 429)
    assert his.post("deliveries/1/resend").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"), [("get", "trackers", 401), ("get", "account", 403)]
)
def test_those_that_open_nothing_are_counted_too(
    alice: Person, monkeypatch: pytest.MonkeyPatch, method: str, path: str, status: int
) -> None:
    tried = Script(alice.app, LIKE_ONE) if status == 401 else script(alice)
    monkeypatch.setattr(limits, "reads", Throttle(3, 60))
    statuses = [getattr(tried, method)(path).status_code for _ in range(4)]
    assert statuses == [status] * 3 + [429]


def test_a_crash_in_between_does_not_name_it(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeError("on purpose")

    mine = script(alice)
    monkeypatch.setattr("api.bearer.find_script", crash)
    assert mine.get("trackers").status_code == 500
    assert mine.token.rpartition("_")[2] not in caplog.text
