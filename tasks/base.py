"""How a task meets the application: an app context each, and an engine of its own per process."""

from typing import Any

from celery import Celery, Task
from celery._state import get_current_task
from celery.signals import worker_process_init, worker_shutting_down
from flask import Flask

import loglines
from application.platform import background, heartbeats
from application.platform.background import celery
from application.platform.database import rollback
from application.platform.extensions import db
from tasks.schedule import TICKS

WORKER_SOCKET_SECONDS = 30  # above the broker's blocking read; the web's half a second is too short

_app: list[Flask] = []


class AppTask(Task):  # type: ignore[type-arg]
    """A task that runs inside the Flask application and leaves no open transaction."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with _app[-1].app_context():
            try:
                result = super().__call__(*args, **kwargs)
                if self.name in TICKS:
                    heartbeats.beat(self.name)
                return result
            finally:
                rollback()


# Set before the task modules are imported: their decorators build tasks from this class.
celery.Task = AppTask  # type: ignore[misc]


def at_work() -> loglines.Fields:
    """What every line that is written in a task says of it."""
    task = get_current_task()
    if task is None or task.request.id is None:
        return {}
    return {"task": task.name, "task_id": task.request.id}


def bind(app: Flask) -> None:
    """Let the tasks of this process run inside `app` from now on."""
    _app[:] = [app]


def init_app(app: Flask, beat_schedule: dict[str, Any]) -> Celery:
    """Bind the tasks to `app` and give the worker its own broker time-outs."""
    bind(app)
    if at_work not in loglines.contexts:
        loglines.contexts.append(at_work)
    options = dict(celery.conf.broker_transport_options)
    for patience in background.ONE_TRY:  # a worker has all the time in the world
        options.pop(patience, None)
    options |= {"socket_timeout": WORKER_SOCKET_SECONDS, "socket_keepalive": True}
    options["socket_connect_timeout"] = 5
    celery.conf.update(broker_transport_options=options, beat_schedule=beat_schedule)
    return celery


@worker_process_init.connect
def _own_engine(**_: Any) -> None:
    # A forked child must not speak over its parent's connections.
    with _app[-1].app_context():
        db.engine.dispose(close=False)


@worker_shutting_down.connect
def _end_soon(**_: Any) -> None:
    background.stop()
