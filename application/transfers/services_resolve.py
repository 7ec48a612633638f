"""Which of ours a file's tracker and choice are: found once each, remembered for the rest."""

from typing import Final

from application.platform.database import transaction
from application.trackers.kinds import Kind
from application.trackers.models import MOST_CHOICES, Tracker
from application.trackers.queries import list_choices
from application.trackers.services import name_key
from application.trackers.services_imports import label_key
from application.transfers import queries
from application.transfers.reading import Entry
from application.transfers.services_stage import Stage

MOST_TRACKERS: Final = 500

KIND_WORDS: Final = {
    Kind.NUMERICAL: "numbers",
    Kind.MULTIPLE_CHOICE: "choices",
    Kind.BOOLEAN: "yes or no",
    Kind.TIME_DURATION: "durations",
}


class _Place:
    """A tracker of the file with its choices so far, by folded label."""

    def __init__(self, id_: int, name: str, kind: Kind, unit: str) -> None:
        self.id = id_
        self.name = name
        self.kind = kind
        self.unit = unit
        self.choices: dict[str, int] = {}


class Resolver:
    """Gives each entry its staged tracker and choice, or the reason why it has none."""

    def __init__(self, stage: Stage, owner_id: int, chosen: Tracker | None) -> None:
        self._stage = stage
        self._owner_id = owner_id
        self._chosen = chosen
        self._seen: dict[tuple[str, Kind, str], _Place | str] = {}
        self._places: dict[str, _Place] = {}
        self._exact: dict[tuple[int, str], int | str] = {}

    def place(self, entry: Entry) -> tuple[int, int | None] | str:
        """The staged tracker and choice; a text is the reason why the line is left out."""
        key = entry[1:4]
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) > 20 * MOST_TRACKERS:
                self._seen.clear()
            found = self._seen[key] = self._find(*key)
        if isinstance(found, str):
            return found
        label = entry[9]
        if label is None:
            return found.id, None
        choice = self._exact.get((found.id, label))
        if choice is None:
            if len(self._exact) > 20 * MOST_CHOICES:
                self._exact.clear()
            choice = self._exact[found.id, label] = self._choose(found, label)
        return choice if isinstance(choice, str) else (found.id, choice)

    def _find(self, name: str, kind: Kind, unit: str) -> _Place | str:
        folded = "" if self._chosen else name_key(name)
        place = self._places.get(folded)
        if place is None:
            if len(self._places) >= MOST_TRACKERS:
                return f"A file brings at most {MOST_TRACKERS} trackers."
            place = self._places[folded] = self._add(name, kind, unit, folded)
        if place.kind is not kind:
            ours, theirs = KIND_WORDS[place.kind], KIND_WORDS[kind]
            return f"{place.name} is for {ours}, and this line says {theirs}."
        if unit and place.unit and unit != place.unit:
            return f"{place.name} is measured in {place.unit}, and this line says {unit}."
        return place

    def _add(self, name: str, kind: Kind, unit: str, folded: str) -> _Place:
        with transaction():
            tracker = self._chosen or queries.find_target(self._owner_id, folded)
            if tracker is None:
                return _Place(self._stage.add_tracker(name, kind, unit, None), name, kind, unit)
            ours = Kind(tracker.kind)
            staged = self._stage.add_tracker(tracker.name, ours, tracker.unit, tracker.id)
            place = _Place(staged, tracker.name, ours, tracker.unit)
            for choice in list_choices(tracker.id):
                known = self._stage.add_choice(staged, choice.label, choice.id)
                place.choices[choice.label_key] = known
            return place

    def _choose(self, place: _Place, label: str) -> int | str:
        folded = label_key(label)
        if folded not in place.choices:
            if len(place.choices) >= MOST_CHOICES:
                return f"A tracker has at most {MOST_CHOICES:,} choices."
            place.choices[folded] = self._stage.add_choice(place.id, label, None)
        return place.choices[folded]
