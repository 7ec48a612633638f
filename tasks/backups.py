"""Tasks of backups: ask for tonight's."""

from application.backups import services
from application.platform.background import celery


@celery.task(name="backups.nightly")
def nightly() -> None:
    """Ask for tonight's backup unless it was asked for."""
    services.plan()
