"""Hostile texts in everything that people write, all the way: page, file, PDF, mail, reminder.

A canary listens where each of them would load something from; nobody may ever call.
"""

import socket
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from application.reports import pdf
from tests.hostile.sinks import Sink
from tests.hostile.tally import Tally, size
from tests.hostile.test_report_texts import PAYLOADS, Reading, facts_with, read
from tests.people import Person, Queue
from tests.things import log, tracker

MORE = (
    "<img src=//evil.example/q>", "<input type=image src=http://evil.example/r>",
    "<svg><use href='http://evil.example/s#x'/></svg>", "<style>p{background:url(//evil.example)}",
    "<link rel=preload as=font href=//evil.example/f>", "<audio src=//evil.example/a autoplay>",
    "<a ping=http://evil.example href=#>x</a>", "<q cite=http://evil.example>x</q>",
)  # fmt: skip
LONGEST = {"name": 100, "description": 2000, "unit": 20, "label": 60, "note": 2000}


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """Every name leads to it: whoever looks one up to load something is seen."""
    real = socket.getaddrinfo
    with Sink() as sink:

        def lead_here(host: Any, port: Any, *args: Any, **more: Any) -> Any:
            if "evil" in str(host):
                return real("127.0.0.1", sink.port, *args, **more)
            return real(host, port, *args, **more)

        monkeypatch.setattr(socket, "getaddrinfo", lead_here)
        yield sink
        assert sink.connections == 0


def payloads(sink: Sink) -> list[str]:
    """All of them, leading to the canary."""
    found = [*PAYLOADS, *MORE]
    return [text.replace("evil.example", f"evil.example:{sink.port}") for text in found]


def furnish(person: Person, texts: list[str]) -> None:
    """One in the name, the description, the choices and the notes of a tracker of each."""
    for place, text in enumerate(texts):
        label, name = text[: LONGEST["label"]], f"{place} {text}"[: LONGEST["name"]]
        choices = [label or "x", "other"]
        kind = {"name": name, "description": text, "choices": choices}
        made = tracker(person, "multiple_choice", **kind)
        log(person, made["id"], made["choices"][0]["label"], note=text, logged_at="2026-10-05")
        if place % 5 == 0:
            short = {"name": f"n{place}", "unit": text[: LONGEST["unit"]]}
            number = tracker(person, "numerical", **short)
            log(person, number["id"], place, note=text, logged_at="2026-10-06")


def body_of(person: Person, path: str) -> bytes:
    """A file, and nothing of it left open."""
    with person.get(path) as answer:
        assert answer.status_code == 200
        return answer.get_data()


def harmless(said: str) -> list[str]:
    """What a page would load or run; nothing but our own."""
    page: Reading = read(said)
    wrong = {"script", "iframe", "object", "embed", "base", "form", "input", "video", "audio"}
    return [tag for tag in page.tags if tag in wrong] + [
        lead for lead in page.leads if "evil" in lead or lead.startswith(("javascript:", "file:"))
    ]


@pytest.mark.row("S8")
@pytest.mark.timeout(900)
def test_a_whole_report_of_them(
    app: Flask, alice: Person, queue: Queue, canary: Sink, tally: Tally, unlimited: None
) -> None:
    """S8: 40 payloads in every text field: 0 fetches, no attachment, the text shown literally."""
    texts = payloads(canary)
    assert len(texts) >= 40
    texts = texts[:: size(6, 1)]
    furnish(alice, texts)
    made = alice.post("reports", {"period": "2026-10", "format": "pdf"}).get_json()["id"]
    queue.run(app)
    page = body_of(alice, f"reports/{made}/file?format=html").decode()
    shown = " ".join("".join(read(page).said).split())
    for place, text in enumerate(texts):
        literal = " ".join(f"{place} {text}"[:25].split()) in shown
        tally.tried(accepted=literal)
        if not literal:
            tally.failed(f"html: not as it was written: {text}")
    if harmless(page):
        tally.failed(f"html: {harmless(page)}")
    paper = PdfReader(BytesIO(body_of(alice, f"reports/{made}/file")))
    if paper.attachments or "/EmbeddedFiles" in str(paper.trailer["/Root"].get("/Names", "")):
        tally.failed("pdf: an attachment")
    said = "".join("".join(one.extract_text().split()) for one in paper.pages)
    if "root:" in said or "".join(f"0 {texts[0]}"[:12].split()) not in said:
        tally.failed("pdf: not as it was written")
    assert tally.inputs > 5
    tally.check()


@pytest.mark.row("S8")
def test_a_reminder_and_an_export_of_them(
    app: Flask, alice: Person, queue: Queue, canary: Sink, tally: Tally, unlimited: None
) -> None:
    """S8: the evening's mail and the table that is taken out show them as they stand."""
    texts = payloads(canary)[:: size(4, 1)]
    furnish(alice, texts)
    answer = alice.post("webhook/test", {"channel": "mail"})
    tally.answered(answer.status_code)
    for path in app.config["TEND"].mail_folder.glob("*.eml"):
        tally.failures += harmless(path.read_text(encoding="utf-8", errors="replace"))
    job = alice.post("exports", {}).get_json()["id"]
    queue.run(app)
    table = body_of(alice, f"jobs/{job}/file").decode()
    for text in texts:
        tally.tried(accepted=True)
        if text.replace('"', '""') not in table:
            tally.failed(f"export: {text}")
    tally.check()


@pytest.mark.row("S8")
@pytest.mark.timeout(900)
def test_each_on_paper(make_app: Any, canary: Sink, tally: Tally) -> None:
    """S8: a PDF each: 0 fetches, 0 attachments, and the text is there to read."""
    with make_app("sqlite").app_context():
        for text in payloads(canary)[:: size(12, 1)]:
            paper = PdfReader(BytesIO(pdf.render(facts_with(text), "a4")))
            said = "".join("".join(one.extract_text().split()) for one in paper.pages)
            begin = "".join(text.split())[:8]
            literal = begin in said or not text.isascii()
            tally.tried(accepted=literal)
            if paper.attachments or not literal:
                tally.failed(f"{text}: {said[:200]}")
    tally.check()
