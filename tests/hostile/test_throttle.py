"""S6: wrong passwords by the thousand reach the hash as often as the table says, and no more.

Nobody is locked out by it: the right password from elsewhere is let in all the while.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from werkzeug.test import Client, TestResponse

import api
from api import limits
from api.csrf import COOKIE
from application import create_app
from application.platform import cache
from tests import servers
from tests.people import PASSWORD, Person, Queue, problem

# What is counted is no matter of the database.
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

TRIES = 1000
FORGED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP")


@pytest.fixture
def hashed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One item for each time that a password is held against a hash."""
    found: list[int] = []
    context = app.extensions["security"].pwd_context
    for name in ("verify", "verify_and_update"):
        monkeypatch.setattr(context, name, counting(getattr(context, name), found))
    return found


def counting(real: Callable[..., Any], found: list[int]) -> Callable[..., Any]:
    def count(*args: Any, **kwargs: Any) -> Any:
        found.append(1)
        return real(*args, **kwargs)

    return count


class Attacker:
    """Tries passwords, from any address and with any header."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.arrive()

    def arrive(self) -> None:
        """Be a new visitor, with a token."""
        self.client: Client = self.app.test_client()
        self.client.get("/api/v1/account")
        token = self.client.get_cookie(COOKIE)
        assert token is not None
        self.token = token.value

    def attempt(
        self,
        password: str,
        address: str = "203.0.113.9",
        identity: str = "alice",
        **headers: str,
    ) -> TestResponse:
        answer = self.client.post(
            "/api/v1/accounts/login",
            json={"identity": identity, "password": password},
            headers={"X-XSRF-TOKEN": self.token, **headers},
            environ_base={"REMOTE_ADDR": address},
        )
        assert answer.status_code in {200, 401, 429}, answer.get_data(as_text=True)
        if answer.status_code == 200:
            self.arrive()
        return answer


@pytest.mark.row("S6")
def test_from_one_address_ten_reach_the_hash(app: Flask, alice: Person, hashed: list[int]) -> None:
    attacker = Attacker(app)
    answers = [attacker.attempt(f"wrong {number}") for number in range(TRIES)]
    statuses = [answer.status_code for answer in answers]
    assert len(hashed) <= 10
    assert statuses == [401] * 10 + [429] * (TRIES - 10)
    problem(answers[-1], 429)
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 15 * 60
    assert attacker.attempt(PASSWORD).status_code == 429  # from there not even the right one
    assert attacker.attempt(PASSWORD, "198.51.100.7").status_code == 200


def test_from_one_address_sixty_over_all_accounts(
    app: Flask, alice: Person, hashed: list[int]
) -> None:
    attacker = Attacker(app)
    for number in range(TRIES):
        attacker.attempt("wrong", identity=f"person{number}")
    assert len(hashed) <= 60


@pytest.mark.row("S6")
@pytest.mark.parametrize("address", ["203.0.{}.9", "2001:db8:{:x}::9"], ids=["v4", "v6"])
def test_from_a_hundred_addresses_each_has_one_try_left(
    app: Flask, alice: Person, hashed: list[int], address: str
) -> None:
    attacker = Attacker(app)
    for number in range(TRIES):
        attacker.attempt(f"wrong {number}", address.format(number % 100))
    # 100 before it shows, and then one for each address.
    assert len(hashed) <= 200
    for elsewhere in ("198.51.100.7", "2001:db8:ffff::1"):
        assert attacker.attempt(PASSWORD, elsewhere).status_code == 200
    assert attacker.attempt("wrong", identity="bob").status_code == 401  # others are not touched


def test_one_home_of_ipv6_is_one_address_and_a_site_when_crowded(
    app: Flask, alice: Person, hashed: list[int]
) -> None:
    attacker = Attacker(app)
    for number in range(100):
        attacker.attempt("wrong", f"2001:db8:1:2::{number:x}")
    assert len(hashed) <= 10
    for number in range(300):
        attacker.attempt("wrong", f"2001:db8:1:{number:x}::1")
    assert len(hashed) <= 102


@pytest.mark.row("S6")
@pytest.mark.parametrize("name", FORGED)
def test_a_forged_header_makes_nobody_somebody_else(
    app: Flask, alice: Person, hashed: list[int], name: str
) -> None:
    attacker = Attacker(app)
    for number in range(200):
        said = f"for=203.0.113.{number}" if name == "Forwarded" else f"203.0.113.{number}"
        attacker.attempt("wrong", **{name: said})
    assert len(hashed) <= 10


@pytest.mark.row("S6")
@pytest.mark.parametrize("hops", [1, 2])
def test_behind_proxies_only_what_they_wrote_counts(
    app: Flask, tmp_path: Path, valkey_url: str, hops: int
) -> None:
    servers.migrated_sqlite(tmp_path, valkey_url)
    settings = servers.settings_for(tmp_path, redis_url=valkey_url, trusted_proxy_hops=hops)
    app = create_app(settings)
    api.init_app(app)
    attacker = Attacker(app)
    written = ["198.51.100.4", "10.0.0.1"][:hops]  # the visitor, then the outer proxy
    statuses = []
    for number in range(30):
        chain = ", ".join([f"203.0.113.{number}", "192.0.2.1", *written])
        statuses.append(attacker.attempt("x", "10.0.0.2", **{"X-Forwarded-For": chain}).status_code)
    assert statuses == [401] * 10 + [429] * 20
    with app.test_client() as client:
        client.get("/healthz", headers={"X-Forwarded-For": ", ".join(written)})
        assert limits.address() == "198.51.100.4"


def test_spaces_and_capitals_are_the_same_account(
    app: Flask, alice: Person, hashed: list[int]
) -> None:
    attacker = Attacker(app)
    for number in range(60):
        said = ("alice", "ALICE", " alice", "alice\t", "aLiCe ")[number % 5]
        attacker.attempt("wrong", identity=said)
    assert len(hashed) <= 10


def test_redis_is_told_no_name(app: Flask, alice: Person, valkey_url: str, queue: Queue) -> None:
    attacker = Attacker(app)
    attacker.attempt("wrong", identity="alice@example.org")
    alice.post("accounts/reset", {"email": "nobody@example.org"})
    with redis.Redis.from_url(valkey_url) as client:
        keys = b" ".join(client.keys("*tend-limit*"))
    assert b"sign_in_account" in keys
    assert b"recover_letters" in keys
    assert b"alice" not in keys
    assert b"nobody" not in keys
    queue.take()


class Valkey:
    """A Valkey that can be killed, frozen and woken."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.socket = folder / "valkey.sock"
        command = [servers.valkey_binary(), "--port", "0", "--unixsocket", str(self.socket)]
        self.process = subprocess.Popen(
            [*command, "--save", ""], cwd=folder, stdout=subprocess.DEVNULL
        )
        stack.callback(self.end)
        deadline = time.monotonic() + 10
        while not self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Valkey]]:
    """An application with a Valkey of its own; the limiter is everybody's, and is put back."""
    folder = tmp_path_factory.mktemp("alone")
    with ExitStack() as stack:
        valkey = Valkey(folder, stack)
        kept = {
            name: getattr(limits.limiter, name)
            for name in ("_storage", "_limiter", "_fallback_limiter", "_storage_dead")
        }
        stack.callback(vars(limits.limiter).update, kept)
        servers.migrated_sqlite(folder, f"unix://{valkey.socket}")
        app = create_app(servers.settings_for(folder, redis_url=f"unix://{valkey.socket}"))
        app.config["PROPAGATE_EXCEPTIONS"] = False
        api.init_app(app)
        cache.wake()
        yield app, valkey


@pytest.mark.row("S6")
@pytest.mark.parametrize("how", ["end", "freeze"])
def test_limits_hold_while_redis_is_gone(app: Flask, alone: tuple[Flask, Valkey], how: str) -> None:
    app, valkey = alone
    alice = Person.sign_up(app, "alice")
    attacker = Attacker(app)
    assert attacker.attempt("wrong", "198.51.100.1").status_code == 401
    getattr(valkey, how)()
    statuses, slowest = [], 0.0
    for number in range(40):
        began = time.monotonic()
        statuses.append(attacker.attempt(f"wrong {number}").status_code)
        slowest = max(slowest, time.monotonic() - began)
    assert statuses == [401] * 10 + [429] * 30
    for path in ("account", "today", "trackers"):
        began = time.monotonic()
        assert alice.get(path).status_code == 200
        slowest = max(slowest, time.monotonic() - began)
    assert slowest <= 1.5
    assert attacker.attempt(PASSWORD, "198.51.100.7").status_code == 200
    if how == "freeze":
        valkey.thaw()
        until = time.monotonic() + 40
        while limits.limiter._storage_dead and time.monotonic() < until:
            attacker.attempt("wrong", "198.51.100.8")
            time.sleep(0.1)
        assert not limits.limiter._storage_dead  # and all count together again
