"""What the operator does by hand: `flask --app app reset-password NAME`, and `invite`."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_security import hash_password

from application.accounts import commands_people, invitations, recovery, services
from application.accounts.passwords import PasswordRules
from application.accounts.queries import find_by_name
from application.platform.database import transaction
from application.platform.errors import Conflict


@click.command("reset-password")
@click.argument("name")
@click.option("--set", "ask", is_flag=True, help="Ask for the new password here instead.")
@with_appcontext
def reset_password(name: str, ask: bool) -> None:
    """Print a link with which NAME sets a new password, once, within an hour."""
    user = find_by_name(name)
    if user is None:
        raise click.ClickException(f"There is no active account called {name}.")
    if not ask:
        click.echo(recovery.link_for(user, by_hand=True))
        return
    said = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    wrong, password = PasswordRules(current_app).validate(said, False, user=user)
    if wrong:
        raise click.ClickException(wrong[0])
    hashed = hash_password(password)
    with transaction():
        services.set_password(user.id, hashed)
    click.echo("Done. All sessions and tokens of this account have ended.")


@click.command("invite")
@with_appcontext
def invite() -> None:
    """Print a link with which accounts can be made for a week, where REGISTRATION is invite."""
    try:
        click.echo(invitations.link())
    except Conflict as error:
        raise click.ClickException(f"{error.message} REGISTRATION is closed.") from None


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    people = commands_people
    also = (people.create_admin, people.disable, people.enable, people.list_accounts)
    for command in (reset_password, invite, *also):
        app.cli.add_command(command)
