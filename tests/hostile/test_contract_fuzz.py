"""Schemathesis: what api.yaml promises is what is answered, whatever comes in."""

from typing import Any

import pytest
from flask import Flask

from tests.hostile import contract
from tests.hostile.tally import FULL, SEED, Tally, size
from tests.people import Person, Queue
from tests.things import log, script, tracker

EXAMPLES = size(2, 100)
QUICK = {"phases": {"stateful": {"enabled": False}}}


@pytest.fixture
def furnished(app: Flask, alice: Person, queue: Queue, unlimited: None) -> Person:
    """Alice with something of most kinds, so that ids that are tried first are there."""
    for kind in ("numerical", "multiple_choice", "boolean", "time_duration"):
        tracker(alice, kind)
    log(alice, alice.get("trackers").get_json()["items"][0]["id"], 1)
    return alice


@pytest.mark.row("F1")
@pytest.mark.timeout(7200)
def test_a_person(request: Any, furnished: Person, queue: Queue, tally: Tally) -> None:
    """F1: 0 failures of any check, signed in: no 5xx, nothing unsaid, nothing let in unasked."""
    if not FULL and "sqlite" not in request.node.callspec.id:
        pytest.skip("in full by make fuzz; the code is the same, and the corpus compares both")
    door = contract.Door(furnished.app, furnished)
    headers = {"X-As-Herself": "yes"}
    contract.run(door, headers, EXAMPLES, SEED, tally, **({} if FULL else QUICK))
    queue.take()
    tally.check()
    assert tally.accepted > tally.inputs / 20


@pytest.mark.row("F1")
@pytest.mark.skipif(not FULL, reason="make fuzz")
@pytest.mark.timeout(7200)
def test_a_stranger(
    app: Flask, visitor: Person, queue: Queue, tally: Tally, unlimited: None
) -> None:
    """F1: the same without signing in: 401 wherever somebody's own is asked for."""
    contract.run(contract.Door(app, visitor), {}, EXAMPLES, SEED, tally)
    queue.take()
    tally.check()


@pytest.mark.row("F1")
@pytest.mark.skipif(not FULL, reason="make fuzz")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scope", ["read", "all"])
def test_a_script(furnished: Person, queue: Queue, tally: Tally, scope: str) -> None:
    """F1: the same with a token: 403 for what no script may do, and no cookie ever."""
    headers = {"Authorization": f"Bearer {script(furnished, scope).token}"}
    tally.what += f", {scope}"
    contract.run(contract.Door(furnished.app, furnished), headers, EXAMPLES, SEED, tally)
    queue.take()
    tally.check()
    assert tally.accepted > tally.inputs / 50
