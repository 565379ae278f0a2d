"""Prepares an electrocardiogram for the search: mends it, follows its two envelopes."""

import math

from engine.dsp import qrs_layout as at
from engine.dsp.filters import TINY
from engine.dsp.jit import kernel
from engine.dsp.qrs_clock import BEFORE, CARRIED, PERIOD, keep_in_ring
from engine.dsp.qrs_layout import I64
from engine.streams import F64

ABSURD = 1e12
"""No unit has such numbers; one of them would stay in the filters for ever."""
SHARP = 6.0
"""A pulse stands out so many times further than the signal moves in 4 ms just before it."""
SELDOM = 1023
"""Whether numbers have become too small is asked when all these bits of the count are zero."""
BAD = 1e9
"""Longer than any stretch of equal samples."""


@kernel("float64(float64[::1], int64[::1], float64[::1], float64[:,::1])")
def mend(state: F64, count: I64, x: F64, heard: F64) -> float:
    """Write samples ``x`` in one line; a missing one is the last again.

    Returns
    -------
    float
        Most samples in a row that are equal to the one before; `BAD` if one is missing.
    """
    size = x.shape[0]
    held, still, missing = state[at.HELD], float(count[at.FLAT]), float(count[at.MISSING])
    line, same, lost = heard[at.LINE, at.KEPT :], heard[at.SAME], heard[at.LOST]
    if size == 0:
        return 0.0
    if count[at.N] == 0:
        held = x[0] if abs(x[0]) < ABSURD else 0.0
        state[at.ZERO] = held
    zero = state[at.ZERO]
    # Nearly always nothing is missing and hardly any sample equals the one before. To ask
    # that of all at once, several at a time, costs a tenth of following it through.
    absent, equal = 0 if abs(x[0]) < ABSURD else 1, 1 if x[0] == held else 0
    before, now = x[: size - 1], x[1:]
    for i in range(size - 1):
        absent += 0 if abs(now[i]) < ABSURD else 1
        equal += 1 if now[i] == before[i] else 0
    longest = 0.0
    if absent == 0:
        for i in range(size):
            line[i] = x[i] - zero
            same[i] = lost[i] = missing = 0.0
        if equal == 0:
            still = 0.0
        else:
            for i in range(size):
                still = still + 1.0 if x[i] == held else 0.0
                held = x[i]
                same[i] = still
                longest = max(longest, still)
        held = x[size - 1]
    else:
        for i in range(size):
            v = x[i]
            is_number = abs(v) < ABSURD
            v = v if is_number else held
            missing = 0.0 if is_number else missing + 1.0
            still = still + 1.0 if v == held else 0.0
            held = v
            line[i] = v - zero
            same[i] = still
            lost[i] = missing
            longest = max(longest, still if is_number else BAD)
    state[at.HELD], count[at.FLAT], count[at.MISSING] = held, int(still), int(missing)
    return longest


@kernel("boolean(float64[::1], float64[::1], int64, int64)")
def stand_out(line: F64, excess: F64, pulse: int, stride: int) -> bool:
    """Tell of each sample whether a pulse of at most ``pulse`` samples has just ended.

    Parameters
    ----------
    line
        Samples, `at.KEPT` of them older than the first that is told of.
    excess : (n,)
        Above zero where one has.

    Returns
    -------
    bool
        Whether one has anywhere.
    """
    if pulse == 0:
        excess[:] = -1.0
        return False
    now = line[at.KEPT :]
    before = line[at.KEPT - pulse - 1 :]
    beside = line[at.KEPT - pulse - 1 - stride :]
    further = line[at.KEPT - pulse - 1 - 2 * stride :]
    yonder = line[at.KEPT - pulse - 1 - 3 * stride :]
    furthest = line[at.KEPT - pulse - 1 - 4 * stride :]
    early = line[at.KEPT - (pulse + 1) // 2 :]
    late = line[at.KEPT - pulse // 2 - 1 :]
    for i in range(excess.shape[0]):
        moved = max(abs(now[i] - before[i]), abs(before[i] - beside[i]))
        moved = max(moved, abs(beside[i] - further[i]))
        moved = max(moved, abs(further[i] - yonder[i]), abs(yonder[i] - furthest[i]))
        middle = 0.5 * (now[i] + before[i])
        high = max(abs(early[i] - middle), abs(late[i] - middle))
        excess[i] = high - SHARP * moved
    ended = 0
    for i in range(excess.shape[0]):
        ended += 1 if excess[i] > 0.0 else 0
    return ended > 0


@kernel("void(float64[::1], float64[:,::1], int64, int64)")
def take_differences(design: F64, heard: F64, first: int, stop: int) -> None:
    """Begin both band-passes with what waits for no result of theirs, samples ``first:stop``.

    That is their zeros, at 0 Hz and half the rate: a difference over two samples, and of
    such differences for the one that confirms. The processor takes several samples at once.
    """
    at_, pulse = at.KEPT + first, int(design[at.PULSE])
    gain2, gain1 = design[at.PASS2], design[at.PASS1]
    clean = heard[at.CLEAN]
    into = heard[at.BAND2, at_ : at.KEPT + stop]
    now, before, further = clean[at_:], clean[at_ - 2 :], clean[at_ - 4 :]
    for k in range(into.shape[0]):
        into[k] = gain2 * ((now[k] - before[k]) - (before[k] - further[k]))
    into = heard[at.BAND1, at_ : at.KEPT + stop]
    now, before = clean[at_ - pulse :], clean[at_ - pulse - 2 :]
    for k in range(into.shape[0]):
        into[k] = gain1 * (now[k] - before[k])


@kernel("void(float64[::1], float64[::1], float64[::1], float64[:,::1], int64, int64, boolean)")
def pass_bands(
    design: F64, state: F64, clock: F64, heard: F64, first: int, stop: int,
    is_steady: bool,  # noqa: FBT001 - a kernel takes positions only
) -> None:  # fmt: skip
    """End both band-passes in place, samples ``first:stop``: what waits for their own results.

    That is their poles; and beside them the recursion of steady stamps, as
    `engine.dsp.qrs_clock.take_steps` has it: these four chains together take hardly longer
    than each alone.
    """
    p = at.POLES
    a1, a2, b1, b2, c1, c2 = (
        design[p], design[p + 1], design[p + 2], design[p + 3], design[p + 4], design[p + 5],
    )  # fmt: skip
    band2, band1 = heard[at.BAND2], heard[at.BAND1]
    at_ = at.KEPT + first
    w1, w2 = state[at.W1], state[at.W2]
    y1, y2, u1, u2 = band2[at_ - 1], band2[at_ - 2], band1[at_ - 1], band1[at_ - 2]
    carried, before, period = clock[CARRIED], clock[BEFORE], clock[PERIOD]
    stamps, carry, bend = heard[at.STAMPS], design[at.CARRY], design[at.BEND]
    for k in range(at_, at.KEPT + stop):
        w = (band2[k] - a2 * w2) - a1 * w1
        w2, w1 = w1, w
        y = (w - b2 * y2) - b1 * y1
        y2, y1 = y1, y
        u = (band1[k] - c2 * u2) - c1 * u1
        u2, u1 = u1, u
        error = carried + (stamps[k] - before)
        carried = carry * error
        before = period
        period += bend * error
        band2[k] = y
        band1[k] = u
        stamps[k] = error
    state[at.W1], state[at.W2] = w1, w2
    if is_steady:
        clock[CARRIED], clock[BEFORE], clock[PERIOD] = carried, before, period


@kernel("void(float64[::1], float64[::1], float64, float64)")
def measure(band: F64, loud: F64, gain: float, smooth: float) -> None:
    """Write how large ``band`` is into ``loud``, and so small that it only has to be added.

    The root of the squares of a sample and of its slope, all of the middle of three. ``band``
    has two older samples before its first.
    """
    before, middle, after = band, band[1:], band[2:]
    for k in range(loud.shape[0]):
        slope = gain * (after[k] - before[k])
        # A root alone takes as long as eight at once.
        loud[k] = smooth * math.sqrt(middle[k] * middle[k] + slope * slope)


@kernel("void(float64[::1], float64[::1], float64[:,::1], int64)")
def bridge_pulse(design: F64, state: F64, heard: F64, i: int) -> None:
    """Bridge the pulse that ended at ``i`` and take from the filter what it has left in it.

    The filter is linear: what it makes of the change alone is added to its last results.
    """
    pulse = int(design[at.PULSE])
    p = at.POLES
    here = at.KEPT + i
    clean, band2 = heard[at.CLEAN], heard[at.BAND2]
    after, before = heard[at.LINE, here], heard[at.LINE, here - pulse - 1]
    c1 = c2 = c3 = c4 = w1 = w2 = y1 = y2 = 0.0
    for k in range(pulse, 0, -1):
        bridged = after + k / (pulse + 1.0) * (before - after)
        c = bridged - clean[here - k]
        clean[here - k] = bridged
        w = design[at.PASS2] * ((c - c2) - (c2 - c4))
        c4, c3, c2, c1 = c3, c2, c1, c
        w = (w - design[p + 1] * w2) - design[p] * w1
        w2, w1 = w1, w
        y = (w - design[p + 3] * y2) - design[p + 2] * y1
        y2, y1 = y1, y
    state[at.W1] += w1
    state[at.W2] += w2
    band2[here - 1] += y1
    band2[here - 2] += y2


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[::1], "
        "float64[::1], float64[:,::1], boolean)")  # fmt: skip
def listen(
    design: F64, state: F64, count: I64, raw: F64, clock: F64, x: F64, heard: F64,
    is_steady: bool,  # noqa: FBT001 - a kernel takes positions only
) -> int:  # fmt: skip
    """Take samples ``x`` and write what is heard in them.

    A pacemaker's pulse is over in milliseconds: what leaves the line and is back on it
    within ``design[PULSE]`` samples, far further than the signal moves just before, is
    bridged, and taken out of the filters again. The announcing band-pass lags by so many
    samples, to be spared it altogether. In ``raw`` it stays: a beat is timed with all its
    waves.

    Parameters
    ----------
    design, state, count
        Packed as in `engine.dsp.qrs_layout`; the last two change.
    raw
        Ring of raw samples, a power of two long.
    clock
        State of `engine.dsp.qrs_clock`, which changes if ``is_steady``: then ``heard`` holds the
        steps of the stamps.
    x : (n,)
        Electrocardiogram in any unit; NaN where missing. n is at most `at.BLOCK`.
    heard : (HEARD, BLOCK + KEPT)
        What is heard, in the rows `engine.dsp.qrs_layout` names, but for the envelopes.

    Returns
    -------
    int
        `at.WELL` unless a sample is missing, or equal to so many before that the lead may be
        off; plus `at.PULSES` if a pulse ended.
    """
    pulse = int(design[at.PULSE])
    size, n = x.shape[0], count[at.N]
    line, clean, excess = heard[at.LINE], heard[at.CLEAN], heard[at.EXCESS]
    band2, band1 = heard[at.BAND2], heard[at.BAND1]
    longest = mend(state, count, x, heard)
    keep_in_ring(raw, line[at.KEPT : at.KEPT + size], n)
    has_pulses = stand_out(line, excess[:size], pulse, int(design[at.STRIDE]))
    newest, bridged = line[at.KEPT : at.KEPT + size], clean[at.KEPT :]
    for k in range(size):
        bridged[k] = newest[k]
    take_differences(design, heard, 0, size)
    i = 0
    while i < size:
        # So far neither a pulse ends nor has it to be asked how small the numbers are.
        stop = min(size, i + SELDOM + 1 - ((n + i - 1) & SELDOM))
        if has_pulses:
            for k in range(stop - 1, i, -1):
                stop = k if excess[k] > 0.0 else stop
            if excess[i] > 0.0:
                bridge_pulse(design, state, heard, i)
                take_differences(design, heard, i, size)
        pass_bands(design, state, clock, heard, i, stop, is_steady)
        first, last = at.KEPT + i - 2, at.KEPT + stop
        measure(band2[first:last], heard[at.LOUD2, i:stop], design[at.GAIN2], design[at.SMOOTH2])
        measure(band1[first:last], heard[at.LOUD1, i:stop], design[at.GAIN1], design[at.SMOOTH1])
        left = abs(state[at.W1]) + abs(band2[last - 1]) + abs(band1[last - 1])
        if (n + stop - 1) & SELDOM == 0 and left < TINY:
            # Denormal numbers are a hundred times slower.
            state[at.W1] = state[at.W2] = 0.0
            band2[last - 2 : last] = band1[last - 2 : last] = 0.0
        i = stop
    well = at.WELL if longest <= int(0.05 * design[at.RATE]) else 0
    return well + (at.PULSES if has_pulses else 0)


@kernel("void(float64[:,::1], int64)")
def keep_last(heard: F64, size: int) -> None:
    """Let the last `at.KEPT` samples stand before the next block, ``size`` having been heard."""
    for row in range(at.OLDER):
        kept, newest = heard[row, : at.KEPT], heard[row, size : size + at.KEPT]
        for k in range(at.KEPT):
            kept[k] = newest[k]
