"""The clock and the queue: what runs when, each task one call into application."""

from celery import Celery
from flask import Flask

from tasks import base, schedule


def init_app(app: Flask) -> Celery:
    """The Celery application of this process, its tasks running inside `app`'s context."""
    from tasks import accounts, backups, deliveries, jobs, trackers  # noqa: F401 - importing registers

    return base.init_app(app, schedule.beat_schedule())
