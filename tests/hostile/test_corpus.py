"""Hostile values through every field and every parameter there is: refused in words, never a crash.

Fields and parameters come from api.yaml, those inside of others too, so that a new one is tried
without being named here. SQLite and PostgreSQL answer alike.
"""

from collections.abc import Iterator
from urllib.parse import quote

import orjson
import pytest
from flask import Flask

from tests.api.test_transfers import upload
from tests.hostile import bodies
from tests.hostile.bodies import FORM, MEDIA, Asked
from tests.hostile.sweep import Sweep, some
from tests.hostile.tally import FULL, Tally
from tests.hostile.test_strangers import delivered
from tests.people import PASSWORD, Person, Queue, problem
from tests.things import log, tracker

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
    rb"1e-324", rb"4.9e-324", rb"9007199254740993", rb"-9223372036854775809", rb"00", rb"+1",
    rb".5", rb"5.", rb"0x10", rb"1e", rb"--1", rb"nul", rb"undefined", rb"\u0041", rb"'x'", rb"x",
    rb'{"a": 1, "a": 2}', rb'{"__proto__": {}}', rb'{"$ref": "#"}', rb"[[[[[[1]]]]]]", rb"[true]",
    rb'["a", "a"]', rb'"\ud83d\ude00"', rb'"\u0130"', rb'"\u00df"', rb'"\u0000"', rb'"\u007f"',
    rb'"\u0085"', rb'"\u2029"', rb'"\ufffd"', rb'"\t"', rb'"\n"', rb'"a\\"', rb'"%00"',
    rb'"${jndi:ldap://x}"', rb'"$(id)"', rb'"`id`"', rb'"|id"', rb'"; DROP TABLE users; --"',
    rb'"\u003cimg src=x onerror=alert(1)\u003e"', rb'"file:///etc/passwd"', rb'"//evil.example"',
    rb'"http://127.0.0.1:1/"', rb'"2026-02-30"', rb'"2026-11-20T24:00:00Z"', rb'"P1Y"', rb'"-1:30"',
    rb'"UTC+25"', rb'"Etc/GMT+99"', rb'"NULL"', rb'"None"', rb'"\u0301"', '"ﷺ"'.encode(),
    '"👨‍👩‍👧‍👦"'.encode(), b'"' + "\U000e0041".encode() * 30 + b'"', b'"' + b"a" * 70_000 + b'"',
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

# Whole bodies, for every operation that takes one.
WHOLE: tuple[tuple[bytes, str], ...] = (
    (b"", MEDIA), (b"[]", MEDIA), (b'"x"', MEDIA), (b"null", MEDIA), (b"{", MEDIA),
    (b'{"a": 1, "a": 2}', MEDIA), (b"{}" * 2, MEDIA), ("{}".encode("utf-16"), MEDIA),
    (b'{"' + b"x" * 5000 + b'": 1}', MEDIA), (b'{"":' * 5000 + b"1" + b"}" * 5000, MEDIA),
    (b"{}", "text/plain"), (b"{}", "application/json; charset=utf-16"), (b"{}", "application/x"),
    (b"{}", "application/json; charset=none-such"), (b"{}", ""), (b"{}", "\xff/\xfe"),
    (b"a=1", "application/x-www-form-urlencoded"), (b"--x", "multipart/form-data; boundary=x"),
    (b"{}", "multipart/form-data"), (b"<a/>", "application/xml"),
)  # fmt: skip
HEADERS = (
    "Idempotency-Key", "If-Match", "If-None-Match", "If-Modified-Since", "Accept", "Range",
    "Accept-Encoding", "Accept-Language", "Content-Type", "Content-Encoding", "Cookie", "Origin",
    "Referer", "Host", "User-Agent", "X-XSRF-TOKEN", "X-Forwarded-For", "X-Forwarded-Proto",
    "X-Forwarded-Host", "X-Request-Id", "Authorization", "Forwarded", "Expect", "TE", "Via",
    "X-HTTP-Method-Override", "Authentication-Token", "Sec-Fetch-Site", "If-Range", "Upgrade",
)  # fmt: skip
FILENAMES = ("../../x.csv", "a\0b.csv", "\u202ecsv.exe", "\ufeff", "x" * 3000, "..", "")
COLUMNS = ("tracker", "kind", "unit", "timestamp", "value", "choice", "note")
LINE = ("Water", "numerical", "l", "2026-11-19T08:00:00Z", "1", "", "")


def ids_of(app: Flask, alice: Person, queue: Queue) -> dict[str, int]:
    """Something of alice's own for each argument of a path."""
    mood = tracker(alice, "multiple_choice")
    water = tracker(alice)["id"]
    alice.post(f"trackers/{water}/people", {"username": "bob", "role": "viewer"})
    link = alice.get(f"trackers/{water}/people").get_json()["items"][-1]["id"]
    report = alice.post("reports", {"period": "2025"}).get_json()["id"]
    job = upload(alice).get_json()["id"]
    queue.run(app)
    delivery = delivered(app, alice)
    queue.take()
    return {
        "delivery_id": delivery,
        "passkey_id": 1,
        "identity_id": 1,
        "token_id": 1,
        "user_id": 1,
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


@pytest.fixture
def sweeps(both: dict[str, Flask], queue: Queue, unlimited: None, tally: Tally) -> list[Sweep]:
    """Alice on each database, with the same things."""
    found = []
    for app in both.values():
        alice = Person.sign_up(app, "alice")
        found.append(Sweep(alice, ids_of(app, alice, queue), queue, tally))
    return found


def fields() -> Iterator[tuple[Asked, str, bytes]]:
    """Every field of every body, those inside of others too, its body with @@here@@ there."""
    for asked in bodies.operations():
        schema = asked.schema()
        if schema is None:
            continue
        for way in [*bodies.ways(schema), (UNKNOWN,)]:
            name = ".".join(map(str, way))
            yield asked, name, bodies.with_value(schema, way, b"@@here@@")


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_field_of_every_body(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: >= 100 values in every field: 0 5xx, the one shape, the same answer on both databases."""
    assert len(set(VALUES)) >= 100
    for sweep in sweeps:
        for asked, name, body in fields():
            values = some(VALUES, asked.place, name)
            for value in values if UNKNOWN not in name else values[:2]:
                data = body.replace(b"@@here@@", value)
                sweep.send(asked, f"{name}={value[:60]!r}", data=data, content_type=MEDIA)
        sweep.is_still_hers()
    Sweep.compare(sweeps, tally)
    tally.check()
    assert tally.inputs > (20_000 if FULL else 2000)


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_body_as_a_whole(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: what is no object, no JSON, or not called JSON."""
    for sweep in sweeps:
        for asked in bodies.operations():
            if asked.method != "get":
                for data, media in some(WHOLE, asked.place, ""):
                    sweep.send(asked, f"{data[:40]!r} {media}", data=data, content_type=media)
        sweep.is_still_hers()
    Sweep.compare(sweeps, tally)
    tally.check()


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_parameter_of_every_query(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: the same in each parameter, known and unknown."""
    for sweep in sweeps:
        for asked in bodies.operations():
            names = asked.parameters("query")
            for name in [*names, UNKNOWN]:
                values = some(PARAMETERS, asked.place, name)
                for value in values if name != UNKNOWN else values[:2]:
                    schema = asked.schema()
                    more = {} if schema is None else {"json": bodies.sample(schema)}
                    sweep.send(asked, f"?{name}={value[:60]}", query=f"{name}={value}", **more)
        sweep.is_still_hers()
    Sweep.compare(sweeps, tally)
    tally.check()
    assert tally.inputs > 500


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_part_of_every_path(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: the same in the place of each id and token."""
    for sweep in sweeps:
        for asked in bodies.operations():
            for name in asked.parameters("path"):
                for value in some(PARAMETERS, asked.place, name):
                    if "&" not in value:
                        sweep.send(asked, f"{name}={value[:60]}", at={name: value})
        sweep.is_still_hers()
    Sweep.compare(sweeps, tally)
    tally.check()


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_header(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: the same in what a browser, a proxy or nobody sends beside a request."""
    shown = [t for t in TEXTS if not set("\r\n\0") & set(t)]
    wanted = {"get /today", "post /trackers/{tracker_id}/logs", "patch /account", "get /about",
              "delete /trackers/{tracker_id}/timer", "post /exports"}  # fmt: skip
    for sweep in sweeps:
        for asked in bodies.operations():
            named = HEADERS if asked.place in wanted else asked.parameters("header")
            for name in named:
                for text in some(shown, asked.place, name):
                    sweep.send_header(asked, name, text.encode().decode("latin-1"))
        sweep.is_still_hers()
    Sweep.compare(sweeps, tally)
    tally.check()


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_field_of_every_upload(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: the same in each field of a form, in a file's name and in its type."""
    for sweep in sweeps:
        for asked in bodies.operations():
            schema = asked.schema(FORM)
            if schema is None:
                continue
            for name in [*(set(bodies.resolve(schema)["properties"]) - {"file"}), UNKNOWN]:
                for value in some(VALUES, asked.place, name):
                    text = value.decode("utf-8", "replace")[:100_000]
                    sweep.judge(asked, f"{name}={text[:60]}", upload(sweep.person, **{name: text}))
                    sweep.queue.take()
            for text in (*FILENAMES, *some(TEXTS, asked.place, "filename")):
                answer = upload(sweep.person, filename=f"{text}.csv")
                sweep.judge(asked, f"filename={text[:60]}", answer)
                if answer.status_code == 202:
                    assert answer.get_json()["filename"].isprintable()
                sweep.queue.take()
        twice = upload(sweep.person, tracker_id=["1", "2"])
        assert "tracker_id" in problem(twice, 422)
    Sweep.compare(sweeps, tally)
    tally.check()


@pytest.mark.row("F2")
@pytest.mark.timeout(7200)
def test_every_cell_of_a_table(sweeps: list[Sweep], tally: Tally) -> None:
    """F2: a line for each value in each column: the same lines brought in, and the same refused."""
    texts = [*TEXTS, *(value.decode("utf-8", "replace").strip('"')[:4000] for value in VALUES)]
    for sweep in sweeps:
        app, person = sweep.person.app, sweep.person
        for column in COLUMNS:
            place = COLUMNS.index(column)
            lines = [",".join(COLUMNS)]
            for text in texts:
                cell = '"' + text.replace('"', '""') + '"'
                lines.append(",".join((*LINE[:place], cell, *LINE[place + 1 :])))
            made = upload(person, "\n".join(lines) + "\n", f"{column}.csv").get_json()["id"]
            sweep.queue.run(app)
            path = f"imports/{made}"
            job = person.get(path).get_json()
            sweep.told[f"import {column}"] = orjson.dumps(
                [job["state"], job["result"].get("counts")]
            )
            if job["state"] == "preview":
                tally.inputs += sum(job["result"]["counts"].values())
                tally.refused += job["result"]["counts"]["bad"]
                for outcome in ("new", "bad"):
                    answer = person.get(f"{path}/rows?outcome={outcome}&limit=200")
                    sweep.told[f"{outcome} {column}"] = answer.get_data()
                assert person.post(f"{path}/confirm", {}).status_code == 202
                sweep.queue.run(app)
                state = person.get(path).get_json()["state"]
                if state != "done":
                    tally.failed(f"{column}: {state}")
    assert sweeps[0].told == sweeps[1].told
    tally.accepted = tally.inputs - tally.refused
    tally.check()
    assert tally.inputs > 500


def test_ids_in_bodies_that_no_row_can_have(alice: Person) -> None:
    for found in (0, -1, 2**31, 2**63, 2**64 - 1):
        assert "tracker_ids.0" in problem(alice.post("exports", {"tracker_ids": [found]}), 422)
        report = {"period": "2025", "tracker_ids": [found]}
        assert "tracker_ids.0" in problem(alice.post("reports", report), 422)


def test_the_password_is_still_hers(alice: Person) -> None:
    assert (
        alice.post("accounts/login", {"identity": "alice", "password": PASSWORD}).status_code == 200
    )
