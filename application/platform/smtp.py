"""Talking to the mail server: one message, one connection, one deadline for the whole dialogue.

Whatever goes wrong becomes NotNow (worth another try: the server is away, or answers 4xx) or Never
(5xx, or a setting that cannot work), in a sentence for a person. The application is not needed.
"""

import ipaddress
import smtplib
import socket
import ssl
import threading
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import flask_mail

from application.platform import cutoff
from application.platform.cutoff import Cutoff
from application.platform.envelope import Message
from application.platform.refusals import Never, judge
from config import Settings

WITHIN = 20.0  # seconds for the whole dialogue, like an outgoing HTTP call
PROBE = 3.0  # seconds to find out whether a server speaks TLS
BUSY = 421
GOODBYE = 2.0  # seconds for its end, when all is said


class Plain(smtplib.SMTP):
    """smtplib's client, whose connection is shut down at the deadline."""

    def __init__(self, deadline: Cutoff, **more: Any) -> None:
        self.deadline = deadline
        super().__init__(**more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return dial(host, port, timeout, self.deadline)

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib; but half a line, cut off at the deadline, is no answer."""
        code, said = super().getreply()
        if self.deadline.over:
            self.close()
            raise TimeoutError
        return code, said

    def ehlo(self, name: str = "") -> tuple[int, bytes]:
        """As smtplib; but who is sent away does not greet again in the old way."""
        code, said = super().ehlo(name)
        if code == BUSY:
            self.close()
            raise smtplib.SMTPHeloError(code, said)
        return code, said

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As smtplib; the server may look at the letter for as long as there is time at all."""
        if self.sock is not None:
            self.sock.settimeout(self.deadline.left)
        return super().data(msg)


class Tls(smtplib.SMTP_SSL, Plain):
    """The same, encrypted from the first byte."""

    def __init__(self, deadline: Cutoff, **more: Any) -> None:
        self.deadline = deadline
        smtplib.SMTP_SSL.__init__(self, **more)


def dial(host: str, port: int, patience: float, deadline: Cutoff) -> socket.socket:
    """A connection to one of the host's addresses, in the deadline's hands. Raises OSError."""
    error: OSError = socket.gaierror("no address")
    for family, kind, protocol, _, address in look_up(host, port, min(patience, deadline.left)):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(patience, deadline.left))
            connection.connect(address)
            connection.settimeout(min(patience, deadline.left))
            deadline.watch(connection)
        except OSError as found:
            error = found
            connection.close()
        else:
            return connection
    raise error


def look_up(host: str, port: int, patience: float) -> list[Any]:
    """The host's addresses as getaddrinfo gives them. Raises OSError, TimeoutError after so long.

    A resolver cannot be told how long to try, so it is left behind when it takes too long.
    """
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    asking = threading.Thread(target=ask, name="look-up", daemon=True)
    asking.start()
    asking.join(patience)
    if not found:
        raise TimeoutError
    if isinstance(found[0], UnicodeError):
        raise socket.gaierror("no host's name")
    if isinstance(found[0], OSError):
        raise found[0]
    return list(found[0])


@lru_cache(maxsize=4)
def trust(_paths: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    """Whose certificates are believed; read once, for it takes longer than a letter does."""
    return ssl.create_default_context()


class Talk(flask_mail.Connection):
    """Flask-Mail's connection, with a deadline and the server's certificate checked.

    `step` says what was being done when something goes wrong.
    """

    def __init__(self, settings: Settings, deadline: Cutoff) -> None:
        super().__init__(flask_mail.Mail().init_mail({}))  # type: ignore[arg-type]  # its own slip
        self.settings = settings
        self.deadline = deadline
        self.step = "connect"

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt and sign in as the settings say."""
        settings = self.settings
        more: dict[str, Any] = {
            "host": settings.smtp_host,
            "port": settings.smtp_port,
            "local_hostname": own_name(settings),
            "timeout": min(settings.smtp_timeout, self.deadline.left),
        }
        server: smtplib.SMTP
        if settings.smtp_security == "tls":
            server = Tls(self.deadline, context=trust(ssl.get_default_verify_paths()), **more)
        else:
            server = Plain(self.deadline, **more)
        try:
            self.step = "hello"
            server.ehlo_or_helo_if_needed()
            if settings.smtp_security == "starttls":
                self.step = "encrypt"
                server.starttls(context=trust(ssl.get_default_verify_paths()))
            if settings.smtp_user:
                self.step = "sign in"
                server.login(settings.smtp_user, settings.smtp_password)
        except BaseException:
            server.close()
            raise
        self.step = "send"
        return server

    def hand_over(self, message: Message) -> None:
        """Give the server the message; Flask-Mail's own `send` would ask for an application."""
        assert self.host is not None
        self.host.sendmail(
            flask_mail.sanitize_address(message.sender),
            [flask_mail.sanitize_address(message.to)],
            message.as_bytes(),
        )
        self.step = "leave"

    def __exit__(self, *error: Any) -> None:
        """Leave; a server that hangs up first has already answered what matters."""
        if self.host is not None:
            try:
                if self.host.sock is not None:
                    self.host.sock.settimeout(min(GOODBYE, self.deadline.left))
                self.host.quit()
            except (smtplib.SMTPException, OSError):
                self.host.close()


def send(message: Message, settings: Settings, within: float = WITHIN) -> None:
    """Send the message within so many seconds. Raises NotNow or Never."""
    if message.has_bad_headers():
        raise Never("A header of this letter holds a line break.")
    with cutoff.within(within) as deadline:
        talk = Talk(settings, deadline)
        try:
            with talk as connection:
                connection.hand_over(message)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise judge(error, settings, talk.step, late=deadline.over) from None


def greet(settings: Settings, within: float = WITHIN) -> None:
    """Connect, encrypt and sign in as for a letter, then leave. Raises NotNow or Never."""
    with cutoff.within(within) as deadline:
        talk = Talk(settings, deadline)
        try:
            with talk:
                pass
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise judge(error, settings, talk.step, late=deadline.over) from None


def answers_in_tls(settings: Settings, within: float = PROBE) -> bool:
    """Whether the server speaks TLS from the first byte; nothing is sent to it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with cutoff.within(within) as deadline:
        try:
            plain = dial(settings.smtp_host, settings.smtp_port, within, deadline)
            with plain, context.wrap_socket(plain, server_hostname=settings.smtp_host):
                return True
        except OSError:
            return False


def own_name(settings: Settings) -> str:
    """How we greet: by the name that people type, not by a look-up that may take its time."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host if host.isascii() else host.encode("idna").decode()
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
