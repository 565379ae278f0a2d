"""Streaming filters: what comes out does not depend on how the samples were bundled."""

import numpy as np

from engine.dsp import butterworth
from engine.dsp.jit import kernel
from engine.streams import F64

TINY = 1e-30
"""States below this are zero: denormal numbers are a hundred times slower."""


@kernel("void(float64[:,::1], float64[:,::1], float64[::1], float64[::1], float64[::1])")
def run_sections(sections: F64, state: F64, held: F64, x: F64, y: F64) -> None:
    """Filter ``x`` into ``y`` through second-order sections, transposed direct form II.

    Two sections are run side by side: each waits for its own last result, so one alone
    leaves the processor idle half the time (4 instead of 10 ns a sample).

    Parameters
    ----------
    sections : (n, 6)
        ``b0 b1 b2 1 a1 a2`` of each section; n is even.
    state : (n, 2)
        Updated in place.
    held : (1,)
        Last sample that was a number; stands in for missing ones inside the filter.
    x, y : (k,)
        Input and output. A missing sample comes out missing.
    """
    last = held[0]
    missing = 0
    for s in range(0, sections.shape[0], 2):
        b0, b1, b2 = sections[s, 0], sections[s, 1], sections[s, 2]
        a1, a2 = sections[s, 4], sections[s, 5]
        z0, z1 = state[s, 0], state[s, 1]
        d0, d1, d2 = sections[s + 1, 0], sections[s + 1, 1], sections[s + 1, 2]
        c1, c2 = sections[s + 1, 4], sections[s + 1, 5]
        w0, w1 = state[s + 1, 0], state[s + 1, 1]
        for i in range(x.shape[0]):
            if s == 0:
                v = x[i]
                if np.isfinite(v):
                    last = v
                else:
                    missing += 1
                v = last
            else:
                v = y[i]
            u = b0 * v + z0
            z0 = b1 * v - a1 * u + z1
            z1 = b2 * v - a2 * u
            q = d0 * u + w0
            w0 = d1 * u - c1 * q + w1
            w1 = d2 * u - c2 * q
            if abs(z0) + abs(z1) + abs(w0) + abs(w1) < TINY:
                z0 = z1 = w0 = w1 = 0.0
            y[i] = q
        state[s, 0], state[s, 1] = z0, z1
        state[s + 1, 0], state[s + 1, 1] = w0, w1
    held[0] = last
    if missing > 0:
        for i in range(x.shape[0]):
            if not np.isfinite(x[i]):
                y[i] = np.nan


class SosFilter:
    """A causal filter of second-order sections that can be fed in pieces of any size.

    Missing samples (NaN, infinite) come out as NaN; inside, the last good sample stands
    in for them, so the filter is itself again once its own memory has passed.

    Parameters
    ----------
    sections : (n, 6)
        As `engine.dsp.butterworth` designs them.
    settled
        Begin as if the first good sample had always been there, instead of from zero:
        right for levels (skin conductance), needless for band-passed waves.
    """

    def __init__(self, sections: F64, *, settled: bool = False) -> None:
        # An odd section out gets a neighbour that passes everything through.
        through = np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] * (sections.shape[0] % 2))
        self.sections = np.concatenate([sections, through.reshape(-1, 6)])
        self._start = butterworth.settled_state(self.sections) if settled else None
        self._state = np.zeros((self.sections.shape[0], 2))
        self._held = np.zeros(1)
        self._waiting = settled

    def push(self, x: F64) -> F64:
        """Return ``x`` filtered, ``(n,)``, freshly allocated."""
        x = np.ascontiguousarray(x, dtype=np.float64)
        y = np.empty_like(x)
        first = 0
        if self._waiting:
            # Nothing has begun before the first good sample, in whichever piece it comes.
            good = np.flatnonzero(np.isfinite(x))
            first = int(good[0]) if good.size else x.size
            y[:first] = np.nan
            if good.size == 0:
                return y
            self._settle(float(x[first]))
        run_sections(self.sections, self._state, self._held, x[first:], y[first:])
        return y

    def reset(self) -> None:
        """Forget everything, as after a gap."""
        self._state[:] = 0.0
        self._held[:] = 0.0
        self._waiting = self._start is not None

    def _settle(self, level: float) -> None:
        if self._start is not None:
            self._state[:] = self._start * level
        self._held[0] = level
        self._waiting = False
