"""Shapes of trackers: what comes in, held to its limits, and what goes out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from application.platform.texts import line, prose
from application.trackers import kinds
from application.trackers.kinds import Kind
from application.trackers.models import (
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    UNIT_LENGTH,
    Role,
    Tracker,
    TrackerChoice,
)
from application.trackers.queries import Shown
from application.trackers.schemas_choices import ChoiceOut, In, Label, check_choices

SAY_OF_NUMBER = "This belongs to a number."
SAY_OF_CHOICE = "Choices belong to a multiple choice."

KindName = Literal["numerical", "multiple_choice", "boolean", "time_duration"]
Given = bool | int | float | str
Answer = Given | None


def _none_is_empty(raw: Any) -> Any:
    return "" if raw is None else raw


def _read_step(raw: Any) -> float:
    step = kinds.read(Kind.NUMERICAL, raw).value or 0.0
    if step <= 0 or isinstance(raw, str):
        raise ValueError("Write a number above 0, for example 0.5.")
    return step


def _unlike(labels: list[str]) -> list[str]:
    check_choices(labels)
    return labels


Name = Annotated[str, AfterValidator(lambda text: line(text, NAME_LENGTH))]
Description = Annotated[
    str,
    BeforeValidator(_none_is_empty),
    AfterValidator(lambda text: prose(text, DESCRIPTION_LENGTH)),
]
Unit = Annotated[
    str,
    BeforeValidator(_none_is_empty),
    AfterValidator(lambda text: line(text, UNIT_LENGTH, empty=True)),
]
Step = Annotated[
    float,
    BeforeValidator(_read_step),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]


class NewTracker(In):
    """A tracker to be made."""

    kind: KindName
    name: Name
    description: Description = ""
    unit: Unit = ""
    step: Step | None = None
    choices: Annotated[list[Label], AfterValidator(_unlike)] = Field(default_factory=list)
    remind: bool = True

    @field_validator("unit", "step")
    @classmethod
    def _of_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        if value and info.data.get("kind", "numerical") != "numerical":
            raise ValueError(SAY_OF_NUMBER)
        return value

    @field_validator("choices")
    @classmethod
    def _of_a_choice(cls, value: list[str], info: ValidationInfo) -> list[str]:
        if value and info.data.get("kind", "multiple_choice") != "multiple_choice":
            raise ValueError(SAY_OF_CHOICE)
        return value


class TrackerPut(In):
    """What replaces a tracker's describing fields."""

    name: Name
    description: Description = ""
    unit: Unit = ""
    step: Step | None = None


class TrackerPatch(In):
    """What changes of a tracker; `position` and `remind` are the asker's own."""

    name: Name = ""
    description: Description = ""
    unit: Unit = ""
    step: Step | None = None
    kind: KindName = "numerical"
    archived: bool = False
    position: Annotated[int, AfterValidator(lambda place: min(max(place, 0), 100_000))] = 0
    remind: bool = True


class TrackerOut(BaseModel):
    """A tracker as the asker sees it; `owner` is a username, times are instants in UTC."""

    id: int
    name: str
    description: str
    kind: Kind
    unit: str
    step: int | float | None
    choices: list[ChoiceOut]
    role: Role
    owner: str
    shared: bool
    position: int
    remind: bool
    archived: bool
    archived_at: datetime | None
    deleted_at: datetime | None
    last_logged_at: datetime | None
    last_value: Answer
    last_local_day: date | None
    last_timed: bool
    log_count: int | None = None
    timer_started_at: datetime | None
    version: int

    @classmethod
    def of(
        cls,
        shown: Shown,
        choices: Sequence[TrackerChoice],
        uses: Mapping[int, int] | None = None,
        **more: Any,
    ) -> Self:
        """The tracker as it is shown; `more` are fields that other domains know."""
        tracker, link = shown.tracker, shown.link
        return cls(
            id=tracker.id,
            name=tracker.name,
            description=tracker.description,
            kind=Kind(tracker.kind),
            unit=tracker.unit,
            step=kinds.answer(Kind.NUMERICAL, tracker.step, None),
            choices=[ChoiceOut.of(choice, uses) for choice in choices],
            role=Role(link.role),
            owner=shown.owner,
            shared=shown.shared,
            position=link.position,
            remind=link.remind,
            archived=tracker.archived_at is not None,
            archived_at=tracker.archived_at,
            deleted_at=tracker.deleted_at,
            last_logged_at=tracker.last_logged_at,
            last_value=last_answer(tracker, choices),
            last_local_day=tracker.last_local_day,
            last_timed=tracker.last_timed,
            timer_started_at=link.timer_started_at,
            version=tracker.version,
            **more,
        )


def last_answer(tracker: Tracker, choices: Sequence[TrackerChoice]) -> Answer:
    """The value of the tracker's newest log, as JSON says it."""
    label = next((c.label for c in choices if c.id == tracker.last_choice_id), None)
    return kinds.answer(Kind(tracker.kind), tracker.last_value, label)


class TypeOut(BaseModel):
    """A kind of tracker and what it accepts."""

    kind: Kind
    name: str
    description: str
    accepts: list[str]
    examples: list[Answer]
    unit: bool
    choices: bool


class TypeList(BaseModel):
    """All kinds."""

    items: list[TypeOut]
    next: None = None


class DeletedTracker(BaseModel):
    """What went into the trash."""

    id: int
    name: str
    log_count: int
    version: int


class TimerOut(BaseModel):
    """A running timer."""

    tracker_id: int
    name: str
    started_at: datetime


class TimerList(BaseModel):
    """The asker's running timers."""

    items: list[TimerOut]
    next: None = None
