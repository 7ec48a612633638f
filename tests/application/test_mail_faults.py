"""A mail server that is away, slow, rude or wrongly set up: the stated outcome of each, in time."""

import time
from pathlib import Path
from typing import Any

import flask_mail
import pytest
from flask import Flask

from application.platform import mail
from application.platform.envelope import Message
from config import Settings
from tests.postmen import (
    Postman,
    Rude,
    certificate,
    free_port,
    let_in,
    server_context,
    serving,
    using,
)
from tests.servers import settings_for

LIMIT = 1.0  # what a call may take here; in life it is smtp.WITHIN
SLACK = 1.5  # a busy machine's

STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "letter")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path, smtp_timeout=10)


@pytest.fixture
def message(settings: Settings) -> Message:
    """A letter that was composed elsewhere: no application is at hand in any of these tests."""
    found = Message(
        subject="Water",
        recipients=["mira@example.org"],
        body="Water has no entry for today.",
        html="<p>Water has no entry for today.</p>",
        sender=settings.mail_from,
    )
    found.msgId = "<reminder-7@tend.example>"
    found.date = 1.8e9
    found.extra_headers = {}
    app = Flask(__name__)
    flask_mail.Mail(app)
    with app.app_context():
        found.finish()
    return found


def fate(message: Message, settings: Settings) -> mail.MailError:
    """What a try that does not come through raises; it never takes longer than it may."""
    began = time.monotonic()
    with pytest.raises(mail.MailError) as caught:
        mail.deliver(message, settings, within=LIMIT)
    assert time.monotonic() - began < LIMIT + SLACK
    return caught.value


@pytest.mark.parametrize("step", STEPS)
def test_421_is_tried_again(message: Message, settings: Settings, step: str) -> None:
    with Rude(step, "421 4.3.2 come again") as server:
        error = fate(message, using(settings, server.port))
    assert isinstance(error, mail.NotNow)
    assert (error.code, error.cause) == (421, "busy")
    assert str(error) == "The mail server says to come again later (421 4.3.2 come again)."


@pytest.mark.parametrize("deed", ["silent", "drip"])
@pytest.mark.parametrize("step", STEPS)
def test_a_slow_server_holds_nobody(
    message: Message, settings: Settings, step: str, deed: str
) -> None:
    with Rude(step, deed) as server:
        error = fate(message, using(settings, server.port))
    assert isinstance(error, mail.NotNow)
    assert (error.code, error.cause) == (None, "slow")
    assert str(error).startswith("The mail server took too long ")


@pytest.mark.parametrize("step", STEPS)
def test_a_cut_is_tried_again(message: Message, settings: Settings, step: str) -> None:
    with Rude(step, "cut") as server:
        error = fate(message, using(settings, server.port))
    assert isinstance(error, mail.NotNow)
    assert error.cause == "closed"
    assert str(error).startswith("The mail server ended the connection ")


def test_cut_after_the_letter_comes_again_as_the_same(message: Message, settings: Settings) -> None:
    with Rude("letter", "cut") as server:
        fate(message, using(settings, server.port))
        server.step = "never"
        mail.deliver(message, using(settings, server.port), within=LIMIT)
    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"] == "<reminder-7@tend.example>"


@pytest.mark.parametrize("deed", ["silent", "drip", "cut", "500 what"])
def test_a_rude_good_bye_takes_nothing_back(
    message: Message, settings: Settings, deed: str
) -> None:
    began = time.monotonic()
    with Rude("QUIT", deed) as server:
        mail.deliver(message, using(settings, server.port), within=LIMIT)
    assert time.monotonic() - began < LIMIT + SLACK
    assert len(server.letters) == 1


@pytest.mark.parametrize(
    ("step", "reply", "cause", "sentence"),
    [
        ("greeting", "554 no", "refused", "The mail server does not talk to Tend (554 no)."),
        (
            "MAIL",
            "553 not yours",
            "sender",
            "The mail server does not take mail from this Tend's address (553 not yours).",
        ),
        (
            "RCPT",
            "550 5.1.1 unknown user",
            "recipient",
            "The mail server says this address does not exist (550 5.1.1 unknown user).",
        ),
        (
            "RCPT",
            "550 No such user here.",
            "recipient",
            "The mail server says this address does not exist (550 No such user here).",
        ),
        (
            "RCPT",
            "552 5.2.2 over quota",
            "recipient",
            "The mail server says this mailbox is full (552 5.2.2 over quota).",
        ),
        (
            "RCPT",
            "554 5.7.1 relay access denied",
            "recipient",
            "The mail server does not take mail for this address (554 5.7.1 relay access denied).",
        ),
        ("DATA", "554 spam", "content", "The mail server does not take this letter (554 spam)."),
        ("letter", "554 spam", "content", "The mail server does not take this letter (554 spam)."),
    ],
)
def test_5xx_is_final(
    message: Message, settings: Settings, step: str, reply: str, cause: str, sentence: str
) -> None:
    with Rude(step, reply) as server:
        error = fate(message, using(settings, server.port))
    assert isinstance(error, mail.Never)
    assert (error.code, error.cause, str(error)) == (int(reply[:3]), cause, sentence)


def test_what_a_server_says_is_cleaned(message: Message, settings: Settings) -> None:
    with Rude("RCPT", "550 \x1b[31mno\x00\x07 " + "x" * 400) as server:
        error = fate(message, using(settings, server.port))
    assert str(error).isprintable()
    assert len(str(error)) < 300


def test_nobody_listens(message: Message, settings: Settings) -> None:
    port = free_port()
    error = fate(message, using(settings, port))
    assert isinstance(error, mail.NotNow)
    assert str(error) == f"No mail server answers at 127.0.0.1, port {port}."


def test_the_servers_name_is_not_known(message: Message, settings: Settings) -> None:
    error = fate(message, using(settings, 25, smtp_host="mail.invalid"))
    assert isinstance(error, mail.NotNow)
    assert error.cause in {"name", "slow"}  # slow: this machine's resolver waits for an answer


def test_a_resolver_that_hangs_holds_nobody(
    message: Message, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: time.sleep(LIMIT + 2 * SLACK))
    error = fate(message, using(settings, 25))
    assert isinstance(error, mail.NotNow)
    assert error.cause == "slow"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_without_encryption_gets_nothing(
    message: Message, settings: Settings, security: str
) -> None:
    account = {"smtp_user": "tend", "smtp_password": "secret"}
    with serving(postman := Postman()) as port:
        error = fate(message, using(settings, port, security, **account))
    assert not postman.letters
    assert isinstance(error, mail.NotNow)  # the operator may mend it in time
    assert error.cause == ("no_starttls" if security == "starttls" else "tls")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    message: Message, settings: Settings, pair: tuple[Path, Path], security: str
) -> None:
    name = "tls_context" if security == "starttls" else "ssl_context"
    with serving(postman := Postman(), **{name: server_context(*pair)}) as port:
        error = fate(message, using(settings, port, security))
    assert isinstance(error, mail.NotNow)
    assert error.cause == "certificate"
    assert "self" in str(error)
    assert not postman.letters


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("password", ["secret", "wrong"])
def test_it_signs_in_over_tls(
    message: Message,
    settings: Settings,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    security: str,
    password: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    name = "tls_context" if security == "starttls" else "ssl_context"
    more: dict[str, Any] = {
        name: server_context(*pair),
        "authenticator": let_in,
        "auth_require_tls": security == "starttls",
        "require_starttls": security == "starttls",
    }
    account = {"smtp_user": "tend", "smtp_password": password}
    with serving(postman := Postman(), **more) as port:
        chosen = using(settings, port, security, **account)
        if password == "secret":
            mail.deliver(message, chosen, within=10)
            assert len(postman.letters) == 1
            assert postman.signed_in
        else:
            with pytest.raises(mail.NotNow) as caught:  # the operator may mend it in time
                mail.deliver(message, chosen, within=10)
            assert (caught.value.code, caught.value.cause) == (535, "sign_in")
            assert str(caught.value).startswith("The mail server does not accept Tend's name")


def test_a_certificate_of_another_name_is_refused(
    message: Message, settings: Settings, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    with serving(Postman(), ssl_context=server_context(*pair)) as port:
        chosen = using(settings, port, "tls", smtp_host="127.0.0.2")
        assert fate(message, chosen).cause in {"certificate", "refused"}


@pytest.mark.parametrize("step", ["greeting", "EHLO"])
def test_a_slow_server_holds_nobody_under_tls(
    message: Message, settings: Settings, step: str
) -> None:
    """The handshake itself hangs: the socket's own time-out would be ten seconds."""
    with Rude(step, "silent") as server:
        error = fate(message, using(settings, server.port, "tls"))
    assert isinstance(error, mail.NotNow)
    assert error.cause in {"slow", "tls"}
