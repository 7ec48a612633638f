"""Shapes of transfers: what a person says about a file, and the rows of a preview."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, BeforeValidator, Field

from application.platform.schemas import RowId
from application.trackers.schemas_choices import In
from application.transfers.formats import DateOrder, Decimal, Format

KindName = Literal["numerical", "multiple_choice", "boolean", "time_duration"]
Answer = Literal["keep", "replace", "both"]
OutcomeName = Literal["new", "same", "conflict", "bad"]


class ImportOptions(In):
    """What is said about a file; what is left out is found out."""

    format: Format | None = None
    delimiter: Literal[",", ";", "\t"] | None = None
    decimal: Decimal | None = None
    date_order: DateOrder | None = None
    header: bool | None = None
    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"] | None = None
    kind: KindName | None = None
    scale: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    unit_seconds: Literal[1, 60, 3600] | None = None


def _from_json(raw: Any) -> Any:
    """The options of an upload stand in a form's field, as JSON."""
    if not isinstance(raw, str):
        return raw
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ValueError("This is not valid JSON.") from None


def _from_digits(raw: Any) -> Any:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 10:
        return int(raw)
    return raw


class ImportForm(In):
    """The fields beside an uploaded file."""

    tracker_id: Annotated[RowId | None, BeforeValidator(_from_digits)] = None
    options: Annotated[ImportOptions, BeforeValidator(_from_json)] = ImportOptions()


class ImportPatch(In):
    """What is to be read differently."""

    tracker_id: RowId | None = None
    options: ImportOptions = ImportOptions()


LineNumber = Annotated[str, Field(pattern="^[0-9]{1,9}$")]
Lines = Annotated[dict[LineNumber, Answer], Field(max_length=10_000)]


class Confirmation(In):
    """What to do where a day has another value here: for all, and for single lines."""

    conflicts: Answer = "keep"
    lines: Lines = Field(default_factory=dict)


class NewExport(In):
    """What to take out; all trackers unless some are named."""

    tracker_ids: Annotated[list[RowId], Field(max_length=1000)] | None = None
    format: Literal["csv"] = "csv"


class ImportRow(BaseModel):
    """A line of the file; `value` as a person reads it, of a bad line the line itself."""

    line: int
    tracker: str
    when: str
    value: str
    note: str
    reason: str | None = None
    ours: str | None = None


class ImportRowPage(BaseModel):
    """A page of lines, in the file's order; `next` goes into `?after=`."""

    items: list[ImportRow]
    next: int | None
