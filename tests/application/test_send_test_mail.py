"""`flask --app app send-test-mail ADDRESS`: one line that says what is right or wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from application.platform import mail
from config import Settings
from tests.postmen import (
    Postman,
    Rude,
    certificate,
    free_port,
    let_in,
    read,
    server_context,
    serving,
    using,
)

TO = "mira@example.org"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command against a port: its exit code, and the one line that it says."""
    deliver = mail.deliver

    def soon(message: mail.Message, settings: Settings) -> None:
        deliver(message, settings, within=2.0)  # no try of these tests is worth more

    monkeypatch.setattr(mail, "deliver", soon)

    def call(port: int = 0, security: str = "none", to: str = TO, **more: Any) -> tuple[int, str]:
        settings = app.config["TEND"]
        if port:
            settings = using(settings, port, security, **more)
        monkeypatch.setitem(app.config, "TEND", settings)
        found = app.test_cli_runner().invoke(args=["send-test-mail", to])
        [line] = found.output.splitlines()
        return found.exit_code, line

    return call


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


def test_it_arrives(run: Run) -> None:
    with serving(postman := Postman()) as port:
        assert run(port) == (
            0,
            f"The mail server (127.0.0.1, port {port}) took the letter to {TO}.",
        )
    [letter] = postman.letters
    assert letter["Subject"] == "Mail from Tend arrives"


def test_without_a_server_it_names_the_file(app: Flask, run: Run) -> None:
    code, line = run()
    start, _, path = line.rpartition(" ")
    assert (code, start) == (0, "No SMTP_HOST is set, so the letter was written to")
    assert read(Path(path).read_bytes())["To"] == TO
    Path(path).unlink()


def test_what_is_no_address(run: Run) -> None:
    code, line = run(to="mira\r\nBcc: x@x.org")
    assert (code, line) == (1, f"Error: {mail.SAY_NO_ADDRESS}")


def test_nobody_listens(run: Run) -> None:
    port = free_port()
    code, line = run(port)
    assert code == 1
    assert line == (
        f"Error: No mail server answers at 127.0.0.1, port {port}. "
        "Look at SMTP_HOST and SMTP_PORT, and whether a firewall stands in between."
    )


def test_it_is_silent(run: Run) -> None:
    with Rude("greeting", "silent") as server:
        code, line = run(server.port)
    assert code == 1
    assert line.startswith("Error: The mail server took too long when it was called. Look at SMTP_")


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_plain_talk_to_a_tls_port(run: Run, pair: tuple[Path, Path], security: str) -> None:
    with serving(Postman(), ssl_context=server_context(*pair)) as port:
        code, line = run(port, security)
    assert code == 1
    assert line.endswith("It speaks TLS from the first byte: set SMTP_SECURITY=tls.")


def test_tls_to_a_plain_port(run: Run) -> None:
    with serving(Postman()) as port:
        code, line = run(port, "tls")
    assert code == 1
    assert line == (
        f"Error: The mail server (127.0.0.1, port {port}) does not speak TLS as Tend does. "
        "SMTP_SECURITY=tls is for port 465; for 587 set SMTP_SECURITY=starttls."
    )


def test_no_starttls(run: Run) -> None:
    with serving(Postman()) as port:
        code, line = run(port, "starttls")
    assert code == 1
    assert line.startswith("Error: The mail server offers no encryption (STARTTLS)")
    assert "SMTP_SECURITY=tls" in line


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for(
    run: Run, pair: tuple[Path, Path], security: str
) -> None:
    name = "tls_context" if security == "starttls" else "ssl_context"
    with serving(Postman(), **{name: server_context(*pair)}) as port:
        code, line = run(port, security)
    assert code == 1
    assert line.startswith("Error: The mail server's certificate is not good: self-signed cert")
    assert "SSL_CERT_FILE" in line


def test_a_wrong_password(
    run: Run, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    more: dict[str, Any] = {"tls_context": server_context(*pair), "authenticator": let_in}
    with serving(Postman(), **more) as port:
        code, line = run(port, "starttls", smtp_user="tend", smtp_password="wrong")
    assert code == 1
    assert line.startswith("Error: The mail server does not accept Tend's name and password (535")
    assert line.endswith("Look at SMTP_USER and SMTP_PASSWORD.")


def test_the_recipient_is_refused(run: Run) -> None:
    with Rude("RCPT", "550 5.1.1 unknown") as server:
        code, line = run(server.port)
    assert (code, line) == (
        1,
        "Error: The mail server says this address does not exist (550 5.1.1 unknown).",
    )


def test_the_sender_is_refused(run: Run) -> None:
    with Rude("MAIL", "553 not yours") as server:
        code, line = run(server.port)
    assert code == 1
    assert line.endswith("(553 not yours). Look at MAIL_FROM.")
