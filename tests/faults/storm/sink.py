"""The receiver of a storm: a process of its own that writes down every message before it answers.

`python -m tests.faults.storm.sink FOLDER`: settings in FOLDER/sink.json, its port in FOLDER/port,
one line a message in FOLDER/received. It survives every fault, so its word is what counts.
"""

import asyncio
import hashlib
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

REASONS = {200: "OK", 500: "Internal Server Error"}


@dataclass(frozen=True, slots=True)
class Manners:
    """How the sink answers; shares are of all messages, pauses in seconds."""

    seed: int = 0
    bad: float = 0.0  # answered 500
    most_bad: int = 3  # for one message, or its backoff would go on for hours
    late: float = 0.0  # answered well, but after the sender's patience
    slow: tuple[float, float] = (0.0, 0.0)  # every other answer takes from .. to
    late_after: tuple[float, float] = (21.0, 23.0)
    secrets: dict[str, str] = field(default_factory=dict)  # whom a path belongs to


class Sink:
    """Receives, writes down, answers."""

    def __init__(self, manners: Manners, folder: Path) -> None:
        self.manners = manners
        self.random = random.Random(manners.seed)
        self.verifiers = {name: Webhook(secret) for name, secret in manners.secrets.items()}
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.refused: Counter[str] = Counter()
        self.history = os.open(folder / "received", flags)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: any number of messages, one after the other."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.strip().split("\r\n")
                pairs = (line.partition(":") for line in lines)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, pause = self.take(first.split()[1], headers, body)
                await asyncio.sleep(pause)
                answer = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Length: 2\r\n\r\nok"
                writer.write(answer.encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked was killed, or lost patience
        finally:
            writer.close()

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, float]:
        """Decide the answer and write the message down with it; its status and when it leaves."""
        manners, dice = self.manners, self.random.random()
        pause = self.random.uniform(*manners.slow)
        message = headers.get("webhook-id", "")
        bad = dice < manners.bad and self.refused[message] < manners.most_bad
        self.refused[message] += bad
        late = not bad and dice > 1 - manners.late
        if late:
            pause = self.random.uniform(*manners.late_after)
        status = 500 if bad else 200
        self.write(
            at=time.time(),
            id=message,
            to=path.strip("/"),
            status=status,
            late=late,
            pause=round(pause, 3),
            signed=self.signed(path.strip("/"), headers, body),
            text=said(body),
        )
        return status, pause

    def signed(self, name: str, headers: dict[str, str], body: bytes) -> bool:
        """Whether the message carries the signature of the person it is for."""
        try:
            self.verifiers[name].verify(body, headers)
        except (KeyError, WebhookVerificationError):
            return False
        return True

    def write(self, **line: object) -> None:
        # One write, straight to the kernel: it is there whatever happens to anybody else.
        os.write(self.history, json.dumps(line).encode() + b"\n")


def said(body: bytes) -> str:
    """A mark of what the message says: the same for the same words."""
    try:
        text = str(json.loads(body)["text"])
    except (ValueError, KeyError, TypeError):
        text = ""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


async def main(folder: Path) -> None:
    """Listen until the end."""
    written = json.loads((folder / "sink.json").read_text(encoding="utf-8"))
    sink = Sink(Manners(**written), folder)
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, backlog=1024)
    port = folder / "port.new"
    port.write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    port.rename(folder / "port")
    async with server:
        await server.serve_forever()


def prepare(folder: Path, manners: Manners) -> None:
    """Leave the settings where `main` looks for them."""
    (folder / "sink.json").write_text(json.dumps(asdict(manners)), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
