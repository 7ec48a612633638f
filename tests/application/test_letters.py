"""Every letter of templates/email: whole, in one look, its text part in the same order, escaped."""

import re
from typing import Any

import pytest
from flask import Flask

from application.platform import mail
from config import ROOT
from tests.postmen import part, read

HOSTILE = '"><img src=x onerror=alert(1)>{{ 7*7 }}</td><style>*{}</style>'
STOP = "https://tend.example/unsubscribe/abc"
CHANGE = "https://tend.example/settings/reminders"
ITEMS = [
    {"name": "Water", "kind": "numerical", "last": "1.5 l yesterday"},
    {"name": "Mood", "kind": "multiple_choice", "last": ""},
    {"name": HOSTILE, "kind": "boolean", "last": HOSTILE},
    {"name": "Walk", "kind": "time_duration", "last": "40 min on Thursday"},
]
# Every letter and what it is told.
LETTERS: dict[str, dict[str, Any]] = {
    "recovery": {"username": HOSTILE, "link": "https://tend.example/recover/x?a=1&b=2"},
    "reminder": {
        "greeting": f"Good evening, {HOSTILE}.",
        "sentence": f"Water, Mood and {HOSTILE} have no entry for today.",
        "items": ITEMS,
        "link": "https://tend.example/today",
        "stop": STOP,
        "change": CHANGE,
    },
    "notice": {
        "username": HOSTILE,
        "host": HOSTILE,
        "reason": f"{HOSTILE} said that it is no more (410).",
        "link": CHANGE,
    },
    "alert": {
        "username": HOSTILE,
        "title": f"A passkey was added: {HOSTILE}",
        "subject": "A passkey was added",
        "meaning": "With it one can sign in to your account.",
        "at": "21 November 2026, 19:20 UTC",
        "link": "https://tend.example/settings/security",
    },
    "test": {},
}


def letter(app: Flask, name: str) -> Any:
    with app.app_context():
        said = mail.Letter("mira@example.org", name, "1", LETTERS[name])
        return read(mail.compose(said, app.config["TEND"]).as_bytes())


def test_the_letters_are_the_folders() -> None:
    folders = {path.parent.name for path in (ROOT / "templates" / "email").glob("*/body.html")}
    assert set(LETTERS) <= folders
    for folder in folders:
        body = (ROOT / "templates" / "email" / folder / "body.html").read_text(encoding="utf-8")
        assert body.startswith('{% extends "email/base.html" %}'), folder


@pytest.mark.parametrize("name", LETTERS)
def test_what_people_wrote_is_shown_literally(app: Flask, name: str) -> None:
    found = letter(app, name)
    html, text = part(found, "html"), part(found, "plain")
    assert "<img" not in html
    assert html.count("<style>") == 1
    assert "49" not in re.sub(r"#\w{6}|\d+px", "", html)
    if any(HOSTILE in str(value) for value in LETTERS[name].values()):
        assert "onerror=alert(1)&gt;{{ 7*7 }}" in html
        assert HOSTILE in text


@pytest.mark.parametrize("name", LETTERS)
def test_both_parts_have_the_same_links_in_the_same_order(app: Flask, name: str) -> None:
    found = letter(app, name)
    html = part(found, "html").replace("&amp;", "&")
    in_html = list(dict.fromkeys(re.findall(r'href="([^"]+)"', html)))
    in_text = list(dict.fromkeys(re.findall(r"https?://\S+?(?=[.]?\s)", part(found, "plain"))))
    assert set(in_text) <= set(in_html)
    assert [link for link in in_html if link in in_text] == in_text


@pytest.mark.parametrize("name", LETTERS)
def test_it_fetches_nothing_and_speaks_its_language(app: Flask, name: str) -> None:
    html = part(letter(app, name), "html")
    tags = re.findall(r"<[^>]+>", html)
    assert not re.search(r"\s(src|srcset|background|poster)=|<link|<script", " ".join(tags))
    assert "url(" not in html
    assert "@import" not in html
    assert '<html lang="en"' in html
    assert "prefers-color-scheme: dark" in html


def test_a_reminder_names_what_has_no_entry_with_the_mark_of_its_kind(app: Flask) -> None:
    found = letter(app, "reminder")
    text = part(found, "plain").replace("\r\n", "\n")
    assert "● Water\n  Last: 1.5 l yesterday\n◆ Mood\n  No entry yet\n■ " in text
    assert text.rstrip().endswith(f"Stop this mail: {STOP}\nChange it: {CHANGE}")
    html = part(found, "html")
    marks = re.findall(r'<span class="(\w+)" aria-hidden="true"[^>]*>(.)</span>', html)
    assert marks == [
        ("numerical", "●"),
        ("multiple_choice", "◆"),
        ("boolean", "■"),
        ("time_duration", "⬢"),
    ]
