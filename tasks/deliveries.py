"""Tasks of the outbox: plan what is due, find what fell over, send a batch, forget the old."""

from application.deliveries import sending, services, services_log
from application.platform.background import celery


@celery.task(name="deliveries.plan")
def plan() -> None:
    """Add a row for whoever is due, and put the due ones on the queue."""
    services.plan()
    services.sweep()


@celery.task(name="deliveries.sweep")
def sweep() -> None:
    """Take back what fell over, and queue what is due and not queued."""
    services.sweep()


@celery.task(name="deliveries.send")
def send() -> None:
    """Send what is due."""
    sending.send_due()


@celery.task(name="deliveries.drop_old")
def drop_old() -> None:
    """Forget what was sent long ago."""
    services_log.drop_old()
