"""The one door to mail: a letter is a folder of templates, made a message, and sent or filed.

`compose` needs the application (templates) and is called where it is at hand; `deliver` needs
nothing but the message and the settings, so that threads may send. Without SMTP_HOST a message is
written as an .eml file into the data folder, where whoever runs this machine can read it.
"""

import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template

from application.platform import smtp
from application.platform.clock import now
from application.platform.envelope import Attachment, Image, Message, one_line, word
from application.platform.refusals import MailError, Never, NotNow
from config import Settings

__all__ = [
    "Attachment",
    "Image",
    "Letter",
    "MailError",
    "Message",
    "Never",
    "NotNow",
    "compose",
    "deliver",
    "forget",
    "keep",
    "one_line",
]

LANGUAGE = "en"
SAY_NO_ADDRESS = "This is no address that mail could be sent to."


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one person. `name` is its folder in templates/email; `id` stays on a retry.

    `html` and `text` take the place of the folder's body.html and body.txt where they were made
    before; HTML shows an image as `<img src="cid:…">`. `unsubscribe` is the URL whose POST stops
    letters like this one (RFC 8058).
    """

    to: str
    name: str
    id: str
    context: dict[str, Any] = field(default_factory=dict)
    html: str | None = None
    text: str | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str | None = None


def compose(letter: Letter, settings: Settings) -> Message:
    """The letter as a finished message. Raises Never for an address that no mail can go to."""
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f<>,;:\"()\[\]\\@]+@[^\s\x00-\x1f\x7f<>,;@]+", letter.to):
        raise Never(SAY_NO_ADDRESS, cause="recipient")
    folder = f"email/{letter.name}"
    context = {"public_url": settings.public_url, "language": LANGUAGE, **letter.context}
    text, html = letter.text, letter.html
    message = Message(
        subject=one_line(render_template(f"{folder}/subject.txt", **context)),
        recipients=[letter.to],
        body=tidy(render_template(f"{folder}/body.txt", **context)) if text is None else text,
        html=render_template(f"{folder}/body.html", **context) if html is None else html,
        sender=settings.mail_from,
        extra_headers=headers_of(letter),
    )
    message.images = letter.images
    message.files = letter.attachments
    message.msgId = f"<{word(letter.id)}@{domain_of(settings)}>"
    message.date = now().timestamp()
    try:
        message.finish()
    except UnicodeError:  # Flask-Mail writes addresses in ASCII, but for the domain
        raise Never(SAY_NO_ADDRESS, cause="recipient") from None
    return message


def headers_of(letter: Letter) -> dict[str, str]:
    """What else stands at the head of a letter."""
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": LANGUAGE}
    if letter.unsubscribe:
        url = re.sub(r"[\s<>]", "", one_line(letter.unsubscribe))
        headers["List-Unsubscribe"] = f"<{url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def domain_of(settings: Settings) -> str:
    """The right half of a Message-ID: the name that this installation goes by."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return host.encode("idna").decode() if not host.isascii() else host


def tidy(text: str) -> str:
    """A text part without the holes that conditions leave in a template."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def deliver(message: Message, settings: Settings, within: float = smtp.WITHIN) -> None:
    """Send (or file) the message, from any thread, within so many seconds.

    Raises NotNow when it is worth another try, Never when it is not; both carry the server's
    `code` (or None) and say in a sentence what happened.
    """
    if settings.mail == "folder":
        keep(message, settings.mail_folder)
    else:
        smtp.send(message, settings, within)


def keep(message: Message, folder: Path) -> Path:
    """Write the message into `folder`, whole or not at all; its path. Raises NotNow."""
    ident = word(message.msgId.strip("<>").partition("@")[0])
    path = folder / f"{now():%Y%m%dT%H%M%S}-{ident}-{file_part(message.to)}.eml"
    unfinished: Path | None = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)  # mode 0600
        unfinished = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
        unfinished.replace(path)
    except OSError as error:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
        why = error.strerror or "no reason given"
        raise NotNow(f"The letter could not be written into the data folder: {why}.") from None
    return path


def forget(address: str) -> None:
    """Remove the letters to `address` that were filed here."""
    folder: Path = current_app.config["TEND"].mail_folder
    for path in folder.glob(f"*-{file_part(address)}.eml"):
        path.unlink(missing_ok=True)


def file_part(address: str) -> str:
    """An address as part of a file's name."""
    return re.sub(r"[^a-z0-9@._]", "_", address.lower())[-180:]  # 255 letters fit in a name
