"""Pulses from light through the skin: when each arrived, and how sure that is."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import ppg_layout as at
from engine.dsp.ppg_step import run
from engine.errors import GraphError
from engine.streams import F64

SLOWEST = 20.0


@dataclass(slots=True)
class PulseDetector:
    """Causal pulse detection in a photoplethysmogram of ``rate`` Hz, 20 or more.

    Each upstroke is measured against the usual ones; the middle of the upstroke is the time
    of the pulse. A pulse is known about 0.1 s after its peak. The same rows come out
    however the samples are chunked.

    Attributes
    ----------
    rate
        Samples a second.
    rising
        Whether the signal rises in systole (most devices; raw reflected light falls).
    """

    rate: float
    rising: bool = True
    _state: F64 = field(init=False, repr=False)
    _arrays: tuple[F64, F64, F64, F64, F64, F64, F64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate >= SLOWEST):
            raise GraphError(
                f"a pulse wave at {self.rate:g} Hz is too slow to time pulses",
                hint=f"set the device to {SLOWEST:g} Hz or more",
                zh=f"采样率 {self.rate:g} Hz 太低，定不准脉搏时刻，请设为 {SLOWEST:g} Hz 或更高",
            )
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        s = np.zeros(at.SLOTS)
        block = max(1, round(self.rate / 125.0))
        rate = self.rate / block
        half = max(1, round(0.045 * rate))
        s[at.NATIVE_RATE], s[at.BLOCK], s[at.RATE] = self.rate, block, rate
        s[at.HALF_WIDTH], s[at.HOLD] = half, max(1, math.floor(0.06 * rate))
        s[at.SIGN] = 1.0 if self.rising else -1.0
        s[at.LAST_TIME], s[at.PACE] = -math.inf, 1.0
        s[at.LAST_BAD] = s[at.LAST_PULSE] = at.NEVER
        window = 1.0 + np.cos(np.pi * np.arange(-half, half + 1) / (half + 1))
        self._state = s
        self._arrays = (
            np.zeros((at.RING_ROWS, at.RING)),
            np.zeros((at.MEDIAN_ROWS, at.MEDIANS)),
            np.zeros((at.CANDIDATE_RING, at.CANDIDATE_COLUMNS)),
            np.zeros(at.TEMPLATE),
            np.zeros(at.TEMPLATE),
            np.ascontiguousarray(window / window.sum()),
            np.full(1, -math.inf),
        )

    def push(self, t: F64, x: F64) -> F64:
        """Take the next samples and return the pulses they complete.

        Parameters
        ----------
        t, x : (n,)
            Session times, s, and the light in any unit; NaN is a missing sample.

        Returns
        -------
        (m, OUT_COLUMNS) float64
            One row a pulse with the columns ``O_...`` of `ppg_layout`: times of middle,
            foot and peak, interval since the pulse before (s; NaN after a pause),
            quality of the pulse and of the interval 0..1, height, valley, and when it
            was known. An interval is worth using from a quality of 0.5.
        """
        out = np.empty((x.size // int(self._state[at.BLOCK]) + 1, at.OUT_COLUMNS))
        t, x = np.ascontiguousarray(t, dtype=float), np.ascontiguousarray(x, dtype=float)
        rows = run(self._state, *self._arrays, t, x, out)
        return out[:rows]
