"""`make bench`: measure, print one table, and write benchmarks/results.json."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from benchmarks import (
    beside,
    deliveries,
    figures,
    files,
    files_postgres,
    house,
    machine,
    page,
    report,
    rows,
    start,
    web,
)
from benchmarks.program import Part, chosen, measure

RESULTS = Path(__file__).parent / "results.json"

PARTS = (
    Part(web.in_process, ("dashboard_cached_cpu", "dashboard_uncached_cpu")),
    Part(web.over_http, ("dashboard_cached_http", "log_post_http")),
    Part(figures.of_many_entries, ("stats_100k", "log_page_deep")),
    Part(figures.as_chart, ("chart_svg",), around=nullcontext),
    Part(files.both_ways, ("import_sqlite", "export", "export_rss_mb")),
    Part(files_postgres.into_postgres, ("import_postgres",)),
    Part(beside.beside_writes, ("import_beside_writes_p99_ms",)),
    Part(deliveries.outbox, ("deliveries",)),
    Part(report.as_pdf, ("report_pdf_memory", "report_pdf"), around=nullcontext),
    Part(start.warm, ("warm_start_s",), around=nullcontext),
    Part(page.weight, ("entry_kb",), around=nullcontext),
    Part(page.in_chromium, ("first_paint_ms", "tap_ms"), around=nullcontext),
)


def arguments(given: Sequence[str] | None, parts: Sequence[Part]) -> argparse.Namespace:
    """What the program was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="with the sizes the goals are set for")
    names = [name for part in parts for name in part.names]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=[], metavar="ROW", help="the parts of these"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None, parts: Sequence[Part] = PARTS) -> int:
    """Every row against its reference of the same run; 1 when some could not be measured."""
    asked = arguments(given, parts)
    about: dict[str, Any] = {"full": asked.full, "machine": machine.described()}
    for name, value in about["machine"].items():
        print(f"{name + ':':<13}{value}")
    start = time.monotonic()
    found: list[rows.Row | rows.Failed] = []
    whole = False
    # Whoever breaks off keeps what was measured by then.
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="tend-bench-") as name:
        template = Path(name)
        house.migrate(template)
        for row in measure(chosen(parts, asked.only), asked.full, template):
            found.append(row)  # noqa: PERF402 - extend() would drop them all
        whole = True
    about["seconds"] = round(time.monotonic() - start)
    table = rows.table(found)
    results = {**about, "rows": [row.as_json() for row in found]}
    asked.results.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    asked.results.with_suffix(".md").write_text(table + "\n", encoding="utf-8")
    print(f"\n{table}\n\n{len(found)} rows in {about['seconds']} s; also in {asked.results}")
    return int(not whole or any(isinstance(row, rows.Failed) for row in found))


if __name__ == "__main__":
    sys.exit(main())
