"""Which token opens which call: every operation of the URL map, with a token of every scope."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from api import bearer, openapi, scopes
from api.openapi import Operation
from tests.people import Person, Script, problem
from tests.things import script

NOBODYS = 987_654

# What each call asks of a token. A route that is not below account, admin or webhook must be
# written down here before it is served: its scope is somebody's decision, not an accident.
WANTED = {
    "read": {
        "about.get",
        "choices.get",
        "deleted.get",
        "deliveries.get",
        "exports.get",
        "import.get",
        "import_rejects.get",
        "import_rows.get",
        "imports.get",
        "invitations.get",
        "job.get",
        "job_file.get",
        "log.get",
        "logs.get",
        "people.get",
        "report.get",
        "report_chart.get",
        "report_file.get",
        "reports.get",
        "timers.get",
        "today.get",
        "tracker.get",
        "tracker_chart.get",
        "tracker_days.get",
        "tracker_stats.get",
        "tracker_types.get",
        "trackers.get",
    },
    "log": {
        "log.delete",
        "log.patch",
        "log.put",
        "log_restore.post",
        "logs.post",
        "timer.delete",
        "timer.post",
    },
    "all": {
        "choice.delete",
        "choice.patch",
        "choices.post",
        "choices.put",
        "deleted_log.delete",
        "deleted_report.delete",
        "deleted_tracker.delete",
        "delivery_resend.post",
        "import.patch",
        "import_confirm.post",
        "import_undo.post",
        "imports.post",
        "invitation.delete",
        "invitation_accept.post",
        "job_cancel.post",
        "people.post",
        "person.delete",
        "person.patch",
        "report.delete",
        "report_mail.post",
        "report_restore.post",
        "reports.post",
        "tracker.delete",
        "tracker.patch",
        "tracker.put",
        "tracker_restore.post",
        "trackers.post",
    },
    None: {"exports.post", "unsubscribe.delete", "unsubscribe.get", "unsubscribe.post"},
}
PRIVATE = ("/account", "/webhook/", "/admin/")


def name_of(operation: Operation) -> str:
    return f"{operation.endpoint}.{operation.method}"


def ask(someone: Script, operation: Operation) -> TestResponse:
    """The operation with nobody's ids and no body: enough for a guard to say who may enter."""
    path = openapi.PART.sub(str(NOBODYS), operation.path)
    return someone.call(operation.method.upper(), path.lstrip("/"))


def test_the_operations_are_those_that_are_served(app: Flask) -> None:
    served = {
        (re.sub(r"<\w+:", "<", rule.rule).removeprefix("/api/v1"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    walked = {
        (re.sub(r"<\w+:", "<", operation.path), operation.method)
        for operation in openapi.operations()
    }
    assert served == walked


def test_every_call_has_its_scope_written_down() -> None:
    decided = {name: scope for scope, names in WANTED.items() for name in names}
    found = {
        name_of(operation): operation.scope
        for operation in openapi.operations()
        if not operation.path.startswith(PRIVATE)
    }
    assert found == decided


def test_the_account_and_its_ways_in_are_closed_to_all_tokens() -> None:
    closed = [item for item in openapi.operations() if item.path.startswith(PRIVATE)]
    assert len(closed) > 20
    assert {operation.scope for operation in closed} == {None}


def test_nothing_that_asks_for_a_recent_sign_in_is_open() -> None:
    recent = [item for item in openapi.operations() if getattr(item.contract, "recent", False)]
    assert {operation.scope for operation in recent} <= {None}


@pytest.mark.parametrize("scope", ["read", "log", "all"])
def test_it_opens_what_its_scope_says_and_nothing_else(alice: Person, scope: Any) -> None:
    mine = script(alice, scope)
    for operation in openapi.operations():
        answer = ask(mine, operation)
        told, where = answer.get_json(silent=True) or {}, name_of(operation)
        assert "Set-Cookie" not in answer.headers, where
        if operation.scope is None:
            problem(answer, 403)
            assert told["type"] == bearer.NOT_FOR_TOKENS, where
            assert told["title"] == bearer.TITLE
        elif scopes.allows(scope, operation.scope):
            assert answer.status_code not in {401, 403, 500}, (where, answer.get_data())
        else:
            problem(answer, 403)
            assert told["type"] == bearer.TOO_NARROW, where
            assert operation.scope in told["detail"], where


def test_one_that_ended_opens_nothing_at_all(alice: Person) -> None:
    gone = script(alice)
    token_id = alice.get("account/tokens").get_json()["items"][0]["id"]
    alice.delete(f"account/tokens/{token_id}")
    for operation in openapi.operations():
        answer = ask(gone, operation)
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer", name_of(operation)
        assert "Set-Cookie" not in answer.headers


def test_a_refused_call_changes_nothing(alice: Person) -> None:
    mine = script(alice, "log")
    problem(mine.post("trackers", {"kind": "numerical", "name": "Water"}), 403)
    problem(mine.call("PATCH", "account", json={"webhook": None, "report_on": False}), 403)
    problem(mine.delete("account", json={"password": "x"}), 403)
    assert alice.get("trackers").get_json()["items"] == []
    assert alice.get("account").get_json()["report_on"] is True


def test_head_and_wrong_methods_are_as_without_a_token(alice: Person) -> None:
    mine = script(alice, "read")
    assert mine.call("HEAD", "today").status_code == 200
    assert mine.call("HEAD", "account").status_code == 403
    problem(mine.post("today"), 405)
    problem(mine.get("none-such"), 404)


def test_api_yaml_names_each_scope() -> None:
    paths = openapi.document()["paths"]
    assert {"token": ["log"]} in paths["/trackers/{tracker_id}/logs"]["post"]["security"]
    assert {"token": ["read"]} in paths["/today"]["get"]["security"]
    assert "security" not in paths["/account"]["get"]  # as everywhere else: a session alone
