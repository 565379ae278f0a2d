"""Tells when each sample of a regular stream was taken, smoothing the stamps' jitter."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

SPAN = 10.0
"""The rate is followed over about this many seconds."""
(SEEN, EXPECTED, PERIOD) = range(3)


@kernel("void(float64[::1], float64[::1], float64[::1], float64, float64)")
def follow(state: F64, ring: F64, t: F64, rate: float, limit: float) -> None:
    """Smooth the stamps ``t`` into ``ring`` by a growing, then fixed-memory line fit.

    At sample k the gains are those of the least-squares line through the last
    min(k, ``limit``) samples, so jitter averages out and a device whose crystal is off
    is followed. ``ring`` must be a power of two long.
    """
    mask = ring.shape[0] - 1
    seen = int(state[SEEN])
    expected = state[EXPECTED]
    period = state[PERIOD]
    for i in range(t.shape[0]):
        if seen == 0:
            expected = t[i]
        else:
            # As if a second of perfectly regular samples had gone before.
            k = min(seen + rate, limit)
            error = t[i] - expected
            expected += error * 2.0 * (2.0 * k - 1.0) / (k * (k + 1.0))
            period += error * 6.0 / (k * (k + 1.0))
        ring[seen & mask] = expected
        expected += period
        seen += 1
    state[SEEN] = seen
    state[EXPECTED] = expected
    state[PERIOD] = period


class SampleClock:
    """Session time of the latest samples of a stream of nominally ``rate`` Hz.

    Parameters
    ----------
    rate
        Nominal samples a second.
    memory
        How many seconds back can be asked for.
    """

    def __init__(self, rate: float, memory: float = 16.0) -> None:
        self.rate = rate
        self._ring = np.zeros(2 ** math.ceil(math.log2(rate * memory)))
        self._state = np.zeros(3)
        self.reset()

    def reset(self) -> None:
        """Forget all stamps; sample 0 is the next one pushed."""
        self._state[:] = 0.0, 0.0, 1.0 / self.rate

    def push(self, t: F64) -> None:
        """Take the stamps of the next samples, ``(n,)``, s."""
        follow(self._state, self._ring, t, self.rate, SPAN * self.rate)

    def at(self, sample: float, known: float) -> float:
        """Return the time of ``sample`` (may be fractional), s.

        ``known`` is the last sample that may be used, so that an answer does not depend
        on how much more has been pushed; beyond it the nominal rate is assumed.
        """
        mask = self._ring.shape[0] - 1
        whole = min(math.floor(sample), int(known))
        here = float(self._ring[whole & mask])
        if whole + 1 > known:
            return here + (sample - whole) / self.rate
        return here + (sample - whole) * (float(self._ring[(whole + 1) & mask]) - here)
