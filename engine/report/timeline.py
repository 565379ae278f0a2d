"""The picture of the whole session: every signal and what was shown, one above the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.report.definitions import DEFINITIONS, TEMPERATURE
from engine.report.drawing import STROKES, ZERO, Stroke
from engine.report.lines import Piece, doubtful, pieces, steps
from engine.report.measures import GOOD
from engine.report.panel import Curve, Panel, drawn, place
from engine.report.phrases import output_name
from engine.report.view import SessionView, Track
from engine.show import Caption
from engine.streams import F64

GUIDED = 0.05
"""Presence of the guide from which it counts as shown."""
_NARROW = 0.016
"""Share of the picture below which a part has no room for its number."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a stroke, a ``band`` or a ``mark`` in a plot is."""

    name: Caption
    stroke: Stroke | None = None
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as the page shows it: words beside, picture, ready."""

    id: str
    title: Caption
    unit: Caption
    keys: Sequence[Key]
    picture: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """Where a part's number and name stand above the plots, in % of the picture."""

    number: str
    title: Caption
    left: float
    width: float
    training: bool


def plots(view: SessionView) -> list[Plot]:
    """Return the plots of everything that was measured or shown, from top to bottom."""
    duration = max(view.duration, 1.0)
    panels = list(panels_of(view))
    return [
        Plot(
            panel.name, panel.title, panel.unit, _keys(panel),
            drawn(panel, view.bands, duration, timed=panel is panels[-1]), panel.empty,
        )
        for panel in panels
    ]  # fmt: skip


def tabs(view: SessionView) -> list[Tab]:
    """Return where the parts of the session stand above the plots."""
    duration = max(view.duration, 1.0)
    made: list[Tab] = []
    for i, band in enumerate(view.bands, 1):
        left, right = place(band.start, duration), place(band.end, duration)
        shown = str(i) if right - left >= _NARROW else ""
        made.append(
            Tab(shown, band.title, 100 * left, 100 * (right - left), band.part == "training")
        )
    return made


def fitted(
    lines: Sequence[F64], *, least: float, floor: float | None = None
) -> tuple[float, float]:
    """Return the lowest and highest value a plot of ``lines`` shows.

    Parameters
    ----------
    least
        Smallest span, so that noise never fills the plot.
    floor
        The plot never goes below it.
    """
    values = np.concatenate([line[np.isfinite(line)] for line in lines] or [np.empty(0)])
    low, high = (0.0, least) if not values.size else (float(values.min()), float(values.max()))
    spare = max(least - (high - low), 0.12 * (high - low)) / 2.0
    low, high = low - spare, high + spare
    if floor is not None and low < floor:
        low, high = floor, max(high, floor + least)
    return low, high


def panels_of(view: SessionView) -> Iterator[Panel]:
    """Yield the plots, without their pictures."""
    for name, height, least, floor in (
        ("heart.rate", 58.0, 20.0, None), ("heart.rmssd_ms", 40.0, 20.0, 0.0),
    ):  # fmt: skip
        track = view.tracks.get(name)
        if track is not None:
            edges = _edges(track, view.doubts.get(name))
            yield _panel(name, height, fitted(edges, least=least, floor=floor), track, view)
    yield from _breathing(view)
    yield from _skin(view)
    yield from _temperature(view)
    yield from _arousal(view)
    yield from _levels(view)
    yield from _chair(view)


def _panel(
    name: str, height: float, span: tuple[float, float], track: Track, view: SessionView
) -> Panel:
    definition = DEFINITIONS[name]
    around = _around(track, view.doubts.get(name), view.duration)
    return Panel(
        name, definition.name, definition.unit, height, span,
        [Curve(list(pieces(track.t, track.value, view.duration)))],
        doubtful(track), around=around, empty=not track.any,
    )  # fmt: skip


def _edges(track: Track, doubt: Track | None) -> list[F64]:
    """Return the lower and upper edge of what a track may be; without a doubt only itself."""
    if doubt is None or not len(doubt.t):
        return [track.value]
    # Where the uncertainty is unknown or boundless there is no band to draw.
    known = np.where(np.isfinite(doubt.value), doubt.value, np.nan)
    spread = np.interp(track.t, doubt.t, known)
    return [track.value - spread, track.value + spread]


def _around(track: Track, doubt: Track | None, duration: float) -> list[tuple[Piece, Piece]]:
    """Return the band between the edges, in unbroken pieces."""
    edges = _edges(track, doubt)
    if len(edges) < 2:
        return []
    lower, upper = (pieces(track.t, edge, duration) for edge in edges)
    return list(zip(lower, upper, strict=True))


def _breathing(view: SessionView) -> Iterator[Panel]:
    shown, own = view.shown, view.tracks.get("resp.rate")
    guide = np.where(shown.guide > GUIDED, shown.rate, np.nan)
    guided = bool(np.isfinite(guide).any())
    if own is None and not guided:
        return
    curves: list[Curve] = []
    lines: list[F64] = [guide]
    if own is not None:
        own_pieces = list(pieces(own.t, own.value, view.duration))
        curves.append(Curve(own_pieces, name=Caption("本人", "person")))
        lines.append(own.value)
    if guided:
        led = [steps(p.t, p.y) for p in pieces(shown.t, guide, view.duration)]
        curves.append(Curve(led, STROKES[1], Caption("引导", "guide")))
    definition = DEFINITIONS["resp.rate"]
    yield Panel(
        "resp.rate", definition.name, definition.unit, 60.0, fitted(lines, least=8.0, floor=0.0),
        curves, doubtful(own) if own is not None else (),
    )  # fmt: skip
    following = view.tracks.get("pacing.plv")
    if following is not None and following.any:
        yield _panel("pacing.plv", 30.0, (0.0, 1.0), following, view)


def _skin(view: SessionView) -> Iterator[Panel]:
    level = view.tracks.get("eda.scl_us")
    if level is None:
        return
    definition = DEFINITIONS["eda.scl_us"]
    yield Panel(
        "eda.scl_us", definition.name, definition.unit, 64.0,  # its name takes two lines in English
        fitted([level.value], least=1.0, floor=0.0),
        [Curve(list(pieces(level.t, level.value, view.duration)), name=Caption("水平", "level"))],
        doubtful(level), marks=[float(t) for t in view.responses if 0.0 <= t <= view.duration],
        empty=not level.any,
    )  # fmt: skip


def _temperature(view: SessionView) -> Iterator[Panel]:
    if not view.temperatures:
        return
    told = {n: np.where(k.quality >= GOOD, k.value, np.nan) for n, k in view.temperatures.items()}
    several = len(told) > 1
    curves = [
        Curve(
            list(pieces(view.temperatures[name].t, line, view.duration)), stroke,
            Caption(device, device) if several and (device := name.partition(".")[0]) else None,
        )
        for stroke, (name, line) in zip(STROKES, told.items(), strict=False)
    ]  # fmt: skip
    yield Panel(
        "skin_temp", TEMPERATURE.name, TEMPERATURE.unit, 44.0,
        fitted(list(told.values()), least=2.0), curves,
    )  # fmt: skip


def _arousal(view: SessionView) -> Iterator[Panel]:
    track = view.tracks.get("arousal")
    if track is None:
        return
    sd = view.arousal_sd
    definition = DEFINITIONS["arousal"]
    low, high = fitted(_edges(track, sd), least=4.0)
    top = float(np.ceil(max(abs(low), abs(high), 2.0)))
    yield Panel(
        "arousal", definition.name, definition.unit, 64.0, (-top, top),
        [Curve(list(pieces(track.t, track.value, view.duration)))],
        doubtful(track), around=_around(track, sd, view.duration),
        zero=Caption("静坐时", "sitting quietly"), empty=not track.any,
    )  # fmt: skip


def _levels(view: SessionView) -> Iterator[Panel]:
    moved = [
        (name, line)
        for name, line in view.shown.levels.items()
        if np.isfinite(line).any() and np.nanmax(line) - np.nanmin(line) > 1e-3
    ][: len(STROKES)]
    if not moved:
        return
    curves = [
        Curve(
            [steps(p.t, p.y) for p in pieces(view.shown.t, 100.0 * line, view.duration)],
            stroke, view.controls.get(name) or Caption(name, name),
        )
        for stroke, (name, line) in zip(STROKES, moved, strict=False)
    ]  # fmt: skip
    yield Panel(
        "scene", Caption("场景", "Scene"), Caption("%，0 为安静", "%, 0 is quiet"),
        max(56.0, 24.0 + 10.0 * len(curves)), (0.0, 100.0), curves,
    )  # fmt: skip


def _chair(view: SessionView) -> Iterator[Panel]:
    """Yield where the parts of a chair were, as it said itself; a gap is a time it said nothing."""
    told = {name: track for name, track in view.places.items() if track.any}
    moved = {n: k for n, k in told.items() if np.nanmax(k.value) - np.nanmin(k.value) > 1.0}
    if not moved:
        return
    curves = [
        Curve(
            list(pieces(k.t, k.value, view.duration)),
            stroke,
            view.controls.get(name) or output_name(name),
        )
        for stroke, (name, k) in zip(STROKES, moved.items(), strict=False)
    ]
    span = fitted([k.value for k in moved.values()], least=10.0, floor=0.0)
    yield Panel(
        "chair", Caption("座椅", "Chair"), Caption("°，0 为坐直", "°, 0 is upright"), 44.0, span,
        curves,
    )  # fmt: skip


def _keys(panel: Panel) -> list[Key]:
    """Return what the strokes of a plot mean, beside the one its title names."""
    keys = [Key(c.name, c.stroke) for c in panel.curves if c.name is not None]
    if panel.zero is not None:
        keys.append(Key(panel.zero, ZERO))
    if panel.around:
        keys.append(Key(Caption("不确定范围", "uncertainty"), kind="band"))
    if panel.marks:
        keys.append(Key(Caption("一次皮电反应", "one response"), kind="mark"))
    return keys
