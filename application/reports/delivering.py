"""The report as a message: the one of each month, and a copy that was asked for by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import current_app

from application.accounts.models import User
from application.deliveries import services as deliveries
from application.deliveries import unsubscribe
from application.deliveries.messages import (
    SAY_CONFIRM,
    SAY_GONE,
    SAY_UNCONFIRMED,
    Content,
    Message,
    Skip,
    Wait,
    each,
)
from application.deliveries.models import Delivery
from application.platform import clock
from application.platform.database import transaction
from application.platform.errors import Conflict, Invalid, NotFound
from application.platform.extensions import db
from application.platform.mail import Attachment, Image, Letter
from application.reports import files, letters, queries, services, views
from application.reports.models import Report, State

MONTHLY: Final = services.MAILED
COPY: Final = "report_copy"
TRIED: Final = timedelta(days=7)
WAIT: Final = 60  # seconds; the finished job wakes the delivery; this is for when it does not
AFTER_A_STOP: Final = timedelta(hours=6)
AT_ONCE: Final = 4  # one with charts takes 0.1 s to put into a letter, one of ten years a second

SAY_OFF: Final = "Monthly reports were turned off."
SAY_DELETED: Final = "This report was deleted."
SAY_NONE: Final = "There are no days to report on."

MONTHS_OWN: Final = services.Choices(scheduled=True)

Said = Content | Skip | Wait


def compose_monthly(messages: Sequence[Message], now: datetime) -> Mapping[int, Said]:
    """The report of each month, whose making is asked for the first time."""
    people = queries.list_people([message.user_id or 0 for message in messages])
    known: dict[tuple[int, str], Report] = {}
    for report in queries.list_scheduled(list(people), {one.period for one in messages}):
        known[report.owner_id, report.period] = report
    jobs = queries.find_job_states(known.values())
    found: dict[int, Said] = {}
    missing: list[Message] = []
    stopped: dict[int, int] = {}
    for message in messages:
        person = people.get(message.user_id or 0)
        if person is None or not person.report_on:
            found[message.id] = Skip(SAY_OFF if person else SAY_GONE)
            continue
        made = known.get((person.id, message.period))
        if made is None:
            missing.append(message)
        elif made.state == State.DONE:
            stop = unsubscribe.link(person.id, MONTHLY, current_app.config["TEND"])
            found[message.id] = _content(message, person, made, stop)
        elif made.state == State.FAILED or queries.has_stopped(made, jobs):
            stopped[message.id] = made.id
        else:
            found[message.id] = Wait(WAIT)
    if missing or stopped:
        found |= _have_made(missing, stopped, now)
    return found


def _have_made(
    missing: Sequence[Message], stopped: Mapping[int, int], now: datetime
) -> dict[int, Said]:
    """Ask for reports, and for another try at those that came to nothing a while ago."""
    found: dict[int, Said] = {}
    with transaction():
        for message in missing:
            try:
                services.ask(message.user_id or 0, message.period, MONTHS_OWN)
                found[message.id] = Wait(WAIT)
            except Invalid:
                found[message.id] = Skip(SAY_NONE)
            except NotFound:
                found[message.id] = Skip(SAY_GONE)
        for message_id, report_id in stopped.items():
            report = db.session.get_one(Report, report_id, with_for_update=True)
            if now - queries.find_stop(report, now) < AFTER_A_STOP:
                found[message_id] = Wait(int(AFTER_A_STOP.total_seconds()))
            else:
                services.again(report)
                found[message_id] = Wait(WAIT)
    return found


def compose_copies(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - every kind is asked the same way
) -> Mapping[int, Said]:
    """Reports that somebody has sent to themselves."""
    people = queries.list_people([message.user_id or 0 for message in messages])
    wanted = {one.id: int(one.period.partition(".")[0]) for one in messages}
    reports = queries.list_by_id(set(wanted.values()))

    def say(message: Message) -> Said:
        person = people.get(message.user_id or 0)
        report = reports.get(wanted[message.id])
        if person is None:
            return Skip(SAY_GONE)
        if person.confirmed_at is None:
            return Skip(SAY_UNCONFIRMED)
        if report is None or report.owner_id != person.id:
            return Skip(SAY_DELETED)
        return _content(message, person, report)

    return each(messages, say)


def _content(message: Message, person: User, report: Report, stop: str | None = None) -> Said:
    """The report as a letter: with its charts, or with the PDF that holds them."""
    facts = views.facts_of(report)
    ways = views.ways(report.id, stop)
    attached = report.format == "pdf" and not facts.empty
    try:
        drawn = [] if attached or facts.empty else files.read_pictures(report.file)
        pdf = files.read_pdf(report.file) if attached else b""
    except NotFound:
        drawn, pdf, attached = [], b"", False
    shown = letters.by_cid(facts) if drawn else {}
    written = letters.write(facts, ways, shown, attached=attached)
    letter = Letter(
        to=person.email,
        name="report",
        id=message.message_id,
        context={"subject": written.subject},
        html=written.html,
        text=written.text,
        images=tuple(Image(letters.cid(n), data) for n, data in enumerate(drawn, 1)),
        attachments=(Attachment(f"Your {facts.title}.pdf", "application/pdf", pdf),)
        if attached
        else (),
        unsubscribe=stop,
    )
    said = f"{facts.sentence}\n{ways.report}"
    return Content(written.subject, said, ways.report, {"period": facts.period}, letter)


def mail(owner_id: int, report_id: int) -> Delivery:
    """Inside a transaction: send the report to its owner's address. Raises NotFound, Conflict."""
    report = queries.find_report(owner_id, report_id)
    views.facts_of(report)
    person = queries.lock_owner(owner_id)
    if person.confirmed_at is None:
        raise Conflict(SAY_CONFIRM)
    now = clock.now()
    period = f"{report.id}.{now:%Y%m%dT%H%M%S%f}"
    deliveries.ask(COPY, owner_id, period, "mail", person.email, now + TRIED)
    return queries.find_copy(owner_id, COPY, period)
