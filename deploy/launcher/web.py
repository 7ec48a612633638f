"""The web process: granian, listening on the socket that the launcher bound (its stdin).

Granian opens sockets of its own, with SO_REUSEPORT on Linux, where a second program could listen
beside us unseen; its way for other systems (one socket, inherited) is taken instead. See
docs/decisions/0001-one-listening-socket.md.
"""

import socket
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.mp import MPServer

import loglines
from config import Settings
from deploy.launcher.checks import BACKLOG

STDIN = 0
# A body is read as slowly as it is sent. With few threads, a few slow uploads would stop everybody.
THREADS = 8


class InheritedServer(MPServer):
    """Granian on the socket that came as stdin."""

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._sso = socket.socket(fileno=STDIN)
        self._sso.set_inheritable(True)
        # Granian's stubs leave out what it takes: the socket, whether it is a Unix one, its queue.
        holder: Any = SocketHolder
        self._shd = holder(STDIN, False, BACKLOG)


def serve(settings: Settings) -> None:
    InheritedServer(
        "app:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=2,
        log_level=LogLevels(settings.log_level.lower()),
        log_dictconfig=log_lines(settings),
    ).serve()


def log_lines(settings: Settings) -> dict[str, Any]:
    """Granian's own lines in the shape of all the others."""
    handler = {"formatter": "generic", "class": "logging.StreamHandler"}
    return {
        "formatters": {
            "generic": {"()": "loglines.Formatter", "style": loglines.style_of(settings)}
        },
        "handlers": {"console": handler | {"stream": "ext://sys.stderr"}},
        "loggers": {"_granian": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }
