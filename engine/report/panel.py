"""One plot of the timeline: its lines over the parts of the session."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from engine.report import drawing
from engine.report.drawing import STROKES, ZERO, Stroke
from engine.report.lines import Piece
from engine.report.phrases import clock, hour
from engine.report.view import Band
from engine.show import Caption
from engine.streams import F64

WIDTH, LEFT, RIGHT = 410.0, 30.0, 10.0
"""Points: the whole picture, and the room beside the plot for its numbers."""
HOUR = 3600.0
"""s from which the time axis tells hours and minutes, not minutes and seconds."""
ROOM, FOOT = 7.0, 18.0
"""Points above and below each plot, and for the clock below the last."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line, in pieces; it breaks where there was nothing to show."""

    pieces: Sequence[Piece]
    stroke: Stroke = STROKES[0]
    name: Caption | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot, with the words the page writes beside it.

    Attributes
    ----------
    height
        Of the plot itself, points.
    span
        Lowest and highest value shown.
    doubtful
        Stretches of low quality, s; they are hatched.
    around
        Lower and upper edge of an uncertainty, drawn as a soft band.
    marks
        Times of short strokes along the bottom, s.
    zero
        What a value of 0 is called, where it has a line of its own.
    """

    name: str
    title: Caption
    unit: Caption
    height: float
    span: tuple[float, float]
    curves: Sequence[Curve]
    doubtful: Sequence[tuple[float, float]] = ()
    around: Sequence[tuple[Piece, Piece]] = ()
    marks: Sequence[float] = ()
    zero: Caption | None = None
    empty: bool = False


def place(t: float, duration: float) -> float:
    """Return where ``t`` stands along the picture, 0..1."""
    return (LEFT + (WIDTH - LEFT - RIGHT) * min(max(t / duration, 0.0), 1.0)) / WIDTH


def drawn(panel: Panel, bands: Sequence[Band], duration: float, *, timed: bool = False) -> str:
    """Return the plot as an SVG element; a ``timed`` one has the clock below it."""
    foot = FOOT if timed else ROOM
    height = ROOM + panel.height + foot
    left, wide = LEFT / WIDTH, (WIDTH - LEFT - RIGHT) / WIDTH
    with drawing.canvas(WIDTH, height) as figure:
        behind = figure.add_axes(
            (left, (foot if timed else 0.0) / height, wide, 1.0 - (foot if timed else 0.0) / height)
        )
        _tint(behind, bands, duration)
        axes = figure.add_axes((left, foot / height, wide, panel.height / height), facecolor="none")
        axes.set(xlim=(0.0, duration), ylim=panel.span)
        axes.grid(visible=True, axis="y")
        axes.yaxis.set_major_locator(
            MaxNLocator(max(2, round(panel.height / 15.0)), steps=[1, 2, 5, 10])
        )
        _clock(axes, duration, shown=timed)
        for start, end in panel.doubtful:
            axes.axvspan(start, end, fc="none", ec=drawing.HATCH, hatch="/////", lw=0.0)
        for lower, upper in panel.around:
            axes.fill(
                np.append(upper.t, lower.t[::-1]), np.append(upper.y, lower.y[::-1]),
                fc=drawing.TEAL, alpha=0.15, lw=0.0,
            )  # fmt: skip
        if panel.zero is not None:
            axes.axhline(0.0, color=ZERO.colour, lw=ZERO.width, ls=(0, ZERO.dashes))
        for curve in panel.curves:
            _draw(axes, curve)
        if panel.marks:
            axes.plot(
                panel.marks, np.full(len(panel.marks), 0.05), "|", ms=6.0, mew=0.8,
                color=drawing.INK, transform=axes.get_xaxis_transform(),
            )  # fmt: skip
        return drawing.svg_of(figure, panel.name.replace(".", "-"))


def _tint(axes: Axes, bands: Sequence[Band], duration: float) -> None:
    axes.set(xlim=(0.0, duration), ylim=(0.0, 1.0))
    axes.set_axis_off()
    for band in bands:
        training = band.part == "training"
        axes.axvspan(band.start, band.end, fc=drawing.TINT if training else drawing.PALE, lw=0.0)
        axes.axvline(band.start, color=drawing.EDGE, lw=0.6)


def _clock(axes: Axes, duration: float, *, shown: bool) -> None:
    ladder = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
    step = next((s for s in ladder if duration / s <= 11), 86_400)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(_hour if duration > HOUR else _face))
    axes.tick_params(axis="x", bottom=shown, labelbottom=shown)


def _face(t: float, _: int) -> str:
    return clock(t)


def _hour(t: float, _: int) -> str:
    return hour(t)


def _draw(axes: Axes, curve: Curve) -> None:
    """Draw the pieces as one line that breaks; a value all alone becomes a dot."""
    nothing = np.array([math.nan])
    whole = [p for p in curve.pieces if len(p.t) > 1]
    alone = [p for p in curve.pieces if len(p.t) == 1]
    stroke = curve.stroke

    def joined(parts: Sequence[Piece], side: int) -> F64:
        return np.concatenate([a for p in parts for a in (p[side], nothing)] or [nothing])

    if whole:
        axes.plot(
            joined(whole, 0), joined(whole, 1), color=stroke.colour, lw=stroke.width,
            ls=(0, stroke.dashes) if stroke.dashes else "-",
        )  # fmt: skip
    if alone:
        axes.plot(joined(alone, 0), joined(alone, 1), ".", ms=2.5, color=stroke.colour)
