"""The reference for deliveries: a Celery task a person, as one would write it without an outbox.

The same body, signature and door as ours; nothing is read or recorded, so it is a strong one.
"""

import os

from celery import Celery

import config
from application.deliveries import channels
from application.deliveries.messages import Content
from application.platform import egress
from application.platform.clock import now

QUEUE = "one_each"

settings = config.load(env_file=None)
celery = Celery("one_each", broker=settings.celery_broker_url)
celery.conf.update(task_ignore_result=True, task_default_queue=QUEUE)
way = egress.door(settings) if os.environ.get("WEBHOOK_TRUSTED_HOSTS") else None


@celery.task(name="one_each.tell")  # type: ignore[untyped-decorator, unused-ignore]
def tell(url: str, message_id: str, secret: str, title: str, text: str) -> None:
    """One message to one person."""
    assert way is not None
    content = Content(title=title, text=text, link=settings.public_url)
    posting = channels.shape(url, content, message_id, [secret], now())
    answer = way.post(posting.url, posting.body, posting.headers)
    if answer.status >= 300:
        raise RuntimeError(f"answered {answer.status}")
