"""A report on paper: facts in, a tagged PDF out, with nothing fetched from anywhere."""

import logging
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from application.insights.charts import Day, bars, line
from application.reports import squares
from application.reports.facts import Facts, Row
from application.reports.squares import Calendar
from application.reports.typefaces import files, width
from config import ROOT

Paper = Literal["a4", "letter"]

PAPERS: Final[Mapping[Paper, str]] = {"a4": "A4", "letter": "letter"}
TEMPLATES: Final = ROOT / "templates" / "reports"
TABLE_AT_MOST: Final = 300
CHARTS_AT_MOST: Final = 60
NOTES_AT_MOST: Final = 40
SENTENCES_AT_MOST: Final = 100
NAME_AT_MOST: Final = 200
NOTE_AT_MOST: Final = 2_000

# WeasyPrint names every picture it cannot read, data and all: too much, and too private, for a log.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as the template places it."""

    row: Row
    chart: str  # data: URI
    calendar: Calendar | None
    squares: str  # data: URI


class Press:
    """What every PDF of this process shares: typefaces found once, rules parsed once."""

    def __init__(self) -> None:
        from weasyprint import CSS  # late: a web process never prints
        from weasyprint.urls import URLFetcher

        self.fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
        self.fonts = _fonts()
        self.sheets = {
            paper: CSS(string=stylesheet(paper), font_config=self.fonts, url_fetcher=self.fetcher)
            for paper in PAPERS
        }
        self.lock = Lock()  # Pango's font map is shared by all threads

    def print(self, html: str, paper: Paper) -> bytes:
        """The document as a PDF/UA file."""
        from weasyprint import HTML

        with self.lock:
            pdf: bytes = HTML(string=html, url_fetcher=self.fetcher).write_pdf(
                font_config=self.fonts,
                stylesheets=[self.sheets[paper]],
                pdf_variant="pdf/ua-1",
                finisher=finish,
            )
        return pdf


def _fonts() -> Any:
    """The machine's typefaces with ours among them.

    One for the process: a fresh one for each report costs a quarter of a megabyte that never comes
    back. Ours are not brought in by @font-face, whose copies in a temporary folder would outlive
    every process that is killed.
    """
    from weasyprint.text.ffi import ffi, fontconfig, pangoft2
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    for _, path in files():
        fontconfig.FcConfigAppFontAddFile(fonts._config, os.fsencode(path))
    pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", fonts.font_map))
    return fonts


@lru_cache(maxsize=1)
def press() -> Press:
    """This process's press, made when the first report is printed."""
    return Press()


def render(facts: Facts, paper: Paper) -> bytes:
    """The report as PDF, tagged as PDF/UA-1 asks. It takes seconds at most: see the caps above."""
    return press().print(document(facts), paper)


def stylesheet(paper: Paper) -> str:
    """Every rule of a report for one size of paper."""
    css = (TEMPLATES / "print.css").read_text(encoding="utf-8")
    return f"@page {{ size: {PAPERS[paper]} }}\n{css}"


def document(facts: Facts, css: str = "") -> str:
    """The report as HTML that needs nothing beside it; `css` where it should hold its rules too."""
    shown = facts.rows[:TABLE_AT_MOST]
    drawn = [row for row in facts.rows if row.days_logged][:CHARTS_AT_MOST]
    made: str = _template("print.html").render(
        facts=facts,
        css=css,
        head=_head(facts),
        rows=shown,
        more=len(facts.rows) - len(shown),
        columns=_columns(shown),
        pictures=[_picture(row) for row in drawn],
        undrawn=sum(1 for row in facts.rows if row.days_logged) - len(drawn),
        notes=facts.notes[:NOTES_AT_MOST],
        resting=facts.resting[:SENTENCES_AT_MOST],
        name_at_most=NAME_AT_MOST,
        note_at_most=NOTE_AT_MOST,
    )
    return made


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    made.filters["short_date"] = lambda day: f"{day:%a} {day.day} {day:%b}"
    return made


def _template(name: str) -> Any:
    return _environment().get_template(name)


def _head(facts: Facts) -> str:
    """ "1 to 31 October 2026, Europe/Vienna, made 1 November 06:00"."""
    first, last = squares.long_date(facts.first), squares.long_date(facts.last)
    if facts.first == facts.last:
        days = last
    elif (facts.first.year, facts.first.month) == (facts.last.year, facts.last.month):
        days = f"{facts.first.day} to {last}"
    elif facts.first.year == facts.last.year:
        days = f"{first.rpartition(' ')[0]} to {last}"
    else:
        days = f"{first} to {last}"
    made = facts.made_at.astimezone(ZoneInfo(facts.zone))
    day = squares.long_date(made.date())
    if made.year == facts.last.year:
        day = day.rpartition(" ")[0]
    return f"{days}, {facts.zone}, made {day} {made:%H:%M}"


def _columns(rows: Sequence[Row]) -> tuple[float, float, float]:
    """Points that Days, Change and In a row need so that they never wrap."""
    size = 10.0
    days = max((width(f"{row.days_logged} of {row.days}", size) for row in rows), default=0.0)
    change = max((width(row.change, size) for row in rows), default=0.0)
    streak = max(
        (width(f"{row.streak}, longest {row.best_streak}", size) for row in rows), default=0.0
    )
    return max(days, 30.0), min(max(change, 42.0), 110.0), max(streak, 68.0)


def _picture(row: Row) -> Picture:
    calendar = squares.draw(row.marks, row.kind)
    drawn = _data(calendar.svg.encode()) if calendar else ""
    return Picture(row, _data(_chart(row)), calendar, drawn)


def _chart(row: Row) -> bytes:
    if row.bars:
        return bars(row.bars, kind=row.kind, size="print", theme="print")
    days = [Day(mark.day, mark.value) for mark in row.marks]
    return line(
        days, kind=row.kind, unit=row.unit, size="print", theme="print", means=row.means or None
    )


def _data(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg).decode('ascii')}"


def finish(_document: Any, pdf: Any) -> None:
    """Say of each table header what it heads, which PDF/UA asks for and WeasyPrint leaves out."""
    elements = {one.reference: one for one in pdf.objects if _is_element(one)}
    for element in elements.values():
        if element["S"] != "/TH":
            continue
        group = elements.get(elements[element["P"]]["P"])
        heads = group is not None and group["S"] == "/THead"
        element["A"]["Scope"] = "/Column" if heads else "/Row"


def _is_element(one: Any) -> bool:
    return isinstance(one, dict) and one.get("Type") == "/StructElem"
