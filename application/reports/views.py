"""A report as it is shown: in the list, to be read, as a picture, as a file to keep."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from application.insights.theme import Size, Theme
from application.platform.errors import Conflict, NotFound
from application.reports import files, letters, pictures, queries
from application.reports.facts import Facts, from_json
from application.reports.letters import Ways
from application.reports.models import Report, State
from application.reports.periods import read
from application.reports.queries import Shelf
from application.reports.schemas import FactsOut, ReportOut, ReportRead

SAY_STOPPED = "This was stopped before it was finished."
SAY_NOT_YET = "This report is not finished yet."


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    name: str
    media: str
    data: bytes


def list_reports(
    owner_id: int, shelf: Shelf, after: int | None, limit: int
) -> tuple[list[ReportOut], int | None]:
    """A page of reports and what comes after it."""
    found = queries.list_reports(owner_id, shelf, after, limit + 1)
    shown = found[:limit]
    return show(shown), shown[-1].id if len(found) > limit else None


def show(reports: Sequence[Report]) -> list[ReportOut]:
    """The reports as a list has them."""
    jobs = queries.find_job_states(reports)
    return [ReportOut(**_fields(report, jobs)) for report in reports]


def _fields(report: Report, jobs: dict[int, tuple[str, str | None]]) -> dict[str, object]:
    state, error = report.state, report.error
    if queries.has_stopped(report, jobs):
        state, error = State.FAILED, jobs.get(report.job_id or 0, ("", None))[1] or SAY_STOPPED
    return {
        "id": report.id,
        "title": f"Your {read(report.period, report.last_day).title}",
        "period": report.period,
        "from_": report.first_day,
        "to": report.last_day,
        "format": report.format,
        "paper": report.paper,
        "tracker_ids": report.tracker_ids,
        "state": state,
        "sentence": report.sentence,
        "error": error,
        "scheduled": report.scheduled,
        "created_at": report.created_at,
        "made_at": report.made_at,
        "gone_at": report.deleted_at and report.deleted_at + queries.KEPT,
        "size": report.size,
        "job_id": report.job_id,
    }


def find(owner_id: int, report_id: int) -> ReportRead:
    """The report with what it says. Raises NotFound."""
    report = queries.find_report(owner_id, report_id)
    older, newer = queries.find_neighbours(report)
    said = None if report.facts is None else FactsOut.of(from_json(report.facts))
    fields = _fields(report, queries.find_job_states([report]))
    return ReportRead(**fields, facts=said, older=older, newer=newer)


def facts_of(report: Report) -> Facts:
    """What the report says. Raises Conflict while it is being made."""
    if report.facts is None:
        raise Conflict(SAY_NOT_YET)
    return from_json(report.facts)


def chart(owner_id: int, report_id: int, number: int, size: Size, theme: Theme) -> bytes:
    """Its picture of that number, from one on, as SVG. Raises NotFound."""
    drawn = pictures.pictured(facts_of(queries.find_report(owner_id, report_id)).rows)
    if not 1 <= number <= len(drawn):
        raise NotFound
    return pictures.draw(drawn[number - 1], size, theme)


def download(owner_id: int, report_id: int, form: str) -> Download:
    """Its PDF, or one page of HTML that needs nothing beside it. Raises NotFound, Conflict."""
    report = queries.find_report(owner_id, report_id)
    facts = facts_of(report)
    name = f"Your {facts.title}"
    if form == "pdf":
        return Download(f"{name}.pdf", "application/pdf", files.read_pdf(report.file))
    shown = letters.by_data(facts, files.read_pictures(report.file))
    html = letters.write(facts, ways(report.id), shown).html
    return Download(f"{name}.html", "text/html; charset=utf-8", html.encode())


def ways(report_id: int, stop: str | None = None) -> Ways:
    """Where a letter about that report leads."""
    url = current_app.config["TEND"].public_url
    return Ways(f"{url}/reports/{report_id}", f"{url}/settings/reports", stop)
