"""The faults of a storm: what is done to whom, in an order drawn from a seed."""

import random
import time
from collections.abc import Mapping

import redis

from tests.faults.storm.history import Fault, Received
from tests.faults.storm.house import House

ALL = {"worker": 4, "children": 4, "cache": 4, "flush": 3, "database": 3, "beat": 3}
WITHOUT_DATABASE = {"worker": 3, "children": 3, "cache": 2, "flush": 2, "beat": 2}
BEGUN_WITHIN = 120.0  # the clock plans a minute after it was started
NEXT_WITHIN = 20.0  # seconds: a storm that does not get on is struck again all the same


def order(counts: Mapping[str, int], dice: random.Random) -> list[str]:
    """The faults in the order in which they come."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    dice.shuffle(kinds)
    return kinds


def strike(
    house: House, kinds: list[str], dice: random.Random, next_within: float = NEXT_WITHIN
) -> list[Fault]:
    """One fault after the other, spread over the whole of the work.

    Number k of n waits until k/(n+1) of nine tenths of the people have their message, so that
    each finds work to spoil.
    """
    done = []
    until = time.monotonic() + BEGUN_WITHIN
    while kinds and not house.received() and time.monotonic() < until:
        time.sleep(0.1)
    for number, kind in enumerate(kinds, start=1):
        wanted = 0.9 * len(house.people) * number / (len(kinds) + 1)
        until = time.monotonic() + next_within
        while arrived(house.received()) < wanted and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(dice.uniform(0.0, next_within / 10))
        began = time.time()
        _do(house, kind, dice)
        done.append(Fault(kind, began, time.time()))
        there = arrived(house.received())
        print(f"  {number:2} {kind:8} with {there} of {len(house.people)} there", flush=True)
    return done


def arrived(received: list[Received]) -> int:
    """How many different messages were taken well."""
    return len({one.id for one in received if one.status == 200})


def _do(house: House, kind: str, dice: random.Random) -> None:
    keeper = house.keeper
    if kind == "worker":
        dice.choice(keeper.named("sender")).kill_and_await_end()
    elif kind == "children":
        dice.choice(keeper.named("sender")).kill_children()
    elif kind == "beat":
        dice.choice(keeper.named("beat")).kill()
    elif kind == "cache":
        keeper.named("cache")[0].kill()
    elif kind == "flush":
        _flush(house)
    elif kind == "database":
        assert house.server is not None
        house.server.stop_at_once()
        time.sleep(dice.uniform(0.5, 3.0))
        house.server.start()
    else:
        raise ValueError(kind)


def _flush(house: House) -> None:
    """As soon as the cache answers: it may just be coming back."""
    until = time.monotonic() + 20
    while True:
        try:
            house.flush_cache()
        except (redis.exceptions.RedisError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
