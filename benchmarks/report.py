"""A month's report as PDF, from facts to bytes, against WeasyPrint given the same document."""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.rows import Row, size

TRACKERS = 12
TURNS = 7
REPORTS = (60, 200)  # in the short form, in the full one
WARM = 30
ALLOWED_MB = 5.0


def as_pdf(_folder: Path) -> Iterator[Row]:
    """Time against the naive way, in turns, and memory over many reports.

    Ours is all of it: twelve charts drawn by matplotlib, the template filled, the PDF made. Naive
    is `HTML(string).write_pdf()` of one finished document: the same words, rules, typefaces (data:
    URIs) and charts (the same SVG, already drawn), the same PDF/UA, all else as it comes.
    """
    from weasyprint import HTML

    from application.demo.report import facts
    from application.reports import pdf, typefaces

    october = facts(TRACKERS)
    reports = size(*REPORTS)
    growth = _growth(lambda: pdf.render(october, "a4"), reports)
    yield Row(
        "report_pdf_memory", growth, ALLOWED_MB, "MB", 1, True,
        f"{ALLOWED_MB:g} MB allowed over {reports} reports",
    )  # fmt: skip

    whole = pdf.document(october, css=typefaces.rules() + pdf.stylesheet("a4"))
    ours, naive = _in_turns(
        lambda: pdf.render(october, "a4"),
        lambda: HTML(string=whole).write_pdf(pdf_variant="pdf/ua-1"),
    )
    what = f"{TRACKERS} trackers x 31 days, naive WeasyPrint of the same HTML"
    yield Row("report_pdf", 1e3 * ours, 1e3 * naive, "ms", 0.65, True, what)


def _in_turns(*ways: Callable[[], object]) -> list[float]:
    """The least CPU time of each, in seconds, taken one after the other."""
    found: list[list[float]] = [[] for _ in ways]
    for _ in range(TURNS):
        for times, way in zip(found, ways, strict=True):
            start = time.process_time()
            way()
            times.append(time.process_time() - start)
    return [min(times) for times in found]


def _growth(way: Callable[[], object], times: int) -> float:
    """Resident megabytes that many calls add to a process that has warmed up."""
    for _ in range(WARM):
        way()
    gc.collect()
    before = _resident()
    for _ in range(times):
        way()
    gc.collect()
    return max(_resident() - before, 0.0)


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
