"""Who may come in, by hand: `flask --app app create-admin NAME`, disable, enable and list."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_security import hash_password
from flask_security.mail_util import EmailValidateException

from application.accounts import recovery, services_admin, usernames, zones
from application.accounts.models import User
from application.accounts.passwords import PasswordRules
from application.accounts.queries import find_by, find_user
from application.accounts.queries_admin import Known, list_known
from application.platform import clock
from application.platform.database import transaction
from application.platform.errors import Invalid

AT_ONCE = 200
COLUMNS = ("NAME", "CREATED", "LAST SEEN", "SECOND FACTOR", "ACTIVE", "ADMIN")


def named(name: str) -> User:
    """The account of that name, active or not. Raises ClickException."""
    user = find_by("username", usernames.fold(name))
    if user is None:
        raise click.ClickException(f"There is no account called {name}.")
    return user


@click.command("create-admin")
@click.argument("name")
@click.option("--email", help="The address of a new account; asked for when it is not given.")
@click.option("--timezone", default="UTC", help="The time zone of a new account, as Europe/Vienna.")
@click.option("--set", "ask", is_flag=True, help="Ask for the password here, instead of a link.")
@with_appcontext
def create_admin(name: str, email: str | None, timezone: str, ask: bool) -> None:
    """Let NAME run this place; a new account sets its password by a link, once, within an hour."""
    user = find_by("username", usernames.fold(name))
    if user is not None:
        with transaction():
            services_admin.give_admin(user.id)
        click.echo(f"{user.username} runs this place now.")
        return
    wrong, folded = usernames.check(name)
    if wrong:
        raise click.ClickException(wrong)
    user_id = make(folded, email or click.prompt("E-mail address"), timezone, ask)
    click.echo(f"{folded} runs this place now.")
    if not ask:
        link = recovery.link_for(find_user(user_id), by_hand=True)
        click.echo(f"To set the password, within an hour:\n{link}")


def make(name: str, email: str, timezone: str, ask: bool) -> int:
    """A new account that runs this place; its id. Raises ClickException."""
    security = current_app.extensions["security"]
    try:
        address = security.mail_util.validate(email)
        zones.check(timezone)
    except (EmailValidateException, ValueError) as error:
        raise click.ClickException(str(getattr(error, "msg", error))) from None
    hashed = hash_password(asked_password(name, address) if ask else secrets.token_urlsafe())
    try:
        with transaction():
            user = security.datastore.create_user(
                username=name,
                email=address,
                password=hashed,
                timezone=timezone,
                confirmed_at=clock.now(),  # whoever types this command vouches for the address
            )
            services_admin.give_admin(user.id)
            return int(user.id)
    except Invalid as error:
        raise click.ClickException(error.errors[0].message) from None


def asked_password(name: str, email: str) -> str:
    """A password typed here, twice. Raises ClickException when it is guessed too soon."""
    said = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    wrong, password = PasswordRules(current_app).validate(said, True, username=name, email=email)
    if wrong:
        raise click.ClickException(wrong[0])
    return password


@click.command("disable")
@click.argument("name")
@with_appcontext
def disable(name: str) -> None:
    """Close the account NAME: its sessions and tokens end at once, what is in it stays."""
    user = named(name)
    with transaction():
        services_admin.set_active(user.id, active=False)
    click.echo(f"{user.username} is closed. All its sessions and tokens have ended.")


@click.command("enable")
@click.argument("name")
@with_appcontext
def enable(name: str) -> None:
    """Open the account NAME again."""
    user = named(name)
    with transaction():
        services_admin.set_active(user.id, active=True)
    click.echo(f"{user.username} is open.")


@click.command("list")
@with_appcontext
def list_accounts() -> None:
    """Print every account: since when, last seen when, second factor, active or not."""
    for row in table([COLUMNS, *map(cells, everybody())]):
        click.echo(row)


def everybody() -> Iterator[Known]:
    """All accounts, a page at a time."""
    found = list_known(0, AT_ONCE)
    while found:
        yield from found
        found = list_known(found[-1].id, AT_ONCE)


def cells(known: Known) -> tuple[str, ...]:
    """An account as a row of the table; times are UTC."""
    return (
        known.username,
        day(known.created_at),
        day(known.last_seen_at),
        *("yes" if said else "no" for said in (known.second_factor, known.active, known.admin)),
    )


def day(at: datetime | None) -> str:
    """A day, or that there is none."""
    return "never" if at is None else at.date().isoformat()


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines, each column as wide as its widest."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        filled = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(filled).rstrip()
