"""The pages of a preview and the list of lines left out, read from an import's stage."""

from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

from application.jobs.models import Job
from application.jobs.queries import find_job
from application.platform import storage
from application.platform.errors import Conflict
from application.trackers import kinds
from application.transfers.codec import MAX_SOURCE, cell, guard, row
from application.transfers.schemas import ImportRow, ImportRowPage, OutcomeName
from application.transfers.services import SAY_GONE
from application.transfers.services_stage import Outcome, Stage, StagedRow, StagedTracker, opened

PAGE = 5000


def list_rows(
    owner_id: int, job_id: int, outcome: OutcomeName, after: int, limit: int
) -> ImportRowPage:
    """A page of the lines with that outcome. Raises NotFound, and Conflict when they are gone."""
    with opened(_stage_of(owner_id, job_id)) as stage:
        if outcome == "bad":
            items = [
                ImportRow(line=line, tracker="", when="", value=source, note="", reason=reason)
                for line, reason, source in stage.rejects(after, limit + 1)
            ]
        else:
            items = list(_shown(stage, Outcome[outcome.upper()], after, limit + 1))
    more = len(items) > limit
    return ImportRowPage(items=items[:limit], next=items[limit - 1].line if more else None)


def _stage_of(owner_id: int, job_id: int) -> Path:
    job: Job = find_job(owner_id, job_id, "import")
    path = storage.beside(job.file or "gone", "stage")
    if job.file is None or not path.exists():
        raise Conflict(SAY_GONE if job.file is None else "This file is still being read.")
    return path


def _shown(stage: Stage, outcome: Outcome, after: int, limit: int) -> Iterator[ImportRow]:
    trackers = {tracker.id: tracker for tracker in stage.trackers()}
    labels = {c: label for t in trackers for c, label, _ in stage.choices(t)}
    for found in stage.page(outcome, after, limit):
        tracker = trackers[found.tracker]
        yield ImportRow(
            line=found.line,
            tracker=tracker.name,
            when=_when(found),
            value=_value(found, tracker, labels),
            note=found.note,
            ours=found.ours,
        )


def _when(found: StagedRow) -> str:
    if not found.timed:
        return found.local_day.isoformat()
    return found.instant.astimezone(timezone(timedelta(minutes=found.offset))).isoformat()


def _value(found: StagedRow, tracker: StagedTracker, labels: dict[int, str]) -> str:
    label = labels.get(found.choice or 0)
    return kinds.say(tracker.kind, found.value, tracker.unit, label)


def write_rejects(owner_id: int, job_id: int) -> Iterator[str]:
    """The lines left out as a table: line, reason, what stood there (at most 500 characters).

    Raises NotFound and Conflict at once, before the first line is asked for.
    """
    path = _stage_of(owner_id, job_id)

    def lines() -> Iterator[str]:
        yield row(("line", "reason", "text"))
        after = 0
        while True:
            with opened(path) as stage:
                found = list(stage.rejects(after, PAGE))
            for after, reason, source in found:
                yield f"{after},{cell(reason)},{cell(guard(source[:MAX_SOURCE]))}\n"
            if len(found) < PAGE:
                return

    return lines()
