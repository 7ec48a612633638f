"""A report on paper: facts in, a tagged PDF out, with nothing fetched from anywhere."""

import logging
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from application.reports import ink, squares
from application.reports.facts import Facts, Row
from application.reports.periods import days_between, say_day
from application.reports.pictures import draw, pictured
from application.reports.squares import Calendar
from application.reports.tags import finish
from application.reports.typefaces import files, width
from config import ROOT

Paper = Literal["a4", "letter"]
Images = dict[str, ink.Ink]  # by address, as WeasyPrint keeps those it has read

PAPERS: Final[Mapping[Paper, str]] = {"a4": "A4", "letter": "letter"}
TEMPLATES: Final = ROOT / "templates" / "reports"
TABLE_AT_MOST: Final = 200
CHARTS_AT_MOST: Final = 40
NOTES_AT_MOST: Final = 20
SENTENCES_AT_MOST: Final = 40
NAME_AT_MOST: Final = 120
NAME_WIDTHS: Final = (80.0, 125.0)  # points, at least and at most
CHANGE_AT_MOST: Final = 100.0
HEAD_SIZE, CELL_SIZE, BOLD = 8.5, 10.0, 1.06  # as print.css has them
NOTE_AT_MOST: Final = 2_000

# WeasyPrint names every picture it cannot read, data and all: too much, and too private, for a log.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as the template places it."""

    row: Row
    chart: str  # its address
    calendar: Calendar | None
    squares: str


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

    def print(self, html: str, paper: Paper, images: Images | None = None) -> bytes:
        """The document as a PDF/UA file; `images` are those that are not read from its URIs."""
        from weasyprint import HTML

        with self.lock:
            pdf: bytes = HTML(string=html, url_fetcher=self.fetcher).write_pdf(
                font_config=self.fonts,
                stylesheets=[self.sheets[paper]],
                pdf_variant="pdf/ua-1",
                cache=dict(images or {}),
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
    images: Images = {}
    return press().print(document(facts, images), paper, images)


def stylesheet(paper: Paper) -> str:
    """Every rule of a report for one size of paper."""
    css = (TEMPLATES / "print.css").read_text(encoding="utf-8")
    return f"@page {{ size: {PAPERS[paper]} }}\n{css}"


def document(facts: Facts, images: Images | None = None, css: str = "") -> str:
    """The report as HTML; pictures go into `images` where they can, else they are data: URIs.

    Without `images` and with `css` it needs nothing beside it.
    """
    shown = facts.rows[:TABLE_AT_MOST]
    drawn = pictured(facts.rows)[:CHARTS_AT_MOST]
    run = f"In a row {facts.run_ends}"
    years = facts.first.year != facts.last.year
    made: str = _template("print.html").render(
        facts=facts,
        css=css,
        head=_head(facts),
        run=run,
        say_day=lambda day: say_day(day, year=years),
        rows=shown,
        more=len(facts.rows) - len(shown),
        columns=_columns(shown, run),
        pictures=[_picture(row, images) for row in drawn],
        undrawn=len(pictured(facts.rows)) - len(drawn),
        notes=facts.notes[:NOTES_AT_MOST],
        resting=facts.resting[:SENTENCES_AT_MOST],
        name_at_most=NAME_AT_MOST,
        note_at_most=NOTE_AT_MOST,
    )
    return made


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )


def _template(name: str) -> Any:
    return _environment().get_template(name)


def _head(facts: Facts) -> str:
    """ "1 to 31 October 2026, Europe/Vienna, made 1 November 06:00"."""
    made = facts.made
    said = days_between(made.date(), made.date(), year=made.year != facts.last.year)
    return f"{days_between(facts.first, facts.last)}, {facts.zone}, made {said} {made:%H:%M}"


def _columns(rows: Sequence[Row], run: str) -> tuple[float, ...]:
    """Points for Tracker, Days, Change and In a row; the last three never wrap."""
    cells = (
        ("Tracker", (row.name for row in rows)),
        ("Days", (f"{row.days_logged:,} of {row.days:,}" for row in rows)),
        ("Change", (row.change for row in rows)),
        (run, (f"{row.streak:,}, longest {row.best_streak:,}" for row in rows)),
    )
    name, days, change, streak = (
        max(width(head, HEAD_SIZE) * BOLD, *(width(cell, CELL_SIZE) for cell in column), 0.0)
        for head, column in cells
    )
    name = min(max(name * BOLD, NAME_WIDTHS[0]), NAME_WIDTHS[1])
    return name, days, min(change, CHANGE_AT_MOST), streak


def _picture(row: Row, images: Images | None) -> Picture:
    calendar = squares.draw(row.marks, row.kind)
    drawn = _place(calendar.svg.encode(), images) if calendar else ""
    return Picture(row, _place(draw(row, "print", "print"), images), calendar, drawn)


def _place(svg: bytes, images: Images | None) -> str:
    """The address under which the template finds a picture."""
    drawn = None if images is None else ink.read(svg)
    if images is None or drawn is None:
        return f"data:image/svg+xml;base64,{b64encode(svg).decode('ascii')}"
    name = f"ink:{len(images)}"
    images[name] = drawn
    return name
