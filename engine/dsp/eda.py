"""Skin conductance split into its level and its responses, sample by sample."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import eda_layout as at
from engine.dsp.eda_step import run
from engine.errors import GraphError
from engine.streams import F64

SLOWEST = 4.0
"""Slower sampling than this, Hz, cannot tell one response from the next."""


RISE = 0.75
"""Time constant with which sweat reaches the skin, s."""
QUIET, BURST = 1e-4, 0.5
"""How much the driver may surprise in a second without and with a burst, uS squared."""


def bank(dt: float) -> F64:
    """Return the filters of `engine.dsp.eda_kalman` as they are before the first sample.

    Parameters
    ----------
    dt
        Seconds between their looks.
    """
    made = np.zeros((at.BANK_ROWS, at.BANK_COLUMNS))
    rise = math.exp(-dt / RISE)
    for pair, recovery in enumerate(at.RECOVERIES):
        decay = math.exp(-dt / recovery)
        rows = made[2 * pair : 2 * pair + 2]
        rows[:, at.B_RECOVERY], rows[:, at.B_DECAY] = recovery, decay
        rows[:, at.B_COUPLING] = (decay - rise) / (1.0 / RISE - 1.0 / recovery)
        rows[:, at.B_SURPRISE] = dt * QUIET, dt * BURST
    return made


@dataclass(slots=True)
class SkinConductance:
    """Causal decomposition of skin conductance (uS) at ``rate`` Hz, 4 or more.

    Kalman filters hold the tonic level, the recovering phasic part and the sweat that
    drives it (never negative, and mostly silent). Responses are bursts of that driver:
    their onset is known about 2 s later, they are confirmed 5 s after their peak. The same
    rows come out however the samples are chunked.

    Attributes
    ----------
    rate
        Samples a second.
    """

    rate: float
    _state: F64 = field(init=False, repr=False)
    _bank: F64 = field(init=False, repr=False)
    _ring: F64 = field(init=False, repr=False)
    _events: F64 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate >= SLOWEST):
            raise GraphError(
                f"skin conductance at {self.rate:g} Hz is too slow to see responses",
                hint=f"set the device to {SLOWEST:g} Hz or more",
                zh=f"采样率 {self.rate:g} Hz 太低，看不到皮电反应，请设为 {SLOWEST:g} Hz 或更高",
            )
        self.reset()

    @property
    def row_rate(self) -> float:
        """Output rows a second, about 4."""
        return float(self._state[at.RATE] / self._state[at.EMIT])

    def reset(self) -> None:
        """Forget the person."""
        s = np.zeros(at.SLOTS)
        block = max(1, round(self.rate / 8.0))
        steps = self.rate / block
        dt = 1.0 / steps
        s[at.NATIVE_RATE], s[at.BLOCK], s[at.RATE], s[at.DT] = self.rate, block, steps, dt
        s[at.HALF_LONG] = max(4, round(steps))
        s[at.HALF_SHORT] = max(2, round(steps / 2.0))
        s[at.REFERENCE_DECAY] = math.exp(-dt)
        s[at.EMIT] = max(1, round(steps / 4.0))
        s[at.BANK_DT] = s[at.EMIT] * dt
        s[at.RISE] = math.exp(-s[at.BANK_DT] / RISE)
        s[at.NOISE], s[at.RECOVERY] = 0.004, at.RECOVERIES[1]
        s[at.LAST_TIME], s[at.PACE] = -math.inf, 1.0
        s[at.RESPONSES_A_MINUTE] = math.nan
        s[at.LAST_BAD] = s[at.LAST_ONSET] = s[at.LAST_CONFIRMED] = -1e9
        s[at.REFERENCE] = 1e9
        self._state = s
        self._bank = bank(float(s[at.BANK_DT]))
        self._ring = np.zeros((at.RING_ROWS, at.RING))
        self._events = np.full((at.EVENT_RING, at.EVENT_COLUMNS), np.nan)

    def push(self, t: F64, y: F64) -> F64:
        """Take the next samples and return the rows they complete.

        Parameters
        ----------
        t, y : (n,)
            Session times, s, and conductances, uS; NaN is a missing sample. A jump in
            time counts as missing samples; a sample that is not later is left out.

        Returns
        -------
        (m, OUT_COLUMNS) float64
            About four rows a second with the columns ``O_...`` of `eda_layout`: time,
            tonic, phasic, quality 0..1, responses a minute, responder (1, 0, NaN
            unknown), phasic share of the level over 30 s, then a response confirmed
            by this row (onset, amplitude, rise), then one whose half-recovery became
            known (onset, seconds from peak). NaN where there is nothing to tell.
        """
        out = np.empty((y.size // int(self._state[at.BLOCK]) + 1, at.OUT_COLUMNS))
        t, y = np.ascontiguousarray(t, dtype=float), np.ascontiguousarray(y, dtype=float)
        rows = run(self._state, self._bank, self._ring, self._events, t, y, out)
        return out[:rows]
