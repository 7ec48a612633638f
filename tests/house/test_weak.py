"""Secrets that are none are refused; random ones never are."""

import base64
import re
import secrets

import pytest

import weak
from config import ROOT, ConfigError, load
from tests.house.test_config import bare_environment  # noqa: F401 - a fixture

RANDOM = (
    lambda: secrets.token_urlsafe(32),
    lambda: secrets.token_hex(16),
    lambda: base64.b64encode(secrets.token_bytes(48)).decode(),
    lambda: "".join(secrets.choice("0123456789") for _ in range(32)),
)

EXAMPLES = [
    "x" * 64,
    "k" * 32,
    "0" * 40,
    "0123456789" * 4,
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "abc123XYZabc123XYZabc123XYZabc123XYZ",
    "change-me-to-something-long-and-random!",
    "CHANGEME_CHANGEME_CHANGEME_7d2f9a1b",
    "this-is-a-very-secret-key-for-my-server",
    "your-secret-key-goes-here-Zq81nX3pLw",
    "SECRET_KEY_SECRET_KEY_SECRET_KEY_12",
    "SECURITY_PASSWORD_SALT_146585145368132386173505678016728509634",
    "django-insecure-3k9_v2x0w8r5q1z7t4m6n",
    "for-tests-only-" + "x" * 32,
    "asdfasdfasdfasdfasdfasdfasdfasdfasdf",
]


@pytest.mark.parametrize("make", RANDOM, ids=["urlsafe", "hex", "base64", "digits"])
def test_what_chance_made_is_taken(make) -> None:
    assert {weak.of_key(make()) for _ in range(2000)} == {None}


@pytest.mark.row("S10")
@pytest.mark.parametrize("name", ["SECRET_KEY", "SECURITY_PASSWORD_SALT"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_does_not_start(
    monkeypatch: pytest.MonkeyPatch, name: str, example: str
) -> None:
    """Wherever it runs: a key that was set by hand is for more than one machine."""
    monkeypatch.setenv(name, example)
    with pytest.raises(ConfigError, match=f"^{name} is wrong: it must") as caught:
        load(None)
    assert example not in str(caught.value)


SERVERS = {
    "DATABASE_URL": "postgresql://tend:{}@db.internal/tend",
    "REDIS_URL": "redis://:{}@cache.internal:6379/0",
    "CELERY_BROKER_URL": "amqp://tend:{}@queue.internal//",
}


@pytest.mark.row("S10")
@pytest.mark.parametrize("name", [*SERVERS, "SMTP_PASSWORD"])
def test_a_servers_default_password_is_not_for_the_internet(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SMTP_USER", "tend")
    monkeypatch.setenv(name, SERVERS.get(name, "{}").format("Postgres"))
    load(None)  # on one's own machine, for trying
    for public in ({"PUBLIC_URL": "https://tend.example"}, {"HOST": "0.0.0.0"}):
        with monkeypatch.context() as there:
            for setting, value in public.items():
                there.setenv(setting, value)
            with pytest.raises(ConfigError, match=f"^{name} is wrong: it must not have"):
                load(None)
            there.setenv(name, SERVERS.get(name, "{}").format(secrets.token_urlsafe(12)))
            load(None)


def test_no_file_that_we_hand_out_has_a_key_in_it() -> None:
    files = [ROOT / ".env.example", *(ROOT / "deploy").glob("*.*"), *(ROOT / "docs").glob("*.md")]
    assert len(files) > 8
    said = re.compile(r"(SECRET_KEY|SECURITY_PASSWORD_SALT|_PASSWORD)[\"']?\s*[=:]\s*(\S+)")
    for file in files:
        for name, value in said.findall(file.read_text(encoding="utf-8")):
            with pytest.raises(AssertionError):
                assert weak.of_key(value) is None, (file, name)
