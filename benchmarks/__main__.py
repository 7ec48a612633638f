"""`make bench`: measure, print one table, and write benchmarks/results.json."""

import tempfile
from pathlib import Path

from benchmarks import files, house, report, rows, web

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Every row, each against its reference in the same run."""
    found: list[rows.Row] = []
    with tempfile.TemporaryDirectory(prefix="tend-bench-") as name:
        folder = Path(name)
        house.migrate(folder)
        with house.cache(folder):
            for part in (web.in_process, web.over_http, files.both_ways, report.as_pdf):
                for row in part(folder):
                    print(f"{row.name}: {row.value:.2f}", flush=True)
                    found.append(row)
    rows.save(found, RESULTS)
    print(f"\n{rows.table(found)}")


if __name__ == "__main__":
    main()
