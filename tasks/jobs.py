"""Tasks of jobs: run one, and the ticks that find the forgotten and clear the expired."""

from application.jobs import services
from application.platform.background import celery


@celery.task(name="jobs.run")
def run(job_id: int) -> None:
    """Do the job of that id."""
    services.run(job_id)


@celery.task(name="jobs.sweep")
def sweep() -> None:
    """Queue again what waits without a message or whose worker fell over."""
    services.sweep()


@celery.task(name="jobs.expire")
def expire() -> None:
    """Remove the files whose time is over."""
    services.expire()
