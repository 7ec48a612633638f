"""The dry run of an import: every line staged, compared with what is here, counted. Nothing in
the person's data is changed."""

from pathlib import Path
from typing import Any, Final, NamedTuple

from application.accounts.models import User
from application.jobs.models import Job
from application.jobs.services import Run
from application.platform import clock, storage
from application.platform.database import transaction
from application.platform.errors import Refused
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.models import Role, Tracker
from application.trackers.queries import find_tracker
from application.trackers.services import name_key
from application.transfers import queries, sniff
from application.transfers.formats import Hints, NotATable, Sheet
from application.transfers.guess import title_of
from application.transfers.moments import Place
from application.transfers.reading import Entry, Reject, Target, entries
from application.transfers.services_compare import compare
from application.transfers.services_resolve import Resolver
from application.transfers.services_stage import Outcome, Stage, building, micros

BATCH: Final = 5000
BEAT: Final = 50_000


class Brought(NamedTuple):
    """What a person brought in, as the job's row says it."""

    owner_id: int
    path: Path
    filename: str
    tracker_id: int | None
    hints: Hints
    place: Place


def run(current: Run) -> None:
    """Read the file anew and leave a preview. A second try starts anew."""
    with transaction():
        brought = find_brought(current.job_id)
        file = db.session.get_one(Job, current.job_id).file or ""
    try:
        sheet, chosen, target = recognise(brought)
    except NotATable as refusal:
        raise Refused(str(refusal)) from None
    with building(storage.beside(file, "stage")) as stage:
        mentions = _load(stage, brought, sheet, chosen, target, current)
        compare(stage, current.job_id, lambda: _beat(current, sheet))
        result = summary(stage, sheet, mentions)
    with transaction():
        current.progress(sheet.lines, sheet.lines)
        current.ask(step="preview", result=result)


def find_brought(job_id: int) -> Brought:
    """The file, the hints and the person's place of an import job."""
    job = db.session.get_one(Job, job_id)
    user = db.session.get_one(User, job.owner_id)
    options = dict(job.params.get("options") or {})
    if options.get("kind"):
        options["kind"] = Kind(options["kind"])
    return Brought(
        user.id,
        storage.path_of(job.file or "missing"),
        job.filename or "",
        job.params.get("tracker_id"),
        Hints(**options),
        Place(queries.zone_of(user), user.day_starts_at, clock.now()),
    )


def recognise(brought: Brought) -> tuple[Sheet, Tracker | None, Target]:
    """What the file is and where it goes: the tracker that was chosen, else one by its name."""
    chosen = None
    with transaction():
        if brought.tracker_id is not None:
            chosen = find_tracker(brought.owner_id, brought.tracker_id, Role.EDITOR)
        kind = Kind(chosen.kind) if chosen else None
        sheet = sniff.look(brought.path, brought.hints, kind)
        named = chosen
        if sheet.format != "tend" and named is None:
            name = title_of(sheet.title, brought.filename)
            named = queries.find_target(brought.owner_id, name_key(name))
            if named is None:
                return sheet, None, Target(name, sheet.kind)
            # The kind of a tracker that is here already is no guess.
            sheet = sniff.look(brought.path, brought.hints.without_kind(), Kind(named.kind))
        if named is None:
            return sheet, None, Target("", sheet.kind)
        return sheet, chosen, Target(named.name, Kind(named.kind), named.unit)


def _load(
    stage: Stage,
    brought: Brought,
    sheet: Sheet,
    chosen: Tracker | None,
    target: Target,
    current: Run,
) -> int:
    """Stage every line; how many only mention a tracker or a choice."""
    resolver = Resolver(stage, brought.owner_id, chosen)
    rows: list[Any] = []
    rejects: list[Reject] = []
    mentions = 0
    for count, item in enumerate(entries(brought.path, sheet, brought.place, target), 1):
        if type(item) is Entry:
            found = resolver.place(item)
            if isinstance(found, str):
                rejects.append(Reject(item.line, found, _shown(item)))
            elif item.instant is None:
                mentions += 1
            else:
                rows.append(_staged(item, *found))
        else:
            rejects.append(item)  # type: ignore[arg-type]
        if len(rows) + len(rejects) >= BATCH:
            stage.add_rows(rows)
            stage.add_rejects(rejects)
            rows, rejects = [], []
        if count % BEAT == 0:
            _beat(current, sheet, item.line)
    stage.add_rows(rows)
    stage.add_rejects(rejects)
    stage.index()
    return mentions


def _staged(entry: Entry, tracker: int, choice: int | None) -> tuple[Any, ...]:
    assert entry.instant is not None
    assert entry.day is not None
    return (
        entry.line,
        tracker,
        micros(entry.instant),
        entry.day.toordinal(),
        entry.offset,
        entry.timed,
        entry.value,
        choice,
        entry.note,
    )


def _shown(entry: Entry) -> str:
    said = [entry.tracker, entry.day, entry.value, entry.choice, entry.note]
    return ",".join("" if part is None else str(part) for part in said)[:500]


def _beat(current: Run, sheet: Sheet, line: int = 0) -> None:
    with transaction():
        current.progress(min(line, sheet.lines) or sheet.lines, sheet.lines)


def summary(stage: Stage, sheet: Sheet, mentions: int) -> dict[str, Any]:
    """What a preview says: what the file was taken for, and counts by tracker and in all."""
    counted = stage.counts()
    total = dict.fromkeys((outcome.name.lower() for outcome in Outcome), 0)
    trackers = []
    for tracker in stage.trackers():
        found = counted.get(tracker.id, {})
        counts = {outcome.name.lower(): found.get(outcome, 0) for outcome in Outcome}
        total = {name: count + counts[name] for name, count in total.items()}
        trackers.append(
            {
                "name": tracker.name,
                "kind": tracker.kind.value,
                "unit": tracker.unit,
                "id": tracker.tracker_id,
                "new": tracker.tracker_id is None,
                "counts": counts,
            }
        )
    total["bad"] = stage.count_rejects()
    return {
        "format": sheet.format,
        "format_name": sheet.name,
        "options": sheet.options(),
        "questions": list(sheet.questions),
        "encodings": list(sheet.encodings),
        "trackers": trackers,
        "counts": total,
        "mentions": mentions,
        "lines": sum(total.values()) + mentions,
    }
