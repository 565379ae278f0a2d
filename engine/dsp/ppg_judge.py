"""Which upstrokes are pulses, and how good each is."""

import math

from engine.dsp.jit import kernel
from engine.dsp.ppg_fiducials import level_at
from engine.dsp.ppg_layout import (
    C_HEIGHT,
    C_SLOPE,
    C_TIME,
    CANDIDATE_RING,
    CANDIDATES,
    CYCLES,
    GOOD,
    INTERVALS,
    LAST_POSITION,
    LAST_PPI,
    LEARNED,
    M_HEIGHT,
    M_PPI,
    M_SCRATCH,
    M_SLOPE,
    MEDIANS,
    NOISE,
    PPI_SCATTER,
    RING,
    SIZE_SCATTER,
    SIZES,
    STEEPEST,
    TEMPLATE,
    USUAL_HEIGHT,
    USUAL_PPI,
    USUAL_SLOPE,
)
from engine.dsp.robust import median_of
from engine.streams import F64

SHORTEST, LONGEST = 0.27, 2.2
"""Intervals between pulses that a person can have, s."""
ROUND, POINTED = 0.06, 0.14
"""Overtones of the usual cycle: up to the first it may be a sine, from the second on no more."""
MANY = 8.0
"""Cycles after which their overtones are what they seem."""
KNOWN = 3
"""Intervals after which their own median, not that of most people, says what is usual."""
LEARNING = 3.0
"""Seconds of signal before the first pulse is told."""


@kernel("f8(f8)")
def least_size(tau: float) -> float:
    """Return how large an upstroke must be, ``tau`` usual intervals after the last pulse."""
    if tau < 0.35:
        return 3.0
    if tau < 0.70:
        return 1.1 - (tau - 0.35) / 0.35 * 0.65
    if tau < 1.0:
        return 0.45
    if tau < 2.0:
        return 0.45 - (tau - 1.0) * 0.2
    return 0.25


@kernel("f8(f8, f8, f8)")
def fading(x: float, start: float, width: float) -> float:
    """Return 1 up to ``start``, then fall away like a bell of ``width``."""
    if x <= start:
        return 1.0
    d = (x - start) / width
    return math.exp(-d * d)


@kernel("b1(f8[::1], f8[:,::1], f8[:,::1], f8, f8, f8)")
def learn(s: F64, candidates: F64, medians: F64, t: float, height: float, since: float) -> bool:
    """Keep an upstroke; return whether reference sizes are known.

    They begin with the second largest upstroke of the last 3.5 s, and as long as pulses
    are poor they go back there, so that no echo or noise is locked on to.
    """
    i = int(s[CANDIDATES]) % CANDIDATE_RING
    candidates[i, C_SLOPE], candidates[i, C_HEIGHT], candidates[i, C_TIME] = (
        s[STEEPEST],
        height,
        t,
    )
    s[CANDIDATES] += 1.0
    first = -1
    second = -1
    largest = -1.0
    next_largest = -1.0
    for j in range(min(CANDIDATE_RING, int(s[CANDIDATES]))):
        if t - candidates[j, C_TIME] > 3.5:
            continue
        size = candidates[j, C_SLOPE] * candidates[j, C_HEIGHT]
        if size > largest:
            second, next_largest = first, largest
            first, largest = j, size
        elif size > next_largest:
            second, next_largest = j, size
    if s[LEARNED] == 0.0:
        if since < LEARNING or second < 0:
            return False
        s[LEARNED] = s[SIZES] = 1.0
        medians[M_SLOPE, 0] = s[USUAL_SLOPE] = candidates[second, C_SLOPE]
        medians[M_HEIGHT, 0] = s[USUAL_HEIGHT] = candidates[second, C_HEIGHT]
        s[USUAL_PPI] = 0.8
        s[GOOD] = 0.0
    elif s[GOOD] < 0.3 and second >= 0:
        w = s[GOOD] / 0.3
        slope, tall = 0.85 * candidates[second, C_SLOPE], 0.85 * candidates[second, C_HEIGHT]
        s[USUAL_SLOPE] = math.exp(w * math.log(s[USUAL_SLOPE]) + (1.0 - w) * math.log(slope))
        s[USUAL_HEIGHT] = math.exp(w * math.log(s[USUAL_HEIGHT]) + (1.0 - w) * math.log(tall))
    return True


@kernel("f8(f8[::1], f8[:,::1], f8[::1], f8[::1], f8, b1)")
def likeness(
    s: F64,
    ring: F64,
    template: F64,
    cycle: F64,
    position: float,
    regular: bool,  # noqa: FBT001 - kernels take no keywords
) -> float:
    """Return how like the usual cycle the one ending at ``position`` is, -1..1.

    A regular cycle that is like it becomes part of the usual one.
    """
    start = s[LAST_POSITION]
    if position - start >= RING - 64:
        return 0.0
    first, last = level_at(ring, start), level_at(ring, position)
    mean = 0.0
    for q in range(TEMPLATE):
        u = (q + 0.5) / TEMPLATE
        cycle[q] = level_at(ring, start + u * (position - start)) - (first + (last - first) * u)
        mean += cycle[q] / TEMPLATE
    energy = 0.0
    for q in range(TEMPLATE):
        cycle[q] -= mean
        energy += cycle[q] * cycle[q]
    if energy <= 0.0:
        return 0.0
    dot = 0.0
    own = 0.0
    for q in range(TEMPLATE):
        cycle[q] /= math.sqrt(energy)
        dot += cycle[q] * template[q]
        own += template[q] * template[q]
    alike = dot / math.sqrt(own) if own > 0.0 else 0.0
    if regular and (s[CYCLES] < 3.0 or alike > 0.6 or s[GOOD] < 0.3):
        gain = max(0.12, 1.0 / (s[CYCLES] + 1.0))
        for q in range(TEMPLATE):
            template[q] += gain * (cycle[q] - template[q])
        s[CYCLES] += 1.0
    return alike


@kernel("f8(f8[::1])")
def overtones(template: F64) -> float:
    """Return how large the second and third harmonic of the usual cycle are beside the first.

    A pulse rises faster than it falls, every time alike; noise of the same pace does neither,
    so its overtones cancel out.
    """
    power_1 = power_more = 0.0
    for harmonic in range(1, 4):
        re = im = 0.0
        for q in range(TEMPLATE):
            a = 2.0 * math.pi * harmonic * q / TEMPLATE
            re += template[q] * math.cos(a)
            im += template[q] * math.sin(a)
        if harmonic == 1:
            power_1 = re * re + im * im
        else:
            power_more += re * re + im * im
    return math.sqrt(power_more / power_1) if power_1 > 0.0 else 0.0


@kernel("f8(f8[::1], f8, b1)")
def regularity(s: F64, ppi: float, first: bool) -> float:  # noqa: FBT001 - kernels take no keywords
    """Return how plausible the interval ``ppi``, s, is after those before it, 0..1."""
    if first or ppi > LONGEST:
        return 0.0
    return fading(abs(math.log(ppi / s[USUAL_PPI])), 0.22, 0.28)


@kernel("f8(f8[::1], f8, f8, f8, f8, f8, f8, f8, b1)")
def goodness(
    s: F64,
    size: float,
    rise: float,
    regular: float,
    alike: float,
    pointed: float,
    height: float,
    ppi: float,
    first: bool,  # noqa: FBT001 - kernels take no keywords
) -> float:
    """Return how good a pulse is, 0..1: a product of eight, each 1 for an ordinary pulse."""
    odd = abs(math.log(size))
    if regular > 0.0 and s[LAST_PPI] > 0.0:
        change = min(0.6, abs(math.log(ppi / s[LAST_PPI])))
        s[PPI_SCATTER] += 0.3 * (change - s[PPI_SCATTER])
    if not first and SHORTEST <= ppi <= LONGEST:
        s[LAST_PPI] = ppi
    s[SIZE_SCATTER] += 0.3 * (min(1.0, odd) - s[SIZE_SCATTER])
    rough = (7.0 * math.sqrt(s[NOISE]) / height) ** 4
    good = fading(odd, 0.35, 0.6) * fading(-rise, -0.07, 0.02) * fading(rise, 0.48, 0.10)
    good *= regular * min(1.0, max(0.0, (alike - 0.5) / 0.4)) / (1.0 + rough)
    good *= fading(s[PPI_SCATTER], 0.13, 0.09) * fading(s[SIZE_SCATTER], 0.32, 0.22)
    good *= min(1.0, max(0.0, (pointed - ROUND) / (POINTED - ROUND)))
    s[GOOD] += 0.3 * (good - s[GOOD])
    return good


@kernel("void(f8[::1], f8[:,::1], f8, f8, f8, b1, b1)")
def remember(
    s: F64,
    medians: F64,
    slope: float,
    height: float,
    ppi: float,
    ordinary: bool,  # noqa: FBT001 - kernels take no keywords
    first: bool,  # noqa: FBT001
) -> None:
    """Bring the usual slope, height and interval up to date with an accepted pulse."""
    if ordinary:
        i = int(s[SIZES]) % MEDIANS
        medians[M_SLOPE, i], medians[M_HEIGHT, i] = slope, height
        s[SIZES] += 1.0
        n = min(MEDIANS, int(s[SIZES]))
        s[USUAL_SLOPE] = median_of(medians[M_SLOPE], n, medians[M_SCRATCH])
        s[USUAL_HEIGHT] = median_of(medians[M_HEIGHT], n, medians[M_SCRATCH])
    if not first and SHORTEST <= ppi <= LONGEST:
        medians[M_PPI, int(s[INTERVALS]) % MEDIANS] = ppi
        s[INTERVALS] += 1.0
        n = min(MEDIANS, int(s[INTERVALS]))
        s[USUAL_PPI] = median_of(medians[M_PPI], n, medians[M_SCRATCH])
