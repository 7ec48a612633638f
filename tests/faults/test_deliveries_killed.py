"""Deliveries survive whatever is killed: the short form of `make faults`, and each fault alone."""

from collections.abc import Mapping

import pytest

from tests.faults.storm.__main__ import QUIET, storm
from tests.faults.storm.history import ENDING
from tests.faults.storm.house import Plan
from tests.faults.storm.sink import Manners

SEED = 11
PEOPLE = 120
OVER_WITHIN = 120.0
# As in the long form; too late is what comes after the shorter patience.
ROUGH = Manners(bad=0.15, most_bad=2, late=0.05, slow=(0.1, 0.8), late_after=(2.5, 3.0))
FAULTS: dict[str, Mapping[str, int]] = {
    "postgresql": {"worker": 1, "children": 1, "database": 1, "cache": 1, "flush": 1, "beat": 1},
    "sqlite": {"worker": 1, "children": 1, "cache": 1, "flush": 1},
}


@pytest.mark.row("R2")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("database", FAULTS)
def test_r2_nothing_is_lost_and_every_repeat_has_its_reason(database: str) -> None:
    """Pass: every row sent and received, none lost or invented, each repeat with its reason."""
    plan = Plan(PEOPLE, ROUGH, on_postgresql=database == "postgresql", hurried=True)
    verdict = storm(plan, FAULTS[database], SEED, OVER_WITHIN)
    assert verdict.problems == []
    assert verdict.states == {"sent": PEOPLE}
    assert verdict.bad > 0
    assert verdict.late > 0


@pytest.mark.row("R3")
@pytest.mark.timeout(240)
def test_r3_two_beats_and_two_senders_send_nothing_twice() -> None:
    """Pass: without a fault, two beats and two senders repeat nothing."""
    verdict = storm(Plan(150, QUIET, hurried=True), {}, SEED, OVER_WITHIN)
    assert verdict.problems == []
    assert verdict.states == {"sent": 150}
    assert verdict.received == verdict.distinct == 150


@pytest.mark.row("R6")
@pytest.mark.timeout(240)
def test_r6_clocks_that_are_wrong_by_90_seconds_send_nothing_twice() -> None:
    """Pass: two senders whose clocks are 90 s ahead and behind lose and repeat nothing."""
    plan = Plan(100, QUIET, hurried=True, skews=(90.0, -90.0))
    verdict = storm(plan, {}, SEED, OVER_WITHIN)
    assert verdict.problems == []
    assert verdict.received == verdict.distinct == 100


@pytest.mark.timeout(240)
@pytest.mark.parametrize("fault", ["flush", "cache", "beat"])
def test_what_ends_no_sender_makes_no_repeat(fault: str) -> None:
    assert fault not in ENDING
    plan = Plan(60, Manners(slow=(0.1, 0.4)), on_postgresql=False, hurried=True)
    verdict = storm(plan, {fault: 2}, SEED, OVER_WITHIN)
    assert verdict.problems == []
    assert verdict.received == verdict.distinct == 60
