"""A believable year of somebody's days, made from a seed: pure, and the same every time."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from application.trackers.kinds import Kind

DAYS = 365
SEED = 7
AWAY = (148, 161)  # two weeks of holiday: other habits, fewer entries


@dataclass(frozen=True, slots=True)
class Entry:
    """One made-up log: local wall-clock time, a value as the API takes it, a note."""

    at: datetime
    value: float | bool | str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A tracker and how its days went: `live(day, n, rng)` gives that day's entries."""

    name: str
    kind: Kind
    live: Callable[[date, int, random.Random], Iterator[Entry]]
    description: str = ""
    unit: str = ""
    choices: list[str] = field(default_factory=list)


def away(n: int) -> bool:
    """Whether day `n` of the year lies in the holiday."""
    return AWAY[0] <= n <= AWAY[1]


def at(day: date, hour: int, rng: random.Random, spread: int = 40) -> datetime:
    """Around `hour` on that day, as people are."""
    minutes = hour * 60 + rng.randint(-spread, spread)
    return datetime.combine(day, time()) + timedelta(minutes=max(5, min(minutes, 1435)))


def water(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """More in summer, less at weekends, two or three times a day."""
    if rng.random() < (0.45 if away(n) else 0.08):
        return
    warm = 0.5 * math.cos((day.timetuple().tm_yday - 200) / 365 * math.tau)
    litres = 1.55 + warm + (0.15 if day.weekday() < 5 else -0.2) + rng.gauss(0, 0.25)
    whole = max(0.5, round(litres * 10) / 10)
    morning = round(whole * rng.uniform(0.3, 0.5), 1)
    note = "Hot day, long walk" if warm > 0.4 and rng.random() < 0.04 else ""
    yield Entry(at(day, 12, rng), morning)
    yield Entry(at(day, 20, rng), round(whole - morning, 1), note)


def mood(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """Better on holiday and at weekends, lower in the dark months."""
    if rng.random() < 0.06:
        return
    light = math.cos((day.timetuple().tm_yday - 172) / 365 * math.tau)
    score = 0.35 * light + (0.8 if away(n) else 0) + 0.3 * (day.weekday() >= 5) + rng.gauss(0, 0.7)
    steps = ((0.9, "Calm"), (0.0, "Good"), (-0.8, "Flat"))
    answer = next((label for above, label in steps if score > above), "Low")
    notes = {
        "Calm": ["Long walk by the river, slept in a bit.", "Nothing had to be done today."],
        "Good": ["Dinner with Jonas.", "Finished the thing that was waiting since March."],
        "Flat": ["Grey all day.", "Too many meetings."],
        "Low": ["Slept badly.", "Headache since noon."],
    }
    yield Entry(at(day, 21, rng), answer, rng.choice(notes[answer]) if rng.random() < 0.07 else "")


def medication(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """Nearly every morning; a few honest noes."""
    if rng.random() < 0.04:
        return
    yield Entry(at(day, 8, rng, 25), rng.random() > (0.2 if away(n) else 0.05))


def stretching(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """A habit that slowly takes hold over the year."""
    if rng.random() < 0.2:
        return
    yield Entry(at(day, 7, rng), rng.random() < 0.25 + 0.55 * n / DAYS)


def walk(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """Long ones on Sundays, short ones in between, hardly any in the rain."""
    chance = 0.95 if away(n) else 0.55 + 0.3 * (day.weekday() >= 5)
    if rng.random() > chance:
        return
    minutes = 25 + 40 * (day.weekday() == 6) + 50 * away(n) * rng.random() + rng.gauss(0, 10)
    note = rng.choice(["Along the canal, first frost", "Up to the chapel", "With Lena"])
    yield Entry(
        at(day, 17, rng), 60.0 * max(8, round(minutes)), note if rng.random() < 0.05 else ""
    )


def sleep(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """Seven hours and a bit, longer at weekends."""
    if rng.random() < 0.07:
        return
    minutes = 425 + 45 * (day.weekday() >= 5) + 30 * away(n) + rng.gauss(0, 35)
    yield Entry(at(day, 7, rng, 20), 60.0 * max(200, round(minutes / 5) * 5))


def weight(day: date, n: int, rng: random.Random) -> Iterator[Entry]:
    """Twice a week, two kilos less after a year, a little back at the holidays."""
    if day.weekday() not in (1, 5) or rng.random() < 0.12:
        return
    kilos = 72.4 - 2.1 * n / DAYS + (0.8 if AWAY[0] <= n <= AWAY[1] + 10 else 0)
    yield Entry(at(day, 7, rng, 20), round(kilos + rng.gauss(0, 0.25), 1))


STORIES: tuple[Story, ...] = (
    Story("Morning medication", Kind.BOOLEAN, medication, "With breakfast."),
    Story("Water", Kind.NUMERICAL, water, "Everything I drink, in litres.", unit="l"),
    Story(
        "Mood",
        Kind.MULTIPLE_CHOICE,
        mood,
        "How the day felt, looking back.",
        choices=["Calm", "Good", "Flat", "Low"],
    ),
    Story("Walk", Kind.TIME_DURATION, walk, "Outside, any pace."),
    Story("Sleep", Kind.TIME_DURATION, sleep, "The night before, as well as I know."),
    Story("Stretching", Kind.BOOLEAN, stretching),
    Story("Weight", Kind.NUMERICAL, weight, "Tuesdays and Saturdays.", unit="kg"),
)


def live(story: Story, today: date, seed: int = SEED) -> Iterator[Entry]:
    """The entries of `story` over the year before `today`, oldest first; today is left open."""
    rng = random.Random(f"{seed}-{story.name}")  # noqa: S311  # nosec B311  # a story, no secret
    for n in range(DAYS):
        day = today - timedelta(days=DAYS - n)
        yield from story.live(day, n, rng)
