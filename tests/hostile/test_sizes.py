"""One less than the limit, the limit, one more: kept whole, or refused; never cut in silence."""

import gc
import io
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from api.guards import JSON_LIMIT
from application.accounts.passwords import LONGEST as LONGEST_PASSWORD
from application.logs.models import NOTE_LENGTH
from application.trackers.models import (
    CHOICE_LENGTH,
    DESCRIPTION_LENGTH,
    MOST_CHOICES,
    NAME_LENGTH,
    UNIT_LENGTH,
)
from tests.api.test_transfers import upload
from tests.hostile.tally import Tally
from tests.people import Person, Queue
from tests.things import log, tracker

NEAR = (-1, 0, 1)
FILE_LIMIT = 256 * 1024
MANY_WORDS = "green meadow, 7 vexed jackdaws; quartz flocks by moonlit fjords & 19 zinc yaks "
TEXTS = {
    "name": NAME_LENGTH,
    "description": DESCRIPTION_LENGTH,
    "unit": UNIT_LENGTH,
}


def expect(tally: Tally, status: int, more: int, refusals: tuple[int, ...], what: str) -> None:
    """Up to the limit it is taken, beyond it refused."""
    tally.answered(status)
    good = status in refusals if more > 0 else status < 400
    if not good:
        tally.failed(f"{what} {more:+}: {status}")


@pytest.mark.row("F4")
def test_every_length_of_a_text(alice: Person, tally: Tally, unlimited: None) -> None:
    """F4: a text of the limit's length comes back whole; one character more is 422."""
    for near in NEAR:
        for field, limit in TEXTS.items():
            text = ("é" * (limit + near))[: limit + near]
            body = {"kind": "numerical", "name": f"{field} {near}", field: text}
            answer = alice.post("trackers", body)
            expect(tally, answer.status_code, near, (422,), field)
            if answer.status_code == 201:
                assert answer.get_json()[field] == text
        label = "c" * (CHOICE_LENGTH + near)
        body = {"kind": "multiple_choice", "name": f"l{near}", "choices": [label]}
        answer = alice.post("trackers", body)
        expect(tally, answer.status_code, near, (422,), "label")
        many = [str(n) for n in range(MOST_CHOICES + near)]
        body = {"kind": "multiple_choice", "name": f"m{near}", "choices": many}
        answer = alice.post("trackers", body)
        expect(tally, answer.status_code, near, (422,), "choices")
        if answer.status_code == 201:
            assert len(answer.get_json()["choices"]) == MOST_CHOICES + near
    tally.check()


@pytest.mark.row("F4")
def test_every_length_of_a_note_a_search_and_a_page(
    alice: Person, tally: Tally, unlimited: None
) -> None:
    """F4: notes by 422, parameters by 400, each at its limit and one past it."""
    water = tracker(alice)["id"]
    for near in NEAR:
        note = "𝔫" * (NOTE_LENGTH + near)
        answer = alice.post(f"trackers/{water}/logs", {"value": 1, "note": note})
        expect(tally, answer.status_code, near, (422,), "note")
        if answer.status_code == 201:
            assert alice.get(f"logs/{answer.get_json()['id']}").get_json()["note"] == note
        for path in ("logs?limit={}", "logs?limit=50&q={}"):
            value = str(200 + near) if path.endswith("limit={}") else "q" * (200 + near)
            answer = alice.get(f"trackers/{water}/{path.format(value)}")
            expect(tally, answer.status_code, near, (400,), path)
        for path in ("trackers", "deleted", "exports", "imports", "deliveries", "reports"):
            answer = alice.get(f"{path}?limit={200 + near}")
            expect(tally, answer.status_code, near, (400,), path)
        key = "k" * (255 + near)
        answer = alice.post("exports", {}, headers={"Idempotency-Key": key})
        expect(tally, answer.status_code, near, (400,), "Idempotency-Key")
    tally.check()


@pytest.fixture(autouse=True)
def _exports_are_not_made(queue: Queue) -> Any:
    yield
    queue.take()


def raw(person: Person, path: str, body: bytes, media: str, *, chunked: bool) -> int:
    """The status of a POST whose length is said, or that ends when it ends (chunked)."""
    person.get("account")
    token = person.browser.get_cookie("XSRF-TOKEN")
    assert token is not None
    builder = EnvironBuilder(
        path=f"/api/v1/{path}",
        method="POST",
        input_stream=io.BytesIO(body),
        content_type=media,
        headers={"X-XSRF-TOKEN": token.value},
    )
    environ = builder.get_environ()
    if chunked:
        environ.pop("CONTENT_LENGTH", None)
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        environ["wsgi.input_terminated"] = True
    else:
        environ["CONTENT_LENGTH"] = str(len(body))
    answer = person.browser.open(environ_overrides=environ, path=builder.path, method="POST")
    answer.close()
    return answer.status_code


@pytest.mark.row("F4")
@pytest.mark.parametrize("chunked", [False, True])
def test_the_length_of_a_body(alice: Person, tally: Tally, unlimited: None, chunked: bool) -> None:
    """F4: a JSON body of the limit is read to its end, one byte more is 413; chunked as well."""
    water = tracker(alice)["id"]
    for near in NEAR:
        head, tail = b'{"value": 1, "note": "', b'"}'
        body = head + b"n" * (JSON_LIMIT + near - len(head) - len(tail)) + tail
        status = raw(alice, f"trackers/{water}/logs", body, "application/json", chunked=chunked)
        tally.answered(status)
        if status != (413 if near > 0 else 422):  # read whole, the note is too long
            tally.failed(f"{len(body)}: {status}")
    tally.check()


def form(size: int) -> tuple[bytes, str]:
    """An upload whose whole body has that many bytes."""
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    end = b"\r\n--b--\r\n"
    line = b"2026-11-01,1\n"
    room = size - len(start) - len(end)
    table = (line * (room // len(line) + 1))[: room - 1] + b"\n"
    return start + table + end, "multipart/form-data; boundary=b"


@pytest.mark.row("F4")
# A form that is too large leaves Werkzeug's file of its beginning to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("chunked", [False, True])
def test_the_length_of_a_file(
    app: Flask, alice: Person, queue: Queue, tally: Tally, monkeypatch: pytest.MonkeyPatch,
    chunked: bool,
) -> None:  # fmt: skip
    """F4: a file up to the limit is there with every byte; one byte more is 413; chunked too."""
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", FILE_LIMIT)
    for near in NEAR:
        body, media = form(FILE_LIMIT + near)
        assert len(body) == FILE_LIMIT + near
        status = raw(alice, "imports", body, media, chunked=chunked)
        # Werkzeug cannot tell a chunked body that ends at the limit from one that goes on.
        over = near >= 0 if chunked else near > 0
        expect(tally, status, 1 if over else -1, (413,), "file")
        if status == 202:
            kept = alice.get("imports").get_json()["items"][0]["size"]
            assert kept == table_of(body)
        queue.take()
    gc.collect()
    tally.check()


def table_of(body: bytes) -> int:
    """How long the file inside of the form is."""
    return len(body) - body.index(b"\r\n\r\n") - 4 - len(b"\r\n--b--\r\n")


@pytest.mark.row("F4")
def test_rows_columns_and_cells_of_a_table(
    app: Flask, alice: Person, queue: Queue, tally: Tally, unlimited: None
) -> None:
    """F4: a note at its limit is kept whole, one past it is a reject; so are too many columns."""
    for near in NEAR:
        lines = [
            f"2026-11-01,1,{'n' * (NOTE_LENGTH + near)}",
            "2026-11-02,1,fine",
            f"2026-11-03,{'9' * (15 + near)},{'x,' * 2000}",
        ]
        answer = upload(alice, "date,value,note\n" + "\n".join(lines) + "\n", f"t{near}.csv")
        number = answer.get_json()["id"]
        queue.run(app)
        counts = alice.get(f"imports/{number}").get_json()["result"]["counts"]
        tally.tried(accepted=counts["new"] > 1)
        if sum(counts.values()) != 3 or counts["new"] < (1 if near > 0 else 2):
            tally.failed(f"{near:+}: {counts}")
        for row in alice.get(f"imports/{number}/rows?outcome=new").get_json()["items"]:
            assert row["note"] in ("fine", "n" * (NOTE_LENGTH + min(near, 0)))
    tally.check()


@pytest.mark.row("F4")
def test_the_length_of_a_password(visitor: Person, tally: Tally, unlimited: None) -> None:
    """F4: a password of the greatest length signs in with all of it, and not with less."""
    for near in NEAR:
        password = (MANY_WORDS * 9)[: LONGEST_PASSWORD + near - 1] + "!"
        name = f"long{near + 1}"
        body = {"username": name, "email": f"{name}@example.org", "timezone": "UTC"}
        answer = visitor.post("accounts/register", body | {"password": password})
        expect(tally, answer.status_code, near, (422,), "password")
        if answer.status_code == 200:
            cut = {"identity": name, "password": password[:-1]}
            assert visitor.post("accounts/login", cut).status_code == 401
            whole = {"identity": name, "password": password}
            assert visitor.post("accounts/login", whole).status_code == 200
    tally.check()


@pytest.mark.row("F4")
def test_a_day_of_many_entries_is_listed_whole(alice: Person, tally: Tally) -> None:
    """F4: lists go on with `next` until everything was shown, and show nothing twice."""
    water = tracker(alice)["id"]
    made = {log(alice, water, n)["id"] for n in range(23)}
    seen: list[int] = []
    after = ""
    while True:
        page = alice.get(f"trackers/{water}/logs?limit=5{after}").get_json()
        tally.answered(200)
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen))
    assert set(seen) == made
