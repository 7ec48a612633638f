"""Writes of the outbox: plan, ask, offer, claim, record.

At least once with one stable id, or recorded as failed with a reason. The row is the truth; a
message on the queue says no more than "there is work".
"""

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, case, literal, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from application.accounts import services_webhooks as webhooks
from application.deliveries import notices
from application.deliveries.backoff import pause_before
from application.deliveries.messages import Channel, Due, Message, Outcome
from application.deliveries.models import Delivery, State
from application.platform import background, claims
from application.platform.database import rollback, transaction
from application.platform.extensions import db
from application.registry import registry

log = logging.getLogger(__name__)

TASK = "deliveries.send"
BATCH = 100
PLAN_AGAIN = 3
MOST_OFFERED = 5_000
LEASE = timedelta(seconds=60)  # above the 30 s that a batch can take
OFFER_AGAIN = timedelta(seconds=30)
OVER = (State.SENT, State.FAILED, State.SKIPPED)

SAY_LATE = "It was too late to send it."


def plan(now: datetime | None = None) -> int:
    """Add a row for whoever is due and has none; how many. Two at once do no harm.

    `now` is the database's present instant unless a rehearsal says another.
    """
    now = now or claims.present()
    for _ in range(PLAN_AGAIN):
        try:
            return _plan(now)
        except IntegrityError:  # an account was deleted between the question and the rows
            log.info("somebody went while the messages of all were planned: once more")
    return _plan(now)


def _plan(now: datetime) -> int:
    kinds = [kind for kind in registry().deliveries.values() if kind.plan]
    found = [(kind.name, list(kind.plan(now))) for kind in kinds if kind.plan]
    rollback()  # who is due is read without holding SQLite's one place for writers
    if not any(due for _, due in found):
        return 0
    with transaction():
        return sum(_insert(name, due, now) for name, due in found)


def ask(
    kind: str,
    user_id: int | None,
    period: str,
    channel: Channel,
    target: str,
    expires_at: datetime,
    params: dict[str, Any] | None = None,
) -> None:
    """Inside a transaction: one message, to go out now; asked twice for a period it goes once."""
    due = Due(user_id, period, channel, target, expires_at, params or {})
    _insert(kind, [due], claims.present())
    background.send(TASK, queue="deliver")


def leave(kind: str, due: Due) -> None:
    """Inside a transaction: one message that nobody waits for; the next sweep finds it."""
    _insert(kind, [due], claims.present())


def _insert(kind: str, rows: Iterable[Due], now: datetime) -> int:
    values = [
        {
            "user_id": due.user_id,
            "kind": kind,
            "period": due.period,
            "channel": due.channel,
            "target": due.target[:255],
            "message_id": new_message_id(),
            "params": due.params,
            "state": State.DUE,
            "attempts": 0,
            "created_at": now,
            "next_at": now,
            "expires_at": due.expires_at,
        }
        for due in rows
    ]
    if not values:
        return 0
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(Delivery)
        .on_conflict_do_nothing(index_elements=["user_id", "kind", "period"])
        .returning(Delivery.id)
    )
    return len(db.session.scalars(statement, values).all())


def new_message_id() -> str:
    """The id of a message: webhook-id, and the left part of its Message-ID."""
    return f"tend_{secrets.token_hex(16)}"


def sweep() -> int:
    """Take back what fell over, and put on the queue what is due and not there; how many rows."""
    with transaction():
        claims.reclaim(Delivery, State.DUE, State.SENDING)
        offered = claims.offer(Delivery, State.DUE, MOST_OFFERED, OFFER_AGAIN)
        background.send_many(-(-offered // BATCH), TASK, queue="deliver")
    return offered


def claim() -> tuple[str, list[Message], dict[int, str | None]]:
    """Take a batch: the claim's token, its messages, and the last error of those that are late.

    Those whose time is over are not for sending: they are to be ended with `end_late`.
    """
    with transaction():
        token, rows = claims.claim_due(Delivery, State.DUE, State.SENDING, BATCH, LEASE)
        now = claims.present()
    late = {row.id: row.last_error for row in rows if row.expires_at <= now}
    messages = [as_message(row) for row in rows if row.id not in late]
    return token, messages, late


def as_message(row: Delivery) -> Message:
    """The row as its kind sees it."""
    return Message(
        id=row.id,
        user_id=row.user_id,
        kind=row.kind,
        period=row.period,
        channel=row.channel,
        message_id=row.message_id,
        params=row.params,
        attempts=row.attempts,
    )


def end_late(token: str, late: Mapping[int, str | None]) -> None:
    """Inside a transaction: what was never tried is skipped, the rest ends with its last error."""
    skip(token, dict.fromkeys((row for row, error in late.items() if error is None), SAY_LATE))
    for row_id, error in late.items():
        if error is not None:
            _end(token, [row_id], State.FAILED, last_error=error, attempts=Delivery.attempts - 1)


def skip(token: str, reasons: Mapping[int, str]) -> None:
    """Inside a transaction: nothing is sent, and the log says why. It does not count as a try."""
    for reason in set(reasons.values()):
        ids = [row_id for row_id, said in reasons.items() if said == reason]
        _end(token, ids, State.SKIPPED, last_error=reason, attempts=Delivery.attempts - 1)


def give_back(token: str, pauses: Mapping[int, float]) -> None:
    """Inside a transaction: these were not tried; due again after their pause in seconds."""
    for pause in set(pauses.values()):
        ids = [row_id for row_id, said in pauses.items() if said == pause]
        _put_back(token, ids, timedelta(seconds=pause), attempts=Delivery.attempts - 1)


def record(token: str, outcomes: Mapping[int, Outcome], messages: Mapping[int, Message]) -> None:
    """Inside a transaction: what became of these tries, and what that says of the webhooks."""
    groups: dict[tuple[str, int | None, str], list[int]] = {}
    for row_id, outcome in outcomes.items():
        if outcome.result == "retry":
            _again(token, messages[row_id], outcome)
        else:
            groups.setdefault((outcome.result, outcome.status, outcome.error), []).append(row_id)
    for (result, status, error), ids in groups.items():
        if result == "sent":
            values = {"sent_at": claims.instant(), "last_status": status, "last_error": None}
            _end(token, ids, State.SENT, **values)
        else:
            _end(token, ids, State.FAILED, last_status=status, last_error=error[:500])
    _judge_webhooks(outcomes, messages)


def _again(token: str, message: Message, outcome: Outcome) -> None:
    """Due again after a pause, unless it would then be too late."""
    pause = timedelta(seconds=pause_before(message.attempts + 1, outcome.retry_after))
    values = {"last_status": outcome.status, "last_error": outcome.error[:500]}
    in_time = Delivery.expires_at > claims.instant(pause)
    if not _put_back(token, [message.id], pause, in_time, **values):
        _end(token, [message.id], State.FAILED, **values)


def _put_back(token: str, ids: Sequence[int], pause: timedelta, *only: Any, **values: Any) -> bool:
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.claim == token, *only)
        .values(
            state=State.DUE,
            claim=None,
            lease_until=None,
            enqueued_at=None,
            next_at=claims.instant(pause),
            **values,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return bool(db.session.scalars(statement).all())


def _end(token: str, ids: Sequence[int], state: State, **values: Any) -> None:
    if not ids:
        return
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.claim == token)
        .values(state=state, claim=None, lease_until=None, enqueued_at=None, **values)
        .values(params=case((Delivery.user_id.is_(None), literal({}, JSON)), else_=Delivery.params))
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    ended = len(db.session.scalars(statement).all())
    if ended < len(ids):
        log.info("%s deliveries are in other hands now", len(ids) - ended)


def _judge_webhooks(outcomes: Mapping[int, Outcome], messages: Mapping[int, Message]) -> None:
    """Note which webhooks work; one that is gone, or does not for days, is turned off by mail."""
    results: dict[str, dict[int, str]] = {"sent": {}, "retry": {}, "failed": {}, "gone": {}}
    tried: dict[int, str | None] = {}
    for row_id, outcome in outcomes.items():
        message = messages[row_id]
        if message.channel == "webhook" and message.user_id is not None and not outcome.ours:
            results[outcome.result][message.user_id] = outcome.error
            tried[message.user_id] = outcome.webhook
    webhooks.worked(list(results["sent"]))
    turned_off = webhooks.did_not_work(results["retry"] | results["failed"], tried)
    turned_off += webhooks.turn_off(results["gone"], tried)
    for person in turned_off:
        notice = notices.webhook_is_off(person)
        _insert(notices.KIND, [notice], claims.present())
    if turned_off:
        background.send(TASK, queue="deliver")


def wake(user_id: int, kind: str, period: str) -> None:
    """Inside a transaction: what a waiting delivery waited for is there; it goes out now."""
    db.session.execute(
        update(Delivery)
        .where(
            Delivery.user_id == user_id,
            Delivery.kind == kind,
            Delivery.period == period,
            Delivery.state == State.DUE,
        )
        .values(next_at=claims.instant())
        .execution_options(synchronize_session=False)
    )
    background.send(TASK, queue="deliver")
