"""Tasks of trackers, their logs and reports: empty the trash."""

from application.logs import services_trash
from application.platform.background import celery
from application.reports import services as reports


@celery.task(name="trackers.empty_trash")
def empty_trash() -> None:
    """Erase what was deleted more than thirty days ago."""
    services_trash.purge_old()
    reports.purge_old()
