"""Hostile values through every field and every parameter there is: refused in words, never a crash.

Fields and parameters come from the contracts of the routes. SQLite and PostgreSQL answer alike.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask import Flask

from api import openapi
from api.limits import limiter
from api.openapi import Operation
from tests.api.test_transfers import upload
from tests.people import PASSWORD, Person, Queue, problem
from tests.things import log, tracker

JSON = "application/json"
UNKNOWN = "nobody_has_this"

# As they stand in a body; what JSON cannot say at all is among them.
VALUES: tuple[bytes, ...] = (
    rb"null", rb"true", rb"false", rb"0", rb"-0", rb"-0.0", rb"1", rb"-1", rb"1.5", rb"1e400",
    rb"-1e400", rb"1e308", rb"1e-400", b"9" * 400, rb"NaN", rb"Infinity", rb"2147483647",
    rb"2147483648", rb"-2147483649", rb"9223372036854775807", rb"9223372036854775808",
    rb"18446744073709551616", rb"999999999999999999", rb"0.1234567890123456789", rb"01", rb"1_000",
    rb"[]", rb"{}", rb"[[]]", rb'[null]', rb'[1, "a"]', rb"[9223372036854775808]", rb'{"a": {}}',
    rb'[{"id": 9223372036854775808, "label": "x"}]', rb'{"1": "keep"}', rb'{"-1": "both"}',
    rb'""', rb'" "', rb'"\u0000"', rb'"a\u0000b"', rb'"\ud800"', rb'"\udc00\ud800"', rb'"\ufeff"',
    rb'"\u202ealice"', rb'"\u200b"', rb'"\u2028"', rb'"\ufffe"', rb'"a\r\nX-Evil: 1"',
    rb'"\u001b[31m"',
    rb'"1_000"', '"١٢"'.encode(), '"１２"'.encode(), rb'"NaN"', rb'"1e400"', rb'"-0"', rb'"+1"',
    rb'"=cmd|\u0027 /C calc\u0027!A0"', rb'"0000-01-01"', rb'"1899-12-31"', rb'"10000-01-01"',
    rb'"9999-12-31T23:59:59-18:00"', rb'"2027-02-29"', rb'"2026-11-20T10:00:00+99:99"',
    rb'"0001-01-01T00:00:00+14:00"', rb'"Europe/../../etc/passwd"', rb'"../../etc/passwd"',
    rb'"<script>alert(1)</script>"', rb'"{{7*7}}%s%n{0}"', rb'"\u0027 OR 1=1 --"',
    rb'"http://[::1"', rb'"24:00"', rb'"javascript:alert(1)"', '"ß𝔞İŉ"'.encode(),
    b'"' + "e\u0301".encode() * 60 + b'"',
    b'"' + b"x" * 3000 + b'"', b"[" * 100_000 + b"]" * 100_000, b'"\xff"', b'"\xed\xa0\x80"', b'"',
)  # fmt: skip

# As they stand in a URL, most of them after quoting.
TEXTS = (
    "", " ", "null", "true", "0", "-0", "-1", "+1", "1.5", "1e400", "NaN", "Infinity", "1_000",
    "١٢", "１２", "9" * 400, "2147483648", "9223372036854775808", "0.9223372036854775808",
    "1.1", "-9999999999999999.1", "9999999999999999.1.1", "999999999.999999999", "\0", "a\0b",
    "\ufeff", "\u202e", "\u2028", "a\r\nX-Evil: 1", "=cmd", "%%", "_", "\\", "' OR 1=1 --", "[]",
    "0000-01-01", "0001-01-01", "1899-12-31", "9999-12-31", "10000-01-01", "2027-02-29",
    "2026-11-20T10:00", "20261120", "all", "../../etc/passwd", "<script>", "ß𝔞İŉ", "x" * 3000,
)  # fmt: skip
PARAMETERS = (
    *map(quote, TEXTS), "%00", "%ff", "%ed%a0%80", "%", "%zz", "%c0%ae", "a&limit=1&limit=2",
    "a&nobody=1",
)  # fmt: skip

# What makes a body good but for the one field.
GOOD: dict[str, Any] = {
    "username": "dora", "email": "dora@example.org", "password": "x", "new_password": "y",
    "timezone": "UTC", "identity": "dora", "kind": "numerical", "name": "Hostile", "value": 1,
    "label": "Hostile", "role": "viewer", "choices": [{"label": "Hostile"}],
    "logged_at": "2026-01-01", "note": "", "period": "2025",
}  # fmt: skip

answered: dict[tuple[str, str, bytes | str], int] = {}


@pytest.fixture
def ids(app: Flask, alice: Person, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Something of alice's own for each argument of a path; nobody counts how often she asks."""
    monkeypatch.setattr(limiter, "enabled", False)
    mood = tracker(alice, "multiple_choice")
    water = tracker(alice)["id"]
    alice.post(f"trackers/{water}/people", {"username": "bob", "role": "viewer"})
    link = alice.get(f"trackers/{water}/people").get_json()["items"][-1]["id"]
    report = alice.post("reports", {"period": "2025"}).get_json()["id"]
    job = upload(alice).get_json()["id"]
    queue.run(app)
    return {
        "tracker_id": water,
        "of_choices": mood["id"],
        "choice_id": mood["choices"][0]["id"],
        "link_id": link,
        "log_id": log(alice, water, 1)["id"],
        "job_id": job,
        "report_id": report,
        "number": 1,
        "session_id": 1,
        "token": 1,
    }


def path_of(operation: Operation, ids: dict[str, int]) -> str:
    if operation.endpoint in {"choices", "choice"}:
        ids = ids | {"tracker_id": ids["of_choices"]}
    return openapi.PART.sub(lambda part: str(ids[part[2]]), operation.path).lstrip("/")


def judge(answer: Any, place: str, name: str, value: bytes | str) -> None:
    """No crash, every refusal in the one shape, and the same answer as on the other database."""
    where = (place, name, value[:60])
    assert answer.status_code < 500, where
    if answer.status_code >= 400:
        problem(answer, answer.status_code)
    assert answered.setdefault((place, name, value), answer.status_code) == answer.status_code, (
        where
    )


def text(value: Any) -> str:
    return orjson.dumps(value).decode()


def bodies() -> Iterator[tuple[Operation, str, bytes]]:
    """Every field of every body: the operation, the field, and the body up to the field's value."""
    for operation in openapi.operations():
        model = operation.contract.body
        if model is None:
            continue
        names = [field.alias or name for name, field in model.model_fields.items()]
        for name in [*names, UNKNOWN]:
            needed = [n for n, f in model.model_fields.items() if f.is_required() and n != name]
            others = "".join(f"{text(n)}: {text(GOOD[n])}, " for n in needed)
            yield operation, name, f"{{{others}{text(name)}: ".encode()


def test_every_field_of_every_body(
    app: Flask, alice: Person, ids: dict[str, int], queue: Queue
) -> None:
    assert len(VALUES) >= 60
    count = 0
    for operation, name, start in bodies():
        place = f"{operation.method} {operation.path}"
        for value in VALUES if name != UNKNOWN else VALUES[:2]:
            answer = alice.call(
                operation.method.upper(),
                path_of(operation, ids),
                data=start + value + b"}",
                content_type=JSON,
            )
            judge(answer, place, name, value)
            count += 1
    queue.take()
    assert count > 2000
    assert alice.get("account").status_code in {200, 401}


def test_every_parameter_of_every_query(app: Flask, alice: Person, ids: dict[str, int]) -> None:
    count = 0
    for operation in openapi.operations():
        model = operation.contract.query
        names = [field.alias or name for name, field in model.model_fields.items()]
        for name in [*names, UNKNOWN]:
            if operation.method != "get":
                continue
            for value in PARAMETERS if name != UNKNOWN else PARAMETERS[:2]:
                answer = alice.get(f"{path_of(operation, ids)}?{name}={value}")
                judge(answer, f"get {operation.path}", name, value)
                count += 1
    assert count > 1000


FILENAMES = (
    "../../x.csv",
    "a\0b.csv",
    "\u202ecsv.exe",
    "\ufeff",
    "x" * 3000,
    "..",
    "",
)


@pytest.mark.parametrize("filename", FILENAMES, ids=lambda name: repr(name[:12]))
def test_every_name_of_a_file(app: Flask, alice: Person, queue: Queue, filename: str) -> None:
    answer = upload(alice, filename=f"{filename}.csv")
    judge(answer, "post /imports", "file", filename)
    assert answer.status_code == 202
    assert answer.get_json()["filename"].isprintable()
    queue.run(app)
    assert alice.get(f"imports/{answer.get_json()['id']}").get_json()["state"] == "preview"


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "1_0", "١", "2147483648", "9" * 40, "\0", ""])
def test_every_field_of_an_upload(app: Flask, alice: Person, queue: Queue, value: str) -> None:
    for name in ("tracker_id", "options", UNKNOWN):
        answer = upload(alice, **{name: value})
        judge(answer, "post /imports", name, value)
        assert answer.status_code in {400, 422}
    twice = upload(alice, tracker_id=["1", "2"])
    assert "tracker_id" in problem(twice, 422)


def test_ids_in_bodies_that_no_row_can_have(alice: Person) -> None:
    for found in (0, -1, 2**31, 2**63, 2**64 - 1):
        assert "tracker_ids.0" in problem(alice.post("exports", {"tracker_ids": [found]}), 422)
        report = {"period": "2025", "tracker_ids": [found]}
        assert "tracker_ids.0" in problem(alice.post("reports", report), 422)


def test_the_password_is_still_hers(alice: Person) -> None:
    assert (
        alice.post("accounts/login", {"identity": "alice", "password": PASSWORD}).status_code == 200
    )
