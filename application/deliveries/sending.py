"""One batch of the outbox: claim, compose, send through threads under one deadline, record.

The main thread alone speaks to the database; the threads only post and mail. Outcomes are recorded
as they come in, so that a worker that is killed leaves few tries of which nobody knows.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from time import monotonic, sleep
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError

from application.accounts.queries import Reach, list_reaches
from application.deliveries import channels, outcomes, services
from application.deliveries.messages import SAY_GONE, Content, Message, Outcome, Skip, Wait
from application.platform import background, claims, egress, mail
from application.platform.database import rollback, transaction
from application.platform.egress import Closed, Door, Unreachable
from application.registry import registry
from config import Settings

log = logging.getLogger(__name__)

THREADS = 16
COMPOSE_WITHIN = 5.0  # seconds; what has no words by then waits for a later batch
START_WITHIN = 5.0  # seconds; a try takes 20 at most, and the sending of a batch 25
KEEP_ON = 10.0  # seconds in which one task goes on to the next batch
WRITE_WITHIN = 20.0  # seconds; with composing and the 25 s of a batch still below the lease
WRITE_AGAIN = 0.5
GATHER = 0.05  # seconds to wait for more outcomes before they are written

SAY_OFF = "The webhook was turned off."
SAY_NO_WEBHOOK = "There is no webhook any more."
SAY_OURS = "That went wrong on our side."

OURS = Outcome("retry", error=SAY_OURS, ours=True)

Try = Callable[[], Outcome]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is to become of a batch before anything is sent."""

    tries: dict[int, Try]
    skips: dict[int, str]
    pauses: dict[int, float]


@lru_cache(maxsize=1)
def pool() -> ThreadPoolExecutor:
    """The threads of this process, which keep their connections from batch to batch."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="send")


def send_due() -> int:
    """Send what is due, batch after batch for a while: the task behind `deliveries.send`."""
    begun, sent = monotonic(), 0
    while monotonic() - begun < KEEP_ON and not background.is_stopping():
        token, messages, late = services.claim()
        if not messages and not late:
            break
        send_batch(token, messages, late)
        sent += len(messages)
        if len(messages) + len(late) < services.BATCH:
            break
    return sent


def send_batch(token: str, messages: Sequence[Message], late: Mapping[int, str | None]) -> None:
    """Send a claimed batch and record what became of each of its messages."""
    found = prepare(messages)
    with transaction():
        services.end_late(token, late)
        services.skip(token, found.skips)
        services.give_back(token, found.pauses)
    by_id = {message.id: message for message in messages}
    until = monotonic() + START_WITHIN  # from here: words that took long must not cost the sending
    waiting = {
        pool().submit(_in_time, attempt, until): row_id for row_id, attempt in found.tries.items()
    }
    try:
        while waiting:
            _write(token, _gather(waiting), by_id)
    finally:
        for future in waiting:  # of what could not be written down, nothing more may leave
            future.cancel()


def _in_time(attempt: Try, until: float) -> Outcome | None:
    """One try; None when there is no time for it any more, or the worker is to stop."""
    return attempt() if monotonic() < until and not background.is_stopping() else None


def _gather(waiting: dict[Future[Outcome | None], int]) -> dict[int, Outcome | None]:
    """The outcomes that are there, at least one; they are taken out of `waiting`."""
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    if len(done) < len(waiting):
        done |= wait(waiting, timeout=GATHER).done
    return {waiting.pop(future): _outcome(future) for future in done}


def _outcome(future: Future[Outcome | None]) -> Outcome | None:
    try:
        return future.result()
    except Exception:
        log.exception("a try ended in an error of ours")
        return OURS


def _write(
    token: str, found: Mapping[int, Outcome | None], messages: Mapping[int, Message]
) -> None:
    """Record the outcomes, and try so again while the database is away and the claim still ours.

    A message that left and is not written down would be sent twice. Written twice it does no
    harm: the claim ends with the first time.
    """
    tried = {row_id: outcome for row_id, outcome in found.items() if outcome is not None}
    until = monotonic() + WRITE_WITHIN
    while True:
        try:
            with transaction():
                services.record(token, tried, messages)
                services.give_back(token, dict.fromkeys(found.keys() - tried.keys(), 0.0))
        except OperationalError:
            if monotonic() > until:
                raise
            log.warning("%s outcomes wait for the database", len(found))
            sleep(WRITE_AGAIN)
        else:
            return


def prepare(messages: Sequence[Message]) -> Sorted:
    """What each message says, and how it is sent; nothing is sent yet, no transaction left open.

    Some always get their words, however long that takes; the others may have to wait.
    """
    until = monotonic() + COMPOSE_WITHIN
    now = claims.present()
    people = list_reaches({message.user_id for message in messages if message.user_id})
    found = Sorted({}, {}, {})
    for place, portion in enumerate(portions(messages)):
        if place and monotonic() > until:
            found.pauses.update(dict.fromkeys((message.id for message in portion), 0.0))
        else:
            _prepare(portion, people, now, found)
    rollback()
    return found


def portions(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """The messages by kind, in as many at once as their kind says; quick ones before slow ones."""
    kinds = registry().deliveries
    most = {
        message.kind: kinds[message.kind].at_once if message.kind in kinds else services.BATCH
        for message in messages
    }
    for name in sorted(most, key=lambda name: -most[name]):
        batch = [message for message in messages if message.kind == name]
        for start in range(0, len(batch), most[name]):
            yield batch[start : start + most[name]]


def _prepare(
    portion: Sequence[Message], people: Mapping[int, Reach], now: datetime, found: Sorted
) -> None:
    """Add to `found` what is to become of these, which are of one kind."""
    settings: Settings = current_app.config["TEND"]
    contents = compose(portion, now)
    for message in portion:
        content = contents[message.id]
        if isinstance(content, Skip):
            found.skips[message.id] = content.reason
        elif isinstance(content, Wait):
            found.pauses[message.id] = content.seconds
        elif isinstance(content, Outcome):
            found.tries[message.id] = partial(_as_is, content)
        else:
            attempt = _attempt(message, content, people, settings, now)
            if isinstance(attempt, str):
                found.skips[message.id] = attempt
            else:
                found.tries[message.id] = attempt


def _as_is(outcome: Outcome) -> Outcome:
    """The try that is over before it began."""
    return outcome


def compose(batch: Sequence[Message], now: datetime) -> dict[int, Content | Skip | Wait | Outcome]:
    """What each of one kind says; one whose words cannot be made is tried again by itself."""
    kind = registry().deliveries.get(batch[0].kind)
    if kind is None:  # written by another release
        return dict.fromkeys((message.id for message in batch), Skip("Nothing to say."))
    try:
        return dict(kind.compose(batch, now))
    except Exception:
        log.exception("a batch of %s could not be composed", kind.name)
        rollback()
        return {message.id: _compose_alone(message, now) for message in batch}


def _compose_alone(message: Message, now: datetime) -> Content | Skip | Wait | Outcome:
    try:
        composed: Content | Skip | Wait = (
            registry().deliveries[message.kind].compose([message], now)[message.id]
        )
    except Exception:
        log.exception("delivery %s could not be composed", message.id)
        rollback()
        return OURS
    return composed


def _attempt(message: Message, content: Content, *rest: Any) -> Try | str:
    """As attempt_for; what one message breaks must not keep the others of its batch."""
    try:
        return attempt_for(message, content, *rest)
    except Exception:
        log.exception("delivery %s could not be put into its form", message.id)
        return partial(_as_is, OURS)


def attempt_for(
    message: Message,
    content: Content,
    people: Mapping[int, Reach],
    settings: Settings,
    now: datetime,
) -> Try | str:
    """One try, to be made in a thread; or in words why there is none to make."""
    if message.channel == "mail":
        if content.letter is None:
            return SAY_OURS
        try:
            letter = mail.compose(content.letter, settings)
        except mail.Never as error:
            return partial(_as_is, Outcome("failed", error.code, str(error)))
        return partial(mail_it, letter, settings)
    person = people.get(message.user_id or 0)
    if person is None:
        return SAY_GONE
    if person.webhook is None:
        return SAY_NO_WEBHOOK
    if person.webhook_off is not None:
        return SAY_OFF
    posting = channels.shape(
        person.webhook, content, message.message_id, person.secrets, now, message.kind
    )
    return partial(post_to, person.webhook, posting, egress.door(settings))


def post_to(webhook: str, posting: channels.Posting, way: Door) -> Outcome:
    """Send it through the door, and remember to which webhook."""
    return replace(post_it(posting, way), webhook=webhook)


def post_it(posting: channels.Posting, way: Door) -> Outcome:
    """Send it through the door; whatever happens is an outcome."""
    try:
        return outcomes.of_answer(way.post(posting.url, posting.body, posting.headers))
    except (Closed, Unreachable) as error:
        return outcomes.of_error(error)


def mail_it(letter: mail.Message, settings: Settings) -> Outcome:
    """Hand it to the mail server; whatever happens is an outcome."""
    try:
        mail.deliver(letter, settings)
    except mail.NotNow as error:
        return Outcome("retry", error.code, str(error))
    except mail.Never as error:
        return Outcome("failed", error.code, str(error))
    return Outcome("sent")
