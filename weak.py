"""Secrets that are none: whether one that was set by hand is an example, a pattern or a default.

What `secrets.token_urlsafe` or `openssl rand` give always passes; a key that anybody could think of
or read in somebody's documentation does not. Pure; config.py asks.
"""

import re
from itertools import pairwise
from typing import Final
from urllib.parse import unquote, urlsplit

SHORTEST: Final = 32
# Fewer than these in a text of 32 characters or more, and there is a pattern in it; 32 random
# digits have less than one chance in a million of that.
LETTERS: Final = 6  # different characters
STEPS: Final = 6  # different distances from one character to the next: abcdef has one
TRIPLES: Final = 22  # different groups of three: what repeats itself has few
# What examples say, without their signs. Long enough never to stand in a random text by chance.
SAYINGS: Final = (
    "changeme", "changethis", "changeit", "default", "dontuse", "example", "insecure", "letmein",
    "notasecret", "password", "placeholder", "putyour", "replaceme", "replacethis", "secretkey",
    "securitypasswordsalt", "supersecret", "topsecret", "todochange", "verysecret", "yourkey",
    "yoursalt", "yoursecret",
)  # fmt: skip
# What servers and their images come with.
DEFAULTS: Final = frozenset({
    "123456", "12345678", "admin", "changeme", "default", "example", "guest", "hunter2", "insecure",
    "mysecretpassword", "pass", "passw0rd", "password", "postgres", "postgresql", "rabbitmq",
    "redis", "root", "secret", "tend", "test", "user", "valkey",
})  # fmt: skip


def of_key(secret: str) -> str | None:
    """What is wrong with a key, said so that its name can stand before it; None when nothing is."""
    if len(secret) < SHORTEST:
        return f"must have at least {SHORTEST} characters"
    plain = re.sub(r"[^a-z0-9]", "", secret.lower())
    if any(saying in plain for saying in SAYINGS):
        return "must not be an example: make one with `openssl rand -base64 48`"
    steps = {ord(after) - ord(before) for before, after in pairwise(secret)}
    triples = {secret[start : start + 3] for start in range(len(secret) - 2)}
    if len(set(secret)) < LETTERS or len(steps) < STEPS or len(triples) < TRIPLES:
        return "must not follow a pattern: make one with `openssl rand -base64 48`"
    return None


def of_address(url: str) -> str | None:
    """What is wrong with the password in a server's address, when it has one."""
    try:
        said = urlsplit(url).password
    except ValueError:
        return None
    return of_password(unquote(said)) if said else None


def of_password(password: str) -> str | None:
    """What is wrong with a password of a server that others can reach."""
    if password.lower() in DEFAULTS:
        return "must not have a password that servers come with: give it one of its own"
    return None
