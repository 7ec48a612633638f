"""Reports over HTTP: ask for one, list, read, look at its pictures, keep it, have it mailed."""

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field

from api import limits
from api.base import Query, Resource, contract
from application.accounts.queries import Asker
from application.deliveries.queries import as_shown
from application.deliveries.schemas import DeliveryOut
from application.insights.theme import Theme
from application.platform.claims import present
from application.platform.errors import Invalid
from application.reports import delivering, services, views
from application.reports.queries import Shelf
from application.reports.schemas import NewReport, ReportOut, ReportPage, ReportRead


class ReportQuery(Query):
    """A page of the list; `deleted` are those that can still be put back."""

    state: Shelf = "active"
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PictureQuery(Query):
    """How large, on which ground."""

    size: Literal["wide", "narrow"] = "wide"
    theme: Theme = "light"


class FileQuery(Query):
    """Which file."""

    format: Literal["pdf", "html"] = "pdf"


class ReportListResource(Resource):
    """Reports of the asker."""

    @contract(query=ReportQuery, out=ReportPage)
    def get(self, asker: Asker, query: ReportQuery) -> ReportPage:
        """The asker's reports, newest first."""
        items, following = views.list_reports(asker.user_id, query.state, query.after, query.limit)
        return ReportPage(items=items, next=following)

    @limits.REPORT
    @contract(body=NewReport, out=ReportOut, status=202, idempotent=True)
    def post(self, asker: Asker, body: NewReport) -> ReportOut:
        """Make a report; the same one under way is given again."""
        wrong = body.days_wrong()
        if wrong is not None:
            raise Invalid.field(*wrong)
        choices = services.Choices(body.format, body.paper, body.tracker_ids)
        wanted = body.period if body.period is not None else (body.from_, body.to)
        return views.show([services.ask(asker.user_id, wanted, choices)])[0]


class ReportResource(Resource):
    """One report."""

    @contract(out=ReportRead)
    def get(self, asker: Asker, report_id: int) -> ReportRead:
        """The report with what it says."""
        return views.find(asker.user_id, report_id)

    @contract(status=204)
    def delete(self, asker: Asker, report_id: int) -> Any:
        """Put the report into the trash, for thirty days."""
        services.delete(asker.user_id, report_id)


class ReportRestoreResource(Resource):
    """The way back from the trash."""

    @contract(out=ReportOut)
    def post(self, asker: Asker, report_id: int) -> ReportOut:
        """Put the report back."""
        return views.show([services.restore(asker.user_id, report_id)])[0]


class ReportChartResource(Resource):
    """A picture of a report."""

    @contract(query=PictureQuery, cached=True, media="image/svg+xml")
    def get(self, asker: Asker, report_id: int, number: int, query: PictureQuery) -> bytes:
        """A tracker's days as they were when the report was made."""
        return views.chart(asker.user_id, report_id, number, query.size, query.theme)


class ReportFileResource(Resource):
    """A report to keep."""

    @contract(query=FileQuery, media="application/pdf")
    def get(self, asker: Asker, report_id: int, query: FileQuery) -> Response:
        """The report as PDF, or as one page of HTML."""
        found = views.download(asker.user_id, report_id, query.format)
        response = Response(found.data, content_type=found.media)
        response.headers.set("Content-Disposition", "attachment", filename=found.name)
        return response


class ReportMailResource(Resource):
    """A report once more by mail."""

    @limits.SEND_AGAIN
    @contract(out=DeliveryOut, status=202, idempotent=True)
    def post(self, asker: Asker, report_id: int) -> DeliveryOut:
        """Send the report to the asker's address."""
        return as_shown(delivering.mail(asker.user_id, report_id), present())
