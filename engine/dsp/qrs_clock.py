"""Tells when each sample of a regular stream was taken, smoothing the stamps' jitter."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

(
    SEEN,  # samples so far
    CARRIED,  # how much later than expected the newest stamp was, less what was made good
    BEFORE, PERIOD,  # s between two samples, as believed before that stamp and after it
    LAST,  # that stamp as it came, or as expected where none came, s
) = range(5)  # fmt: skip
CLOCK_SLOTS = 5
SPAN = 10.0
"""The rate is followed over about this many seconds."""


@kernel("boolean(float64[::1], int64, int64, float64, float64, float64)")
def is_regular(t: F64, first: int, stop: int, last: float, nominal: float, gap: float) -> bool:
    """Tell whether each of ``t[first:stop]`` follows the one before, the first ``last``."""
    odd = 0 if abs(t[first] - last - nominal) <= gap else 1
    before, now = t[first : stop - 1], t[first + 1 : stop]
    for i in range(now.shape[0]):
        # Counted, not left at once: so the processor asks several at a time.
        odd += 0 if abs(now[i] - before[i] - nominal) <= gap else 1
    return odd == 0


@kernel("boolean(float64[::1], float64[::1], float64[::1], int64, int64, float64, float64)")
def follow_regular(
    clock: F64, ring: F64, t: F64, first: int, stop: int, span: float, astray: float
) -> bool:
    """Do what `follow` does, for stamps that are regular and a memory of ``span`` samples.

    Returns
    -------
    bool
        Whether it is done; not if one of them is ``astray``.
    """
    scale = 1.0 / (span * (span + 1.0))
    keep = 1.0 - scale * 2.0 * (2.0 * span - 1.0)
    carry = keep - scale * 6.0
    seen = int(clock[SEEN])
    carried, before, period, last = clock[CARRIED], clock[BEFORE], clock[PERIOD], clock[LAST]
    furthest = 0.0
    i = first
    while i < stop:
        here = seen & (ring.shape[0] - 1)
        line = ring[here : here + min(stop - i, ring.shape[0] - here)]
        stamps = t[i : i + line.shape[0]]
        for k in range(line.shape[0]):
            error = carried + ((stamps[k] - last) - before)
            last = stamps[k]
            line[k] = last - keep * error
            carried = carry * error
            before = period
            period += scale * 6.0 * error
            furthest = max(furthest, abs(error))
        i += line.shape[0]
        seen += line.shape[0]
    if furthest > astray:
        return False
    clock[SEEN], clock[LAST] = seen, last
    clock[CARRIED], clock[BEFORE], clock[PERIOD] = carried, before, period
    return True


@kernel("int64(float64[::1], float64[::1], float64[::1], int64, int64, float64, float64, float64)")
def follow(
    clock: F64, ring: F64, t: F64, first: int, stop: int, rate: float, gap: float, astray: float
) -> int:
    """Smooth the stamps ``t[first:stop]`` into ``ring`` by a line fit of growing memory.

    At sample k the gains are those of the least-squares line through the last
    min(k, ten seconds) samples, so jitter averages out and a device whose crystal is off
    is followed. A stamp that is no number counts as the expected one; before the first
    stamp nothing can be timed. ``ring`` must be a power of two long.

    What goes from one stamp to the next is the error: no time expected is added up, which would
    make each stamp wait for twice as many sums and round large times.

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
    carried, before, period, last = clock[CARRIED], clock[BEFORE], clock[PERIOD], clock[LAST]
    if (
        seen + rate >= limit
        and first < stop
        and is_regular(t, first, stop, last, nominal, gap)
        and follow_regular(clock, ring, t, first, stop, limit, astray)
    ):
        return stop
    i = first
    while i < stop:
        stamp = t[i]
        error = 0.0
        if np.isfinite(stamp):
            if seen > 0:
                error = carried + ((stamp - last) - before)
                if not abs(stamp - last - nominal) <= gap or abs(error) > astray:
                    break
            last = stamp
        elif seen == 0:
            break
        else:
            last += before - carried
        # As if a second of perfectly regular samples had gone before.
        k = min(seen + rate, limit)
        scale = 1.0 / (k * (k + 1.0))
        keep = 1.0 - scale * 2.0 * (2.0 * k - 1.0)
        ring[seen & mask] = last - keep * error
        carried = (keep - scale * 6.0) * error
        before = period
        period += scale * 6.0 * error
        seen += 1
        i += 1
    clock[SEEN], clock[LAST] = seen, last
    clock[CARRIED], clock[BEFORE], clock[PERIOD] = carried, before, period
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
