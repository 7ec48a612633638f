"""Shapes of choices, and the base of every shape that comes in about trackers."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from application.platform.texts import key, line
from application.trackers.models import CHOICE_LENGTH, MOST_CHOICES, TrackerChoice

SAY_NO_CHOICE = "Write at least one choice."


Label = Annotated[str, AfterValidator(lambda text: line(text, CHOICE_LENGTH))]


def check_choices(labels: Sequence[str]) -> None:
    """ValueError when there are too many, or two alike (named)."""
    if len(labels) > MOST_CHOICES:
        raise ValueError(f"At most {MOST_CHOICES:,} choices, please; these are {len(labels):,}.")
    seen = set()
    for label in labels:
        if (known := key(label, CHOICE_LENGTH * 3)) in seen:
            raise ValueError(f"You already have a choice called {label}.")
        seen.add(known)


class In(BaseModel):
    """Base of what comes in: unknown fields are refused, and true is not 1."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ChoiceOut(BaseModel):
    """One choice; `uses` (its entries) only where one tracker is asked for."""

    id: int
    label: str
    archived: bool
    uses: int | None = None

    @classmethod
    def of(cls, choice: TrackerChoice, uses: Mapping[int, int] | None = None) -> "ChoiceOut":
        """The choice as it is shown."""
        return cls(
            id=choice.id,
            label=choice.label,
            archived=choice.archived_at is not None,
            uses=None if uses is None else uses.get(choice.id, 0),
        )


class NewChoice(In):
    """A choice to be added."""

    label: Label


class ChoicePut(In):
    """One choice of a whole list; without `id` it is a new one."""

    id: int | None = None
    label: Label


class ChoicesPut(In):
    """All choices in their order; those left out are archived when used, else deleted."""

    choices: list[ChoicePut]

    @field_validator("choices")
    @classmethod
    def _sound(cls, value: list[ChoicePut]) -> list[ChoicePut]:
        check_choices([choice.label for choice in value])
        ids = [choice.id for choice in value if choice.id is not None]
        if len(ids) != len(set(ids)):
            raise ValueError("One choice stands here twice.")
        if not value:
            raise ValueError(SAY_NO_CHOICE)
        return value


class ChoicePatch(In):
    """What changes of a choice."""

    label: Label = ""
    position: Annotated[int, AfterValidator(lambda place: min(max(place, 0), MOST_CHOICES))] = 0
    archived: bool = False


class ChoiceList(BaseModel):
    """The choices of a tracker in their order."""

    items: list[ChoiceOut]
    next: None = None
