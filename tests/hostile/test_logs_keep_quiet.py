"""S10, second half: whatever somebody writes, gets or does wrong, no log repeats it.

A person with a marker in every text goes through the API, well and badly, with work in the
background and with crashes that hold the marker; every line must be one JSON object without it.
"""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import loglines
from api.csrf import COOKIE
from application.platform import database
from application.platform.extensions import db
from tests.api.test_transfers import upload
from tests.people import API, PASSWORD, Person, Queue
from tests.things import tracker
from tests.urls import every_route

MARK = "zqxjkv"
NOTE = f"{MARK} a private note\r\n\x1b[31mCRITICAL forged\u2028line"
ADDRESS = f"{MARK}@example.org"
WRONG = f"{MARK} is not the password"
HOOK = f"https://hooks.example/{MARK}"


@pytest.fixture
def lines(app: Flask) -> Iterator[list[bytes]]:
    """Every line that this process logs meanwhile, however little it matters."""
    found: list[bytes] = []
    settings = app.config["TEND"].model_copy(update={"log_level": "DEBUG", "log_format": "json"})
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    ours = {name: logging.getLogger(name).level for name in (*loglines.OURS, "celery")}
    loglines.begin(settings, found.append)
    yield found
    logging.captureWarnings(False)
    root.handlers, loglines.journal = kept, None
    root.setLevel(level)
    for name, before in ours.items():
        logging.getLogger(name).setLevel(before)


def read(lines: list[bytes]) -> list[dict[str, Any]]:
    """Each line is one object with its time in UTC, and nothing but the end of it ends a line."""
    found = []
    for line in lines:
        assert line.endswith(b"}\n")
        assert line.count(b"\n") == 1
        assert len(line) <= 4096
        fields = json.loads(line)
        assert {"at", "level", "logger", "message"} <= set(fields)
        assert fields["at"].endswith("Z")
        found.append(fields)
    return found


def keeps_quiet(lines: list[bytes], *more: str) -> None:
    """Nothing of what was said is in any of them."""
    log = b"".join(lines).decode()
    for said in (MARK, PASSWORD, "example.org", *more):
        assert said not in log


def tokens(person: Person) -> list[str]:
    """What opens doors, as the browser has it."""
    found = [person.browser.get_cookie(name) for name in ("tend_session", COOKIE)]
    return [cookie.value for cookie in found if cookie is not None]


@pytest.mark.row("S10")
def test_a_rich_day_leaves_nothing_in_the_log(
    app: Flask, alice: Person, visitor: Person, queue: Queue, lines: list[bytes]
) -> None:
    secrets = tokens(visitor) + tokens(alice)
    water = tracker(alice, name=f"{MARK} water")["id"]
    made = alice.post(f"trackers/{water}/logs", {"value": 1.5, "note": NOTE}).get_json()
    alice.patch(f"logs/{made['id']}", {"note": f"{NOTE} again"})
    secrets += [str(alice.patch("account", {"webhook": HOOK}).get_json().get("webhook_secret"))]
    secrets += [str(alice.post("webhook/secret").get_json().get("webhook_secret"))]
    alice.post("reports", {"period": "2025"})
    alice.post("exports", {"tracker_ids": [water]})
    upload(alice, f"day,value,note\n2026-01-01,1,{MARK}\n2026-01-02,x,{MARK}\n".encode())
    visitor.post("accounts/reset", {"email": ADDRESS})
    visitor.post("accounts/reset", {"email": "alice@example.org"})
    queue.run(app)
    for number in range(12):
        visitor.post("accounts/login", {"identity": ADDRESS, "password": f"{WRONG} {number}"})
    visitor.post("accounts/login", {"identity": "alice", "password": WRONG})
    visitor.get(f"accounts/reset/{MARK}")
    visitor.get(f"/unsubscribe/{MARK}?token={MARK}")
    visitor.get(f"/{MARK}/{MARK}?q={MARK}", headers={"X-Request-ID": MARK * 3})
    alice.get(f"trackers?{MARK}={MARK}")
    alice.post("trackers", {"name": MARK * 400, "kind": MARK})
    alice.post("trackers", data=f'{{"{MARK}":', content_type="application/json")
    visitor.get("/", headers={"Host": f"{MARK}..x"})
    alice.patch("account", {}, headers={"X-XSRF-TOKEN": MARK})
    secrets += tokens(alice)
    alice.post("accounts/logout")
    alice.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    alice.delete("account", {"password": PASSWORD})
    queue.run(app)
    keeps_quiet(lines, *secrets)
    said = [item["message"] for item in read(lines)]
    assert f"user {alice.user_id} signed in" in said
    assert f"user {alice.user_id} signed out" in said
    assert f"a sign-in failed, of user {alice.user_id}" in said
    assert "the limit sign_in_account is reached" in said
    assert "an unsafe request was refused: The CSRF token is invalid." in said


@pytest.mark.row("S10")
def test_every_route_leaves_only_its_template(
    app: Flask, alice: Person, visitor: Person, lines: list[bytes], queue: Queue
) -> None:
    for person in (visitor, alice):
        for method, path in every_route(app):
            with person.call(method, f"{path}?{MARK}={MARK}", json={MARK: NOTE}):
                pass
    queue.take()
    keeps_quiet(lines, *tokens(alice))
    access = [item for item in read(lines) if item["logger"] == "api.access"]
    assert {item["route"] for item in access} >= {rule.rule for rule in app.url_map.iter_rules()}
    for item in access:
        assert item["ms"] >= 0
        assert len(item["request"]) == 16
        assert ("from" in item) == (item["status"] in {401, 403, 429})
    assert {item["user"] for item in access} >= {None, alice.user_id}


def test_a_look_that_goes_well_is_nobodys_business(
    alice: Person,
    lines: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "api.access")

    def told() -> list[int]:
        found = [item["status"] for item in read(lines) if item["logger"] == "api.access"]
        lines.clear()
        return found

    alice.get("trackers")
    assert told() == []
    alice.patch("account", {"week_starts_on": 7})
    alice.get("none-such")
    assert told() == [200, 404]
    monkeypatch.setattr("api.access.SLOW", 0.0)
    alice.get("trackers")
    assert told() == [200]


def test_a_crash_says_where_and_not_what(
    app: Flask, alice: Person, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        try:
            with app.app_context(), database.transaction():
                db.session.execute(
                    text("INSERT INTO users (id, username, email) VALUES (1, :name, :mail)"),
                    {"name": MARK, "mail": ADDRESS},
                )
        except DBAPIError as error:
            raise ValueError(f"could not keep {NOTE}") from error

    monkeypatch.setattr("api.account.list_sessions", crash)
    answer = alice.get("account/sessions")
    assert answer.status_code == 500
    assert MARK not in answer.get_data(as_text=True)
    keeps_quiet(lines)
    [crashed] = [item for item in read(lines) if "error" in item]
    assert crashed["error"][0] == "ValueError"
    assert "IntegrityError" in crashed["error"][1]
    assert crashed["request"] == answer.headers["X-Request-ID"]
    assert crashed["request"] == answer.get_json()["reference"]
    assert crashed["user"] == alice.user_id
    assert crashed["route"] == f"{API}/account/sessions"
    assert any("test_logs_keep_quiet" in place for place in crashed["trace"])


def test_a_proxys_id_is_taken_only_from_a_proxy_and_when_it_is_sane(
    app: Flask, alice: Person
) -> None:
    said = alice.get("account", headers={"X-Request-ID": "0123456789abcdef"})
    assert said.headers["X-Request-ID"] != "0123456789abcdef"  # no proxy is trusted here


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("7f3c9a52-1f6e-4b1c-9a55-0c2a4d7e9b10", True),
        ("short", False),
        ("x" * 65, False),
        ("with space here", False),
        ('a"b":"cdefgh', False),
        ("áéíóúáéíóú", False),
    ],
)
def test_behind_one_it_is(tmp_path: Any, valkey_url: str, said: str, taken: bool) -> None:
    import api
    from application import create_app
    from tests import servers

    app = create_app(servers.settings_for(tmp_path, redis_url=valkey_url, trusted_proxy_hops=1))
    api.init_app(app)
    answer = app.test_client().get("/static/none", headers={"X-Request-ID": said})
    assert (answer.headers["X-Request-ID"] == said) == taken


def test_a_task_is_known_by_its_id_and_its_result_stays_unsaid(
    app: Flask, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from application.platform.background import celery
    from tasks import base

    base.bind(app)
    log = logging.getLogger("application.test")
    monkeypatch.setattr("application.jobs.services.sweep", lambda: log.info("swept"))
    celery.tasks["jobs.sweep"].apply(task_id="0a1b2c3d")
    context = {"id": "0a1b2c3d", "name": "jobs.sweep", "runtime": 1, "return_value": MARK}
    trace = logging.getLogger("celery.app.trace")
    trace.info("Task %(name)s[%(id)s] succeeded in %(runtime)ss: %(return_value)s", context)
    trace.error("Task %(name)s[%(id)s] raised: %(exc)s", {**context, "exc": NOTE})
    keeps_quiet(lines)
    swept = next(item for item in read(lines) if item["message"] == "swept")
    assert (swept["task"], swept["task_id"]) == ("jobs.sweep", "0a1b2c3d")


def test_a_line_for_people_is_one_line(app: Flask) -> None:
    record = logging.LogRecord("tend", logging.INFO, "x", 1, "a %s", (NOTE,), None)
    text_line = loglines.as_text(loglines.fields_of(record)).decode()
    assert text_line.count("\n") == 1
    assert "\r" not in text_line
    assert "\x1b" not in text_line
    assert "\u2028" not in text_line
    json_line = loglines.as_json(loglines.fields_of(record))
    assert b"\\u001b" in json_line.lower()
    assert orjson.loads(json_line)["message"] == f"a {NOTE}"


def test_it_is_text_on_a_terminal_and_json_elsewhere(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["TEND"]
    for on_terminal, style in ((True, "text"), (False, "json")):
        monkeypatch.setattr(sys.stderr, "isatty", lambda on=on_terminal: on, raising=False)
        assert loglines.style_of(settings) == style
        for said in ("text", "json"):
            assert loglines.style_of(settings.model_copy(update={"log_format": said})) == said
