"""What must be true before anything is started, each with a sentence for when it is not."""

import ctypes
import errno
import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from deploy.launcher import CannotStart

# The libraries that WeasyPrint opens, by the names it knows them under (Linux, then macOS).
LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "HarfBuzz-Subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
}
BACKLOG = 1024


def pango_is_there() -> None:
    """WeasyPrint prints a page of its own, and a traceback, when a library is missing."""
    for library, names in LIBRARIES.items():
        if not any(opens(name) for name in names):
            raise CannotStart(
                f"{library} is missing, which lays out the PDF reports: install it with "
                "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0` "
                "(macOS: `brew install pango`) and start again."
            )


def opens(name: str) -> bool:
    with suppress(OSError):
        ctypes.CDLL(name)
        return True
    return False


def can_be_written(folder: Path, setting: str) -> None:
    """Makes the folder when it is new; only its owner may look into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(
            f"{setting} names a folder that cannot be written: {folder}: {error.strerror}. "
            "Change its owner or rights, or name another one."
        ) from None


def listen(host: str, port: int) -> socket.socket:
    """The one listening socket. Without SO_REUSEPORT, so that a second program is refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server(
            (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::"
        )
    except socket.gaierror:
        raise CannotStart(f"HOST is no address that this machine knows: {host}.") from None
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} on {host} is in use by another program: stop that, or "
            "set PORT to a free one.",
            errno.EADDRNOTAVAIL: f"HOST is no address of this machine: {host}.",
            errno.EACCES: f"Port {port} is kept for the system: set PORT to 1024 or more.",
        }
        raise CannotStart(
            reasons.get(error.errno or 0, f"HOST {host} and PORT {port} cannot be used: {error}.")
        ) from None


def say_who_runs_it() -> None:
    if os.geteuid() == 0:
        print("Running as root: better to give Tend a user of its own.", flush=True)
