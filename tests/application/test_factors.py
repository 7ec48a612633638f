"""Second factors beneath the pages: their keys, which may change, and the mail about them."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts.factors import ISSUER, AppCodes
from application.accounts.secret_keys import derive
from application.deliveries import alerts
from application.deliveries import services as deliveries
from application.platform import clock
from application.platform.database import transaction
from config import Settings
from tests.authenticators import CodeApp, half_sign_in, set_up_app
from tests.people import PASSWORD, Person, Queue, problem


@pytest.fixture
def clock_hand() -> Iterator[Any]:
    """The clock at the start of a code's half minute."""
    steps = int(clock.now().timestamp()) // 30 + 1
    with time_machine.travel(datetime.fromtimestamp(steps * 30 + 1, UTC)) as traveller:
        yield traveller


def rotate(app: Flask, monkeypatch: pytest.MonkeyPatch, *before: str) -> None:
    """SECRET_KEY becomes another one; those of `before` are its fallbacks."""
    security = app.extensions["security"]
    codes = AppCodes(derive(["n" * 40, *before], "totp"), ISSUER)
    monkeypatch.setattr(security, "_totp_factory", codes)


def enter(person: Person, device: CodeApp) -> int:
    """Sign in with a code; the answer's status."""
    half_sign_in(person)
    return person.post("accounts/second-factor", {"code": device.code()}).status_code


def test_a_key_is_known_by_its_id_whatever_its_place() -> None:
    one, two = "a" * 40, "b" * 40
    assert derive([one, two], "totp").items() == derive([two, one], "totp").items()
    assert not derive([one], "totp").keys() & derive([one], "recovery codes").keys()
    assert list(derive([two, one], "totp"))[1] in derive([one], "totp")


def test_the_settings_name_todays_key_first() -> None:
    newest, older, oldest = (secrets.token_urlsafe(32) for _ in range(3))
    found = Settings(secret_key=newest, secret_key_fallbacks=f" {older}, {oldest},")
    assert found.secret_keys == [newest, older, oldest]
    with pytest.raises(ValueError, match="at least 32"):
        Settings(secret_key_fallbacks="short")


def test_an_older_key_is_read_and_takes_its_leave(
    app: Flask,
    alice: Person,
    visitor: Person,
    clock_hand: Any,
    sql: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device, _ = set_up_app(alice)
    rotate(app, monkeypatch, app.config["SECRET_KEY"])
    clock_hand.shift(30)
    assert enter(visitor, device) == 200
    [(kept,)] = sql("SELECT tf_totp_secret FROM users")
    assert next(iter(derive(["n" * 40], "totp"))) in kept
    rotate(app, monkeypatch)  # the older one is forgotten
    clock_hand.shift(30)
    assert enter(visitor, device) == 200


def test_without_its_key_a_code_is_wrong(
    app: Flask,
    alice: Person,
    visitor: Person,
    clock_hand: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    device, codes = set_up_app(alice)
    rotate(app, monkeypatch)
    clock_hand.shift(30)
    assert enter(visitor, device) == 401
    assert f"account {alice.user_id} has a key that is not known" in caplog.text
    assert visitor.post("accounts/recovery-code", {"code": codes[0]}).status_code == 200


def test_recovery_codes_of_an_older_key_are_read(
    app: Flask, alice: Person, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, codes = set_up_app(alice)
    util = app.extensions["security"].mf_recovery_codes_util
    monkeypatch.setattr(util, "cryptor", util.cryptor)
    keys = derive(["n" * 40, app.config["SECRET_KEY"]], "recovery codes").values()
    util.setup_cryptor([urlsafe_b64encode(key) for key in keys])
    half_sign_in(visitor)
    assert visitor.post("accounts/recovery-code", {"code": codes[0]}).status_code == 200
    util.setup_cryptor([urlsafe_b64encode(key) for key in list(keys)[:1]])
    half_sign_in(visitor)
    problem(visitor.post("accounts/recovery-code", {"code": codes[1]}), 401)


@pytest.mark.parametrize("kind", alerts.TOLD)
def test_the_mail_says_what_and_where_to_look(app: Flask, alice: Person, kind: str) -> None:
    with app.app_context():
        with transaction():
            alerts.tell(alice.user_id, kind, "Blue <key>")
        _, messages, _ = deliveries.claim()
        [content] = alerts.compose(messages, clock.now()).values()
    letter = content.letter  # type: ignore[union-attr]
    assert letter is not None
    assert letter.to == "alice@example.org"
    assert letter.context["title"] == f"{alerts.TOLD[kind][0]}: Blue <key>"
    assert letter.context["username"] == "Alice"
    assert str(letter.context["link"]).endswith("/settings/security")


def test_a_changed_password_is_told_by_mail(alice: Person, sql: Any, queue: Queue) -> None:
    body = {"password": PASSWORD, "new_password": "three grey herons over the weir"}
    assert alice.post("accounts/change", body).status_code == 200
    [(period,)] = sql("SELECT period FROM deliveries WHERE kind = 'alert'")
    assert period.startswith("password_changed-")
    assert list(queue) == []
