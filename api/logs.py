"""Logs over HTTP: a tracker's entries, and one entry."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import g
from pydantic import AfterValidator, Field, WithJsonSchema

from api.base import Query, Resource, contract
from api.days import QueryDay
from application.accounts.queries import Asker
from application.logs import queries, services
from application.logs.days import from_micros, to_micros
from application.logs.queries import Filters
from application.logs.schemas import LogIn, LogOut, LogPage, LogPatch, LogPut
from application.platform.errors import FieldError
from application.trackers.models import Role
from application.trackers.queries import find_tracker


def read_cursor(text: str) -> tuple[datetime, int]:
    """(logged_at, id) of a `next`. ValueError when it is none."""
    if not re.fullmatch(r"-?[0-9]{1,16}\.[0-9]{1,15}", text):
        raise ValueError("This is not a `next` of this list.")
    micros, log_id = text.split(".")
    return from_micros(int(micros)), int(log_id)


CURSOR = WithJsonSchema({"type": "string", "pattern": "^-?[0-9]{1,16}[.][0-9]{1,15}$"})


def _is_cursor(text: str) -> str:
    read_cursor(text)
    return text


class LogsQuery(Query):
    """Which entries; `from` and `to` are local days, both included."""

    after: Annotated[str, AfterValidator(_is_cursor), CURSOR] | None = None
    limit: int = Field(50, ge=1, le=200)
    first: QueryDay | None = Field(None, alias="from")
    last: QueryDay | None = Field(None, alias="to")
    q: str = Field("", max_length=200)
    state: Literal["active", "deleted"] = "active"


def wrong_in_new(asker: Asker, tracker_id: int) -> list[FieldError]:
    """What is wrong with value and time of an entry whose shape is wrong already."""
    return services.check(asker.user_id, tracker_id, g.get("body") or {})


def wrong_in_change(asker: Asker, log_id: int) -> list[FieldError]:
    """The same for an entry that is being changed."""
    log, _ = queries.find_log(asker.user_id, log_id, Role.EDITOR)
    return services.check(asker.user_id, log.tracker_id, g.get("body") or {})


class LogListResource(Resource):
    """The entries of a tracker."""

    @contract(query=LogsQuery, out=LogPage, cached=True)
    def get(self, asker: Asker, tracker_id: int, query: LogsQuery) -> Any:
        """Entries, newest first; the deleted ones only to those who may put them back."""
        deleted = query.state == "deleted"
        find_tracker(asker.user_id, tracker_id, Role.EDITOR if deleted else Role.VIEWER)
        filters = Filters(query.state, query.first, query.last, query.q.strip())
        after = read_cursor(query.after) if query.after else None
        found = queries.list_entries(tracker_id, filters, after, query.limit + 1)
        page = [LogOut.of(entry) for entry in found[: query.limit]]
        more = len(found) > query.limit
        return LogPage.model_construct(
            items=page, next=f"{to_micros(page[-1].logged_at)}.{page[-1].id}" if more else None
        )

    @contract(
        body=LogIn, out=LogOut, status=201, idempotent=True, versioned=True, wrong=wrong_in_new
    )
    def post(self, asker: Asker, tracker_id: int, body: LogIn) -> Any:
        """Log a value; without `logged_at` it is now."""
        entry = services.record(
            asker.user_id, tracker_id, body.value, logged_at=body.logged_at, note=body.note
        )
        return LogOut.of(entry)


class LogResource(Resource):
    """One entry."""

    @contract(out=LogOut, versioned=True)
    def get(self, asker: Asker, log_id: int) -> Any:
        """One entry."""
        log, _ = queries.find_log(asker.user_id, log_id)
        return LogOut.of(queries.find_entry(log))

    @contract(body=LogPut, out=LogOut, versioned=True, wrong=wrong_in_change)
    def put(self, asker: Asker, log_id: int, body: LogPut, if_match: int | None) -> Any:
        """Replace value, time and note."""
        return LogOut.of(services.edit(asker.user_id, log_id, body.model_dump(), if_match))

    @contract(body=LogPatch, out=LogOut, versioned=True, wrong=wrong_in_change)
    def patch(self, asker: Asker, log_id: int, body: LogPatch, if_match: int | None) -> Any:
        """Change some of value, time and note."""
        changes = body.model_dump(include=body.model_fields_set)
        return LogOut.of(services.edit(asker.user_id, log_id, changes, if_match))

    @contract(versioned=True, status=204)
    def delete(self, asker: Asker, log_id: int, if_match: int | None) -> Any:
        """Put the entry into the trash, for thirty days."""
        services.delete(asker.user_id, log_id, if_match)


class LogRestoreResource(Resource):
    """The way back out of the trash."""

    @contract(out=LogOut, versioned=True)
    def post(self, asker: Asker, log_id: int) -> Any:
        """Put a deleted entry back."""
        return LogOut.of(services.restore(asker.user_id, log_id))
