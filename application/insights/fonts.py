"""The typeface of the charts: Figtree as the page has it, made readable for matplotlib once."""

import logging
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.textpath import text_to_path

# That DejaVu Sans is bold where Figtree is half bold is no news to anyone.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

FAMILY: Final = "Tend Sans"
FALLBACK: Final = "DejaVu Sans"  # matplotlib brings it along
UNKNOWN: Final = "\u25a1"  # a hollow square, in DejaVu Sans

_STATIC: Final = Path(__file__).resolve().parents[2] / "static"
FOLDERS: Final = (_STATIC / "dist" / "fonts", _STATIC / "node_modules/@fontsource/figtree/files")

# (file, family, weight): matplotlib looks for a letter family by family, so each subset is one.
FILES: Final = (
    ("figtree-latin-400-normal.woff2", FAMILY, 400),
    ("figtree-latin-600-normal.woff2", FAMILY, 600),
    ("figtree-latin-ext-400-normal.woff2", f"{FAMILY} Ext", 400),
    ("figtree-latin-ext-600-normal.woff2", f"{FAMILY} Ext", 600),
)
# Scripts that DejaVu Sans lacks, where the machine has a face for them.
OTHER_SCRIPTS: Final = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR", "WenQuanYi Zen Hei", "IPAGothic",
    "Noto Sans Thai", "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "FreeSans",
)  # fmt: skip


def cache_folder() -> Path:
    """Where converted typefaces are kept from one process to the next."""
    return Path(mpl.get_cachedir()) / "tend-fonts"


def convert(
    source: Path, family: str, weight: int, folder: Path, axes: Mapping[str, float] | None = None
) -> Path:
    """Write `source` (WOFF2) into `folder` as TrueType under our own family name: the new path.

    The files call themselves "Figtree Light" whatever their weight; matplotlib would mix them up.
    Of a variable font `axes` says where on its axes the one cut lies that is kept.
    """
    content = source.read_bytes()
    name = f"{family.replace(' ', '')}-{weight}-{sha256(content).hexdigest()[:12]}.ttf"
    target = folder / name
    if target.exists():
        return target
    from fontTools.ttLib import TTFont  # late: only the first process of an installation needs it

    with TTFont(source) as font:
        font.flavor = None
        if axes:
            from fontTools.varLib.instancer import instantiateVariableFont

            instantiateVariableFont(font, dict(axes), inplace=True)
            font.tables.pop("STAT", None)  # it would name styles that are gone
        names = font["name"]
        names.names = [one for one in names.names if one.nameID in (0, 5, 13, 14)]
        style = "Regular" if weight == 400 else "SemiBold"
        for number, text in ((1, family), (2, style), (4, f"{family} {style}"), (6, target.stem)):
            names.setName(text, number, 3, 1, 0x409)
        font["OS/2"].usWeightClass = weight
        folder.mkdir(parents=True, exist_ok=True)
        # Renamed into place: two processes may make the same file at the same moment.
        with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            font.save(part)
    os.replace(part.name, target)
    return target


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Families in the order they are asked for a letter; those the machine lacks are left out."""
    ours = _register(FOLDERS, cache_folder())
    present = {entry.name for entry in fontManager.ttflist}
    return (*ours, FALLBACK, *(name for name in OTHER_SCRIPTS if name in present))


def _register(sources: Iterable[Path], folder: Path) -> list[str]:
    """Hand Figtree's files to matplotlib; nothing when the page has not been built yet."""
    complete = (place for place in sources if all((place / file).is_file() for file, *_ in FILES))
    place = next(complete, None)
    if place is None:
        return []
    for file, family, weight in FILES:
        fontManager.addfont(convert(place / file, family, weight, folder))
    return list(dict.fromkeys(family for _, family, _ in FILES))


@lru_cache(maxsize=64)
def _face(families: tuple[str, ...], size: float, weight: int) -> Any:
    return FontProperties(family=list(families), size=size, weight=weight)


def face(words: str, size: float, weight: int = 400) -> Any:
    """The font properties for `words` in `size` pixels.

    matplotlib looks every family up again for every text, so the fallbacks are named only when
    a letter needs them.
    """
    first = families()[:1]
    enough = all(ord(letter) in _letters(first) for letter in words)
    return _face(first if enough else families(), size, weight)


@lru_cache(maxsize=2)
def _letters(families: tuple[str, ...]) -> frozenset[int]:
    """Every character that one of the families can draw."""
    paths = {fontManager.findfont(FontProperties(family=[name])) for name in families}
    return frozenset().union(*(get_font(path).get_charmap() for path in paths))


def printable(text: str) -> str:
    """`text` as one line that can be drawn: what no family has becomes a hollow square.

    Joiners and other invisible characters go, since XML refuses some and a font has none of them.
    """
    letters, drawn = _letters(families()), []
    for sign in " ".join(text.split()):
        if ord(sign) in letters:
            drawn.append(sign)
        elif not unicodedata.category(sign).startswith(("C", "M")):
            drawn.append(UNKNOWN)
    return "".join(drawn)


@lru_cache(maxsize=2048)
def width(text: str, size: float, weight: int = 400) -> float:
    """Pixels that `text`, already printable, takes on a line."""
    measured: Sequence[float] = text_to_path.get_text_width_height_descent(
        text, face(text, size, weight), ismath=False
    )
    return measured[0]


def shorten(text: str, room: float, size: float, weight: int = 400) -> str:
    """`text` made printable and cut with an ellipsis so that it fits into `room` pixels."""
    # Longer than any label that fits: a text of thousands of letters is not measured whole.
    text = printable(text[:400])
    if width(text, size, weight) <= room:
        return text
    short, long = 0, len(text)
    while short < long:
        middle = (short + long + 1) // 2
        if width(text[:middle].rstrip() + "…", size, weight) <= room:
            short = middle
        else:
            long = middle - 1
    return text[:short].rstrip() + "…"
