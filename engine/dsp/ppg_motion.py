"""Pulses that movement may have made: believed less, or not at all."""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import ppg_layout
from engine.dsp import ppg_motion_layout as at
from engine.dsp.ppg_motion_step import POINTS, feel, judge
from engine.streams import F64

PATIENCE = 1.2
"""A pulse waits so long, s, for the acceleration around it: bands send it in packets."""
FORGOTTEN = at.RING / at.GRID
"""Acceleration older than this is not kept, s."""


@dataclass(slots=True)
class MotionGate:
    """Lowers the quality of pulses by the movement of the place they are read at.

    Movement is acceleration without gravity (0.5 to 8 Hz). The stronger it is, the less a
    pulse is believed; none is believed from a strong movement on until the body was still
    for a while; and pulses that keep the time of the movement, as steps do, are not believed
    however regular they look. While no acceleration comes, its last word stands for ten
    seconds; then pulses are as if there were none. What the outcome is does not depend on
    how samples were chunked, nor on which of the two came first, within `PATIENCE`.
    """

    _state: F64 = field(init=False, repr=False)
    _arrays: tuple[F64, F64] = field(init=False, repr=False)
    _pulses: tuple[F64, F64] = field(init=False, repr=False)
    _felt: deque[tuple[F64, F64]] = field(init=False, repr=False)
    _waiting: deque[F64] = field(init=False, repr=False)
    _newest: float = field(init=False, default=-math.inf)
    _now: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._state = np.zeros(at.SLOTS)
        self._state[at.LAST_TIME] = -math.inf
        self._arrays = np.zeros((at.FILTER_ROWS, at.AXES)), np.zeros((at.RING_ROWS, at.RING))
        self._pulses = np.zeros(at.RECENT), np.zeros((2, POINTS * at.AXES))
        self._felt, self._waiting = deque(), deque()
        self._newest = self._now = -math.inf

    def feel(self, t: F64, x: F64) -> F64:
        """Take acceleration and return the pulses that waited for it.

        Parameters
        ----------
        t : (n,)
            Session times, s; a sample that is not later than the one before is left out.
        x : (n, 3)
            Acceleration, g, gravity included; NaN is missing.
        """
        t, x = self._later(t, x)
        if not t.size:
            return self._judged()
        self._felt.append((t, x))
        self._newest = float(t[-1])
        self._now = max(self._now, float(t[0]) - FORGOTTEN)
        ready = self._judged()
        if self._newest - self._now > FORGOTTEN:
            # No light: acceleration is not kept for pulses that do not come.
            self._feel_until(self._newest - PATIENCE)
        return ready

    def _later(self, t: F64, x: F64) -> tuple[F64, F64]:
        """Return the whole samples that are later than all before them."""
        # Nearly always all are, and this is told at half the cost.
        if (
            t.size
            and t[0] > self._newest
            and math.isfinite(t[-1])
            and np.isfinite(x).all()
            and (t[1:] > t[:-1]).all()
        ):
            return np.ascontiguousarray(t), np.ascontiguousarray(x)
        whole = np.isfinite(t) & np.isfinite(x).all(axis=1)
        latest = np.maximum.accumulate(np.append(self._newest, np.where(whole, t, -np.inf)))
        felt = latest[1:] > latest[:-1]
        return np.ascontiguousarray(t[felt]), np.ascontiguousarray(x[felt])

    def judge(self, rows: F64, t: F64) -> F64:
        """Take pulses and return those that are judged, oldest first.

        Parameters
        ----------
        rows : (m, OUT_COLUMNS)
            From `PulseDetector.push`; may be empty. A row without a quality only shows time.
        t : (n,)
            Session times of the light they were found in, s.

        Returns
        -------
        (k, OUT_COLUMNS) float64
            Rows with both qualities lowered; pulses wait for their acceleration.
        """
        shown = t[np.isfinite(t)]
        if shown.size:
            self._now = max(self._now, float(shown.max()))
        self._waiting.extend(rows)
        return self._judged()

    def _judged(self) -> F64:
        ready: list[F64] = []
        while self._waiting:
            known = float(self._waiting[0][ppg_layout.O_KNOWN])
            if self._newest < known and self._now - known < PATIENCE:
                break
            row = self._waiting.popleft().copy()
            self._feel_until(known)
            if math.isfinite(row[ppg_layout.O_QUALITY]):
                judge(self._state, self._arrays[1], *self._pulses, row)
            ready.append(row)
        return np.vstack(ready) if ready else np.empty((0, ppg_layout.OUT_COLUMNS))

    def _feel_until(self, until: float) -> None:
        """Let the kernel have what was felt up to session time ``until``."""
        while self._felt:
            t, x = self._felt[0]
            n = int(np.searchsorted(t, until, side="right"))
            feel(self._state, *self._arrays, t[:n], x[:n])
            if n < t.size:
                self._felt[0] = (t[n:], x[n:])
                return
            self._felt.popleft()


__all__ = ["PATIENCE", "MotionGate"]
