"""Finished answers kept under versioned keys: a bounded map in the process, bytes in Redis.

A key carries the owner's data version, so a stale body can never be asked for again and nothing
is ever deleted by hand. Redis being away is a miss, never an error; after a failure it is left
alone for a few seconds so that each request does not wait for it again.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from application.platform.extensions import cache

log = logging.getLogger(__name__)

KEEP_SECONDS = 3600
REST_SECONDS = 5
LOCAL_BYTES = 8 * 1024 * 1024
LOCAL_BODY = 256 * 1024  # larger bodies would push out many small ones


class LocalMap:
    """Least recently used answers of this process, bounded by the sum of their `len` in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """What is kept under `key`, now the most recently used, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, answer: Any) -> None:
        """Keep `answer`, dropping the oldest ones when the limit is passed."""
        if len(answer) > LOCAL_BODY:
            return
        with self._lock:
            self._size += len(answer) - len(self._kept.pop(key, b""))
            self._kept[key] = answer
            while self._size > self._limit:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)

    def clear(self) -> None:
        """Forget everything (tests)."""
        with self._lock:
            self._kept.clear()
            self._size = 0


local = LocalMap(LOCAL_BYTES)
_resting_until = 0.0


def remember(key: str, make: Callable[[], bytes]) -> bytes:
    """The bytes that Redis has under `key`, made by `make` when nobody has them yet."""
    body = _ask_redis(key)
    if body is None:
        body = make()
        _tell_redis(key, body)
    return body


def _ask_redis(key: str) -> bytes | None:
    if time.monotonic() < _resting_until:
        return None
    try:
        found = cache.get(key)
    except Exception:  # any client error means the same: no cache now
        _rest()
        return None
    return found if isinstance(found, bytes) else None


def _tell_redis(key: str, body: bytes) -> None:
    if time.monotonic() < _resting_until:
        return
    try:
        cache.set(key, body, timeout=KEEP_SECONDS)
    except Exception:  # as above
        _rest()


def answers() -> bool:
    """Whether Redis answers now."""
    try:
        cache.get("health")
    except Exception:  # as above
        return False
    return True


def _rest() -> None:
    global _resting_until
    _resting_until = time.monotonic() + REST_SECONDS
    log.warning("cache is away, going on without it for %s s", REST_SECONDS)


def wake() -> None:
    """Ask Redis again at once (tests)."""
    global _resting_until
    _resting_until = 0.0
