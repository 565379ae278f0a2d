"""Two small plots of the heartbeat intervals: their spectrum, and each against the one before."""

import numpy as np
from matplotlib.patches import Ellipse

from engine.analysis.beats import Intervals
from engine.analysis.spectrum import Spectrum
from engine.analysis.variability import Stretch
from engine.dsp.hrv_spectrum import HF, LF
from engine.report import drawing
from engine.report.drawing import STROKES, ZERO
from engine.report.timeline import fitted

WIDTH, HEIGHT = 250.0, 165.0
"""Points."""
FRAME = (0.15, 0.115, 0.81, 0.865)
HIGHEST_HZ = 0.5
MOST_POINTS = 3000


def spectrum_plot(spectrum: Spectrum) -> str:
    """Return the power density up to 0.5 Hz, the bands tinted, as an SVG element."""
    shown = spectrum.hz <= HIGHEST_HZ
    hz, power = spectrum.hz[shown], spectrum.power[shown]
    with drawing.canvas(WIDTH, HEIGHT) as figure:
        axes = figure.add_axes(FRAME, facecolor="none")
        axes.set(xlim=(0.0, HIGHEST_HZ), ylim=fitted([power], least=100.0, floor=0.0))
        axes.grid(visible=True, axis="y")
        for (low, high), name, tint in ((LF, "LF", "#e9edf7"), (HF, "HF", drawing.TINT)):
            axes.axvspan(low, high, fc=tint, lw=0.0)
            axes.text(
                (low + high) / 2, 0.94, name, ha="center", transform=axes.get_xaxis_transform()
            )
        axes.plot(hz, power, color=STROKES[0].colour, lw=STROKES[0].width)
        return drawing.svg_of(figure, "spectrum")


def poincare_plot(found: Intervals, whole: Stretch) -> str:
    """Return each interval against the one before, with SD1 and SD2, as an SVG element."""
    after = np.flatnonzero(found.difference_ok > 0)
    after = after[after > 0]
    x, y = found.nn_ms[after - 1], found.nn_ms[after]
    span = fitted([x, y], least=200.0, floor=0.0)
    thin = max(1, -(-len(x) // MOST_POINTS))
    with drawing.canvas(WIDTH, HEIGHT) as figure:
        axes = figure.add_axes(FRAME, facecolor="none")
        axes.set(xlim=span, ylim=span)
        axes.grid(visible=True)
        axes.plot(span, span, color=ZERO.colour, lw=ZERO.width, ls=(0, ZERO.dashes))
        axes.plot(x[::thin], y[::thin], ".", ms=3.2, mew=0.0, color=drawing.TEAL, alpha=0.6)
        sd1, sd2 = whole.metrics["sd1_ms"], whole.metrics["sd2_ms"]
        if sd1.valid and sd2.valid and len(x):
            middle = float(np.mean(x) + np.mean(y)) / 2.0
            axes.add_patch(
                Ellipse(
                    (middle, middle), 2.0 * sd2.value, 2.0 * sd1.value, angle=45.0, fill=False,
                    ec=drawing.OCHRE, lw=1.1,
                )
            )  # fmt: skip
        return drawing.svg_of(figure, "poincare")
