"""The one guard for bodies: what no endpoint should see is refused before anything reads it."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask

from api.guards import JSON_LIMIT
from config import ROOT
from tests import servers
from tests.people import Person, problem

JSON = "application/json"


def nested(depth: int) -> bytes:
    """An object whose lists are nested so that the whole has `depth` levels."""
    return b'{"timezone": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def send(person: Person, data: bytes, content_type: str = JSON) -> Any:
    """PATCH account with exactly these bytes."""
    return person.patch("account", data=data, content_type=content_type)


@pytest.mark.parametrize(
    "data",
    [
        b'"x"',
        b"1",
        b"true",
        b"null",
        b"[1, 2]",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1} {"b": 2}',
        b'{"a": 01}',
        b'{"timezone": "\\ud800"}',
        b'{"\\udc00": 1}',
        b'{"timezone": "\\u0000"}',
        b'{"a\\u0000": 1}',
        b'{"timezone": "\xff"}',
        b'{"timezone": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        b'{"a": "\x01"}',
        '{"timezone": "UTC"}'.encode("utf-16"),
        nested(33),
        nested(100_000),
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"\0",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_it_refuses(alice: Person, data: bytes) -> None:
    problem(send(alice, data), 400)
    assert alice.get("account").get_json()["timezone"] == "Europe/Vienna"


def test_thirty_two_levels_are_read(alice: Person) -> None:
    assert set(problem(send(alice, nested(32)), 422)) == {"timezone"}


@pytest.mark.parametrize("value", ["1e400", "-1e400", "9" * 400, "1" + "0" * 30])
def test_numbers_past_all_bounds_are_no_crash(alice: Person, value: str) -> None:
    answer = send(alice, b'{"day_starts_at": ' + value.encode() + b"}")
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code)


def test_it_names_the_field_of_a_nul(alice: Person) -> None:
    found = problem(send(alice, b'{"timezone": "a\\u0000"}'), 400)
    assert set(found) == {"timezone"}


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "text/json",
        "application/jsonp",
    ],
)
def test_it_reads_json_alone(alice: Person, content_type: str) -> None:
    problem(send(alice, b'{"day_starts_at": 1}', content_type), 415)
    assert alice.get("account").get_json()["day_starts_at"] == 0


def test_json_with_a_charset_is_json(alice: Person) -> None:
    answer = send(alice, b'{"day_starts_at": 1}', "application/json; charset=utf-8")
    assert answer.get_json()["day_starts_at"] == 1


def test_a_body_where_none_belongs_is_refused(alice: Person) -> None:
    problem(alice.delete("account/sessions", {"x": 1}), 400)


@pytest.mark.row("F4")
def test_the_limit_is_the_limit(alice: Person) -> None:
    def body(size: int) -> bytes:
        return b'{"webhook": "' + b"a" * (size - len(b'{"webhook": ""}')) + b'"}'

    assert set(problem(send(alice, body(JSON_LIMIT)), 422)) == {"webhook"}
    problem(send(alice, body(JSON_LIMIT + 1)), 413)


HOSTILE = [
    "\u202ealice",
    "\ufeff",
    "1_000",
    "١٢",
    "=cmd|' /C calc'!A0",
    "a\r\nX-Evil: 1",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
    "' OR 1=1 --",
    "x" * 100_000,
    "𝔞𝔩𝔦𝔠𝔢",
    "e\u0301" * 50,
    2**31,
    2**63,
    10**18,
    -0.0,
    1.5,
    True,
    None,
    [],
    {},
    [{"a": [1]}],
]
FIELDS = {
    "accounts/register": ("username", "email", "password", "timezone", "invite"),
    "accounts/login": ("identity", "password"),
    "accounts/change": ("password", "new_password"),
    "accounts/reset": ("email",),
    "accounts/reset/x": ("password",),
    "accounts/password-strength": ("password", "username", "email"),
}
GOOD = {
    "username": "dora",
    "email": "dora@example",
    "password": "x",
    "timezone": "UTC",
    "identity": "dora",
    "new_password": "y",
}


@pytest.mark.parametrize("path", FIELDS)
def test_hostile_values_never_crash(
    app: Flask, alice: Person, path: str, monkeypatch: pytest.MonkeyPatch, queue: Any
) -> None:
    from api.limits import limiter

    monkeypatch.setattr(limiter, "enabled", False)
    for field in FIELDS[path]:
        for value in HOSTILE:
            body = {name: GOOD[name] for name in FIELDS[path] if name in GOOD} | {field: value}
            answer = alice.post(path, body)
            assert answer.status_code < 500, (field, value)
            if answer.status_code != 200:
                problem(answer, answer.status_code)
    queue.take()


@pytest.fixture
def served(
    tmp_path: Path, valkey_url: str
) -> Iterator[Callable[[bytes], http.client.HTTPResponse]]:
    """A real Granian; the function sends it exactly these bytes and reads the answer."""
    servers.migrated_sqlite(tmp_path, valkey_url)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    surroundings = {
        **os.environ,
        "TEND_DATA": str(tmp_path),
        "REDIS_URL": valkey_url,
        "PORT": str(port),
        "SECRET_KEY": servers.SECRET,
        "SECURITY_PASSWORD_SALT": servers.SECRET,
    }
    program = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    process = subprocess.Popen(
        [*program, "app:app"], cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "Granian did not start"
                time.sleep(0.05)

        def ask(request: bytes) -> http.client.HTTPResponse:
            with socket.create_connection(("127.0.0.1", port), 10) as connection:
                connection.settimeout(20)
                # When it has heard enough, its answer may still be there.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendall(request)
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                answer.body = answer.read()  # type: ignore[attr-defined]
                return answer

        yield ask
    finally:
        process.terminate()
        process.wait(10)


def chunked(size: int, *, piece: int = 65536) -> bytes:
    """A chunked login whose password fills the body up to `size` bytes."""
    head, tail = b'{"identity": "x", "password": "', b'"}'
    body = head + b"a" * (size - len(head) - len(tail)) + tail
    parts = [body[at : at + piece] for at in range(0, len(body), piece)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return (
        b"POST /api/v1/accounts/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + coded
        + b"0\r\n\r\n"
    )


@pytest.mark.row("F4")
def test_a_real_server_holds_the_limit_for_chunked_bodies(
    served: Callable[[bytes], http.client.HTTPResponse],
) -> None:
    """Never cut in silence: what is over is 413, what is under is read to its end."""
    over = served(chunked(JSON_LIMIT + 1))
    assert over.status == 413
    assert orjson.loads(over.body)["status"] == 413  # type: ignore[attr-defined]
    under = served(chunked(JSON_LIMIT))
    assert orjson.loads(under.body)["type"] == "/problems/csrf"  # type: ignore[attr-defined]
    much = served(chunked(8 * JSON_LIMIT))
    assert much.status == 413


@pytest.mark.row("F5")
def test_a_real_server_survives_strange_framing(
    served: Callable[[bytes], http.client.HTTPResponse],
) -> None:
    start = b"POST /api/v1/accounts/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    both = start + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    for request in (
        both,
        start + b"Content-Length: -1\r\n\r\n",
        start + b"Content-Length: x\r\n\r\n",
        start + b"Transfer-Encoding: gzip\r\n\r\n",
    ):
        with contextlib.suppress(http.client.HTTPException):  # hanging up is an answer too
            assert 400 <= served(request).status < 500
    fine = b"GET /api/v1/about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert served(fine).status == 200
