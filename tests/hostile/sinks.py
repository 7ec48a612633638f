"""Servers on loopback that answer webhooks in every way there is, with raw sockets."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

TLS = Path(__file__).parent / "tls"
Answering = Callable[[socket.socket], None]


def says(*parts: bytes) -> Answering:
    """Answer with these bytes."""

    def answer(client: socket.socket) -> None:
        client.sendall(b"".join(parts))

    return answer


def status(code: int, *headers: str, body: bytes = b"") -> Answering:
    """A whole answer."""
    lines = [f"HTTP/1.1 {code} Said", f"Content-Length: {len(body)}", *headers, "", ""]
    return says("\r\n".join(lines).encode(), body)


def server_side(certificate: str) -> ssl.SSLContext:
    """TLS with one of the certificates beside this file, valid from 2020 to 2120 but for expired.

    They were made by `openssl ca` once; their authority's key was thrown away.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{certificate}.pem")
    return context


def our_roots() -> ssl.SSLContext:
    """What the calling side trusts in these tests."""
    return ssl.create_default_context(cafile=str(TLS / "roots.pem"))


class Sink:
    """Listens on loopback; each request is read whole, kept, and answered by `answering`."""

    def __init__(
        self,
        answering: Answering = status(200),
        *,
        tls: ssl.SSLContext | None = None,
        reads: bool = True,
        host: str = "127.0.0.1",
    ) -> None:
        self.answering = answering
        self.tls = tls
        self.reads = reads
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listening = socket.create_server((host, 0), family=family)
        self.port: int = self.listening.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self.clients: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    @property
    def key(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/hook", scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            if self.closing.is_set():
                client.close()
                return
            self.connections += 1
            self.clients.append(client)
            thread = threading.Thread(target=self._serve, args=(client,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
                self.clients.append(client)
            with client, client.makefile("rb") as stream:
                while not self.reads or self._read(stream):
                    self.answering(client)
                    if not self.reads:
                        return

    def _read(self, stream: object) -> bool:
        head, length = b"", 0
        while line := stream.readline():  # type: ignore[attr-defined]
            head += line
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            if not line.strip():
                self.requests.append(head + stream.read(length))  # type: ignore[attr-defined]
                return True
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        with contextlib.suppress(OSError), socket.socket(self.listening.family) as waker:
            waker.connect(self.listening.getsockname()[:2])
        self.listening.close()
        self.threads[0].join(5)
        for client in self.clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()
        for thread in self.threads:
            thread.join(5)
