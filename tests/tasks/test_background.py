"""Tests of the queue's two ends: a broker that is away, and tasks inside the application."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from kombu.exceptions import OperationalError

import tasks
from application.platform import background
from application.platform.background import celery
from config import ROOT
from tasks.schedule import TICKS
from tests.people import Queue

real_publish = background.publish


def test_a_broker_that_is_away_costs_a_moment_and_no_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(celery, "send_task", away)
    assert real_publish("jobs.run", 1) is False


@pytest.mark.row("W2")
def test_w2_a_broker_that_stays_away_is_asked_once_without_a_pause(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Celery would pause for 2 and 4 s between its tries, and a person's request with it."""
    pauses: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", pauses.append)
    background.init_app(app, app.config["TEND"])  # as the web has it, without a worker's patience
    nowhere = f"redis+socket://{tmp_path}/nobody.sock?virtual_host=1"
    try:
        with celery.connection_for_write(nowhere) as connection:
            for _ in range(3):
                with pytest.raises(OperationalError):
                    connection.default_channel  # noqa: B018
    finally:
        tasks.init_app(app)
    assert sum(pauses) < 0.1


def test_a_message_names_its_task_and_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(celery, "send_task", lambda name, **more: sent.append((name, more)))
    assert real_publish("jobs.run", 7, queue="jobs") is True
    assert sent == [("jobs.run", {"args": (7,), "queue": "jobs"})]


@pytest.mark.parametrize("name", sorted(TICKS - {"backups.nightly"}))  # that one finds work
def test_every_tick_runs_on_an_empty_house(app: Flask, name: str, queue: Queue) -> None:
    from tasks import base

    base._app.append(app)
    celery.tasks[name]()
    assert queue == []


def test_celery_keeps_what_a_killed_worker_had() -> None:
    assert celery.conf.task_acks_late
    assert celery.conf.task_reject_on_worker_lost
    assert celery.conf.worker_prefetch_multiplier == 1
    assert celery.conf.task_ignore_result
    assert celery.conf.accept_content == ["json"]
    longest = celery.conf.visibility_timeout
    assert celery.conf.broker_transport_options["visibility_timeout"] == longest
    assert longest >= 3600


def test_the_worker_module_starts_in_a_process_of_its_own(tmp_path) -> None:
    code = "import workers; print(sorted(t for t in workers.celery.tasks if '.' in t))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"TEND_DATA": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'jobs.run'" in found.stdout
