"""What the sink received against what the table says: lost, invented, repeated, and why. Pure."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# After an answer has left, its sender needs so long to take it in and write it down.
RECORDED_WITHIN = 6.0
# What left a sender before its end may be taken by a busy sink so much later.
TAKEN_WITHIN = 1.0
FINAL = ("sent", "failed", "skipped")
LATE = "late"
# What may end a sender between an answer and its record.
ENDING = ("worker", "children", "database")


@dataclass(frozen=True, slots=True)
class Received:
    """One message as the sink took it: `pause` seconds later it answered `status`."""

    at: float
    id: str
    to: str
    status: int
    late: bool
    pause: float
    signed: bool
    text: str

    @property
    def answered(self) -> float:
        """When the answer left."""
        return self.at + self.pause


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery as the table says."""

    id: str
    to: str
    state: str
    attempts: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done to whom; `over` is when it was mended."""

    kind: str
    at: float
    over: float


@dataclass(slots=True)
class Verdict:
    """The figures of a storm, and every sentence that says why it is not well."""

    rows: int = 0
    states: dict[str, int] = field(default_factory=dict)
    received: int = 0
    distinct: int = 0
    bad: int = 0
    late: int = 0
    repeats: dict[str, int] = field(default_factory=dict)  # by what explains them
    problems: list[str] = field(default_factory=list)


def read(path: Path) -> list[Received]:
    """The sink's history, oldest first."""
    if not path.exists():
        return []
    return [Received(**json.loads(line)) for line in path.read_bytes().splitlines()]


def judge(
    people: Sequence[str],
    rows: Sequence[Row],
    received: Sequence[Received],
    faults: Iterable[Fault] = (),
) -> Verdict:
    """Hold the history against the table. Everything is well when there are no problems."""
    verdict = Verdict(
        rows=len(rows),
        states=dict(Counter(row.state for row in rows)),
        received=len(received),
        distinct=len({one.id for one in received}),
        bad=sum(one.status != 200 for one in received),
        late=sum(one.late for one in received),
    )
    for sentence, wrong in (*_rows(people, rows), *_messages(rows, received)):
        if wrong:
            verdict.problems.append(f"{len(wrong)} {sentence}: {sorted(wrong)[:5]}")
    explained, unexplained = repeats(received, list(faults))
    verdict.repeats = dict(explained)
    if unexplained:
        verdict.problems.append(f"{len(unexplained)} repeats that nothing explains: {unexplained}")
    return verdict


def _rows(people: Sequence[str], rows: Sequence[Row]) -> list[tuple[str, set[str]]]:
    counted = Counter(row.to for row in rows)
    return [
        ("people were never planned for", {name for name in people if not counted[name]}),
        ("people have two deliveries", {name for name in counted if counted[name] > 1}),
        ("deliveries are lost", {r.id for r in rows if r.state not in FINAL}),
        ("ended without being sent", {f"{r.id} {r.error}" for r in rows if r.state in FINAL[1:]}),
    ]


def _messages(rows: Sequence[Row], received: Sequence[Received]) -> list[tuple[str, set[str]]]:
    belongs = {row.id: row.to for row in rows}
    good = {one.id for one in received if one.status == 200}
    texts: dict[str, set[str]] = defaultdict(set)
    for one in received:
        texts[one.id].add(one.text)
    return [
        ("are called sent and were not received", {r.id for r in rows if r.state == "sent"} - good),
        ("were received and have no row", {one.id for one in received} - set(belongs)),
        ("went to somebody else", {o.id for o in received if belongs.get(o.id, o.to) != o.to}),
        ("were not signed by their person's secret", {o.id for o in received if not o.signed}),
        ("said nothing, or something else when repeated", {
            message for message, said in texts.items() if len(said) > 1 or "" in said
        }),
    ]  # fmt: skip


def repeats(
    received: Sequence[Received], faults: Sequence[Fault]
) -> tuple[Counter[str], list[str]]:
    """The messages that came again after a good answer: how many by reason, and those without.

    A reason is an answer that came after the sender's patience, or a fault that may have ended the
    sender before it could write the answer down.
    """
    explained: Counter[str] = Counter()
    unexplained = []
    before: dict[str, Received] = {}
    for one in received:
        first = before.get(one.id)
        if first is not None:
            reason = LATE if first.late else _ended_by(first, faults)
            if reason:
                explained[reason] += 1
            else:
                unexplained.append(f"{one.id} {one.at - first.answered:.1f} s later")
        if one.status == 200:
            before[one.id] = one
    return explained, unexplained


def _ended_by(message: Received, faults: Sequence[Fault]) -> str:
    """The fault that may have ended its sender."""
    found = (
        fault.kind
        for fault in faults
        if fault.kind in ENDING
        and message.at <= fault.over + TAKEN_WITHIN
        and fault.at <= message.answered + RECORDED_WITHIN
    )
    return next(found, "")
