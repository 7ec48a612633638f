"""How the product asks for work later: a message is sent after the commit and may be lost.

The row that the message points to is the truth; the sweep finds what was never delivered. So a
broker that is away costs a second, never an answer.
"""

import logging
import mmap
from functools import partial

from celery import Celery
from flask import Flask

from application.platform.database import after_commit
from config import Settings

log = logging.getLogger(__name__)

celery = Celery("tend")

QUEUES = ("deliver", "jobs", "ticks")
VISIBILITY_SECONDS = 6 * 3600  # above every time limit: a shorter one runs long tasks twice

# A broker that was lost once would else be asked for again with pauses of 2 and 4 s, while a person
# waits for the answer of a request that needs no broker.
ONE_TRY = {"connect_retries_timeout": 0.001, "interval_start": 0, "interval_step": 0}


def init_app(app: Flask, settings: Settings) -> None:
    """Point the producer at the broker, with time-outs short enough for a web request."""
    celery.conf.update(
        broker_url=settings.celery_broker_url,
        task_ignore_result=True,
        task_publish_retry=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_SECONDS,
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.5,
            **ONE_TRY,
        },
        visibility_timeout=VISIBILITY_SECONDS,
        accept_content=["json"],
        task_serializer="json",
        timezone="UTC",
        enable_utc=True,
        task_default_queue="jobs",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        # A broker that restarts must not end work that is half-way: whatever is delivered again
        # finds its row claimed already, and does nothing.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        beat_scheduler="tasks.beat:SteadyScheduler",
    )
    app.extensions["celery"] = celery


def send(name: str, *args: int | str, queue: str = "jobs") -> None:
    """Ask for task `name` once the present transaction is committed."""
    after_commit(partial(publish, name, *args, queue=queue))


def send_many(count: int, name: str, queue: str = "jobs") -> None:
    """Ask `count` times for task `name` after the commit; a broker that is away is asked once."""

    def publish_each() -> None:
        all(publish(name, queue=queue) for _ in range(count))  # stops at the first False

    after_commit(publish_each)


def publish(name: str, *args: int | str, queue: str = "jobs") -> bool:
    """Put the message on the queue now; False (and a log line) when the broker is away."""
    try:
        celery.send_task(name, args=args, queue=queue)
    except Exception as error:  # kombu raises many kinds; the sweep will find the row
        log.warning("not queued now, the sweep will find it: %s (%s)", name, type(error).__name__)
        return False
    return True


# One byte that a worker shares with the processes it forks: they are not told that it is to stop.
_stopping = mmap.mmap(-1, 1)


def stop() -> None:
    """Let whoever does much in one task come to an end soon; said in the worker's main process."""
    _stopping[0] = 1


def is_stopping() -> bool:
    """Whether this worker is to stop: begin nothing new, put down what is done."""
    return bool(_stopping[0])
