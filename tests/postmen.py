"""Mail servers of the tests: a good one, and one that misbehaves at the step it is told."""

import email
import email.policy
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from config import Settings


class Postman:
    """A mail server's conscience: what it took, and what it says to the next letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.says = "250 OK"
        self.signed_in = False

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:
        self.signed_in = bool(session.authenticated)
        if self.says.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.letters.append(read(content))
        return self.says


def read(content: bytes) -> EmailMessage:
    """A letter as a mail program reads it."""
    return email.message_from_bytes(content, policy=email.policy.default)


def part(letter: EmailMessage, kind: str) -> str:
    """The text of a letter's `plain` or `html` part."""
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    """Who may send: tend, with the password secret."""
    known = data.login == b"tend" and data.password == b"secret"
    return AuthResult(success=known, handled=False)  # not handled: the server says so itself


@contextmanager
def serving(postman: Any, **more: Any) -> Iterator[int]:
    """A real SMTP server on loopback; its port."""
    port = free_port()
    controller = Controller(postman, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate that nobody vouches for, for `name` and 127.0.0.1, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def server_context(cert: Path, key: Path) -> ssl.SSLContext:
    """TLS as a server with that certificate speaks it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


def using(settings: Settings, port: int, security: str = "none", **more: Any) -> Settings:
    """The settings of an installation that sends to that port."""
    changes = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": security}
    return settings.model_copy(update={**changes, **more})


REPLIES = {
    "greeting": "220 rude",
    "EHLO": "250 rude",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    "letter": "250 taken",
    "QUIT": "221 bye",
    "RSET": "250 OK",
}


class Rude:
    """A server that speaks SMTP by heart, until `step`, where it does `deed`.

    Steps: greeting, EHLO, MAIL, RCPT, DATA, letter, QUIT. Deeds: a reply (`421 busy`), `silent`,
    `drip` (a byte of a reply now and then, without end), `cut` (hang up).
    """

    def __init__(self, step: str, deed: str) -> None:
        self.step, self.deed = step, deed
        self.letters: list[EmailMessage] = []
        self.done = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Rude":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while not self.done.is_set():
                connection, _ = self.server.accept()
                with connection, suppress(OSError, EOFError):
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        self._say(connection, "greeting")
        while line := lines.readline():
            step = line[:4].decode(errors="replace").strip().upper()
            self._say(connection, step)
            if step == "DATA" and not (self.step == "DATA" and self.deed[0] in "45"):
                content = b"".join(iter(lambda: lines.readline() or b".\r\n", b".\r\n"))
                self.letters.append(read(content))
                self._say(connection, "letter")

    def _say(self, connection: socket.socket, step: str) -> None:
        if step != self.step or self.deed[0].isdigit():
            said = self.deed if step == self.step else REPLIES.get(step, "500 what")
            connection.sendall(f"{said}\r\n".encode())
        elif self.deed == "cut":
            raise EOFError
        else:
            drip: Callable[[], object] = lambda: connection.sendall(b"2")  # noqa: E731
            while not self.done.wait(0.05):
                if self.deed == "drip":
                    drip()
