"""Breathing without a belt: read from the heartbeats, with what confidence there is.

The heart speeds up with the breath in, R waves and pulses grow and shrink with it. Two ways of
reading must agree: the spectrum of all of them together, and breaths counted in two of them
singly. The rate is usable where it is confident; the phase is rough (33 to 47 degrees off at
rest) and must not steer feedback.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import belt_layout
from engine.dsp import respiration_layout as at
from engine.dsp.belt import BreathingBelt
from engine.dsp.resonators import STAGES, bank
from engine.dsp.respiration_fusion import EVERY, estimate
from engine.dsp.respiration_line import add_value
from engine.streams import F64


@dataclass(slots=True)
class DerivedBreath:
    """Causal breathing rate from up to four values of each heartbeat.

    Values come with `add` in order of time, estimates with `at` every `EVERY` seconds.
    """

    _state: F64 = field(init=False, repr=False)
    _table: F64 = field(init=False, repr=False)
    _lines: F64 = field(init=False, repr=False)
    _recent: F64 = field(init=False, repr=False)
    _z: F64 = field(init=False, repr=False)
    _power: F64 = field(init=False, repr=False)
    _work: tuple[F64, F64, F64, F64, F64, F64] = field(init=False, repr=False)
    _scratch: F64 = field(init=False, repr=False)
    _spare: F64 = field(init=False, repr=False)
    _grid: F64 = field(init=False, repr=False)
    _counted: F64 = field(init=False, repr=False)
    _counters: tuple[BreathingBelt, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        m, k = at.SOURCES, at.CHANNELS
        self._state = np.zeros(at.S_SLOTS)
        self._state[at.S_CHANNEL], self._state[at.S_HEART] = -1.0, 1.2
        self._table = bank(at.RATE, 0.05, 0.65, k, 0.45)
        self._lines = np.zeros((m, at.LINE_COLUMNS))
        self._recent = np.zeros((m, at.RECENT))
        self._z, self._power = np.zeros((m, k, STAGES)), np.zeros((m, k))
        self._work = (
            np.zeros((m, k)),
            np.zeros((m, k, 2)),
            np.zeros((m, k)),
            np.zeros((at.PAIRS, k, 2)),
            np.zeros(k),
            np.array(at.PRIORS),
        )
        self._scratch, self._spare = np.zeros(at.RECENT), np.zeros(at.RECENT)
        self._grid = np.zeros((at.GRID, at.GRID_COLUMNS))
        self._counted = np.zeros((m, at.COUNT_COLUMNS))
        self._counters = tuple(BreathingBelt(at.RATE) for _ in range(m))

    def add(self, source: int, t: float, value: float, quality: float) -> None:
        """Take one beat's ``value`` at session time ``t``.

        Parameters
        ----------
        source
            `INTERVAL` (s, stamped in its middle), `R_HEIGHT`, `PULSE_HEIGHT` or
            `PULSE_VALLEY` of `respiration_layout`.
        quality
            0..1; a value below 0.3 is left out, as is an interval no heart has.
        """
        if source == at.INTERVAL and not 0.27 <= value <= 2.5:
            return
        if source == at.INTERVAL and quality >= 0.3:
            self._state[at.S_HEART] += 0.1 * (1.0 / value - self._state[at.S_HEART])
        if not math.isfinite(t):
            return
        n = add_value(
            self._lines[source], self._recent[source], self._table, self._z[source],
            self._power[source], self._scratch, self._spare, self._grid, t, value, quality,
        )  # fmt: skip
        if n:
            points = self._grid[:n]
            row = self._counters[source].push(points[:, at.G_TIME], points[:, at.G_VALUE])[-1]
            self._counted[source, at.C_RATE] = row[belt_layout.O_RATE] / 60.0
            self._counted[source, at.C_CONFIDENCE] = row[belt_layout.O_RATE_CONFIDENCE]

    def at(self, t: float) -> F64:
        """Return the breath at session time ``t``, the next multiple of `EVERY`.

        Returns
        -------
        (OUT_COLUMNS,) float64
            Columns ``O_...`` of `respiration_layout`: time, phase 0..1 (0 begins the
            breath in), breaths a minute, confidence 0..1 (use from 0.5), sources heard.
        """
        row = np.empty(at.OUT_COLUMNS)
        estimate(
            self._state, self._table, self._lines, self._z, self._power, self._counted,
            *self._work, row, t,
        )  # fmt: skip
        return row


__all__ = ["EVERY", "DerivedBreath"]
