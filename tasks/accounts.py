"""Tasks of accounts: forget what need not be kept."""

from application.accounts import idempotency
from application.platform.background import celery
from application.platform.database import transaction


@celery.task(name="accounts.drop_old_keys")
def drop_old_keys() -> None:
    """Delete the answers kept for repeated requests after their day."""
    with transaction():
        idempotency.drop_old()
