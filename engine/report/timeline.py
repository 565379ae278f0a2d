"""The picture of the whole session: every signal and what was shown, one above the other."""

from collections.abc import Iterator

import numpy as np

from engine.report.axes import LEFT, RIGHT, WIDTH, TimeAxis, ValueAxis, fitted
from engine.report.definitions import DEFINITIONS
from engine.report.lines import Piece, doubtful, pieces, steps
from engine.report.panel import Curve, Panel, box, drawn, plain, text
from engine.report.phrases import clock
from engine.report.view import Band, SessionView, Track
from engine.show import Caption
from engine.streams import F64

TOP, STRIP, SPACE = 4.0, 24.0, 20.0
"""Room above the strip of parts, its height, and the room between plots."""
GUIDED = 0.05
"""Presence of the guide from which it counts as shown."""
NOTHING = Caption("没有可用的数值", "no value that could be shown")
_MOST_LEVELS = 5


def timeline(view: SessionView) -> str:
    """Return the picture as an SVG element; texts in both languages, styled by the page."""
    time = TimeAxis(max(view.duration, 1.0))
    panels = list(panels_of(view))
    top = TOP + STRIP + SPACE
    plots: list[str] = []
    for panel in panels:
        plots += drawn(panel, top, time)
        top += panel.height + SPACE
    end = top - SPACE
    bands = "".join(_band(i, band, time, end) for i, band in enumerate(view.bands))
    body = bands + "".join(plots) + _clock(time, end)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {end + 34:.0f}" '
        f'role="img" aria-labelledby="timeline-title" class="timeline">'
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V6" class="hatch"/></pattern></defs>'
        f"{body}</svg>"
    )


def panels_of(view: SessionView) -> Iterator[Panel]:
    """Yield the plots of everything that was measured or shown."""
    duration = view.duration
    for name, height, least, floor in (
        ("heart.rate", 104.0, 20.0, None), ("heart.rmssd_ms", 68.0, 20.0, 0.0),
    ):  # fmt: skip
        track = view.tracks.get(name)
        if track is not None:
            axis = fitted([track.value], least=least, floor=floor)
            yield _panel(name, height, axis, track, duration)
    yield from _breathing(view)
    yield from _skin(view)
    yield from _arousal(view)
    yield from _levels(view)


def _panel(name: str, height: float, axis: ValueAxis, track: Track, duration: float) -> Panel:
    definition = DEFINITIONS[name]
    return Panel(
        definition.name, definition.unit, height, axis,
        [Curve("s1", list(pieces(track.t, track.value, duration)))],
        doubtful(track), empty=None if track.any else NOTHING,
    )  # fmt: skip


def _breathing(view: SessionView) -> Iterator[Panel]:
    shown, own = view.shown, view.tracks.get("resp.rate")
    guide = np.where(shown.guide > GUIDED, shown.rate, np.nan)
    guided = bool(np.isfinite(guide).any())
    if own is None and not guided:
        return
    curves: list[Curve] = []
    lines: list[F64] = [guide]
    if own is not None:
        curves.append(
            Curve("s1", list(pieces(own.t, own.value, view.duration)), Caption("本人", "person"))
        )
        lines.append(own.value)
    if guided:
        led = [steps(p.t, p.y) for p in pieces(shown.t, guide, view.duration)]
        curves.append(Curve("s2", led, Caption("引导", "guide")))
    definition = DEFINITIONS["resp.rate"]
    yield Panel(
        definition.name, definition.unit, 104.0, fitted(lines, least=8.0, floor=0.0), curves,
        doubtful(own) if own is not None else (),
    )  # fmt: skip
    following = view.tracks.get("pacing.plv")
    if following is not None and following.any:
        axis = ValueAxis(0.0, 1.0, (0.0, 0.5, 1.0), 1)
        yield _panel("pacing.plv", 52.0, axis, following, view.duration)


def _skin(view: SessionView) -> Iterator[Panel]:
    level = view.tracks.get("eda.scl_us")
    if level is None:
        return
    definition = DEFINITIONS["eda.scl_us"]
    marks = [float(t) for t in view.responses if 0.0 <= t <= view.duration]
    yield Panel(
        definition.name, definition.unit, 96.0, fitted([level.value], least=1.0, floor=0.0),
        [Curve("s1", list(pieces(level.t, level.value, view.duration)), Caption("水平", "level"))],
        doubtful(level), marks=marks,
        mark_name=Caption("一次皮电反应", "one response"),
        empty=None if level.any else NOTHING,
    )  # fmt: skip


def _arousal(view: SessionView) -> Iterator[Panel]:
    track = view.tracks.get("arousal")
    if track is None:
        return
    sd = view.arousal_sd
    around: list[tuple[Piece, Piece]] = []
    if sd is not None and len(sd.t):
        spread = np.interp(track.t, sd.t, np.nan_to_num(sd.value, nan=0.0))
        lower = pieces(track.t, track.value - spread, view.duration)
        upper = pieces(track.t, track.value + spread, view.duration)
        around = list(zip(lower, upper, strict=True))
    definition = DEFINITIONS["arousal"]
    reach = fitted([track.value], least=4.0)
    high = max(abs(reach.low), abs(reach.high), 2.0)
    top = float(np.ceil(high))
    ticks = tuple(float(i) for i in range(-int(top), int(top) + 1) if top <= 3 or i % 2 == 0)
    yield Panel(
        definition.name, definition.unit, 108.0, ValueAxis(-top, top, ticks),
        [Curve("s1", list(pieces(track.t, track.value, view.duration)))],
        doubtful(track), around=around,
        around_name=Caption("不确定范围", "uncertainty") if around else None,
        zero=(0.0, Caption("静坐时", "sitting quietly")),
        empty=None if track.any else NOTHING,
    )  # fmt: skip


def _levels(view: SessionView) -> Iterator[Panel]:
    moved = [
        (name, line)
        for name, line in view.shown.levels.items()
        if np.isfinite(line).any() and np.nanmax(line) - np.nanmin(line) > 1e-3
    ][:_MOST_LEVELS]
    if not moved:
        return
    curves = [
        Curve(
            f"s{i + 1}",
            [steps(p.t, p.y) for p in pieces(view.shown.t, 100.0 * line, view.duration)],
            view.controls.get(name) or Caption(name, name),
        )
        for i, (name, line) in enumerate(moved)
    ]
    yield Panel(
        Caption("场景", "Scene"), Caption("%，0 为安静", "%, 0 is quiet"),
        max(96.0, 40.0 + 16.0 * len(curves)), ValueAxis(0.0, 100.0, (0.0, 50.0, 100.0)), curves,
    )  # fmt: skip


def _band(index: int, band: Band, time: TimeAxis, end: float) -> str:
    left, right = time.x(band.start), time.x(band.end)
    width, middle = right - left, (left + right) / 2
    tint = "training" if band.part == "training" else "frame-part"
    made = [
        box(left, TOP, width, end - TOP, f"band {tint}"),
        f'<path d="M{left:.1f} {TOP}V{end:.1f}" class="edge"/>',
    ]
    for language, letter in (("zh", 13.5), ("en", 7.2)):
        label = f"{index + 1} {band.title.text(language)}"
        if letter * len(label) > width - 6:
            label = str(index + 1) if width >= 12 else ""
        made.append(text(middle, TOP + 16, Caption(label, label), f"part {language}", "middle"))
    return "".join(made)


def _clock(time: TimeAxis, end: float) -> str:
    made = [f'<path d="M{LEFT} {end:.1f}H{RIGHT}" class="axis"/>']
    for tick in time.ticks:
        x = time.x(tick)
        made.append(f'<path d="M{x:.1f} {end:.1f}v5" class="axis"/>')
        made.append(plain(x, end + 19, clock(tick), "tick", "middle"))
    made.append(text(0, end + 19, Caption("时间（分:秒）", "time (min:s)"), "unit"))
    return "".join(made)
