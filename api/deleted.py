"""The trash over HTTP: what was deleted in the last thirty days, and its end."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from api.base import Query, Resource, contract
from application.accounts.queries import Asker
from application.logs import board, services_trash
from application.logs.days import from_micros
from application.logs.schemas import TrashPage
from application.reports import services as reports
from application.trackers import services


def read_cursor(text: str) -> tuple[datetime, int, int]:
    """(deleted_at, rank, id) of a `next`. ValueError when it is none."""
    if not re.fullmatch(r"[0-9]{1,16}\.[01]\.[0-9]{1,15}", text):
        raise ValueError("This is not a `next` of this list.")
    micros, rank, item_id = text.split(".")
    return from_micros(int(micros)), int(rank), int(item_id)


CURSOR = WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,16}[.][01][.][0-9]{1,15}$"})


def _is_cursor(text: str) -> str:
    read_cursor(text)
    return text


class TrashQuery(Query):
    """How much at once."""

    after: Annotated[str, AfterValidator(_is_cursor), CURSOR] | None = None
    limit: int = Field(50, ge=1, le=200)


class DeletedListResource(Resource):
    """The trash."""

    @contract(query=TrashQuery, out=TrashPage, cached=True)
    def get(self, asker: Asker, query: TrashQuery) -> Any:
        """Trackers and entries that the asker may put back, last deleted first."""
        after = read_cursor(query.after) if query.after else None
        return board.list_trash(asker.user_id, after, query.limit)


class DeletedTrackerResource(Resource):
    """A tracker in the trash."""

    @contract(status=204)
    def delete(self, asker: Asker, tracker_id: int) -> Any:
        """Erase the tracker and its entries for good."""
        services.purge(asker.user_id, tracker_id)


class DeletedLogResource(Resource):
    """An entry in the trash."""

    @contract(status=204)
    def delete(self, asker: Asker, log_id: int) -> Any:
        """Erase the entry for good."""
        services_trash.purge(asker.user_id, log_id)


class DeletedReportResource(Resource):
    """A report in the trash; those that can be put back are listed by `reports?state=deleted`."""

    @contract(status=204)
    def delete(self, asker: Asker, report_id: int) -> Any:
        """Erase the report for good."""
        reports.purge(asker.user_id, report_id)
