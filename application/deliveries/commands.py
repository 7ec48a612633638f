"""What the operator does by hand: `flask --app app send-test-mail ADDRESS`, `reset-second-factor`.

The second is here, and not with those of accounts, because it tells its person by mail.
"""

from typing import Final

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from application.accounts import services, services_factors
from application.accounts.queries import find_by_name
from application.deliveries import alerts
from application.deliveries.services import new_message_id
from application.platform import mail, smtp
from application.platform.database import transaction
from application.platform.mail import Letter, MailError
from application.platform.refusals import Cause
from config import Settings

# What to look at, by what was wrong; said behind the sentence that everybody is told.
ADVICE: Final[dict[Cause, str]] = {
    "name": "Look at SMTP_HOST.",
    "refused": "Look at SMTP_HOST and SMTP_PORT, and whether a firewall stands in between.",
    "slow": "Look at SMTP_HOST and SMTP_PORT, and whether a firewall stands in between.",
    "closed": "Look at SMTP_PORT and SMTP_SECURITY.",
    "tls": "SMTP_SECURITY=tls is for port 465; for 587 set SMTP_SECURITY=starttls.",
    "certificate": "SMTP_HOST must be the name in the certificate; "
    "your own authority is made known by SSL_CERT_FILE.",
    "no_starttls": "Set SMTP_SECURITY=tls with its port (465), or none for a server on this "
    "machine.",
    "sign_in": "Look at SMTP_USER and SMTP_PASSWORD.",
    "sender": "Look at MAIL_FROM.",
    "recipient": "",
    "content": "",
    "busy": "",
}
ADVICE_TLS: Final = "It speaks TLS from the first byte: set SMTP_SECURITY=tls."


@click.command("send-test-mail")
@click.argument("address")
@with_appcontext
def send_test_mail(address: str) -> None:
    """Send a letter to ADDRESS and say in one line whether it went, or what is wrong."""
    settings: Settings = current_app.config["TEND"]
    letter = Letter(to=address, name="test", id=new_message_id())
    try:
        message = mail.compose(letter, settings)
        if settings.mail == "folder":
            path = mail.keep(message, settings.mail_folder)
            click.echo(f"No SMTP_HOST is set, so the letter was written to {path}")
            return
        mail.deliver(message, settings)
    except MailError as error:
        raise click.ClickException(f"{error} {advice(error, settings)}".strip()) from None
    click.echo(
        f"The mail server ({settings.smtp_host}, port {settings.smtp_port}) took the letter to "
        f"{address}."
    )


@click.command("reset-second-factor")
@click.argument("name")
@with_appcontext
def reset_second_factor(name: str) -> None:
    """Remove all second factors, passkeys and recovery codes of NAME, who has lost them."""
    user = find_by_name(name)
    if user is None:
        raise click.ClickException(f"There is no active account called {name}.")
    with transaction():
        services_factors.drop_all(user.id)
        services.end_sessions(user.id)
        alerts.tell(user.id, "second_factor_reset")
    click.echo("Done. The password alone signs in now; all sessions of this account have ended.")


def advice(error: MailError, settings: Settings) -> str:
    """Which setting to look at. A server that waits for TLS is silent to whoever begins without."""
    unsure = error.cause in {"slow", "closed"} and settings.smtp_security != "tls"
    if unsure and smtp.answers_in_tls(settings):
        return ADVICE_TLS
    return ADVICE[error.cause]


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(send_test_mail)
    app.cli.add_command(reset_second_factor)
