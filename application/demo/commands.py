"""`flask --app app demo`: a new account with a believable year in it; `demo-report`: a PDF."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_security import hash_password

from application.accounts.datastore import PeopleStore
from application.demo import report, services
from application.demo.year import DAYS
from application.platform.clock import now
from application.platform.database import transaction
from application.reports import pdf
from application.reports.pdf import Paper


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


@click.command("demo-report")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4")
@click.option("--trackers", default=7, help="How many trackers it tells of.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), default="2026-10-01")
@click.option("--last", type=click.DateTime(["%Y-%m-%d"]), default="2026-10-31")
def demo_report(file: Path, paper: Paper, trackers: int, first: datetime, last: datetime) -> None:
    """Print a made-up report into FILE, a PDF, to look at."""
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
    app.cli.add_command(demo_report)
