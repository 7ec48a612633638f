"""A report as a letter: subject, HTML and plain text, from its facts.

The same HTML is sent as a mail, its pictures beside it by cid, and given as a file, its pictures in
it as data: URIs. Everything people wrote goes through the templates' escaping.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from application.platform.mail import LANGUAGE
from application.reports.facts import Facts
from application.reports.periods import days_between, read, say_day
from application.reports.pictures import IN_MAIL, pictured


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the letter's links lead; `stop` only in the mail of each month."""

    report: str
    settings: str
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A finished letter."""

    subject: str
    html: str
    text: str


def cid(place: int) -> str:
    """The name of a mail's picture, counted from one."""
    return f"chart-{place}"


def name_of(facts: Facts) -> str:
    """What its days are called: October."""
    return read(facts.period, facts.last).called(facts.made_at.date())


def subject(facts: Facts) -> str:
    """Your October: 29 of 31 days."""
    name = name_of(facts)
    if facts.empty:
        return f"Your {name}"
    return f"Your {name}: {facts.days_logged:,} of {facts.days:,} days"


def write(
    facts: Facts, ways: Ways, pictures: Mapping[int, str], *, attached: bool = False
) -> Written:
    """The letter; `pictures` says where a row's picture is (by its place among all rows).

    `attached`: a PDF with the pictures comes with it.
    """
    values = {
        "language": LANGUAGE,
        "facts": facts,
        "name": name_of(facts),
        "subject": subject(facts),
        "ways": ways,
        "pictures": pictures,
        "attached": attached,
        "say_day": say_day,
        "made": days_between(facts.made.date(), facts.made.date()),
        "years": facts.first.year != facts.last.year,
    }
    return Written(
        values["subject"],  # type: ignore[arg-type]
        render_template("reports/mail.html", **values),
        render_template("reports/mail.txt", **values),
    )


def by_cid(facts: Facts) -> dict[int, str]:
    """Where the pictures of a mail are: beside it."""
    return {place: f"cid:{cid(number)}" for number, place in enumerate(drawn(facts), 1)}


def by_data(facts: Facts, pictures: Sequence[bytes]) -> dict[int, str]:
    """Where the pictures of a file are: in it, as many as there are."""
    uris = (f"data:image/png;base64,{b64encode(one).decode()}" for one in pictures)
    return dict(zip(drawn(facts), uris, strict=False))


def drawn(facts: Facts) -> list[int]:
    """The places of the rows whose picture goes into a letter."""
    shown = {id(row) for row in pictured(facts.rows)[:IN_MAIL]}
    return [place for place, row in enumerate(facts.rows) if id(row) in shown]
