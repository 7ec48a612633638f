"""The launcher's own web process against what no browser sends: it stands, and serves the others.

What is known and stays: a process has eight threads, and a body is read as slowly as it is sent, so
eight slow bodies to each process make others wait. A proxy in front that reads bodies first (nginx
does by itself) ends that, and docs/running.md asks for one wherever strangers can come in.
"""

import contextlib
import http.client
import re
import socket
import statistics
import time
from collections.abc import Iterator

import pytest

from tests.faults.running import Tend, data_folder, free_port
from tests.hostile.tally import FULL, Tally, size

STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
SLOW = 200  # connections that send a header's beginning and then nothing
ASKED = size(40, 1000)
HEAD = b"Host: localhost\r\n"
POST = b"POST /api/v1/accounts/login HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
FINE = b"GET /api/v1/about HTTP/1.1\r\n" + HEAD + b"\r\n"
LAST = b"GET /api/v1/about HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

# Each is answered with a refusal or hung up on; none may hide a second request behind it.
FRAMES: dict[str, bytes] = {
    "TE and CL": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + LAST,
    "CL and TE": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + LAST,
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + LAST,
    "two in one": POST + b"Content-Length: 2, 40\r\n\r\n{}" + LAST,
    "a length of -1": POST + b"Content-Length: -1\r\n\r\n",
    "a length of +2": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length of 0x2": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length past all bounds": POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "a coding that is none": POST + b"Transfer-Encoding: x-chunked\r\n\r\n0\r\n\r\n",
    "gzip": POST + b"Transfer-Encoding: gzip\r\n\r\n",
    "a bad chunk": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "a chunk of -1": CHUNKED + b"-1\r\n\r\n",
    "a chunk past all bounds": CHUNKED + b"f" * 40 + b"\r\n{}\r\n",
    "a chunk without an end": CHUNKED + b"2\r\n{}0\r\n\r\n",
    "a long extension": CHUNKED + b"2;" + b"x" * 100_000 + b"\r\n{}\r\n0\r\n\r\n",
    "a trailer": CHUNKED + b"2\r\n{}\r\n0\r\nX-Evil: 1\r\n\r\n",
    "space before the colon": b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HEAD + b"X-A: 1\r\n  2\r\n\r\n",
    "a bare return": b"GET / HTTP/1.1\rHost: localhost\r\r",
    "NUL in a header": b"GET / HTTP/1.1\r\n" + HEAD + b"X-A: a\0b\r\n\r\n",
    "NUL in the path": b"GET /\0 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HEAD + b"Host: evil.example\r\n\r\n",
    "a long line": b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HEAD + b"X-A: 1\r\n" * 20_000 + b"\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\n" + HEAD + b"\r\n",
    "HTTP/2 as if agreed": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 40,
    "no HTTP at all": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 200,
    "an absolute address": b"GET http://evil.example/ HTTP/1.1\r\n" + HEAD + b"\r\n",
    "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an upgrade": FINE[:-2] + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
}


@pytest.fixture(scope="module")
def tend() -> Iterator[Tend]:
    with data_folder() as folder, Tend(folder, free_port(), ROLES="web") as running:
        yield running


def connect(tend: Tend) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", tend.port), 10)
    found.settimeout(5)
    return found


def heard(connection: socket.socket, seconds: float = 1.0) -> bytes:
    """All that comes until it is quiet."""
    found = b""
    connection.settimeout(seconds)
    with contextlib.suppress(OSError):
        while more := connection.recv(65536):
            found += more
    return found


def ask(tend: Tend) -> float:
    """The seconds that an ordinary request takes."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", tend.port, timeout=20)
    connection.request("GET", "/api/v1/about")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200
    return time.perf_counter() - began


@pytest.mark.row("F5")
def test_no_frame_ends_it_or_hides_a_request(tend: Tend, tally: Tally) -> None:
    """F5: bad chunks, TE+CL and the like: 0 crashes, 0 5xx, and never two answers where one is."""
    before = tend.running("web")
    for name, frame in FRAMES.items():
        with connect(tend) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(frame)
            said = heard(connection, 0.3)
        statuses = [int(found) for found in STATUS.findall(said)]
        tally.answered(max(statuses, default=400))
        hidden = LAST in frame and b'"registration"' in said
        if any(status >= 500 for status in statuses) or hidden:
            tally.failed(f"{name}: {said[:300]!r}")
        ask(tend)
    assert tend.running("web") == before
    tally.check()


@pytest.mark.row("F5")
def test_pipelined_requests_are_answered_in_their_order(tend: Tend, tally: Tally) -> None:
    """F5: a hundred at once on one connection: a hundred answers."""
    with connect(tend) as connection:
        connection.sendall(FINE * 99 + LAST)
        said = heard(connection, 10)
    tally.inputs = tally.accepted = said.count(b"HTTP/1.1 200")
    assert tally.inputs == 100


@pytest.mark.row("F5")
@pytest.mark.timeout(600)
def test_slow_headers_keep_nobody_waiting(tend: Tend, tally: Tally) -> None:
    """F5: 200 connections that never end their headers; others' p99 is below 1 s (in full)."""
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(tend)) for _ in range(SLOW)]
        for connection in slow:
            connection.sendall(b"GET /api/v1/about HTTP/1.1\r\nHost: loc")
        times = []
        for turn in range(ASKED):
            times.append(ask(tend))
            with contextlib.suppress(OSError):
                slow[turn % SLOW].sendall(b"a")
            tally.answered(200)
    p99 = statistics.quantiles(times, n=100)[98]
    tally.note = f"p99 {p99 * 1000:.0f} ms"
    if FULL and p99 >= 1:
        tally.failed(tally.note)
    tally.check()


@pytest.mark.row("F5")
def test_a_few_slow_bodies_keep_nobody_waiting(tend: Tend, tally: Tally) -> None:
    """F5: seven bodies that never come, one thread less than there are: others are served."""
    with contextlib.ExitStack() as stack:
        for _ in range(7):
            connection = stack.enter_context(connect(tend))
            connection.sendall(POST + b"Content-Length: 500\r\n\r\n{")
        for _ in range(20):
            tally.answered(200)
            assert ask(tend) < 5
    ask(tend)
