"""Tells when each sample of a regular stream was taken, smoothing the stamps' jitter."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

(SEEN, EXPECTED, PERIOD, LAST) = range(4)
"""Samples so far, when the next is expected, s between two, last stamp as it came (s)."""
CLOCK_SLOTS = 4
SPAN = 10.0
"""The rate is followed over about this many seconds."""


@kernel("int64(float64[::1], float64[::1], float64[::1], int64, int64, float64, float64, float64)")
def follow(
    clock: F64, ring: F64, t: F64, first: int, stop: int, rate: float, gap: float, astray: float
) -> int:
    """Smooth the stamps ``t[first:stop]`` into ``ring`` by a line fit of growing memory.

    At sample k the gains are those of the least-squares line through the last
    min(k, ten seconds) samples, so jitter averages out and a device whose crystal is off
    is followed. A stamp that is no number counts as the expected one; before the first
    stamp nothing can be timed. ``ring`` must be a power of two long.

    Returns
    -------
    int
        Where it stopped: at ``stop``, or before a stamp that does not follow the one
        before by a sample (``gap`` seconds of tolerance), or that is ``astray`` seconds
        from what is expected: stamps that stand still lead there.
    """
    mask = ring.shape[0] - 1
    limit = SPAN * rate
    nominal = 1.0 / rate
    seen = int(clock[SEEN])
    expected = clock[EXPECTED]
    period = clock[PERIOD]
    last = clock[LAST]
    i = first
    while i < stop:
        stamp = t[i]
        if np.isfinite(stamp):
            if seen == 0:
                expected = stamp
            else:
                error = stamp - expected
                if abs(stamp - last - nominal) > gap or abs(error) > astray:
                    break
                # As if a second of perfectly regular samples had gone before.
                k = min(seen + rate, limit)
                gain = 1.0 / (k * (k + 1.0))  # not of the error, so that nothing waits for it
                expected += error * (gain * 2.0 * (2.0 * k - 1.0))
                period += error * (gain * 6.0)
            last = stamp
        elif seen == 0:
            break
        else:
            last += nominal
        ring[seen & mask] = expected
        expected += period
        seen += 1
        i += 1
    clock[SEEN] = seen
    clock[EXPECTED] = expected
    clock[PERIOD] = period
    clock[LAST] = last
    return i


@kernel("float64(float64[::1], float64, float64, float64)")
def moment(ring: F64, rate: float, sample: float, known: float) -> float:
    """Return the time of ``sample`` (may be fractional), s.

    ``known`` is the last sample that may be used, so that an answer does not depend on
    how much more has been pushed; beyond it the nominal rate is assumed.
    """
    mask = ring.shape[0] - 1
    whole = min(math.floor(sample), int(known))
    here = float(ring[whole & mask])
    if whole + 1 > known:
        return here + (sample - whole) / rate
    after = float(ring[(whole + 1) & mask])
    return here + (sample - whole) * (after - here)
