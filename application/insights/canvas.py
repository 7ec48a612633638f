"""A sheet in CSS pixels that draws on a matplotlib Figure without its axes, and ends as bytes.

Axes, their ticks and their automatic layout are most of what a chart costs; here every line and
text is placed by its caller. pyplot is never imported: it mixes up the pictures of threads.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from threading import Lock
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from application.insights.fonts import face

# Set once for the process, not by rc_context, which other threads would see come and go.
mpl.rcParams["svg.fonttype"] = "path"
mpl.rcParams["svg.hashsalt"] = "tend"

_NO_METADATA: Final = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_DRAWING: Final = Lock()  # FreeType's library is shared by all threads

_SHEET_STYLE: Final = re.compile(rb" *<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>\n?")
_WORD: Final = rb"(?:fill|stroke|opacity)[a-z-]*: *[a-z0-9#.,% -]+"
_STYLE: Final = re.compile(rb'style="(' + _WORD + rb"(?:; *" + _WORD + rb')*)"')

Point = tuple[float, float]


class Sheet:
    """One picture of `width` x `height` pixels; the origin is its lower left corner."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self._figure.patch.set_visible(False)
        self._placed = 0

    def _add(self, artist: Any) -> None:
        self._placed += 1
        artist.set(transform=None, zorder=self._placed, clip_on=False)
        self._figure.add_artist(artist)

    def line(self, points: Sequence[Point], colour: str, weight: float, **style: Any) -> None:
        """A line through `points` with round ends; a point of NaN breaks it."""
        style = {"solid_capstyle": "round", "solid_joinstyle": "round"} | style
        xs, ys = _columns(points)
        self._add(Line2D(xs, ys, color=colour, linewidth=weight, **style))

    def dots(self, points: Sequence[Point], shape: str, size: float, edge: str, fill: str) -> None:
        """The same mark at every point: `size` across, its edge a quarter of that at most."""
        xs, ys = _columns(points)
        self._add(
            Line2D(
                xs,
                ys,
                linestyle="none",
                marker=shape,
                markersize=size,
                markeredgewidth=min(1.3 * 4 / 3, size / 3.2),
                markeredgecolor=edge,
                markerfacecolor=fill,
            )
        )

    def specks(self, points: Sequence[Point], size: float, edge: str, fill: str) -> None:
        """Small open circles by the hundred, where one overlaps the next: strokes of no length.

        A tenth of the time and of the bytes of as many marks.
        """
        if not points:
            return
        path = Path([end for x, y in points for end in ((round(x, 2), round(y, 2)),) * 2])
        path.codes = [Path.MOVETO, Path.LINETO] * len(points)
        path.should_simplify = False
        rim = size / 3.2
        for colour, weight in ((edge, size + rim), (fill, size - rim)):
            self._add(
                PathPatch(path, fill=False, edgecolor=colour, linewidth=weight, capstyle="round")
            )

    def shapes(self, outlines: Sequence[Sequence[Point]], fill: str, alpha: float = 1.0) -> None:
        """Closed outlines filled with one colour."""
        paths = [Path([*outline, outline[0]], closed=True) for outline in outlines]
        if paths:
            path = Path.make_compound_path(*paths)
            self._add(PathPatch(path, facecolor=fill, edgecolor="none", alpha=alpha))

    def text(
        self,
        at: Point,
        words: str,
        colour: str,
        size: float,
        weight: int = 400,
        align: Literal["left", "center", "right"] = "left",
    ) -> None:
        """`words` with their baseline at `at`; a dollar sign is one, never mathematics."""
        text = Text(*at, words, color=colour, fontproperties=face(words, size, weight))
        text.set(parse_math=False, usetex=False, verticalalignment="baseline")
        text.set_horizontalalignment(align)
        self._add(text)

    def svg(self) -> bytes:
        """The picture: the same bytes for the same calls, its size in CSS pixels."""
        out = BytesIO()
        with _DRAWING:
            canvas: Any = FigureCanvasSVG(self._figure)
            canvas.print_svg(out, metadata=_NO_METADATA)
        return _without_styles(self._in_pixels(out.getvalue()))

    def png(self, scale: float = 2, plate: float = 12) -> bytes:
        """The picture for a mail: `scale` times as many pixels, on a white ground wider by `plate`.

        The sheet is at its end with this: its lines now stand where the larger picture has them.
        """
        out = BytesIO()
        figure, wider = self._figure, 2 * plate
        place = Affine2D().translate(plate, plate).scale(scale)
        for artist in figure.get_children():
            if artist is not figure.patch:
                artist.set_transform(place)
        figure.set_size_inches((self.width + wider) / 72, (self.height + wider) / 72)
        figure.set_dpi(72 * scale)
        figure.patch.set(visible=True, facecolor="#FFFFFF")
        with _DRAWING:
            canvas: Any = FigureCanvasAgg(figure)
            canvas.print_png(out, metadata={"Software": None})
        return out.getvalue()

    def _in_pixels(self, svg: bytes) -> bytes:
        """matplotlib says points, which a browser would show a third larger."""
        width, height = _short(self.width), _short(self.height)
        points = f'width="{width}pt" height="{height}pt"'
        return svg.replace(points.encode(), f'width="{width}" height="{height}"'.encode(), 1)


def _without_styles(svg: bytes) -> bytes:
    """The same picture with attributes for styles, which our own CSP would leave out.

    An `<img>` is spared by most browsers; a picture opened by itself, a mail or a PDF is not.
    """
    svg = _SHEET_STYLE.sub(b"", svg, count=1)
    svg = svg.replace(b"<svg ", b'<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    return _STYLE.sub(_attributes, svg)


def _attributes(style: re.Match[bytes]) -> bytes:
    pairs = (part.split(b":", 1) for part in style[1].split(b";") if part.strip())
    return b" ".join(b'%s="%s"' % (name.strip(), value.strip()) for name, value in pairs)


def _columns(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    """Hundredths of a pixel are enough, and keep the file small."""
    return [round(x, 2) for x, _ in points], [round(y, 2) for _, y in points]


def _short(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
