"""Finished answers: status line, headers and bytes as the server sends them, ready to go again.

Kept in the process under who asks, their data version and what they ask for; behind that the bytes
alone in Redis, where other processes find them. Built once: the headers that every answer has, the
ETag, and the body packed for whoever takes gzip.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from flask import Request, Response, current_app, request
from werkzeug.datastructures import Accept, Headers
from werkzeug.http import HTTP_STATUS_CODES, parse_accept_header, parse_etags

from api import headers
from application import __version__
from application.accounts.queries import Asker
from application.platform import cache

SMALLEST = 1024  # bytes; packing less saves nobody anything
LEVEL = 4  # of 9: a list of trackers is a twelfth of its size, at a third of the time of 9
UNCHANGED = "304 NOT MODIFIED"
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it goes out, and how it says that nothing changed."""

    key: str
    lines: list[Line]
    body: bytes
    status: str = "200 OK"

    def __len__(self) -> int:
        return len(self.body) + 1024  # the headers, and what Python needs for all this

    @property
    def unchanged(self) -> "Kept":
        """The same without its body, for who has that already."""
        about_body = {"Content-Type", "Content-Length", "Content-Encoding"}
        lines = [line for line in self.lines if line[0] not in about_body]
        return Kept(self.key, lines, b"", UNCHANGED)


class Finished(Response):
    """A kept answer on its way. Werkzeug's own would build and copy its headers three times.

    Whoever looks at the headers, to add one, gets a copy, and then it goes out the long way.
    """

    hardened = True  # api/headers.py: it has those headers already

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._own: Headers | None = None
        self._more: list[Line] = []
        self._on_close: list[Callable[[], Any]] = []
        self.direct_passthrough = False
        self.response = [kept.body]
        self.status = kept.status

    @property
    def headers(self) -> Headers:  # type: ignore[override]
        """A copy of the kept ones, from now on this answer's own."""
        if self._own is None:
            self._own = Headers([*self._kept.lines, *self._more])
        return self._own

    def add(self, line: Line) -> None:
        """One header more, of this answer alone, without a copy of the others."""
        if self._own is not None:
            self._own.add(*line)
        else:
            self._more.append(line)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Send it."""
        if self._own is not None or self._on_close:
            return super().__call__(environ, start_response)
        start_response(self.status, [*self._kept.lines, *self._more])
        body = self._kept.body
        return (body,) if body and environ["REQUEST_METHOD"] != "HEAD" else ()


def answer(
    asker: Asker, day: date | None, media: str, make: Callable[[], bytes], *, shared: bool
) -> Response:
    """What was finished for this request, or is now by `make`; `day` if it depends on that.

    `shared`: other processes may have made it already, and shall find it in Redis.
    """
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    environ = asked.environ
    accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
    packed = len(accepts) < 256 and takes_gzip(accepts)
    name = (asker.user_id, asker.version, asked.path, environ["QUERY_STRING"], day, packed)
    said = environ.get("HTTP_IF_NONE_MATCH")
    kept = cache.local.get(name)
    key = kept.key if kept else key_of(asker, asked, day)
    if said and is_named(key, said):
        return Finished(kept.unchanged if kept else Kept(key, always(f'W/"{key}"'), b"", UNCHANGED))
    if kept is None:
        body = cache.remember(key, make) if shared else make()
        kept = finish(key, body, media, packed=packed)
        cache.local.put(name, kept)
    return Finished(kept)


def key_of(asker: Asker, asked: Request, day: date | None) -> str:
    """The name of an answer in Redis and in its ETag; the order of parameters is no matter."""
    parts = [__version__, asker.user_id, asker.version, asked.path, day]
    parts += sorted(asked.args.items(multi=True))
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]


def is_named(key: str, said: str) -> bool:
    """Whether an If-None-Match names that answer, packed or not; "*" names none."""
    if said in (f'"{key}"', f'W/"{key}"'):  # as a browser says it; the parser is slow
        return True
    return key in parse_etags(said).as_set(include_weak=True)


def finish(key: str, body: bytes, media: str, *, packed: bool) -> Kept:
    """The answer with all its headers, packed if that is worth while."""
    if not packed or len(body) < SMALLEST:
        etag, lines = f'"{key}"', []
    else:
        body = gzip.compress(body, LEVEL, mtime=0)
        etag, lines = f'W/"{key}"', [("Content-Encoding", "gzip")]
    lines += [("Content-Type", media), ("Content-Length", str(len(body)))]
    return Kept(key, lines + always(etag), body)


def once(status: int, body: bytes, media: str, etag: str | None) -> Response:
    """An answer that nobody keeps, made with all its headers at once all the same."""
    lines = [("Content-Type", media), ("Content-Length", str(len(body)))]
    if etag is not None:
        lines.append(("ETag", etag))
    lines += headers.lines(keep=False, https=current_app.config["TEND"].https)
    return Finished(Kept("", lines, body, f"{status} {HTTP_STATUS_CODES[status].upper()}"))


def always(etag: str) -> list[Line]:
    """The headers that a finished answer has with or without its body."""
    https = current_app.config["TEND"].https
    return [("ETag", etag), ("Vary", "Accept-Encoding"), *headers.lines(keep=False, https=https)]


@lru_cache(maxsize=256)
def takes_gzip(said: str) -> bool:
    """Whether an Accept-Encoding allows for gzip; browsers say the same one every time."""
    return parse_accept_header(said, Accept).quality("gzip") > 0
