"""Tests of the queue's two ends: a broker that is away, and tasks inside the application."""

import subprocess
import sys

import pytest
from flask import Flask

from application.platform import background
from application.platform.background import celery
from config import ROOT
from tests.people import Queue

real_publish = background.publish


def test_a_broker_that_is_away_costs_a_moment_and_no_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(celery, "send_task", away)
    assert real_publish("jobs.run", 1) is False


def test_a_message_names_its_task_and_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(celery, "send_task", lambda name, **more: sent.append((name, more)))
    assert real_publish("jobs.run", 7, queue="jobs") is True
    assert sent == [("jobs.run", {"args": (7,), "queue": "jobs"})]


@pytest.mark.parametrize("name", ["jobs.sweep", "jobs.expire", "accounts.drop_old_keys"])
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
