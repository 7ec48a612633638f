"""The one door to the mail server: a letter is a folder of templates, sent over SMTP or filed.

Without SMTP_HOST a letter is written as an .eml file into the data folder, where whoever runs
this machine can read it.
"""

import os
import re
import smtplib
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_mail import BadHeaderError, Connection, Message

from application.platform.clock import now
from config import Settings

LONGEST = timedelta(minutes=10)  # a lease for one sending: several waits of SMTP_TIMEOUT
FINAL = 500


class NotNow(Exception):
    """The server is away or says to come again; the letter was not taken."""


class Never(Exception):
    """The letter will not be taken however often it is tried; the message says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one person. `name` is its folder in templates/email; `id` stays on a retry."""

    to: str
    name: str
    id: str
    context: dict[str, Any] = field(default_factory=dict)


class SafeConnection(Connection):
    """Flask-Mail's connection, with a time limit and with the server's certificate checked."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt and sign in as the settings say."""
        settings: Settings = current_app.config["TEND"]
        host, port, patience = settings.smtp_host, settings.smtp_port, settings.smtp_timeout
        server: smtplib.SMTP
        if settings.smtp_security == "tls":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(host, port, timeout=patience, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=patience)
        try:
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
        except BaseException:
            server.close()
            raise
        return server

    def __exit__(self, *error: Any) -> None:
        """Leave; a server that hangs up first has already answered what matters."""
        if self.host is not None:
            try:
                self.host.quit()
            except (smtplib.SMTPException, OSError):
                self.host.close()


def send(letter: Letter) -> None:
    """Send it. Raises NotNow when it is worth another try, Never when it is not."""
    settings: Settings = current_app.config["TEND"]
    message = compose(letter, settings)
    if settings.mail == "folder":
        keep(message, letter, settings.mail_folder)
        return
    try:
        with SafeConnection(current_app.extensions["mail"]) as connection:
            connection.send(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        _judge(code, said)
    except smtplib.SMTPResponseException as error:
        _judge(error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        raise Never(str(error)) from None
    except BadHeaderError:
        raise Never("A header of the letter held a line break.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotNow(type(error).__name__) from None


def _judge(code: int, said: bytes | str) -> None:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if code >= FINAL:
        raise Never(f"{code} {text}"[:300])
    raise NotNow(f"{code} {text}"[:300])


def compose(letter: Letter, settings: Settings) -> Message:
    """The letter as a message, with its text and its HTML."""
    folder = f"email/{letter.name}"
    domain = urlsplit(settings.public_url).hostname
    message = Message(
        subject=render_template(f"{folder}/subject.txt", **letter.context).strip(),
        recipients=[letter.to],
        body=render_template(f"{folder}/body.txt", **letter.context),
        html=render_template(f"{folder}/body.html", **letter.context),
        sender=settings.mail_from,
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = f"<{letter.id}@{domain}>"
    message.date = now().timestamp()
    return message


def keep(message: Message, letter: Letter, folder: Path) -> Path:
    """Write the message into `folder`, whole or not at all; its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{now():%Y%m%dT%H%M%S}-{letter.id}-{file_part(letter.to)}.eml"
    handle, unfinished = tempfile.mkstemp(dir=folder)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
    path = folder / name
    Path(unfinished).replace(path)
    return path


def forget(address: str) -> None:
    """Remove the letters to `address` that were filed here."""
    folder: Path = current_app.config["TEND"].mail_folder
    for path in folder.glob(f"*-{file_part(address)}.eml"):
        path.unlink(missing_ok=True)


def file_part(address: str) -> str:
    """An address as part of a file's name."""
    return re.sub(r"[^a-z0-9@._]", "_", address.lower())
