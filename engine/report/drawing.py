"""How pictures of a report look, and how matplotlib's become part of its page."""

import io
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from matplotlib import style
from matplotlib.figure import Figure

POINT = 1.0 / 72.0
"""Inches a point is long; every size here is in points."""
INK, SOFT, LINE, TINT, PALE = "#1e2c32", "#4d5f67", "#d5dfe1", "#e6f1f1", "#f7f9f9"
TEAL, OCHRE, INDIGO, PLUM, SLATE = "#0b5f6b", "#8f5a00", "#47549f", "#84466f", "#4a5a60"
EDGE, HATCH = "#b9c7ca", "#8b989d"


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line is drawn: told apart by its dashes even where there is no colour."""

    colour: str
    dashes: tuple[float, ...] = ()
    width: float = 1.1


STROKES = (
    Stroke(TEAL), Stroke(OCHRE, (4.5, 2.5)), Stroke(INDIGO, (1.2, 2.0)),
    Stroke(PLUM, (6.5, 2.0, 1.3, 2.0)), Stroke(SLATE, (), 0.7),
)  # fmt: skip
ZERO = Stroke(SOFT, (4.0, 2.5), 0.7)
_LOOK = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "svg.hashsalt": "anlan",
    "font.family": "DejaVu Sans",  # comes with matplotlib; the page says which font is used
    "font.size": 8.0,
    "text.color": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.edgecolor": LINE,
    "axes.linewidth": 0.6,
    "axes.formatter.useoffset": False,
    "grid.color": "#c9d4d6",
    "grid.linewidth": 0.5,
    "grid.linestyle": (0, (1.0, 3.0)),
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "lines.scale_dashes": False,
    "hatch.linewidth": 0.6,
    "ytick.major.size": 0.0,
    "xtick.major.size": 3.0,
    "xtick.major.width": 0.6,
}


@contextmanager
def canvas(width: float, height: float) -> Generator[Figure]:
    """Give an empty figure of ``width`` x ``height`` points in the look of the report.

    What this computer's matplotlib is set to elsewhere does not matter, and comes back.
    """
    with style.context(["default", _LOOK]):
        yield Figure((width * POINT, height * POINT), facecolor="none")


def svg_of(figure: Figure, name: str) -> str:
    """Return the figure as an SVG element for a page; the same figure, the same text.

    ``name`` begins every id in it, so that pictures on one page never share one.
    """
    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(out, format="svg", metadata=nothing)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(
        r"<!--.*?-->\s*|<style.*?</style>\s*|<metadata.*?</metadata>\s*", "", text, flags=re.DOTALL
    )
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text)
    return text.replace("<svg ", '<svg class="plot" aria-hidden="true" ', 1)
