"""A receiver that costs little: answers each POST at once; `GET /` tells how many there were."""

import asyncio
import sys

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Sink(asyncio.Protocol):
    """One kept connection, any number of messages."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole message that is there."""
        self.buffer += data
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            _, has_length, after = head.lower().partition(b"\r\ncontent-length:")
            length = int(after.partition(b"\r\n")[0]) if has_length else 0
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            self.transport.write(self.answer(head))

    def answer(self, head: bytes) -> bytes:
        """Count a message, or tell the count."""
        if head.startswith(b"POST"):
            Sink.taken += 1
            return ANSWER
        told = str(Sink.taken).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told)


async def main(port: int) -> None:
    """Listen until the end."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
