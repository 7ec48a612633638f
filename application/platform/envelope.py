"""A message as it travels: Flask-Mail's, with inline images, safe headers, and finished bytes."""

import re
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32

import flask_mail

# Lines of mail end at 998 characters, a person's note may not: quoted-printable wraps them.
WRAPPED = Charset("utf-8")
WRAPPED.body_encoding = QP


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG inside a letter, shown by `<img src="cid:…">`."""

    cid: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a letter."""

    filename: str
    media_type: str
    data: bytes


class Message(flask_mail.Message):
    """A message that is finished where it was composed; whoever sends it needs no application."""

    images: tuple[Image, ...] = ()
    files: tuple[Attachment, ...] = ()
    wire: bytes | None = None

    @property
    def to(self) -> str:
        """The one address it goes to."""
        return str(self.recipients[0])

    def finish(self) -> None:
        """Turn it into the bytes that travel; from now on nothing of it changes."""
        self.attachments = [
            flask_mail.Attachment(file_name(file.filename), file.media_type, file.data)
            for file in self.files
        ]
        self.wire = bytes(super().as_bytes())

    def as_bytes(self) -> bytes:
        """The finished bytes."""
        assert self.wire is not None, "a message is finished before it is sent"
        return self.wire

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        return MIMEText(text or "", subtype, WRAPPED)  # type: ignore[arg-type]

    def _message(self) -> MIMEBase:
        """Flask-Mail's tree; its HTML and the images that it shows become one related part."""
        whole: MIMEBase = super()._message()
        keep_headers(whole, self.subject)
        if self.images:
            alternative = next(
                part for part in whole.walk() if part.get_content_type() == "multipart/alternative"
            )
            parts: list[MIMEBase] = alternative.get_payload()  # type: ignore[assignment]
            parts[-1] = self._related(parts[-1])
        return whole

    def _related(self, html: MIMEBase) -> MIMEMultipart:
        related = MIMEMultipart("related", type="text/html")
        related.attach(html)
        for number, image in enumerate(self.images, 1):
            part = MIMEImage(image.data, "png")
            part["Content-ID"] = f"<{word(image.cid)}>"
            part.add_header("Content-Disposition", "inline", filename=f"image-{number}.png")
            related.attach(part)
        return related


def keep_headers(whole: MIMEBase, subject: str) -> None:
    """Have the headers written as they are, with lines broken at spaces only.

    Python's modern policy, which Flask-Mail sets, turns a long URL of List-Unsubscribe into
    encoded words, which no mail program reads; and of a long subject it drops a space.
    """
    whole.policy = compat32.clone(linesep="\r\n")
    del whole["Subject"]
    ascii_only = "us-ascii" if subject.isascii() else "utf-8"
    head = Header(subject, ascii_only, header_name="Subject")
    whole["Subject"] = head  # type: ignore[assignment] # the policy takes both


def one_line(text: str) -> str:
    """A text as it may stand in a header: on one line, without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text).split())


def word(text: str) -> str:
    """A text as part of an id in a header."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", text)


def file_name(name: str) -> str:
    """A file's name as a mail program may be told it: on one line, and no path."""
    return re.sub(r"[/\\]", "-", one_line(name)).lstrip(".") or "file"
