"""What the processes of a running Tend take: memory, open files, the WAL, the queues."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from tests.faults.running import Tend

PAGE = 4096
# A word of the command line, and the group that its process belongs to.
GROUPS = {
    "work@%h": "worker",
    "send@%h": "sender",
    "beat": "beat",
    "web": "web",
    "valkey-server": "cache",
    "deploy.launcher": "supervisor",
}
QUEUES = ("deliver", "jobs", "ticks")


@dataclass
class Sample:
    """One look; sizes in bytes, by group of processes."""

    minute: float
    memory: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    processes: Counter[str] = field(default_factory=Counter)
    wal: int = 0
    queue: int = 0

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: dict(v) if isinstance(v, Counter) else v for name, v in vars(self).items()}


def group_of(line: str) -> str:
    words = line.split(" ")
    return next((group for word, group in GROUPS.items() if word in words), "other")


def look(tend: Tend, began: float) -> Sample:
    found = Sample((time.monotonic() - began) / 60)
    for pid in [tend.process.pid, *tend.mine()]:
        folder = Path(f"/proc/{pid}")
        with suppress(OSError):  # it may end while it is looked at
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            pages = int((folder / "statm").read_text(encoding="ascii").split()[1])
            files = sum(1 for _ in (folder / "fd").iterdir())
            group = group_of(line)
            found.memory[group] += pages * PAGE
            found.files[group] += files
            found.processes[group] += 1
    with suppress(OSError):
        found.wal = (tend.data / "tend.db-wal").stat().st_size
    with suppress(redis.exceptions.RedisError, OSError):
        found.queue = queued(tend)
    return found


def queued(tend: Tend) -> int:
    """Messages that wait, and those that a worker took and has not finished."""
    with redis.Redis(unix_socket_path=str(tend.data / "valkey.sock"), db=1) as client:
        waiting = sum(int(client.llen(name)) for name in QUEUES)
        return waiting + int(client.hlen("unacked"))


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """By least squares: how much more of the second for one more of the first."""
    if len(samples) < 2:
        return 0.0
    mean_x = sum(x for x, _ in samples) / len(samples)
    mean_y = sum(y for _, y in samples) / len(samples)
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0


def memory_slopes(samples: Sequence[Sample], after: float) -> dict[str, float]:
    """MB a minute, by group, after that many minutes."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in samples:
        if one.minute >= after:
            for group, size in one.memory.items():
                points[group].append((one.minute, size / 1e6))
    return {group: slope(found) for group, found in points.items()}


def file_growth(samples: Sequence[Sample], after: float) -> dict[str, float]:
    """How many more files are open at the end than at the start, by group: means of quarters."""
    late = [one for one in samples if one.minute >= after]
    quarter = max(1, len(late) // 4)
    groups = {group for one in late for group in one.files}

    def mean(found: Sequence[Sample], group: str) -> float:
        return sum(one.files[group] for one in found) / len(found)

    if not late:
        return {}
    return {g: mean(late[-quarter:], g) - mean(late[:quarter], g) for g in sorted(groups)}
