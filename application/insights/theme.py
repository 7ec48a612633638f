"""Colours and measures of the charts: the tokens of the page, in CSS pixels."""

from dataclasses import dataclass
from typing import Final, Literal

from application.trackers.kinds import Kind

Size = Literal["wide", "narrow", "mail", "print"]
Theme = Literal["light", "dark", "print"]

POINT: Final = 4 / 3  # CSS pixels in a typographic point


@dataclass(frozen=True, slots=True)
class Palette:
    """What is drawn in ink whatever the kind."""

    ink: str
    ink_2: str
    control: str
    line: str


@dataclass(frozen=True, slots=True)
class Hue:
    """The colour of a kind and its tint."""

    colour: str
    tint: str


@dataclass(frozen=True, slots=True)
class Measures:
    """Width and height of a picture, its text and how much of a date axis it can carry."""

    width: float
    height: float
    text: float
    label: float
    dates: int
    legend_below: bool = False


PALETTES: Final[dict[Theme, Palette]] = {
    "light": Palette("#2A2230", "#62586A", "#8B7F8C", "#E3DCDA"),
    "dark": Palette("#F2ECEF", "#B8ADBF", "#82778C", "#362F3E"),
    "print": Palette("#000000", "#000000", "#000000", "#CCCCCC"),
}

_ON_PAPER: Final = {
    Kind.NUMERICAL: Hue("#1F6DBF", "#E8F1FB"),
    Kind.MULTIPLE_CHOICE: Hue("#8A5E00", "#F8EFD9"),
    Kind.BOOLEAN: Hue("#075540", "#DDF0E8"),
    Kind.TIME_DURATION: Hue("#C62B70", "#FDEBF2"),
}
HUES: Final[dict[Theme, dict[Kind, Hue]]] = {
    "light": _ON_PAPER,
    "dark": {
        Kind.NUMERICAL: Hue("#A3C4F7", "#222E45"),
        Kind.MULTIPLE_CHOICE: Hue("#D3A045", "#352A17"),
        Kind.BOOLEAN: Hue("#7CEFC5", "#16352D"),
        Kind.TIME_DURATION: Hue("#F0629A", "#3B1F2E"),
    },
    "print": _ON_PAPER,
}

# A wide picture is shown at three quarters of its size on the page: 12 pt read as 12 px there.
SIZES: Final[dict[Size, Measures]] = {
    "wide": Measures(760, 280, 12 * POINT, 13 * POINT, 12),
    "narrow": Measures(330, 270, 14, 14, 4, legend_below=True),
    "mail": Measures(560, 340, 20, 20, 3),
    "print": Measures(642.5, 234.3, 10.5 * POINT, 10.5 * POINT, 12),  # 170 x 62 mm
}

MARKERS: Final = {
    Kind.NUMERICAL: "o",
    Kind.MULTIPLE_CHOICE: "D",
    Kind.BOOLEAN: "s",
    Kind.TIME_DURATION: "h",
}
