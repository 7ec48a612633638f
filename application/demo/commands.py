"""`flask --app app demo`: an account with a believable year; `demo-crowd`: many; `demo-report`."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_security import hash_password

from application.accounts.datastore import PeopleStore
from application.accounts.services_crowd import count_people
from application.demo import report, services
from application.demo.crowd import fill_crowd
from application.demo.year import DAYS
from application.platform.clock import now
from application.platform.database import transaction


@click.command("demo")
@click.option("--timezone", default="Europe/Vienna", help="The account's time zone.")
@with_appcontext
def demo(timezone: str) -> None:
    """Make an account with a year of entries over all four kinds, and say how to sign in."""
    people = PeopleStore()
    name = next(name for name in _names() if people.find_user(username=name) is None)
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    hashed = hash_password(password)
    with transaction():
        user = people.create_user(
            username=name,
            email=f"{name}@demo.example",
            password=hashed,
            timezone=timezone,
            created_at=now() - timedelta(days=DAYS),  # so that the month's report is theirs too
        )
        count = services.fill(user.id)
    click.echo(f"A year of {count:,} entries is there. Sign in at {_url()} as")
    click.echo(f"  username  {name}\n  password  {password}")


@click.command("demo-crowd")
@click.option("--people", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option("--mailed", is_flag=True, help="Let reminders and reports be due for them too.")
@click.option("--beside-people", is_flag=True, help="Even where real people have accounts.")
@with_appcontext
def demo_crowd(people: int, mailed: bool, beside_people: bool) -> None:
    """Make many accounts with twelve trackers and a year each, to measure what many people cost."""
    crowd, others = count_people()
    if others and not beside_people:
        raise click.ClickException(
            f"{others:,} real people have accounts here. Give it a database of its own, or say"
            " --beside-people: the crowd cannot be told from people afterwards but by its names."
        )
    password = secrets.token_urlsafe(9)
    numbers = range(crowd + 1, crowd + people + 1)
    done = logs = 0
    for more, more_logs in fill_crowd(numbers, hash_password(password), mailed=mailed):
        done, logs = done + more, logs + more_logs
        click.echo(f"{done:,} of {people:,} people, {logs:,} logs")
    click.echo(f"Sign in at {_url()} as crowd-{numbers[0]:06} to crowd-{numbers[-1]:06}")
    click.echo(f"  password  {password}")


@click.command("demo-report")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4")
@click.option("--trackers", default=7, help="How many trackers it tells of.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), default="2026-10-01")
@click.option("--last", type=click.DateTime(["%Y-%m-%d"]), default="2026-10-31")
def demo_report(
    file: Path, paper: Literal["a4", "letter"], trackers: int, first: datetime, last: datetime
) -> None:
    """Print a made-up report into FILE, a PDF, to look at."""
    from application.reports import pdf  # late: with it comes matplotlib, to every process

    file.write_bytes(pdf.render(report.facts(trackers, first.date(), last.date()), paper))


def _names() -> Iterator[str]:
    yield "mira"
    while True:
        yield f"mira-{secrets.randbelow(10_000):04}"


def _url() -> str:
    return str(current_app.config["TEND"].public_url)


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(demo)
    app.cli.add_command(demo_crowd)
    app.cli.add_command(demo_report)
