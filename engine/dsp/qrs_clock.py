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


@kernel("boolean(float64[::1], float64[::1], float64, float64, float64)")
def is_steady(clock: F64, t: F64, rate: float, gap: float, astray: float) -> bool:
    """Tell whether the next stamps ``t``, of a second at most, are sure to please `follow`.

    That is, whether its memory is full, and each stamp follows the one before by a sample and
    is near the line so far: the line itself moves by less than half of what they are off it.
    Then the recursion may run together with others, see `take_steps`.
    """
    period, last = clock[PERIOD], clock[LAST]
    if t.shape[0] == 0 or clock[SEEN] + rate < SPAN * rate:
        return False
    nominal, near = 1.0 / rate, 0.5 * astray - abs(clock[CARRIED])
    # Counted, not left at the first: so the processor asks several at a time.
    odd = 0 if abs(t[0] - last - nominal) <= gap else 1
    before, now = t[: t.shape[0] - 1], t[1:]
    for k in range(now.shape[0]):
        odd += 0 if abs(now[k] - before[k] - nominal) <= gap else 1
    for k in range(t.shape[0]):
        odd += 0 if abs(t[k] - last - (k + 1.0) * period) <= near else 1
    return odd == 0


@kernel("void(float64[::1], float64[::1], float64[::1])")
def take_steps(clock: F64, t: F64, steps: F64) -> None:
    """Write by how much each of the steady stamps ``t`` follows the one before, s.

    Then whoever runs the recursion writes the errors in their place::

        error = carried + (step - before)
        carried = carry * error
        before = period
        period += bend * error
    """
    steps[0] = t[0] - clock[LAST]
    before, now, into = t[: t.shape[0] - 1], t[1:], steps[1:]
    for k in range(now.shape[0]):
        into[k] = now[k] - before[k]


@kernel("void(float64[::1], float64[::1], float64[::1], float64[::1], float64)")
def smooth_steady(clock: F64, ring: F64, t: F64, errors: F64, keep: float) -> None:
    """Smooth the steady stamps ``t`` into ``ring``, their errors being known."""
    for k in range(t.shape[0]):
        errors[k] = t[k] - keep * errors[k]
    keep_in_ring(ring, errors[: t.shape[0]], int(clock[SEEN]))
    clock[SEEN] += t.shape[0]
    clock[LAST] = t[t.shape[0] - 1]


@kernel("void(float64[::1], float64[::1], int64)")
def keep_in_ring(ring: F64, line: F64, n: int) -> None:
    """Write ``line``, of which the first sample is the ``n``-th of all, into ``ring``."""
    first = n & (ring.shape[0] - 1)
    into = ring[first : first + line.shape[0]]
    for i in range(into.shape[0]):
        into[i] = line[i]
    beyond = line[into.shape[0] :]
    for i in range(beyond.shape[0]):
        ring[i] = beyond[i]


def gains(k: float) -> tuple[float, float, float]:
    """Return what `follow` keeps and carries of an error at sample ``k``, and gives the period."""
    scale = 1.0 / (k * (k + 1.0))
    keep = 1.0 - scale * 2.0 * (2.0 * k - 1.0)
    return keep, keep - scale * 6.0, scale * 6.0


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
