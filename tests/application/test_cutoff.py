"""A conversation ends in time, whatever the other side does; many at once cost next to nothing."""

import os
import socket
import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from application.platform import cutoff


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    yield near, far
    near.close()
    far.close()


def test_a_silent_peer_is_left(pair: tuple[socket.socket, socket.socket]) -> None:
    near, _far = pair
    began = monotonic()
    with cutoff.within(0.2) as limit:
        limit.watch(near)
        assert near.recv(1) == b""
        assert limit.over
    assert 0.15 < monotonic() - began < 2


def test_a_peer_that_drips_is_left_too(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    stop = threading.Event()

    def drip() -> None:
        try:
            while not stop.wait(0.02):
                far.send(b"x")
        except OSError:
            pass

    dripping = threading.Thread(target=drip)
    dripping.start()
    began = monotonic()
    near.settimeout(5)  # starts anew with every byte
    with cutoff.within(0.3) as limit:
        limit.watch(near)
        while near.recv(1):
            pass
    stop.set()
    dripping.join()
    assert 0.25 < monotonic() - began < 2


def test_what_ends_in_time_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    with cutoff.within(0.1) as limit:
        limit.watch(near)
        far.send(b"hello")
        assert near.recv(5) == b"hello"
    with cutoff.within(0.3) as later:  # when the first limit's time comes, it is not watched
        later.watch(near)
        began = monotonic()
        assert near.recv(1) == b""
        assert monotonic() - began > 0.2
    assert not limit.over


def test_a_socket_shown_too_late_is_shut_at_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, far = pair
    with cutoff.within(0.05) as limit:
        limit.watch(far)
        assert far.recv(1) == b""
        limit.watch(near)
        near.settimeout(5)
        assert near.recv(1) == b""


def test_another_socket_of_the_same_number_is_watched_too(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, far = pair
    first, other = socket.socketpair()
    began = monotonic()
    with other, cutoff.within(0.3) as limit:
        limit.watch(first)
        number = first.fileno()
        first.close()  # as a kept connection that was no more; the next one gets its number
        with socket.socket(fileno=os.dup2(near.fileno(), number)) as again:
            again.settimeout(5)
            limit.watch(again)
            assert again.recv(1) == b""
            assert limit.over
    assert far.recv(1) == b""
    assert monotonic() - began < 2


def test_the_end_can_come_sooner(pair: tuple[socket.socket, socket.socket]) -> None:
    near, _far = pair
    began = monotonic()
    with cutoff.within(20) as limit:
        limit.watch(near)
        limit.end_in(0.1)
        limit.end_in(10)  # never put off
        assert near.recv(1) == b""
    assert monotonic() - began < 2


def test_a_handle_that_was_wrapped_is_still_shut(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, _far = pair
    with cutoff.within(0.1) as limit:
        limit.watch(near)
        wrapped = socket.socket(near.family, near.type, near.proto, fileno=near.detach())
        with wrapped:
            assert wrapped.recv(1) == b""


def test_thousands_leave_nothing_open_and_no_threads() -> None:
    near, far = socket.socketpair()
    with near, far:
        with cutoff.within(20) as limit:
            limit.watch(near)
        threads, handles = threading.active_count(), len(os.listdir("/proc/self/fd"))
        began = monotonic()
        for _ in range(5000):
            with cutoff.within(20) as limit:
                limit.watch(near)
        spent = monotonic() - began
        assert threading.active_count() == threads
        assert len(os.listdir("/proc/self/fd")) == handles
    assert not cutoff._dog.watched
    assert spent < 1  # about 0.05 s here


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # forking beside threads: that is it
def test_a_forked_process_has_a_watchdog_of_its_own() -> None:
    with cutoff.within(20):
        child = os.fork()
        if child == 0:
            near, _far = socket.socketpair()
            with cutoff.within(0.1) as limit:
                limit.watch(near)
                os._exit(0 if near.recv(1) == b"" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
