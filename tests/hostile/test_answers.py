"""The answer table against real sockets: what becomes of a delivery, in how long, in how much.

A call's limit is one second here instead of twenty, and holds in all: each way of dripping goes on
for as long as the peer is let.
"""

import gzip
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest

from application.deliveries.messages import Outcome
from application.deliveries.outcomes import LONGEST_WAIT, of_answer, of_error
from application.platform import egress
from application.platform.egress import Answer, Closed, Door, Unreachable
from tests.hostile.sinks import Answering, Sink, our_roots, says, server_side, status

LIMIT = 1.0
PATIENCE = 0.3
MEGABYTE = b"\0" * 2**20
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress, "PATIENCE", PATIENCE)


@dataclass
class Case:
    """What a receiver does, and what becomes of the delivery, within how many seconds."""

    name: str
    answering: Answering
    result: str
    status: int | None
    said: str = ""
    seconds: float = 0.5
    tls: str = ""
    reads: bool = True


def endless(start: bytes, part: bytes, pause: float = 0.0) -> Answering:
    """Goes on saying `part`, up to 10 GB, until the other side hangs up."""

    def answer(client: socket.socket) -> None:
        client.sendall(start)
        for _ in range(10_000):
            client.sendall(part)
            if pause:
                client.settimeout(pause)
                try:
                    if not client.recv(1):
                        return
                except TimeoutError:
                    pass

    return answer


def hang(client: socket.socket) -> None:
    while client.recv(4096):
        pass


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    os.close(client.detach())


METADATA = "Location: http://169.254.169.254/latest/meta-data/"
LATE = "It did not answer within 1 seconds."
CASES = [
    Case("200", status(200, body=b"ok"), "sent", 200),
    Case("204", says(b"HTTP/1.1 204 No Content\r\n\r\n"), "sent", 204),
    Case("202", status(202), "sent", 202),
    Case("301", status(301, "Location: http://127.0.0.1/"), "failed", 301, "redirect"),
    Case("302", status(302, "Location: http://[::1"), "failed", 302, "redirect"),
    Case("307", status(307, METADATA), "failed", 307, "redirect"),
    Case("308", status(308, "Location: /\xa0"), "failed", 308, "redirect"),
    Case("304", says(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "failed", 304, "redirect"),
    Case("400", status(400, body=b"no_text"), "failed", 400, "did not understand"),
    Case("401", status(401), "failed", 401, "key"),
    Case("404", status(404), "failed", 404, "no webhook at this address"),
    Case("410", status(410), "gone", 410, "gone for good"),
    Case("418", status(418), "failed", 418, "answered with 418"),
    Case("408", status(408), "retry", 408, "waited"),
    Case("425", status(425), "retry", 425, "425"),
    Case("429", status(429, "Retry-After: 7"), "retry", 429, "less often"),
    Case("500", status(500), "retry", 500, "went wrong"),
    Case("502", status(502), "retry", 502, "did not answer"),
    Case("503", status(503, "Retry-After: 7"), "retry", 503, "not available"),
    Case("999", status(999), "failed", 999, "999"),
    Case("hang", hang, "retry", None, LATE, LIMIT),
    Case("hang before reading", hang, "retry", None, LATE, LIMIT, reads=False),
    Case("drip status", endless(b"", b"H", 0.05), "retry", None, LATE, LIMIT),
    Case("drip header", endless(OK + b"X: ", b"y", 0.05), "retry", None, LATE, LIMIT),
    Case("drip headers", endless(OK, b"X: y\r\n", 0.02), "retry", None, LATE, LIMIT),
    Case("drip 100", endless(b"", b"HTTP/1.1 100 Go\r\n\r\n", 0.05), "retry", None, LATE, LIMIT),
    Case("drip body", endless(OK + b"Content-Length: 999\r\n\r\n", b"x", 0.05), "sent", 200),
    Case("drip chunks", endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
         "sent", 200),
    Case("hang in body", endless(OK + b"Content-Length: 9\r\n\r\n", b"", 0.05), "sent", 200),
    Case("cut in body", says(OK + b"Content-Length: 9\r\n\r\nx"), "sent", 200),
    Case("reset", reset, "retry", None, "hung up"),
    Case("reset before reading", reset, "retry", None, "hung up", reads=False),
    Case("cut in headers", says(b"HTTP/1.1 2"), "retry", None, reads=False),
    Case("10 GB", endless(OK + b"Content-Length: 10485760000\r\n\r\n", MEGABYTE), "sent", 200),
    Case("10 GB in chunks", endless(OK + b"Transfer-Encoding: chunked\r\n\r\n",
         b"100000\r\n" + MEGABYTE + b"\r\n"), "sent", 200),
    Case("10 GB in a redirect", endless(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n"
         b"Content-Length: 10485760000\r\n\r\n", MEGABYTE), "failed", 302, "redirect"),
    Case("10 GB until it ends", endless(OK + b"\r\n", MEGABYTE), "sent", 200),
    Case("10 GB of a header", endless(OK + b"X: ", MEGABYTE), "retry", None, "not HTTP"),
    Case("10 GB of headers", endless(OK, b"X: y\r\n" * 9999), "retry", None, "not HTTP"),
    Case("gzip bomb", status(200, "Content-Encoding: gzip", body=gzip.compress(MEGABYTE * 64)),
         "sent", 200),
    Case("gzip that is none", status(200, "Content-Encoding: gzip", body=b"plain"), "sent", 200),
    Case("no HTTP", says(b"SSH-2.0-OpenSSH_9.7\r\n"), "retry", None, reads=False),
    Case("no number", says(b"HTTP/1.1 OK\r\n\r\n"), "retry", None, "not HTTP"),
    Case("two lengths", status(200, "Content-Length: 5"), "retry", None, "not HTTP"),
    Case("bad length", says(OK + b"Content-Length: -5\r\n\r\n"), "sent", 200),
    Case("bad chunk", says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "sent", 200),
    Case("self-signed", status(200), "retry", None, "self-signed", tls="selfsigned"),
    Case("expired", status(200), "retry", None, "expired", tls="expired"),
    Case("another's", status(200), "retry", None, "another name", tls="other"),
    Case("good TLS", status(200), "sent", 200, tls="good"),
]  # fmt: skip


@pytest.fixture
def case_sink(case: Case) -> Iterator[Sink]:
    tls = server_side(case.tls) if case.tls else None
    with Sink(case.answering, tls=tls, reads=case.reads) as sink:
        yield sink


def attempt(door: Door, url: str) -> Outcome:
    try:
        return of_answer(door.post(url, b'{"text": "hello"}', {"webhook-id": "msg_1"}))
    except (Closed, Unreachable) as error:
        return of_error(error)


def memory() -> int:
    """The resident megabytes of this process."""
    with open("/proc/self/statm", encoding="ascii") as figures:
        return int(figures.read().split()[1]) * 4096 // 2**20


@pytest.mark.row("R4")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_r4_it_becomes_of_each_answer_what_the_table_says(case: Case, case_sink: Sink) -> None:
    """Pass: the stated outcome, in at most 20 s and 50 MB, and nobody else is called."""
    door = Door([case_sink.key], seconds=LIMIT, context=our_roots)
    before, began = memory(), monotonic()
    outcome = attempt(door, case_sink.url(scheme="https" if case.tls else "http"))
    spent = monotonic() - began
    door.close()
    assert (outcome.result, outcome.status) == (case.result, case.status), outcome
    assert case.said.lower() in outcome.error.lower()
    assert bool(outcome.error) == (outcome.result != "sent")
    assert spent < case.seconds + 0.4, spent
    assert memory() - before < 50
    assert len(outcome.answer) <= 200
    assert outcome.answer.isprintable()


def test_dripping_in_the_handshake_ends_in_time_too() -> None:
    with Sink(endless(b"", b"\x16", 0.05), reads=False) as sink:
        began = monotonic()
        outcome = attempt(Door([sink.key], seconds=LIMIT), sink.url(scheme="https"))
        assert (outcome.result, outcome.status) == ("retry", None)
        assert monotonic() - began < LIMIT + 0.4


def test_plain_http_where_tls_was_expected() -> None:
    with Sink(status(200), reads=False) as sink:
        outcome = attempt(Door([sink.key], seconds=LIMIT), sink.url(scheme="https"))
        assert (outcome.result, outcome.error) == ("retry", "It does not speak TLS as it should.")


def test_nobody_listens() -> None:
    with Sink() as sink:
        pass
    outcome = attempt(Door([sink.key], seconds=LIMIT), sink.url())
    assert (outcome.result, outcome.error) == ("retry", egress.SAY_REFUSED)


def test_no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for door in (Door([]), Door(["hooks.example:443"])):
        outcome = attempt(door, "https://hooks.example/x")
        assert (outcome.result, outcome.error) == ("retry", egress.SAY_NO_NAME)


def test_a_silent_resolver_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_m: over.wait(10) and [])
    began = monotonic()
    for door in (Door([], seconds=0.3), Door(["hooks.example:443"], seconds=0.3)):
        outcome = attempt(door, "https://hooks.example/x")
        assert (outcome.result, outcome.error) == (
            "retry", "It did not answer within 0.3 seconds."
        )  # fmt: skip
    over.set()
    assert monotonic() - began < 2


def test_what_may_not_be_called_is_final() -> None:
    outcome = attempt(Door([]), "http://127.0.0.1/")
    assert (outcome.result, outcome.status) == ("failed", None)
    assert "WEBHOOK_TRUSTED_HOSTS" in outcome.error


NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
GMT = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
WAITS = [
    ("7", 7.0),
    ("0", 0.0),
    ("1.5", 1.5),
    (GMT, 90.0),
    (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
    ("999999999", LONGEST_WAIT),
    (format_datetime(NOW + timedelta(days=9), usegmt=True), LONGEST_WAIT),
    ("9" * 400, None),
    ("-5", None),
    ("soon", None),
    ("", None),
    ("nan", None),
    ("١٢", None),
    ("Sat, 99 Nov 9999 99:99:99 GMT", None),
]


@pytest.mark.parametrize(("said", "seconds"), WAITS, ids=lambda value: str(value)[:20])
def test_retry_after_in_both_forms(said: str, seconds: float | None) -> None:
    for code in (429, 503):
        answer = Answer(code, {"retry-after": said}, b"")
        assert of_answer(answer, NOW).retry_after == seconds
    by_its_clock = Answer(429, {"retry-after": GMT, "date": format_datetime(NOW, usegmt=True)}, b"")
    assert of_answer(by_its_clock).retry_after == 90
    assert of_answer(Answer(400, {"retry-after": said}, b""), NOW).retry_after is None


def test_an_excerpt_of_the_answer_is_one_printable_line() -> None:
    said = b"<b>no</b>\r\n\x1b[31m\0 \xff\xfe " + "\u202eWärme".encode() + b"x" * 2000
    shown = of_answer(Answer(400, {}, said)).answer
    assert shown.startswith("<b>no</b> [31m Wärmexxx")
    assert len(shown) == 200
    assert of_answer(Answer(200, {"content-encoding": "gzip"}, gzip.compress(b"x"))).answer == ""


def test_other_errors_are_not_taken_for_answers() -> None:
    with pytest.raises(KeyError):
        of_error(KeyError("a bug"))
