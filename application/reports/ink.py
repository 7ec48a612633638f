"""Our own charts as PDF drawing operators: what WeasyPrint takes most of a report's time for.

It reads any SVG, which is slow. Ours are paths, groups and copies of paths, written by ourselves;
whatever else a picture holds, `read` gives None, and WeasyPrint reads it in its own way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from xml.etree import ElementTree  # nosec B405  # reads what we drew ourselves

_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LOOKS: Final = {
    "fill": "#000000",
    "stroke": "none",
    "stroke-width": "1",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-dasharray": "none",
}
_PLAIN: Final = {"id", "version", "width", "height", "viewBox", "d", "x", "y", "transform", _HREF}
_KNOWN: Final = {*_LOOKS, *_PLAIN, "opacity"}
FULL: Final = 1.0  # opacity
_CAPS: Final = {"butt": 0, "round": 1, "square": 2}
_JOINS: Final = {"miter": 0, "round": 1, "bevel": 2}

_STEP: Final = re.compile(r"(translate|scale)\(([^()]*)\)")
_COLOUR: Final = re.compile("#[0-9a-fA-F]{6}")
_TOKEN: Final = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ROOM: Final[Mapping[str, int]] = {"M": 2, "L": 2, "Q": 4, "C": 6, "h": 1, "v": 1, "z": 0}


class Strange(Exception):
    """The picture holds something that is not drawn here."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A picture that WeasyPrint places like any other; `steps` are operators and opacities."""

    width: float
    height: float
    steps: tuple[bytes | float, ...]

    def get_intrinsic_size(self, _resolution: Any, _font_size: Any) -> tuple[float, float, float]:
        """Width, height and their ratio, as WeasyPrint asks for them."""
        return self.width, self.height, self.width / self.height

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        """Put the operators into a page, at that size."""
        with stream.stacked():
            stream.transform(a=width / self.width, d=height / self.height)
            for step in self.steps:
                if isinstance(step, bytes):
                    stream.stream.append(step)
                else:
                    stream.set_alpha(step, stroke=True, fill=True)


def read(svg: bytes) -> Ink | None:
    """The picture as operators; None where it holds more than paths, groups and their copies."""
    root = ElementTree.fromstring(svg)  # noqa: S314  # nosec B314  # drawn by ourselves
    try:
        width, height = float(root.get("width", "")), float(root.get("height", ""))
        drawing = _Drawing({one.get("id", ""): one for one in root.iter(f"{_SVG}path")})
        drawing.walk(root, dict(_LOOKS), FULL)
    except (Strange, ValueError, KeyError, IndexError):
        return None
    return Ink(width, height, tuple(drawing.steps))


@dataclass(slots=True)
class _Drawing:
    """The walk through one picture, `shapes` its paths by id."""

    shapes: Mapping[str, ElementTree.Element]
    steps: list[bytes | float] = field(default_factory=list)

    def walk(self, element: ElementTree.Element, looks: dict[str, str], opacity: float) -> None:
        """Draw `element` and what is in it, with the looks it inherits."""
        if not _KNOWN.issuperset(element.keys()):
            raise Strange
        tag = element.tag
        if tag == f"{_SVG}defs":
            return  # drawn where they are used
        looks = looks | {name: value for name, value in element.items() if name in _LOOKS}
        opacity *= float(element.get("opacity", "1"))
        moves = _moves(element)
        if moves:
            self.steps.append(b"q " + moves)
        if tag in (f"{_SVG}svg", f"{_SVG}g"):
            for below in element:
                self.walk(below, looks, opacity)
        elif tag == f"{_SVG}use":
            self.walk(self.shapes[element.get(_HREF, "")[1:]], looks, opacity)
        elif tag == f"{_SVG}path":
            self.path(element, looks, opacity)
        else:
            raise Strange
        if moves:
            self.steps.append(b"Q")

    def path(self, element: ElementTree.Element, looks: Mapping[str, str], opacity: float) -> None:
        """One path with its own colours."""
        filled, stroked = looks["fill"] != "none", looks["stroke"] != "none"
        if opacity != FULL:
            self.steps.append(opacity)
        words = []
        if filled:
            words.append(_colour(looks["fill"]) + "rg")
        if stroked:
            if looks["stroke-dasharray"] != "none":
                raise Strange
            cap, join = _CAPS[looks["stroke-linecap"]], _JOINS[looks["stroke-linejoin"]]
            width = float(looks["stroke-width"])
            words.append(f"{_colour(looks['stroke'])}RG {width:g} w {cap} J {join} j")
        outline = element.get("d", "")
        # Letters come again in every picture; a line of values never does.
        words.append(_letter(outline) if element.get("id") else operators(outline))
        words.append({(1, 1): "B", (1, 0): "f", (0, 1): "S"}.get((filled, stroked), "n"))
        self.steps.append(" ".join(words).encode("ascii"))
        if opacity != FULL:
            self.steps.append(FULL)


def _moves(element: ElementTree.Element) -> bytes:
    """The transformations of an element as matrices, the outermost first."""
    said, matrices = element.get("transform", ""), []
    if _STEP.sub("", said).strip():
        raise Strange
    for name, numbers in _STEP.findall(said):
        x, y = [*map(float, numbers.replace(",", " ").split()), *((0.0,) * 2)][:2]
        if name == "translate":
            matrices.append(f"1 0 0 1 {x:.6g} {y:.6g} cm")
        else:
            y = y if len(numbers.split()) > 1 else x
            matrices.append(f"{x:.6g} 0 0 {y:.6g} 0 0 cm")
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    if x or y:
        matrices.append(f"1 0 0 1 {x:.6g} {y:.6g} cm")
    return " ".join(matrices).encode("ascii")


@lru_cache(maxsize=64)
def _colour(name: str) -> str:
    if not _COLOUR.fullmatch(name):
        raise Strange
    return "".join(f"{int(name[place : place + 2], 16) / 255:.4g} " for place in (1, 3, 5))


@lru_cache(maxsize=512)
def _letter(outline: str) -> str:
    return operators(outline)


def operators(outline: str) -> str:
    """A path's `d` as PDF operators; a quadratic curve becomes the cubic one it is."""
    said: list[str] = []
    x = y = 0.0
    for command, numbers in _commands(outline):
        if command == "z":
            said.append("h")
        elif command == "h" or command == "v":
            x, y = (x + numbers[0], y) if command == "h" else (x, y + numbers[0])
            said.append(f"{x:.7g} {y:.7g} l")
        elif command == "Q":
            a, b, end_x, end_y = numbers
            curve = (
                x + (a - x) * 2 / 3, y + (b - y) * 2 / 3,
                end_x + (a - end_x) * 2 / 3, end_y + (b - end_y) * 2 / 3,
                end_x, end_y,
            )  # fmt: skip
            said.append(" ".join(f"{number:.6g}" for number in curve) + " c")
            x, y = end_x, end_y
        else:
            said.append(" ".join(f"{number:.7g}" for number in numbers) + f" {command.lower()}")
            x, y = numbers[-2:]
    return " ".join(said)


def _commands(outline: str) -> Iterator[tuple[str, list[float]]]:
    """Each command of a path with its numbers."""
    tokens = _TOKEN.findall(outline)
    place = 0
    while place < len(tokens):
        command = tokens[place] if tokens[place] != "Z" else "z"
        room = _ROOM[command]
        yield command, [float(number) for number in tokens[place + 1 : place + 1 + room]]
        place += 1 + room
