"""Tables that were broken in transit, thousands of them: rejects that add up, and never a crash."""

import contextlib
import csv
import random
import time
import tracemalloc
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from application.transfers.formats import NotATable
from application.transfers.reading import Entry, Reject
from tests.api.test_transfers import upload
from tests.application.test_transfers_fuzz import (
    SEEDS,
    entry,
    mutate,
    read,
    records_of,
    written,
)
from tests.hostile.tally import FULL, SEED, Tally, size
from tests.people import Person, Queue

FILES = size(300, 10_000)
BUILT = size(100, 10_000)
BROUGHT_IN = size(30, 600)
NORMAL = settings(
    max_examples=BUILT, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def judge(path: Path, tally: Tally) -> None:
    """Read or refused in words; what is read adds up to the lines that there are."""
    try:
        rows = read(path)
    except NotATable as refusal:
        tally.tried(accepted=False)
        if not str(refusal):
            tally.failed("refused without a word")
        return
    tally.tried(accepted=True)
    assert len(rows) == max(records_of(path), 0)
    for row in rows:
        if isinstance(row, Reject):
            assert row.reason
            assert row.line
        else:
            assert isinstance(row, Entry)
            assert "\0" not in row.note


@pytest.mark.row("F3")
@pytest.mark.timeout(7200)
def test_files_that_were_broken(tmp_path: Path, tally: Tally) -> None:
    """F3: no exception but our own refusal; accepted + rejected == lines; each with its reason."""
    dice = random.Random(SEED)
    path = tmp_path / "broken.csv"
    for number in range(FILES):
        content = mutate(dice.choice(SEEDS), dice)
        if number % 10 == 0:  # as long as real ones
            content = mutate(content * dice.randint(2, 60), dice)
        path.write_bytes(content)
        try:
            judge(path, tally)
        except Exception as error:
            tally.failed(f"{error!r} for {content!r}"[:2000])
    tally.check()


@pytest.mark.row("F3")
@pytest.mark.timeout(7200)
def test_exports_that_were_broken(tmp_path: Path, tally: Tally) -> None:
    """F3: the same for what our own export writes of anything people could have."""
    path = tmp_path / "built.csv"

    @seed(SEED)
    @NORMAL
    @given(st.lists(entry(), max_size=4), st.integers(0, 2**32))
    def broken(entries: Any, number: int) -> None:
        dice = random.Random(number)
        path.write_bytes(mutate("".join(written(entries)).encode(), dice))
        judge(path, tally)

    broken()
    tally.check()


@pytest.mark.row("F3")
@pytest.mark.timeout(7200)
def test_they_are_brought_in_or_refused(
    app: Flask, alice: Person, queue: Queue, tally: Tally, unlimited: None
) -> None:
    """F3: through the API: a preview whose counts are the file's lines, or a reason in words."""
    dice = random.Random(SEED)
    for _ in range(BROUGHT_IN):
        content = mutate(dice.choice(SEEDS), dice)
        answer = upload(alice, content, "Broken.csv")
        tally.answered(answer.status_code)
        queue.run(app)
        number = answer.get_json()["id"]
        job = alice.get(f"imports/{number}").get_json()
        if job["state"] == "failed":
            if not job["error"] or "reference" in str(job["error"]).lower():
                tally.failed(f"{job['error']} for {content!r}"[:500])
            continue
        if job["state"] != "preview":
            tally.failed(f"{job['state']} for {content!r}"[:500])
            continue
        counts = job["result"]["counts"]
        rejects = alice.get(f"imports/{number}/rejects").get_data(as_text=True)
        told = list(csv.reader(StringIO(rejects, newline="")))[1:]
        if len(told) != counts["bad"]:
            tally.failed(f"{counts} and {len(told)} told of, for {content!r}"[:500])
        alice.post(f"jobs/{number}/cancel")
        queue.take()
    tally.check()


@pytest.mark.row("F3")
@pytest.mark.skipif(not FULL, reason="times are judged by make fuzz alone")
@pytest.mark.timeout(600)
def test_large_ones_in_time_and_space(tmp_path: Path, tally: Tally) -> None:
    """F3: at most 2 s and 100 MB for a megabyte, however it was broken."""
    path = tmp_path / "large.csv"
    dice = random.Random(SEED)
    for content in SEEDS:
        whole = bytearray()
        while len(whole) < 2**20:
            whole += mutate(content * 20, dice)
        path.write_bytes(bytes(whole))
        began = time.thread_time()  # a busy machine is slow, not wrong
        judge(path, tally)
        spent = time.thread_time() - began
        tracemalloc.start()
        with contextlib.suppress(NotATable):
            read(path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if spent > 2 * 2 * len(whole) / 2**20 or most > 100 * 2**20:  # judged: read twice
            tally.failed(f"{len(whole)} bytes like {content[:30]!r}: {spent:.1f} s, {most} bytes")
    tally.check()
