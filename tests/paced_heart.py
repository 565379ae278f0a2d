"""Electrocardiograms of paced hearts, as a recorder with its own low-pass shows them."""

from dataclasses import dataclass

import numpy as np

from engine.streams import F64
from tests.synthetic_heart import NARROW, Ecg

FINE = 10_000
"""Samples a second of the heart itself, before the recorder."""
# Left bundle branch block: notched, 140 ms wide, T wave against it.
BROAD = ((0.0, 0.022, 0.75), (0.050, 0.024, 0.85), (0.100, 0.018, 0.15), (0.330, 0.065, -0.45))
P_WAVE = (-0.12, 0.024, 0.12)


@dataclass(frozen=True, slots=True)
class Pacing:
    """How a heart is paced and recorded.

    ``spike`` is the height of the pulse against R, of either sign, ``width`` its length
    (s), ``atrial`` whether another one stands 160 ms before it, ``lead`` the time from the
    pulse to the middle of the broad beat (s), ``corner`` the recorder's low-pass (Hz).
    ``conducted`` means that only the atrium is paced, and narrow beats follow by themselves.
    """

    spike: float
    width: float
    atrial: bool = False
    lead: float = 0.045
    corner: float = 100.0
    per_minute: float = 72.0
    conducted: bool = False


def paced(rate: float, lasts: float, how: Pacing, *, seed: int = 0, noise: float = 0.01) -> Ecg:
    """Return the recording; ``r`` are the first tops of the broad beats."""
    rng = np.random.default_rng(seed)
    # A pacemaker's clock, and a few beats a minute in which the heart was a little earlier.
    steps = 60.0 / how.per_minute * np.ones(int(lasts * how.per_minute / 60.0))
    steps *= 1.0 - 0.05 * (rng.random(steps.size) < 0.06) * rng.random(steps.size)
    r = 0.3 + np.cumsum(steps) - steps[0]
    r = r[r < lasts - 1.0]
    t = np.arange(int(lasts * FINE)) / FINE
    x = np.zeros(t.size)
    for beat in r:
        size = 1.0 + 0.05 * np.sin(2.0 * np.pi * 0.25 * beat) + 0.03 * rng.standard_normal()
        shape = NARROW if how.conducted else (*BROAD, P_WAVE)
        waves = ((p, w, size * h) for p, w, h in shape)
        for place, width, height in waves:
            first = int((beat + place - 6.0 * width) * FINE)
            part = slice(max(first, 0), first + int(12.0 * width * FINE))
            x[part] += height * np.exp(-0.5 * ((t[part] - beat - place) / width) ** 2)
        pulses = [] if how.conducted else [-how.lead]
        pulses += [-how.lead - 0.16] if how.atrial else []
        for place in pulses:
            first = int((beat + place) * FINE)
            x[first : first + max(1, round(how.width * FINE))] += how.spike
    hiss = noise * rng.standard_normal(int(lasts * rate))
    return Ecg(*_recorded(x, rate, how.corner, hiss), r)


def _recorded(x: F64, rate: float, corner: float, noise: F64) -> tuple[F64, F64]:
    """Return stamps and samples behind a low-pass without delay, half at ``corner`` Hz."""
    frequency = np.fft.rfftfreq(x.size, 1.0 / FINE)
    smooth = np.fft.irfft(np.fft.rfft(x) / (1.0 + (frequency / corner) ** 4), x.size)
    t = np.arange(noise.size) / rate
    made = np.interp(t, np.arange(x.size) / FINE, smooth)
    wander = 0.1 * np.sin(2.0 * np.pi * 0.28 * t)
    return t, made + wander + noise
