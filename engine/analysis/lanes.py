"""The strips under the pictures that show how good each signal was, second by second."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.analysis.analysing import Analysis
from engine.analysis.remarks_heart import SOUND
from engine.analysis.skin import GOOD
from engine.analysis.variability import SURE
from engine.report import drawing
from engine.report.panel import LEFT, RIGHT, WIDTH
from engine.show import Caption
from engine.streams import F64

HEIGHT, ABOVE = 9.0, 3.0
"""Points of a strip, and between two."""
MIDDLING = "#8fbcc0"
"""Between the teal of good and the hatching of poor: told apart in grey as well."""
BETWEEN = 2
"""Cells from one word about the quality to the next at most."""
FINEST = 700
"""Steps a strip may have: more cannot be seen."""


class Lane(NamedTuple):
    """A strip and what it is called."""

    title: Caption
    picture: str


def lanes(analysis: Analysis) -> list[Lane]:
    """Return a strip for every signal that was recorded."""
    lasts = max(analysis.heard.lasts, 1.0)
    return [
        Lane(title, _drawn(name, t, quality, least, lasts))
        for name, title, t, quality, least in _signals(analysis)
    ]


def _signals(analysis: Analysis) -> Iterator[tuple[str, Caption, F64, F64, float]]:
    """Yield name, title, times, quality and the least quality that is used."""
    heart = analysis.heard.rows.get("heart.quality")
    if "heart" in analysis.heard.sources and heart is not None and len(heart.t):
        yield "lane-heart", Caption("心脏信号", "Heart signal"), heart.t, heart.x[:, 0], SURE
    skin, breath = analysis.skin, analysis.breath
    if skin is not None and len(skin.t):
        yield "lane-skin", Caption("皮电信号", "Skin signal"), skin.t, skin.quality, GOOD
    if breath is not None and breath.belt and len(breath.t):
        told = Caption("呼吸信号", "Breath signal")
        yield "lane-breath", told, breath.t, breath.quality, 0.3


def _drawn(name: str, t: F64, quality: F64, least: float, lasts: float) -> str:
    """Return the strip as an SVG element: full where good, pale where middling, else hatched."""
    step = max(1.0, lasts / FINEST)
    cell = np.minimum((t / step).astype(np.int64), int(lasts / step))
    level = np.full(int(lasts / step) + 1, -1)
    told = np.where(quality >= SOUND, 2, np.where(quality >= least, 1, 0))
    # The worst of a cell stands for it: nothing bad is too short to be seen.
    for k in (2, 1, 0):
        level[cell[np.isfinite(quality) & (told == k)]] = k
    height = ABOVE + HEIGHT
    for _ in range(BETWEEN):  # told about once a second, so a cell may hold none
        blank = np.flatnonzero((level < 0) & (np.roll(level, 1) >= 0))
        level[blank[blank > 0]] = level[blank[blank > 0] - 1]
    with drawing.canvas(WIDTH, height) as figure:
        axes = figure.add_axes(
            (LEFT / WIDTH, 0.05, (WIDTH - LEFT - RIGHT) / WIDTH, HEIGHT / height), facecolor="none"
        )
        axes.set(xlim=(0.0, lasts), ylim=(0.0, 1.0), xticks=[], yticks=[])
        edges = np.flatnonzero(np.diff(level, prepend=-2, append=-2))
        for first, after in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            begin, end = first * step, min(after * step, lasts)
            if level[first] > 0:
                fill = drawing.TEAL if level[first] == 2 else MIDDLING
                axes.axvspan(begin, end, fc=fill, lw=0.0)
            else:
                axes.axvspan(begin, end, fc="none", ec=drawing.HATCH, hatch="/////", lw=0.0)
        return drawing.svg_of(figure, name)
