"""What heart rate, R waves and pulses together say of the breath."""

import math

from engine.dsp.jit import kernel
from engine.dsp.resonators import B_F, B_LOG, centring_phase, own_phase, peak_between
from engine.dsp.respiration_layout import (
    C_CONFIDENCE,
    C_RATE,
    L_MOVES,
    L_NEXT,
    L_PEAK,
    L_POINTS,
    L_TIME,
    L_WEIGHT,
    O_CONFIDENCE,
    O_PHASE,
    O_RATE,
    O_SOURCES,
    O_TIME,
    RATE,
    S_CHANNEL,
    S_F,
    S_HEART,
    S_MOVES,
    S_SLOW,
    S_STRONGEST,
    SOURCES,
)
from engine.dsp.respiration_line import LONGEST_LINE, MEMORY
from engine.streams import F64

EVERY = 0.25
"""Seconds between two estimates."""
FASTEST = 0.62
NEAR = 0.33
"""Half width in log frequency of what counts as the same rate."""
LISTENED = 28.0
"""A rate over half a minute is only believed fully once so much was heard, s."""
ALIKE = 0.2
"""Log distance at which a counted rate hardly speaks for the rate of the spectrum any more."""
AGREEMENT = 2.0
"""How much more two sources count where they move together."""


@kernel("f8(f8[:,::1], f8[::1], i8, f8[::1], f8, f8)")
def weigh(table: F64, power: F64, points: int, line: F64, prior: float, limit: float) -> float:
    """Make ``power`` a share of one and return how far this source is to be believed.

    A source counts when its power is at one frequency and that frequency stays.
    """
    total = 0.0
    best = 0
    for k in range(power.size):
        power[k] = power[k] * table[B_F, k] if table[B_F, k] <= limit else 0.0
        total += power[k]
        if power[k] > power[best]:
            best = k
    if points < 32 or total <= 0.0:
        return 0.0
    near = 0.0
    for k in range(power.size):
        power[k] /= total
        if abs(k - best) <= 3:
            near += power[k]
    peak = table[B_LOG, best]
    if line[L_PEAK] == 0.0:
        line[L_PEAK], line[L_MOVES] = peak, 0.5
    moved = min(1.0, abs(peak - line[L_PEAK]))
    line[L_PEAK] += EVERY / 8.0 * (peak - line[L_PEAK])
    line[L_MOVES] += EVERY / 12.0 * (moved - line[L_MOVES])
    clear = max(0.02, (near - 0.40) / 0.60)
    steady = 1.0 + (line[L_MOVES] / 0.15) ** 2
    weight: float = prior * clear * clear / (steady * steady)
    return weight


@kernel("void(f8[:,::1], f8[:,::1], f8[:,:,::1], f8[:,:,::1], f8)")
def turn_to(table: F64, lines: F64, z: F64, turned: F64, t: float) -> None:
    """Turn every resonator on to session time ``t``, so that sources can be compared."""
    for m in range(SOURCES):
        since = min(27.0, max(0.0, t * RATE - (lines[m, L_NEXT] - 1.0))) / RATE
        for k in range(table.shape[1]):
            a = 2.0 * math.pi * table[B_F, k] * since
            c, s = math.cos(a), math.sin(a)
            turned[m, k, 0] = z[m, k, 4] * c - z[m, k, 5] * s
            turned[m, k, 1] = z[m, k, 5] * c + z[m, k, 4] * s


@kernel("void(f8[:,::1], f8[:,::1], f8[:,::1], f8[:,:,::1], f8[:,::1], f8[:,:,::1], f8[::1], f8)")
def fuse(
    table: F64,
    lines: F64,
    shares: F64,
    turned: F64,
    own: F64,
    cross: F64,
    fused: F64,
    total: float,
) -> None:
    """Add the sources' spectra; where two are coherent they count for more."""
    for k in range(fused.size):
        gain = 1.0 - math.exp(-EVERY * table[B_F, k] / 2.5)
        now = 0.0
        for m in range(SOURCES):
            if lines[m, L_WEIGHT] > 0.0:
                size = turned[m, k, 0] ** 2 + turned[m, k, 1] ** 2
                own[m, k] += gain * (size - own[m, k])
                now += lines[m, L_WEIGHT] / total * shares[m, k]
        pair = -1
        for m in range(SOURCES):
            for n in range(m + 1, SOURCES):
                pair += 1
                both = lines[m, L_WEIGHT] * lines[n, L_WEIGHT]
                if both <= 0.0:
                    continue
                re = turned[m, k, 0] * turned[n, k, 0] + turned[m, k, 1] * turned[n, k, 1]
                im = turned[m, k, 1] * turned[n, k, 0] - turned[m, k, 0] * turned[n, k, 1]
                cross[pair, k, 0] += gain * (re - cross[pair, k, 0])
                cross[pair, k, 1] += gain * (im - cross[pair, k, 1])
                c2 = cross[pair, k, 0] ** 2 + cross[pair, k, 1] ** 2
                c2 /= own[m, k] * own[n, k] + 1e-300
                joint = math.sqrt(both * shares[m, k] * shares[n, k])
                now += AGREEMENT * joint / total * c2 * c2
        fused[k] += (1.0 - math.exp(-EVERY * table[B_F, k] / 2.0)) * (now - fused[k])


@kernel("void(f8[::1], f8[:,::1], f8[::1])")
def follow_rate(s: F64, table: F64, fused: F64) -> None:
    """Follow the peak of the fused spectrum, reluctant to jump."""
    best = 0
    for k in range(fused.size):
        if fused[k] > fused[best]:
            best = k
    old = int(s[S_CHANNEL])
    if old < 0 or fused[best] > 1.15 * fused[old] or abs(best - old) == 1:
        old = best
    s[S_CHANNEL] = old
    f = peak_between(table, fused, old)
    if s[S_F] == 0.0:
        s[S_F] = s[S_SLOW] = f
    if abs(math.log(s[S_F] / f)) > 0.3:
        s[S_F] = f
    else:
        s[S_F] += (1.0 - math.exp(-EVERY * f / 0.7)) * (f - s[S_F])
    strays = abs(math.log(f / s[S_SLOW]))
    s[S_SLOW] += EVERY / 15.0 * (f - s[S_SLOW])
    s[S_MOVES] += EVERY / 10.0 * (strays - s[S_MOVES])


@kernel("f8(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], f8, f8)")
def confidence(
    s: F64, table: F64, lines: F64, shares: F64, fused: F64, total: float, limit: float
) -> float:
    """Return how far the fused rate is to be believed, 0..1."""
    near = near_flat = all_ = all_flat = 0.0
    log_f = math.log(s[S_F])
    for k in range(fused.size):
        flat = fused[k] / table[B_F, k]
        all_ += fused[k]
        all_flat += flat
        if abs(table[B_LOG, k] - log_f) < NEAR:
            near += fused[k]
            near_flat += flat
    clear = math.sqrt(near / (all_ + 1e-300) * near_flat / (all_flat + 1e-300))
    if s[S_F] > 0.85 * limit:
        clear *= 0.5  # so fast a breath cannot be told from what beats cannot show
    agree = weights = points = 0.0
    for m in range(SOURCES):
        points = max(points, lines[m, L_POINTS])
        if lines[m, L_WEIGHT] <= 0.0:
            continue
        here = 0.0
        for k in range(fused.size):
            if abs(table[B_LOG, k] - log_f) < NEAR:
                here += shares[m, k]
        w = math.sqrt(lines[m, L_WEIGHT] / total)
        weights += w
        agree += w * min(1.0, here / 0.45)
    steady = 1.0 + (s[S_MOVES] / 0.12) ** 2
    known = min(1.0, points / RATE * s[S_F] / 4.0)
    told: float = min(1.0, max(0.0, (clear - 0.35) / 0.35)) * agree / weights / steady * known
    return told


@kernel("f8(f8[:,::1], f8[:,::1], f8[::1], f8)")
def support(lines: F64, counted: F64, row: F64, f: float) -> float:
    """Return how far breaths counted in single sources speak for ``f``, 0..1; tell the rate.

    Two of them must: one may count something else that comes and goes in the chest. Where
    only one source is heard it must be twice as sure. The rate is the mean of the
    spectrum's and those counted, each as far as it speaks for it.
    """
    best = second = weights = rates = 0.0
    for m in range(SOURCES):
        if lines[m, L_WEIGHT] <= 0.0 or counted[m, C_CONFIDENCE] <= 0.0:
            continue
        apart = math.log(counted[m, C_RATE] / f) / ALIKE
        here = counted[m, C_CONFIDENCE] * math.exp(-apart * apart)
        weights += here
        rates += here * counted[m, C_RATE]
        if here > best:
            best, second = here, best
        elif here > second:
            second = here
    row[O_RATE] = 60.0 * (f + rates) / (1.0 + weights)
    return second if row[O_SOURCES] > 1.0 else best * best


@kernel(
    "b1(f8[::1], f8[:,::1], f8[:,::1], f8[:,:,::1], f8[:,::1], f8[:,::1], f8[:,::1],"
    " f8[:,:,::1], f8[:,::1], f8[:,:,::1], f8[::1], f8[::1], f8[::1], f8)"
)
def estimate(
    s: F64,
    table: F64,
    lines: F64,
    z: F64,
    power: F64,
    counted: F64,
    shares: F64,
    turned: F64,
    own: F64,
    cross: F64,
    fused: F64,
    priors: F64,
    row: F64,
    t: float,
) -> bool:
    """Fill ``row`` with the breath at session time ``t``; return whether anything is known."""
    limit = min(FASTEST, 0.48 * s[S_HEART])
    total = largest = longest = 0.0
    sources = 0
    for m in range(SOURCES):
        lines[m, L_WEIGHT] = 0.0
        if lines[m, L_POINTS] == 0.0 or t - lines[m, L_TIME] > LONGEST_LINE:
            continue
        for k in range(power.shape[1]):
            shares[m, k] = power[m, k]
        points = int(lines[m, L_POINTS])
        longest = max(longest, lines[m, L_POINTS] / RATE)
        w = weigh(table, shares[m], points, lines[m], priors[m], limit)
        lines[m, L_WEIGHT] = w
        total += w
        if w > 0.0:
            sources += 1
        if w > largest:
            largest = w
            s[S_STRONGEST] = m
    row[O_TIME] = t
    row[O_PHASE] = row[O_RATE] = math.nan
    row[O_CONFIDENCE] = 0.0
    row[O_SOURCES] = sources
    if sources == 0:
        return False
    turn_to(table, lines, z, turned, t)
    fuse(table, lines, shares, turned, own, cross, fused, total)
    follow_rate(s, table, fused)
    f, k, m = s[S_F], int(s[S_CHANNEL]), int(s[S_STRONGEST])
    keep = math.exp(-1.0 / (MEMORY * RATE))
    phase = math.atan2(z[m, k, 5], z[m, k, 4])
    phase -= own_phase(f, table, k, RATE) + centring_phase(f, keep, RATE)
    phase += 2.0 * math.pi * f * (t - (lines[m, L_NEXT] - 1.0) / RATE) + math.pi
    phase /= 2.0 * math.pi
    row[O_PHASE] = phase - math.floor(phase)
    told = confidence(s, table, lines, shares, fused, total, limit)
    heard = min(1.0, longest / LISTENED)
    row[O_CONFIDENCE] = heard * math.sqrt(told * support(lines, counted, row, f))
    return True
