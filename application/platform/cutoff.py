"""A time limit for a whole conversation: one watchdog a process closes its socket when it is over.

A socket's own time-out starts anew with every byte, so a peer that sends one now and then may hold
a thread for as long as it likes. `within(20)` ends the conversation for both sides after 20 s in
all, whatever was said until then: the socket is shut down, and the waiting call returns with an
error or an end of file. Watching costs a few microseconds and no thread of its own.
"""

import contextlib
import os
import socket
import threading
from time import monotonic
from types import TracebackType
from typing import Final, Self

FOREVER: Final = float("inf")


class Cutoff:
    """A conversation that ends in time. `over` says whether it was cut off."""

    __slots__ = ("_handle", "_inode", "ends", "over")

    def __init__(self, seconds: float) -> None:
        self.ends = monotonic() + seconds
        self.over = False
        self._handle: socket.socket | None = None
        self._inode = -1

    @property
    def left(self) -> float:
        """The seconds that are left, never below a millisecond: 0 would mean without limit."""
        return max(0.001, self.ends - monotonic())

    def watch(self, sock: socket.socket) -> None:
        """Let this conversation's socket be `sock` from now on.

        Kept is a second handle of the same connection: wrapping it in TLS takes the first away.
        It is known by its inode, which that handle holds on to: the number of a socket that was
        closed is soon another's.
        """
        number = sock.fileno()
        if number < 0:
            return
        inode = os.fstat(number).st_ino
        if inode == self._inode:
            return
        handle = socket.socket(sock.family, sock.type, sock.proto, fileno=os.dup(number))
        with _dog.lock:
            self._release()
            self._handle, self._inode = handle, inode
            if self.over:
                self._cut()

    def end_in(self, seconds: float) -> None:
        """Bring the end forward, to `seconds` from now; it is never put off."""
        self.ends = min(self.ends, monotonic() + seconds)
        _dog.take(self)

    def _cut(self) -> None:
        self.over = True
        if self._handle is not None:
            with contextlib.suppress(OSError):  # the other side may have left already
                self._handle.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None
        self._inode = -1

    def __enter__(self) -> Self:
        _dog.take(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _dog.drop(self)


class _Watchdog:
    """The conversations under way, and the thread that sleeps until the next of them is over."""

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.Lock())
        self.watched: set[Cutoff] = set()
        self.wakes = FOREVER
        self.thread: threading.Thread | None = None

    def take(self, cutoff: Cutoff) -> None:
        with self.lock:
            self.watched.add(cutoff)
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="cutoff", daemon=True)
                self.thread.start()
            if cutoff.ends < self.wakes:  # most limits are alike, so it seldom wakes early
                self.lock.notify()

    def drop(self, cutoff: Cutoff) -> None:
        with self.lock:
            self.watched.discard(cutoff)
            cutoff._release()

    def run(self) -> None:
        with self.lock:
            while True:
                present = monotonic()
                for cutoff in [found for found in self.watched if found.ends <= present]:
                    self.watched.discard(cutoff)
                    cutoff._cut()
                self.wakes = min((found.ends for found in self.watched), default=FOREVER)
                pause = None if self.wakes == FOREVER else max(0.0, self.wakes - monotonic())
                self.lock.wait(pause)


_dog = _Watchdog()


def _begin_anew() -> None:
    """A forked process has neither the thread nor the conversations of the one it came from."""
    global _dog
    _dog = _Watchdog()


os.register_at_fork(after_in_child=_begin_anew)


def within(seconds: float) -> Cutoff:
    """A limit of `seconds` for what is done inside of `with`; show it each socket with `watch`."""
    return Cutoff(seconds)
