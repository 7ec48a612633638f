"""The typefaces of a printed report: Figtree for text, one cut of Fraunces for headings."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from application.insights.fonts import cache_folder, convert
from config import ROOT

TEXT: Final = "Tend Sans"
HEADINGS: Final = "Tend Serif"

_STATIC: Final = ROOT / "static"
# The built page brings them all; before it is built they lie where npm puts them.
_MODULES: Final = _STATIC / "node_modules"
FOLDERS: Final = (
    _STATIC / "dist/fonts",
    _MODULES / "@fontsource/figtree/files",
    _MODULES / "@fontsource-variable/fraunces/files",
)
_SOFT: Final = {"wght": 600.0, "SOFT": 100.0}
UNKNOWN: Final = 0.62  # of its size: how wide a letter is that none of our typefaces has


@dataclass(frozen=True, slots=True)
class Face:
    """One file of a typeface; a family of its own for each subset, asked for in turn."""

    file: str
    family: str
    weight: int
    axes: Mapping[str, float] | None = None


FACES: Final = (
    Face("figtree-latin-400-normal.woff2", TEXT, 400),
    Face("figtree-latin-600-normal.woff2", TEXT, 600),
    Face("figtree-latin-ext-400-normal.woff2", f"{TEXT} Ext", 400),
    Face("figtree-latin-ext-600-normal.woff2", f"{TEXT} Ext", 600),
    Face("fraunces-latin-soft-normal.woff2", HEADINGS, 600, _SOFT),
    Face("fraunces-latin-ext-soft-normal.woff2", f"{HEADINGS} Ext", 600, _SOFT),
)


def _find(file: str) -> Path | None:
    return next((folder / file for folder in FOLDERS if (folder / file).is_file()), None)


def files() -> Iterator[tuple[Face, Path]]:
    """Our typefaces as TrueType files of this machine; those it lacks are left out."""
    for face in FACES:
        source = _find(face.file)
        if source is not None:
            path = convert(source, face.family, face.weight, cache_folder(), face.axes)
            yield face, path


def rules() -> str:
    """The same as @font-face rules that need no file beside them."""
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight};'
        f" src: url(data:font/ttf;base64,{b64encode(path.read_bytes()).decode('ascii')}) }}"
        for face, path in files()
    )


@lru_cache(maxsize=1)
def _advances() -> Mapping[int, float]:
    """How wide each letter of the regular text is, as a part of its size."""
    path = next((path for face, path in files() if face == FACES[0]), None)
    if path is None:
        return {}
    from fontTools.ttLib import TTFont

    with TTFont(path) as font:
        widths, size = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: widths[glyph][0] / size for code, glyph in font.getBestCmap().items()}


def width(text: str, size: float) -> float:
    """About how much room `text` takes on a line, in the unit of `size`; figures are tabular."""
    advances = _advances()
    figure = max(advances.get(ord(letter), UNKNOWN) for letter in "0123456789")
    return size * sum(
        figure if letter.isdecimal() else advances.get(ord(letter), UNKNOWN) for letter in text
    )
