"""Breathing from a belt around the chest: its rate, its phase, and how sure they are."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import belt_layout as at
from engine.dsp.belt_tracker import run
from engine.dsp.resonators import STAGES, bank
from engine.errors import GraphError
from engine.streams import F64

CHANNELS = 30
SLOWEST = 4.0


@dataclass(slots=True)
class BreathingBelt:
    """Causal rate and phase of breathing from a chest signal at ``rate`` Hz, 4 or more.

    Resonators from 0.04 to 0.75 Hz give the phase without delay (a zero-lag estimate: it
    extrapolates while the breath stays regular); a zigzag on the signal gives single
    breaths. The same rows come out however the samples are chunked.

    Attributes
    ----------
    rate
        Samples a second.
    rising
        Whether a rising signal is a breath in.
    """

    rate: float
    rising: bool = True
    _state: F64 = field(init=False, repr=False)
    _arrays: tuple[F64, F64, F64, F64, F64, F64, F64, F64, F64, F64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate >= SLOWEST):
            raise GraphError(
                f"breathing at {self.rate:g} Hz is too slow to follow",
                hint=f"set the device to {SLOWEST:g} Hz or more",
                zh=f"采样率 {self.rate:g} Hz 太低，跟不上呼吸，请设为 {SLOWEST:g} Hz 或更高",
            )
        self.reset()

    @property
    def row_rate(self) -> float:
        """Output rows a second, about 10."""
        return float(self._state[at.RATE])

    def reset(self) -> None:
        """Forget the person."""
        s = np.zeros(at.SLOTS)
        block = max(1, round(self.rate / 10.0))
        rate = self.rate / block
        half = max(1, math.floor(0.3 * rate))
        s[at.NATIVE_RATE], s[at.BLOCK], s[at.RATE] = self.rate, block, rate
        s[at.KEEP] = math.exp(-1.0 / (30.0 * rate))
        s[at.SIGN] = 1.0 if self.rising else -1.0
        s[at.HALF_WIDTH], s[at.CHANNEL], s[at.LAST_TIME] = half, -1.0, -math.inf
        window = 1.0 + np.cos(np.pi * np.arange(-half, half + 1) / (half + 1))
        self._state = s
        self._arrays = (
            bank(rate, 0.04, 0.75, CHANNELS, 0.40),
            np.zeros((CHANNELS, STAGES)),
            np.zeros((CHANNELS, at.A_COLUMNS)),
            np.zeros((at.RING_ROWS, at.RING)),
            np.ascontiguousarray(window / window.sum()),
            np.zeros(at.SWING_RING),
            np.zeros(at.CYCLES),
            np.zeros(at.CYCLES),
            np.zeros(at.CYCLES),
            np.zeros(CHANNELS),
        )

    def push(self, t: F64, x: F64) -> F64:
        """Take the next samples and return the rows they complete.

        Parameters
        ----------
        t, x : (n,)
            Session times, s, and the belt's signal in any unit; NaN is a missing
            sample. A jump in time counts as missing samples.

        Returns
        -------
        (m, OUT_COLUMNS) float64
            About ten rows a second with the columns ``O_...`` of `belt_layout`: time,
            phase 0..1 (0 begins the breath in, 0.5 is full), breaths a minute over
            half a minute, breaths a minute right now, confidence in the phase and the rate
            right now 0..1, quality of the belt's fit 0..1, amplitude in the signal's unit,
            when the breath in began that this row noticed, and confidence in the rate
            over half a minute 0..1.
        """
        out = np.empty((x.size // int(self._state[at.BLOCK]) + 1, at.OUT_COLUMNS))
        t, x = np.ascontiguousarray(t, dtype=float), np.ascontiguousarray(x, dtype=float)
        rows = run(self._state, *self._arrays, t, x, out)
        return out[:rows]
