"""The small readers of what people write: any text at all is taken, or refused in words."""

import itertools
import logging
import random
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from application.accounts import usernames, zones
from application.platform import addresses
from application.reminders import words
from application.reminders.words import Item
from application.trackers import kinds
from application.transfers import codec
from tests.hostile.tally import SEED, Tally, size

INPUTS = size(400, 20_000)  # each reader's, made by Hypothesis
MUTATED = size(2_000, 180_000)  # and broken out of good ones
NORMAL = settings(
    max_examples=INPUTS, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
ODD = "\0\t\r\n \"'\\/:@?#[]%&=+-.,;{}<>|`^~_０１٣²①。．ⓛſ\u202e\u200b\ufeff\u2028é𝔞"
ANY = st.text(st.one_of(st.characters(), st.sampled_from(ODD)), max_size=60)


def no(words: str, *rightly: bool) -> bool:
    """It was refused: in words, and rightly."""
    assert words
    assert all(rightly)
    return False


def read_address(text: str) -> bool:
    try:
        target = addresses.read(text)
    except ValueError as refusal:
        return no(str(refusal))
    assert target.url.startswith(("http://", "https://"))
    assert target.url.isascii()
    return True


def read_zone(text: str) -> bool:
    try:
        zones.check(text)
    except ValueError as refusal:
        zones.find(text)  # what an old row may hold
        return no(str(refusal), text not in zones.known())
    return zones.find(text) is not None


def read_table(text: str) -> bool:
    clean = text.encode("utf-8", "replace").decode()
    for delimiter in ",;\t":
        for line, cells, source, reason in codec.Reader(StringIO(clean, newline=""), delimiter):
            assert line > 0
            assert cells is not None or reason
            assert len(source) <= codec.MAX_SOURCE
    return True


def read_value(text: str) -> bool:
    for kind in kinds.Kind:
        try:
            kinds.read(kind, text)
        except ValueError as refusal:
            no(str(refusal))
    usernames.check(text)
    return True


def write_reminder(text: str) -> bool:
    """The evening's sentence and its letter: the name stands in it, and nothing else happens."""
    clean = text.encode("utf-8", "replace").decode()
    items = [Item(words.one_line(clean), f"{words.one_line(clean)[:20]} yesterday")] * 2
    said = words.whole(words.greet("mira", 20), items, "today", "https://tend.example/today")
    assert "\n" not in said
    assert "\r" not in said
    context = {
        "greeting": "Good evening, Mira.", "sentence": words.sentence(items, "today"),
        "items": [{"name": clean, "kind": "boolean", "last": clean}],
        "link": "https://tend.example/today", "stop": "https://tend.example/stop",
        "change": "https://tend.example/settings", "product": "Tend", "url": "https://tend.example",
    }  # fmt: skip
    html = render_template("email/reminder/body.html", **context)
    assert html.count("<script") == 0
    assert render_template("email/reminder/body.txt", **context)
    return words.when(date(2026, 11, 1), date(2026, 11, 21)) in said or bool(said)


READERS: dict[str, tuple[Callable[[str], bool], tuple[str, ...]]] = {
    "webhook addresses": (
        read_address,
        ("https://example.org:443/a?b=c#d", "http://127.0.0.1:80/", "http://[::1%25lo]:8080/x",
         "http://user:secret@example.org/", "HTTPS://EXAMPLE.org.:8443/%2e%2e/"),
    ),
    "time zones": (
        read_zone, ("Europe/Vienna", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+5"),
    ),
    "tables": (
        read_table,
        ('a,"b ""c""",d\n1,2,3\n', "2026-11-01;1,5;note\r\n", 'x\t"y\nz"\t\n"open,1\n2,3\n'),
    ),
    "values": (read_value, ("1:30 h", "1.5", "1,5", "-3e7", "yes", "90 min", "12345678901234567")),
    "reminders": (
        write_reminder,
        ("Water", "{{ 7*7 }} {% raw %}", "<script>alert(1)</script>", "a\r\nBcc: x"),
    ),
}  # fmt: skip


def broken(good: tuple[str, ...], dice: random.Random) -> Iterator[str]:
    """Good ones with one to four small accidents, without end."""
    for text in itertools.cycle(good):
        for _ in range(dice.randint(1, 4)):
            at, end = sorted(dice.randrange(len(text) + 1) for _ in range(2))
            piece = dice.choice(
                [dice.choice(ODD), chr(dice.randrange(0x10FFFF)), dice.choice(good)]
            )
            cut = [text[:at] + text[end:], text[:at] + piece + text[at:], text[:at] + text[at:] * 2]
            text = dice.choice([*cut, text[:at] + text[at:end].swapcase() + text[end:]])[:4000]
        yield text


@pytest.mark.row("F6")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", READERS)
def test_any_text_is_read_or_refused(
    request: pytest.FixtureRequest, make_app: Any, tally: Tally, name: str
) -> None:
    """F6: 10^6 inputs in all: 0 that are not caught; what is refused is refused in words."""
    reader, good = READERS[name]
    app: Flask = make_app("sqlite")
    tally.what += f": {name}"

    def take(text: str) -> None:
        tally.tried(accepted=reader(text))

    logging.disable(logging.ERROR)  # what is found in an old row is said, each time
    request.addfinalizer(lambda: logging.disable(logging.NOTSET))
    with app.test_request_context():
        seed(SEED)(NORMAL(given(ANY)(take)))()
        for text in itertools.islice(broken(good, random.Random(SEED)), MUTATED):
            try:
                take(text)
            except Exception as error:
                tally.failed(f"{error!r} for {text!r}"[:1000])
                if len(tally.failures) > 20:
                    break
    tally.check()
