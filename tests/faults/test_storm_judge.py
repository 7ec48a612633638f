"""The judge of a storm must be able to say no: made histories, each with one thing wrong."""

from dataclasses import replace

import pytest

from tests.faults.storm.history import Fault, Received, Row, judge

PEOPLE = ["ann", "ben"]
ROWS = [Row("m-ann", "ann", "sent", 1, None), Row("m-ben", "ben", "sent", 2, None)]
TOOK = Received(1000.0, "m-ann", "ann", 200, False, 0.1, True, "words")
BAD = Received(1000.0, "m-ben", "ben", 500, False, 0.1, True, "other words")
GOOD = replace(BAD, at=1010.0, status=200)
HISTORY = [TOOK, BAD, GOOD]


def problems(
    rows: list[Row] = ROWS, history: list[Received] = HISTORY, faults: tuple[Fault, ...] = ()
) -> str:
    return "\n".join(judge(PEOPLE, rows, history, faults).problems)


def test_it_is_content_when_all_is_well() -> None:
    verdict = judge(PEOPLE, ROWS, HISTORY)
    assert verdict.problems == []
    assert (verdict.rows, verdict.received, verdict.distinct) == (2, 3, 2)
    assert (verdict.bad, verdict.late, verdict.repeats) == (1, 0, {})


@pytest.mark.parametrize(
    ("state", "said"), [("due", "lost"), ("sending", "lost"), ("failed", "without being sent")]
)
def test_it_finds_what_did_not_go_out(state: str, said: str) -> None:
    assert said in problems([replace(ROWS[0], state=state), ROWS[1]])


def test_it_finds_who_was_forgotten_or_asked_twice() -> None:
    assert "never planned for: ['ben']" in problems(ROWS[:1], [TOOK])
    assert "two deliveries: ['ann']" in problems([*ROWS, replace(ROWS[0], id="m-2")])


def test_it_finds_what_was_called_sent_and_never_came() -> None:
    assert "not received: ['m-ben']" in problems(history=[TOOK, BAD])
    assert "not received: ['m-ann']" in problems(history=[BAD, GOOD])


def test_it_finds_what_was_invented_misdirected_unsigned_or_reworded() -> None:
    assert "have no row: ['m-new']" in problems(history=[*HISTORY, replace(TOOK, id="m-new")])
    assert "somebody else: ['m-ann']" in problems(history=[replace(TOOK, to="ben"), BAD, GOOD])
    assert "not signed" in problems(history=[replace(TOOK, signed=False), BAD, GOOD])
    assert "something else" in problems(history=[TOOK, BAD, replace(GOOD, text="new words")])
    assert "said nothing" in problems(history=[replace(TOOK, text=""), BAD, GOOD])


def test_it_takes_a_repeat_only_for_a_reason() -> None:
    again = replace(TOOK, at=1060.0)
    assert "nothing explains" in problems(history=[*HISTORY, again])
    late = replace(TOOK, pause=21.0, late=True)
    assert problems(history=[late, BAD, GOOD, again]) == ""
    assert judge(PEOPLE, ROWS, [late, BAD, GOOD, again]).repeats == {"late": 1}
    killed = Fault("worker", 1000.05, 1000.06)
    assert problems(history=[*HISTORY, again], faults=(killed,)) == ""
    on_its_way = Fault("worker", 999.4, 999.5)  # sent before the end, taken half a second after
    assert problems(history=[*HISTORY, again], faults=(on_its_way,)) == ""


@pytest.mark.parametrize(
    "fault",
    [
        Fault("worker", 990.0, 990.1),  # before it
        Fault("worker", 1030.0, 1030.1),  # long after it was written down
        Fault("flush", 1000.05, 1000.06),  # ends no sender
        Fault("cache", 1000.05, 1000.06),
        Fault("beat", 1000.05, 1000.06),
    ],
)
def test_it_takes_no_fault_for_a_reason_that_is_none(fault: Fault) -> None:
    again = replace(TOOK, at=1060.0)
    assert "nothing explains" in problems(history=[*HISTORY, again], faults=(fault,))
