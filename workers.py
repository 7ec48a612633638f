"""The worker and the beat: `celery -A workers worker` and `celery -A workers beat`."""

from typing import Any

from celery.signals import setup_logging

import loglines
import tasks
from application import create_app

app = create_app()
celery = tasks.init_app(app)


@setup_logging.connect(weak=False)
def _begin_log(**_: Any) -> None:
    """Ours in place of Celery's own."""
    loglines.begin(app.config["TEND"])
