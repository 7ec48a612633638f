"""Tasks of accounts: forget what need not be kept."""

from application.accounts import idempotency, services, services_audit
from application.platform.background import celery
from application.platform.database import transaction


@celery.task(name="accounts.drop_old_keys")
def drop_old_keys() -> None:
    """Delete the answers kept for repeated requests after their day."""
    with transaction():
        idempotency.drop_old()


@celery.task(name="accounts.drop_old_sessions")
def drop_old_sessions() -> None:
    """Delete the sessions that nobody used for long."""
    with transaction():
        services.drop_old_sessions()


@celery.task(name="accounts.drop_old_events")
def drop_old_events() -> None:
    """Forget what happened to accounts more than a year ago."""
    with transaction():
        services_audit.drop_old_events()
