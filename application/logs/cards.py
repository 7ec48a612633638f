"""The list of trackers as JSON, put together from plain columns.

The shape is `TrackerPage`, which api.yaml shows, and a test holds the two together. To make the
models only to write them out again took four fifths of a list that nobody had asked for yet.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from application.logs import queries_cards
from application.logs.queries_cards import Card, Choice
from application.trackers import kinds
from application.trackers.kinds import Kind
from application.trackers.queries import State

KINDS = {kind.value: kind for kind in Kind}
SUMMED = frozenset({Kind.NUMERICAL, Kind.TIME_DURATION})
Day = dict[str, Any]


def list_trackers(
    owner_id: int,
    state: State,
    after: tuple[int, int] | None,
    limit: int,
    week: Sequence[date],
) -> bytes:
    """A page of trackers in that state with the days of `week`: a `TrackerPage`.

    Four statements at most: one for choices and one for answers only where there are such.
    """
    found = queries_cards.list_cards(owner_id, state, after, limit + 1)
    page = found[:limit]
    kinds_of = {card.id: KINDS[card.kind] for card in page}
    chosen = [one for one, kind in kinds_of.items() if kind is Kind.MULTIPLE_CHOICE]
    choices = queries_cards.choices_of(chosen)
    days = _days(kinds_of, week)
    empty = {day.isoformat(): {"day": day, "count": 0, "value": None} for day in week}
    items = [
        _card(
            card,
            kinds_of[card.id],
            choices.get(card.id, ()),
            list({**empty, **days[card.id]}.values()),
        )
        for card in page
    ]
    last = page[-1] if len(found) > limit else None
    return orjson.dumps(
        {"items": items, "next": last and f"{last.position}.{last.link_id}"},
        option=orjson.OPT_UTC_Z,
    )


def _days(kinds_of: Mapping[int, Kind], week: Sequence[date]) -> dict[int, dict[str, Day]]:
    days: dict[int, dict[str, Day]] = defaultdict(dict)
    summed = [one for one, kind in kinds_of.items() if kind in SUMMED]
    for one, day, count, total in queries_cards.list_sums(summed, week[0], week[-1]):
        value = None if total is None else as_json(total)
        days[one][day] = {"day": day, "count": count, "value": value}
    others = [one for one, kind in kinds_of.items() if kind not in SUMMED]
    for one, day, count, value, label in queries_cards.list_last(others, week[0], week[-1]):
        said = kinds.answer(kinds_of[one], value, label)
        days[one][day] = {"day": day, "count": count, "value": said}
    return days


def as_json(total: float) -> float:
    """A sum as a person expects it: 0.1 + 0.2 is 0.3, and what is whole has no point."""
    if total.is_integer() and -1e15 < total < 1e15:
        return int(total)
    said = float(f"{total:.15g}")
    # Beyond that orjson takes no integer, and a day of very many large values may go there.
    return int(said) if said.is_integer() and abs(said) < 2**63 else said


def _card(
    card: Card, kind: Kind, choices: Sequence[Choice], last_days: Sequence[Day]
) -> dict[str, Any]:
    labels = [one.label for one in choices if one.id == card.last_choice_id]
    label = labels[0] if labels else None
    return {
        "id": card.id,
        "name": card.name,
        "description": card.description,
        "kind": card.kind,
        "unit": card.unit,
        "step": kinds.answer(Kind.NUMERICAL, card.step, None),
        "choices": [
            {"id": one.id, "label": one.label, "archived": one.archived, "uses": None}
            for one in choices
        ],
        "role": card.role,
        "owner": card.owner,
        "shared": card.shared,
        "position": card.position,
        "remind": card.remind,
        "archived": card.archived_at is not None,
        "archived_at": card.archived_at,
        "deleted_at": card.deleted_at,
        "last_logged_at": card.last_logged_at,
        "last_value": kinds.answer(kind, card.last_value, label),
        "last_local_day": card.last_local_day,
        "last_timed": card.last_timed,
        "log_count": None,
        "timer_started_at": card.timer_started_at,
        "version": card.version,
        "last_days": last_days,
    }
