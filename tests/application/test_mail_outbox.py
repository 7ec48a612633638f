"""The outbox and a mail server that is down, busy, silent, or hangs up: nothing is lost."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from application.deliveries import sending, services
from application.deliveries.models import Delivery
from application.platform import clock, mail
from application.platform.database import transaction
from application.platform.envelope import Message
from config import Settings
from tests.people import Person, Queue
from tests.postmen import Postman, Rude, free_port, serving, using

LIMIT = 1.0  # what a try at a slow server may take here
MANY = 20  # more than there are threads


class Outbox:
    """So many letters to alice that are due, and a mail server at the port that a test says."""

    def __init__(self, app: Flask, sql: Callable[..., Any]) -> None:
        self.app, self.sql = app, sql
        self.limit = 10.0  # seconds for a try; twenty in life

    def fill(self, count: int) -> None:
        later = clock.now() + timedelta(hours=1)
        with transaction():
            for number in range(count):
                params = {"email": "alice@example.org"}
                services.ask("recovery", None, f"letter-{number}", "mail", "", later, params)

    def use(self, port: int) -> None:
        self.app.config["TEND"] = using(self.app.config["TEND"], port)

    def send(self) -> float:
        """Send what there is, whenever it is due; the seconds that it took."""
        with transaction() as session:
            session.execute(update(Delivery).values(next_at=clock.now() - timedelta(seconds=1)))
        began = time.monotonic()
        sending.send_due()
        return time.monotonic() - began

    def states(self) -> Counter[str]:
        return Counter(row[0] for row in self.sql("SELECT state FROM deliveries"))

    def ids(self) -> set[str]:
        return {f"<{row[0]}@localhost>" for row in self.sql("SELECT message_id FROM deliveries")}

    def error(self) -> tuple[int | None, str]:
        [(status, error)] = set(self.sql("SELECT last_status, last_error FROM deliveries"))
        return status, error


@pytest.fixture
def outbox(
    app: Flask,
    alice: Person,
    queue: Queue,
    sql: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    found = Outbox(app, sql)
    deliver = mail.deliver

    def soon(message: Message, settings: Settings) -> None:
        deliver(message, settings, within=found.limit)

    monkeypatch.setattr(mail, "deliver", soon)
    before = app.config["TEND"]
    with app.app_context():
        yield found
    app.config["TEND"] = before
    queue.take()


def arrived(server: Postman | Rude) -> list[str]:
    return [str(letter["Message-ID"]) for letter in server.letters]


@pytest.mark.row("R5")
def test_r5_a_server_that_was_down_gets_every_letter_once(outbox: Outbox) -> None:
    """Pass: nothing is lost, and each letter comes once."""
    outbox.fill(MANY)
    port = free_port()
    outbox.use(port)
    outbox.send()
    assert outbox.states() == {"due": MANY}
    assert outbox.error() == (None, f"No mail server answers at 127.0.0.1, port {port}.")
    with serving(postman := Postman()) as port:
        outbox.use(port)
        outbox.send()
    assert outbox.states() == {"sent": MANY}
    assert sorted(arrived(postman)) == sorted(outbox.ids())


@pytest.mark.row("R5")
@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "letter"])
def test_r5_421_leaves_it_due(outbox: Outbox, step: str) -> None:
    """Pass: it is tried again, whatever step was refused."""
    outbox.fill(3)
    with Rude(step, "421 4.7.0 try again later") as server:
        outbox.use(server.port)
        outbox.send()
        assert outbox.states() == {"due": 3}
        assert outbox.error()[0] == 421
        server.step = "never"
        outbox.send()
    assert outbox.states() == {"sent": 3}
    assert set(arrived(server)) == outbox.ids()


@pytest.mark.row("R5")
@pytest.mark.parametrize(("step", "code"), [("RCPT", 550), ("letter", 554)])
def test_r5_5xx_ends_it_with_its_reason(outbox: Outbox, step: str, code: int) -> None:
    """Pass: failed, with what the server said."""
    outbox.fill(2)
    with Rude(step, f"{code} 5.1.1 no such user") as server:
        outbox.use(server.port)
        outbox.send()
        outbox.send()
    assert outbox.states() == {"failed": 2}
    status, error = outbox.error()
    assert status == code
    assert error.startswith("The mail server ")
    assert error.endswith(f"({code} 5.1.1 no such user).")


@pytest.mark.row("R5")
@pytest.mark.parametrize("deed", ["silent", "drip"])
def test_r5_a_silent_server_holds_no_worker(outbox: Outbox, deed: str) -> None:
    """Pass: given up within 30 s, and tried again."""
    outbox.fill(MANY)
    with Rude("greeting", deed) as server:
        outbox.use(server.port)
        outbox.limit = LIMIT
        took = outbox.send()
        outbox.limit = 10.0
    rounds = -(-MANY // sending.THREADS)
    assert took < rounds * LIMIT + 3
    assert outbox.states() == {"due": MANY}
    with serving(postman := Postman()) as port:
        outbox.use(port)
        outbox.send()
    assert outbox.states() == {"sent": MANY}
    assert sorted(arrived(postman)) == sorted(outbox.ids())


@pytest.mark.row("R5")
def test_r5_cut_after_the_letter_it_comes_again_under_its_id(outbox: Outbox) -> None:
    """Pass: the retry has the same Message-ID."""
    outbox.fill(3)
    with Rude("letter", "cut") as server:
        outbox.use(server.port)
        outbox.send()
        assert outbox.states() == {"due": 3}
        server.step = "never"
        outbox.send()
    assert outbox.states() == {"sent": 3}
    assert Counter(arrived(server)) == dict.fromkeys(outbox.ids(), 2)
