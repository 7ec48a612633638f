"""What a table file can look like, what we found out about one, and what may be said about it.

Pure. `Hints` is what a person told us, `Sheet` what we then take the file for.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from application.trackers.kinds import Kind

Format = Literal["tend", "loop", "plain"]
Decimal = Literal[".", ","]
DateOrder = Literal["ymd", "dmy", "mdy"]
Question = Literal["encoding", "date_order"]

COLUMNS: Final = ("tracker", "kind", "unit", "timestamp", "value", "choice", "note")
"""The columns of our own export, in this order."""

DELIMITERS: Final = ("\t", ";", ",")
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1")

FORMAT_NAMES: Final[dict[Format, str]] = {
    "tend": "Tend's own export",
    "loop": "Loop, one habit",
    "plain": "A table of dates and values",
}

DATE_WORDS: Final = frozenset(
    {
        "date",
        "day",
        "datetime",
        "timestamp",
        "time",
        "when",
        "logged_at",
        "datum",
        "tag",
        "zeit",
        "fecha",
        "data",
        "dia",
        "día",
        "jour",
    }
)
VALUE_WORDS: Final = frozenset(
    {
        "value",
        "amount",
        "number",
        "count",
        "quantity",
        "check",
        "checks",
        "checkmark",
        "wert",
        "menge",
        "valor",
        "valeur",
    }
)
NOTE_WORDS: Final = frozenset(
    {
        "note",
        "notes",
        "comment",
        "comments",
        "remark",
        "notiz",
        "notizen",
        "kommentar",
        "nota",
        "notas",
        "commentaire",
    }
)


class NotATable(ValueError):
    """The file cannot be read at all; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a person said about the file; None means: find out."""

    format: Format | None = None
    delimiter: str | None = None
    decimal: Decimal | None = None
    date_order: DateOrder | None = None
    header: bool | None = None
    encoding: str | None = None
    kind: Kind | None = None
    scale: int | None = None
    unit_seconds: int | None = None

    def without_kind(self) -> "Hints":
        """The same for a tracker whose kind is known."""
        return replace(self, kind=None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the file is taken for. `questions` are what nobody may guess; it is read once they
    are answered by a hint. `date`, `value` and `note` are column numbers (not for `tend`, whose
    `order` says where each of COLUMNS stands)."""

    format: Format
    encoding: str
    delimiter: str
    decimal: Decimal
    date_order: DateOrder
    header: bool
    kind: Kind
    scale: int
    unit_seconds: int
    lines: int
    questions: tuple[Question, ...] = ()
    encodings: tuple[str, ...] = ()
    order: tuple[int, ...] = ()
    date: int = 0
    value: int = 1
    note: int | None = 2
    title: str | None = None

    @property
    def name(self) -> str:
        """How the format is called to a person, scale included."""
        said = FORMAT_NAMES[self.format]
        return f"{said}, values x {self.scale}" if self.scale != 1 else said

    def options(self) -> dict[str, str | int | bool]:
        """What was used, in the shape in which it can be sent back changed."""
        return {
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "date_order": self.date_order,
            "header": self.header,
            "kind": self.kind.value,
            "scale": self.scale,
            "unit_seconds": self.unit_seconds,
        }
