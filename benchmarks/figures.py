"""One person's 100,000 entries: the figures of all of them, a page deep among them; and a chart."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.bringing import person
from benchmarks.house import settings_in
from benchmarks.rows import Row

ENTRIES = 100_000
DAYS = 3650
DEPTH = 50_000
PAGE = 50
TURNS = 9
TODAY = date(2026, 11, 21)

# The same figures by hand, as sqlite3 would be asked for them: on the same index, in the same file.
WITHIN = "tracker_id = :tracker AND deleted_at IS NULL AND local_day BETWEEN :first AND :last"
TOTALS = f"""
    SELECT sum(n), count(*), min(low), max(high), sum(total), min(total), max(total) FROM (
        SELECT count(*) AS n, min(value) AS low, max(value) AS high, sum(value) AS total
        FROM logs WHERE {WITHIN} GROUP BY local_day)"""  # noqa: S608 - all of it stands here
MEDIAN = f"""
    SELECT avg(value) FROM (SELECT value FROM logs WHERE {WITHIN}
        ORDER BY value LIMIT 2 - :entries % 2 OFFSET (:entries - 1) / 2)"""  # noqa: S608
MEDIAN_DAY = f"""
    SELECT avg(total) FROM (SELECT sum(value) AS total FROM logs WHERE {WITHIN}
        GROUP BY local_day ORDER BY total LIMIT 2 - :days % 2 OFFSET (:days - 1) / 2)"""  # noqa: S608


def of_many_entries(folder: Path) -> Iterator[Row]:
    """Statistics against raw SQL on the same index, and the page at depth against the first."""
    from application import create_app
    from application.platform.extensions import db

    app = create_app(settings_in(folder))
    with app.app_context():
        owner, tracker = _fill()
        raw = sqlite3.connect(folder / "tend.db")
        _compare(_stats(owner, tracker), _raw_stats(raw, tracker))
        mine, against = interleaved(
            lambda: _stats(owner, tracker), lambda: _raw_stats(raw, tracker)
        )
        what = f"{ENTRIES:,} entries of ten years, the same figures by raw SQL on the same index"
        yield Row("stats_100k", mine * 1e3, against * 1e3, "ms", 1.1, True, what)
        raw.close()

        deep = _cursor(tracker)
        mine, against = interleaved(
            lambda: _page(tracker, deep), lambda: _page(tracker, None), calls=20
        )
        what = f"a page of {PAGE} behind {DEPTH:,} entries, the first page"
        yield Row("log_page_deep", mine * 1e3, against * 1e3, "ms", 1.2, True, what)
        db.session.remove()


def interleaved(*ways: Callable[[], object], calls: int = 1) -> list[float]:
    """The least thread CPU time of one call of each, in seconds, taken in turns."""
    best = [float("inf")] * len(ways)
    for way in ways:
        way()
    for _ in range(TURNS):
        for place, way in enumerate(ways):
            start = time.thread_time()
            for _ in range(calls):
                way()
            best[place] = min(best[place], (time.thread_time() - start) / calls)
    return best


def _fill() -> tuple[int, int]:
    from application.logs import services as logs
    from application.platform.database import transaction
    from application.trackers import services as trackers
    from application.trackers.schemas import NewTracker

    owner = person()
    start = datetime(2016, 11, 24, tzinfo=UTC)
    step = timedelta(days=DAYS) / ENTRIES
    with transaction():
        tracker = trackers.create(owner, NewTracker(name="Water", kind="numerical", unit="l")).id
        logs.insert_many(
            [
                logs.Row(
                    tracker_id=tracker,
                    user_id=owner,
                    logged_at=start + number * step,
                    utc_offset=0,
                    local_day=(start + number * step).date(),
                    timed=True,
                    value=number * 7919 % 1009 / 100,
                    choice_id=None,
                    note="",
                    source="page",
                    import_id=None,
                )
                for number in range(ENTRIES)
            ]
        )
        logs.recount(tracker)
    return owner, tracker


def _stats(owner: int, tracker: int) -> Any:
    from application.insights import figures
    from application.platform.extensions import db

    followed, span = figures.find_span(owner, tracker, "all", None, None, TODAY)
    found = figures.stats(followed, span, TODAY).root
    db.session.rollback()
    return found


def _raw_stats(connection: sqlite3.Connection, tracker: int) -> tuple[float, ...]:
    asked: dict[str, Any] = {"tracker": tracker, "first": "2016-11-24", "last": str(TODAY)}
    totals = connection.execute(TOTALS, asked).fetchone()
    asked |= {"entries": totals[0], "days": totals[1]}
    (median,) = connection.execute(MEDIAN, asked).fetchone()
    (median_day,) = connection.execute(MEDIAN_DAY, asked).fetchone()
    return (*totals, median, median_day)


def _compare(ours: Any, raw: tuple[float, ...]) -> None:
    """Both must have counted the same."""
    days = ours.by_day
    mine = (ours.count, ours.days_logged, ours.min, ours.max, ours.total, days.min, days.max)
    for one, other in zip((*mine, ours.median, days.median), raw, strict=True):
        if abs(one - other) > 1e-9 * max(1.0, abs(other)):
            raise RuntimeError(f"the figures differ: {one} is not {other}")


def _cursor(tracker: int) -> tuple[datetime, int]:
    from application.logs.models import Log
    from application.platform.extensions import db

    newest = db.select(Log.logged_at, Log.id).where(Log.tracker_id == tracker)
    ordered = newest.order_by(Log.logged_at.desc(), Log.id.desc())
    when, log_id = db.session.execute(ordered.offset(DEPTH - 1).limit(1)).one()
    db.session.rollback()
    return when, log_id


def _page(tracker: int, after: tuple[datetime, int] | None) -> bytes:
    """A page as the API makes it, without the request around it, which is the same for both."""
    from application.logs.queries import Filters, list_entries
    from application.logs.schemas import LogOut, LogPage
    from application.platform.extensions import db

    found = list_entries(tracker, Filters(), after, PAGE + 1)
    page = LogPage.model_construct(items=[LogOut.of(one) for one in found[:PAGE]], next=None)
    body = page.model_dump_json().encode()
    db.session.rollback()
    return body


def as_chart(_folder: Path) -> Iterator[Row]:
    """A year as a line with its 7-day mean, as an SVG: ours against pyplot's usual way.

    Both get the same days and means, and say the same words; where ticks stand is worked out by
    each in its own way.
    """
    import matplotlib as mpl
    from matplotlib import pyplot

    from application.insights import charts
    from application.insights.series import Day, rolling_mean
    from application.trackers.kinds import Kind

    mpl.use("svg")
    first = TODAY - timedelta(days=364)
    days = [
        Day(first + timedelta(days=n), None if n % 12 == 5 else 1.5 + n * 7919 % 11 / 10)
        for n in range(365)
    ]
    means = rolling_mean(days)

    def ours() -> bytes:
        return charts.line(
            days, kind=Kind.NUMERICAL, unit="l", size="wide", theme="light", means=means
        )

    def naive() -> bytes:
        figure, axes = pyplot.subplots(figsize=(9, 3))
        dates = [day.day for day in days]
        axes.plot(dates, [day.value for day in days], "o", ms=3, mfc="white", label="each day")  # type: ignore[arg-type]
        axes.plot(dates, means, label="7-day mean")  # type: ignore[arg-type]
        axes.set_title("Litres a day", loc="left")
        axes.grid(axis="y")
        axes.legend()
        figure.tight_layout()
        out = BytesIO()
        figure.savefig(out, format="svg")
        pyplot.close(figure)
        return out.getvalue()

    mine, against = interleaved(ours, naive)
    what = "365 days, the same by plt.subplots and tight_layout"
    yield Row("chart_svg", mine * 1e3, against * 1e3, "ms", 0.25, True, what)
