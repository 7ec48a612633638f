"""One question to /healthz that never makes the supervisor wait for its answer."""

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from config import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104  # a word, to know it by


class Probe:
    """Asks; the answer is looked for at each turn of the supervisor's loop, which it wakes."""

    def __init__(self, settings: Settings, poller: Any) -> None:
        self.address = (EVERYWHERE.get(settings.host, settings.host), settings.port)
        self.name = urlsplit(settings.public_url).netloc  # as a person's browser would call us
        self.poller = poller
        self.question: socket.socket | None = None

    def answered(self) -> bool:
        if self.question is None:
            self.ask()
            return False
        try:
            head = self.question.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            head = b""
        self.forget()
        return head.split(b" ")[1:2] == [b"200"]

    def ask(self) -> None:
        with suppress(OSError):
            self.question = socket.create_connection(self.address, timeout=0.5)
            self.question.sendall(
                f"GET /healthz HTTP/1.1\r\nHost: {self.name}\r\nConnection: close\r\n\r\n".encode()
            )
            self.question.setblocking(False)
            self.poller.register_readable(self.question.fileno())

    def forget(self) -> None:
        if self.question is not None:
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister_readable(self.question.fileno())
            self.question.close()
            self.question = None
