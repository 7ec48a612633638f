"""The worker and the beat: `celery -A workers worker` and `celery -A workers beat`."""

import tasks
from application import create_app

app = create_app()
celery = tasks.init_app(app)
