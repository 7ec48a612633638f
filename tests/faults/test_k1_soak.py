"""K1: minutes of load leave nothing behind; here a fraction of one, without times."""

import pytest

from tests.faults import soak
from tests.faults.rows import watch
from tests.faults.rows.outcome import table


@pytest.mark.row("K1")
@pytest.mark.timeout(300)
def test_k1_a_short_soak_leaves_nothing_behind() -> None:
    """Reads, writes, edits, exports, imports and reports together; `make soak` is the long form.

    Pass: no 5xx, no request cut off, the WAL below 64 MB, every job done, the queues empty at
    the end, nothing lost. Growth is judged by the long form only.
    """
    outcome = soak.soak(minutes=0.2, rate=20)
    print(table([outcome]))
    assert outcome.problems == []


@pytest.mark.row("K1")
def test_k1_growth_would_be_seen() -> None:
    """The judge of a soak can say no: memory and files that grow are found, steady ones are not."""
    samples = []
    for look in range(60):
        one = watch.Sample(minute=look / 3)
        one.memory.update({"web": 100_000_000, "worker": 100_000_000 + look * 500_000})
        one.files.update({"web": 30 + look % 2, "worker": 30 + look})
        samples.append(one)
    slopes = watch.memory_slopes(samples, after=5)
    assert slopes["web"] == 0
    assert slopes["worker"] == pytest.approx(1.5)
    growth = watch.file_growth(samples, after=5)
    assert growth["worker"] > soak.FILES
    assert abs(growth["web"]) < 1
