"""One Tend to a data folder: its lock, and the end of what a killed one left behind."""

import fcntl
import hashlib
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from deploy.launcher import CannotStart

# Every process that we start carries this in its environment, so it is known again by it.
MARK = "TEND_INSTANCE"
GRACE_SECONDS = 5


def mark_of(data: Path) -> str:
    return hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:24]


def take(data: Path) -> IO[str]:
    """Holds the data folder until this process ends, however it ends."""
    lock = (data / "lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise CannotStart(
            f"Tend already runs on the data folder {data} (process {holder}): stop that one, or "
            "set TEND_DATA to another folder."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def holder(data: Path) -> str:
    """Who holds the data folder: a process id, "unknown", or "" when nobody does."""
    try:
        with (data / "lock").open("r", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read().strip() or "unknown"
    except FileNotFoundError:
        pass
    return ""


def leftovers(mark: str, proc: Path = Path("/proc")) -> list[int]:
    """The processes that carry this mark. Where there is no /proc, none can be seen."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in proc.glob("[0-9]*"):
        # One that ends meanwhile, or belongs to somebody else, is none of ours.
        with suppress(OSError):
            if int(entry.name) == os.getpid() or is_zombie(entry):
                continue
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def is_zombie(entry: Path) -> bool:
    return (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"


def end_leftovers(data: Path) -> int:
    """Ends what a supervisor that was killed could not stop; gives how many there were."""
    mark = mark_of(data)
    found = left = leftovers(mark)
    for sign, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        until = time.monotonic() + seconds
        while left and time.monotonic() < until:
            time.sleep(0.05)
            left = leftovers(mark)
    return len(found)
