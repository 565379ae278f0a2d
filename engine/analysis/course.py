"""The pictures of a recording over time: heartbeat intervals, skin conductance, breathing."""

from collections.abc import Iterator

import numpy as np

from engine.analysis.analysing import Analysis
from engine.analysis.variability import SURE
from engine.dsp import rr_layout as at
from engine.report.drawing import STROKES
from engine.report.lines import doubtful, pieces
from engine.report.panel import Curve, Panel, drawn
from engine.report.timeline import Key, Plot, fitted
from engine.report.view import Track
from engine.show import Caption
from engine.streams import F64

THIN = STROKES[4]


def course(analysis: Analysis) -> list[Plot]:
    """Return the plots of everything that was recorded, from top to bottom."""
    lasts = max(analysis.heard.lasts, 1.0)
    panels = list(_panels(analysis))
    return [
        Plot(
            panel.name, panel.title, panel.unit,
            [Key(name, kind="mark")] if len(panel.marks) else [],
            drawn(panel, (), lasts, timed=panel is panels[-1][0]), panel.empty,
        )
        for panel, name in panels
    ]  # fmt: skip


def _panels(analysis: Analysis) -> Iterator[tuple[Panel, Caption]]:
    """Yield each plot and what its marks are called."""
    if "heart" in analysis.heard.sources:
        yield tachogram_panel(analysis), Caption("修正的间期", "corrected interval")
    if analysis.skin is not None:
        yield _skin(analysis), Caption("一次皮电反应", "one response")
    breath = analysis.breath
    # A few moments read from the heartbeats do not make a course.
    if breath is not None and (breath.belt or breath.metrics["rate_bpm"].valid):
        yield _breath(analysis), Caption("", "")


def tachogram_panel(analysis: Analysis) -> Panel:
    """Return the plot of the intervals, mended where that was possible and marked there."""
    found, lasts = analysis.found, analysis.heard.lasts
    # What no number rests on is not drawn either, nor marked as if it had been mended.
    sure = found.judged & (found.quality >= SURE)
    usable = sure & (found.code != at.GAP) & (found.count > 0)
    # Where the rhythm is irregular nothing is mended, so what was measured is shown.
    as_measured = analysis.rhythm.during(found.t)
    line = np.where(usable, np.where(as_measured, found.ms, found.nn_ms), np.nan)
    flagged = found.t[sure & (found.code != at.NORMAL) & ~as_measured]
    irregular = [(a, b) for a, b in analysis.rhythm.irregular.tolist()]
    return Panel(
        "tachogram", Caption("心跳间期", "Heartbeat intervals"), Caption("毫秒", "ms"), 78.0,
        fitted([line], least=200.0, floor=0.0), [Curve(list(pieces(found.t, line, lasts)))],
        doubtful=irregular, marks=flagged.tolist(), empty=not bool(usable.any()),
    )  # fmt: skip


def _skin(analysis: Analysis) -> Panel:
    skin = analysis.skin
    assert skin is not None  # noqa: S101 - `_panels` asked
    level = Track(skin.t, skin.tonic_us, skin.quality, np.zeros(len(skin.t)))
    lasts = analysis.heard.lasts
    line = list(pieces(level.t, level.value, lasts))
    source = analysis.heard.sources["eda"]
    measured = Curve(list(pieces(source.t, source.x[:, 0], lasts)), THIN)
    return Panel(
        "skin", Caption("皮电", "Skin conductance"),
        Caption("微西门子；细线为实测，粗线为水平", "µS; thin as measured, thick its level"), 58.0,
        fitted([level.value, _usual(source.x[:, 0])], least=1.0, floor=0.0),
        [measured, Curve(line)], doubtful=doubtful(level), marks=skin.onset.tolist(),
        empty=not level.any,
    )  # fmt: skip


def _usual(x: F64) -> F64:
    """Return the range of nearly all samples: a lost contact must not flatten the picture."""
    there = x[np.isfinite(x)]
    return np.percentile(there, (0.5, 99.5)) if len(there) else there


def _breath(analysis: Analysis) -> Panel:
    breath = analysis.breath
    assert breath is not None  # noqa: S101 - `_panels` asked
    line = list(pieces(breath.t, breath.rate_bpm, analysis.heard.lasts))
    return Panel(
        "breath", Caption("呼吸频率", "Breathing rate"), Caption("次/分", "/min"), 52.0,
        fitted([breath.rate_bpm], least=8.0, floor=0.0), [Curve(line)],
        empty=not bool(np.isfinite(breath.rate_bpm).any()),
    )  # fmt: skip
