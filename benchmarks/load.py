"""A small HTTP load: keep-alive connections that each ask again as soon as they were answered."""

import multiprocessing
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Load:
    """What a run gave: answers a second, and milliseconds at the median and the 99th percentile."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]


def ask(url: str, request: bytes, seconds: float, connections: int = 8) -> Load:
    """Send `request` (whole HTTP/1.1 bytes) over and over from another process."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(
        target=_run, args=(writer, address, request, seconds, connections), daemon=True
    )
    process.start()
    times, statuses, elapsed = reader.recv()
    process.join()
    times.sort()
    return Load(
        per_second=len(times) / elapsed,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        statuses=statuses,
    )


def connect(address: tuple[str, int]) -> socket.socket:
    """A connection that sends at once."""
    connection = socket.create_connection(address)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def exchange(connection: socket.socket, request: bytes) -> int:
    """Send a request and wait for its answer; the status."""
    connection.sendall(request)
    buffer = b""
    while (answer := _whole(buffer)) is None:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        buffer += received
    return answer[0]


def _run(writer, address, request, seconds, connections):  # type: ignore[no-untyped-def]
    import selectors

    selector = selectors.DefaultSelector()
    statuses: dict[int, int] = {}
    times: list[float] = []
    start = time.perf_counter()
    for _ in range(connections):
        selector.register(connect(address), selectors.EVENT_READ, {"sent": 0.0, "buffer": b""})
    for key in list(selector.get_map().values()):
        key.data["sent"] = time.perf_counter()
        key.fileobj.sendall(request)  # type: ignore[union-attr]
    end = start + seconds
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(timeout=0.1):
            state = key.data
            state["buffer"] += key.fileobj.recv(65536)  # type: ignore[union-attr]
            answer = _whole(state["buffer"])
            if answer is None:
                continue
            status, state["buffer"] = answer
            now = time.perf_counter()
            times.append(now - state["sent"])
            statuses[status] = statuses.get(status, 0) + 1
            state["sent"] = now
            key.fileobj.sendall(request)  # type: ignore[union-attr]
    writer.send((times, statuses, time.perf_counter() - start))


def _whole(buffer: bytes) -> tuple[int, bytes] | None:
    head, found, rest = buffer.partition(b"\r\n\r\n")
    if not found:
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if len(rest) < length:
        return None
    return int(head[9:12]), rest[length:]


def get(path: str, headers: dict[str, str]) -> bytes:
    """The bytes of a GET."""
    return _request("GET", path, headers, b"")


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of a POST with a JSON body."""
    return _request("POST", path, {**headers, "Content-Type": "application/json"}, body)


def _request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
