"""Tries of an account by password, whichever of its names is typed."""

from contextlib import suppress

from limits import parse

from api import limits


def is_spent(user_id: int) -> bool:
    """Whether an address has tried that account (0: none) too often, under whichever name.

    Each name counts by itself, in the open. This count must not tell which two names are one
    account's, so over it a password is wrong, right or not, and nothing else is said.
    """
    if not limits.limiter.enabled:
        return False
    with suppress(Exception):  # Redis went away just now; the next request finds out
        usual = parse(limits.many_times(limits.USUAL))
        whose = limits.address(), f"user:{user_id}", "sign_in_whole"
        return not limits.limiter.limiter.hit(usual, limits.PREFIX, *whose)
    return False
