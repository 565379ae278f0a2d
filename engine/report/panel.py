"""Draws one plot of the timeline as SVG: its name and key on the left, lines on the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from engine.report.axes import LEFT, RIGHT, TimeAxis, ValueAxis
from engine.report.lines import Piece
from engine.report.phrases import number
from engine.show import Caption

Place: TypeAlias = Callable[[float], float]
"""From a value to its height in the picture."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in one of the styles ``s1`` to ``s5`` (each has its own colour and dashes)."""

    style: str
    pieces: Sequence[Piece]
    name: Caption | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot.

    Attributes
    ----------
    doubtful
        Stretches of low quality, s; they are hatched.
    around
        Upper and lower edge of an uncertainty, drawn as a soft band.
    marks
        Times of short strokes along the bottom, s; ``mark_name`` says what they are.
    zero
        A value with a line of its own, and what it is called.
    """

    title: Caption
    unit: Caption
    height: float
    axis: ValueAxis
    curves: Sequence[Curve]
    doubtful: Sequence[tuple[float, float]] = ()
    around: Sequence[tuple[Piece, Piece]] = ()
    around_name: Caption | None = None
    marks: Sequence[float] = ()
    mark_name: Caption | None = None
    zero: tuple[float, Caption] | None = None
    empty: Caption | None = None


def text(x: float, y: float, words: Caption, style: str, anchor: str = "start") -> str:
    """Return a text in both languages; the page shows one of them."""
    if words.zh == words.en:
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">'
            f"{escape(words.en)}</text>"
        )
    return "".join(
        f'<text x="{x:.1f}" y="{y:.1f}" class="{style} {language}" lang="{language}" '
        f'text-anchor="{anchor}">{escape(words.text(language))}</text>'
        for language in ("zh", "en")
    )


def plain(x: float, y: float, words: str, style: str, anchor: str = "start") -> str:
    """Return a text that is the same in both languages."""
    return text(x, y, Caption(words, words), style, anchor)


def box(x: float, y: float, width: float, height: float, style: str) -> str:
    """Return a rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" class="{style}"/>'
    )


def drawn(panel: Panel, top: float, time: TimeAxis) -> list[str]:
    """Return the plot with its upper edge at ``top``."""
    base = top + panel.height

    def y(value: float) -> float:
        span = panel.axis.high - panel.axis.low
        place = (value - panel.axis.low) / span
        return base - panel.height * min(max(place, 0.0), 1.0)

    made = [box(LEFT, top, RIGHT - LEFT, panel.height, "frame"), *_grid(panel, y)]
    for a, b in panel.doubtful:
        made.append(box(time.x(a), top, max(time.x(b) - time.x(a), 1.0), panel.height, "doubt"))
    for lower, upper in panel.around:
        there = _points(upper, time, y)
        back = _points(Piece(lower.t[::-1], lower.y[::-1]), time, y)
        made.append(f'<path d="M{there}L{back}Z" class="around"/>')
    if panel.zero is not None:
        at = y(panel.zero[0])
        made.append(f'<path d="M{LEFT} {at:.1f}H{RIGHT}" class="zero"/>')
    for curve in panel.curves:
        made += [_curve(piece, curve.style, time, y) for piece in curve.pieces]
    if panel.marks:
        strokes = "".join(f"M{time.x(t):.1f} {base - 1:.1f}v-9" for t in panel.marks)
        made.append(f'<path d="{strokes}" class="marks"/>')
    if panel.empty is not None:
        middle = top + panel.height / 2 + 5
        made.append(text((LEFT + RIGHT) / 2, middle, panel.empty, "note", "middle"))
    return made + _label(panel, top)


def _grid(panel: Panel, y: Place) -> list[str]:
    made: list[str] = []
    for tick in panel.axis.ticks:
        at = y(tick)
        made.append(f'<path d="M{LEFT} {at:.1f}H{RIGHT}" class="grid"/>')
        made.append(plain(LEFT - 7, at + 4, number(tick, panel.axis.decimals), "tick", "end"))
    return made


def _curve(piece: Piece, style: str, time: TimeAxis, y: Place) -> str:
    if len(piece.t) == 1:
        x, at = time.x(float(piece.t[0])), y(float(piece.y[0]))
        return f'<circle cx="{x:.1f}" cy="{at:.1f}" r="1.6" class="dot {style}"/>'
    return f'<path d="M{_points(piece, time, y)}" class="curve {style}"/>'


def _points(piece: Piece, time: TimeAxis, y: Place) -> str:
    pairs = zip(piece.t.tolist(), piece.y.tolist(), strict=True)
    return "L".join(f"{time.x(t):.1f} {y(v):.1f}" for t, v in pairs)


def _label(panel: Panel, top: float) -> list[str]:
    made = [text(0, top + 12, panel.title, "name"), text(0, top + 30, panel.unit, "unit")]
    line = top + 49
    for curve in panel.curves:
        if curve.name is not None:
            made.append(f'<path d="M0 {line - 4:.1f}h26" class="curve {curve.style}"/>')
            made.append(text(33, line, curve.name, "key"))
            line += 17
    if panel.zero is not None:
        made.append(f'<path d="M0 {line - 4:.1f}h26" class="zero"/>')
        made.append(text(33, line, panel.zero[1], "key"))
        line += 17
    if panel.around_name is not None:
        made.append(box(0, line - 10, 26, 10, "around"))
        made.append(text(33, line, panel.around_name, "key"))
        line += 17
    if panel.mark_name is not None:
        made.append(f'<path d="M9 {line:.1f}v-9M17 {line:.1f}v-9" class="marks"/>')
        made.append(text(33, line, panel.mark_name, "key"))
    return made
