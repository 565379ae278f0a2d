"""The breath right now: its rate and its phase, from a row of resonators."""

import math

from engine.dsp.belt_cycles import follow_breath
from engine.dsp.belt_layout import (
    A_POWER,
    A_PRIOR,
    A_WEIGHT,
    ABSENT,
    AMPLITUDE,
    BLOCK,
    BREATHS,
    CHANNEL,
    CONFIDENCE,
    COUNT,
    CYCLE_RATE,
    HALF_WIDTH,
    KEEP,
    LAST_TIME,
    LAST_VALUE,
    MEAN,
    NATIVE_RATE,
    NOISE,
    O_AMPLITUDE,
    O_CONFIDENCE,
    O_FAST,
    O_ONSET,
    O_PHASE,
    O_QUALITY,
    O_RATE,
    O_RATE_CONFIDENCE,
    O_TIME,
    ONSET_TIME,
    ONSETS,
    OUT_FAST,
    OUT_PHASE,
    OUT_RATE,
    PHASE,
    QUALITY,
    R_TIME,
    R_VALUE,
    RATE,
    RATE_CONFIDENCE,
    RING,
    SHARE,
    SIGN,
    SPREAD,
    STEP,
    SUM,
    SUM_TIME,
    SWINGS,
    UNEVEN,
    UNLIKE,
    UNSTEADY,
    UP,
    USUAL,
    VALID,
    F,
)
from engine.dsp.belt_trust import trust
from engine.dsp.jit import kernel
from engine.dsp.resonators import (
    B_F,
    B_FOLLOW,
    B_LOG,
    centring_phase,
    own_phase,
    peak_between,
    resonate,
    wrap,
)
from engine.streams import F64

FORGOTTEN = 20.0
"""A gap this long, s, and the belt starts from nothing."""


@kernel("i8(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], b1)")
def listen(s: F64, table: F64, z: F64, power: F64, weights: F64, silent: bool) -> int:  # noqa: FBT001 - kernels take no keywords
    """Choose the resonator nearest to the breath; the choice is reluctant to jump."""
    best = 0
    for k in range(z.shape[0]):
        p = z[k, 4] * z[k, 4] + z[k, 5] * z[k, 5]
        power[k, A_POWER] += table[B_FOLLOW, k] * (p - power[k, A_POWER])
        w = power[k, A_POWER] * table[B_F, k]
        if s[CYCLE_RATE] > 0.0 and not silent:
            w *= power[k, A_PRIOR]
        power[k, A_WEIGHT] = weights[k] = w
        if w > weights[best]:
            best = k
    old = int(s[CHANNEL])
    if old < 0 or weights[best] > 1.25 * weights[old] or abs(best - old) == 1:
        return best
    return old


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], f8[::1], i8)")
def follow_rate(s: F64, table: F64, z: F64, weights: F64, k: int) -> None:
    """Follow the momentary frequency by the phase advance of resonator ``k``."""
    between = peak_between(table, weights, k)
    if s[F] == 0.0:
        s[F] = between
    phase = math.atan2(z[k, 5], z[k, 4])
    now = between
    if k == int(s[CHANNEL]):
        now = wrap(phase - s[PHASE]) * s[RATE] / (2.0 * math.pi)
    s[CHANNEL] = k
    s[PHASE] = phase
    now = min(table[B_F, table.shape[1] - 1], max(0.5 * table[B_F, 0], now))
    if abs(math.log(now / between)) >= 0.5:
        now = between
    if abs(math.log(s[F] / between)) > 0.35:
        s[F] = between
    else:
        s[F] += (1.0 - math.exp(-s[F] / (0.6 * s[RATE]))) * (now - s[F])


@kernel(
    "b1(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1],"
    " f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8, f8)"
)
def step(
    s: F64,
    table: F64,
    z: F64,
    power: F64,
    ring: F64,
    window: F64,
    swings: F64,
    cycles: F64,
    logs: F64,
    scratch: F64,
    weights: F64,
    x: float,
    t: float,
) -> bool:
    """Take one block of mean ``x`` at session time ``t``; return whether a breath in began."""
    n = int(s[STEP])
    if n == 0:
        s[MEAN] = x
        for j in range(RING):
            ring[R_VALUE, j] = x
            ring[R_TIME, j] = t
    s[MEAN] += max(1.0 - s[KEEP], 1.0 / (n + 1.0)) * (x - s[MEAN])
    resonate(x - s[MEAN], table, z)
    ring[R_VALUE, n % RING] = x
    ring[R_TIME, n % RING] = t
    begun = follow_breath(s, ring, window, swings, cycles, logs, scratch)
    if begun and s[CYCLE_RATE] > 0.0:
        for k in range(z.shape[0]):
            octave = (table[B_LOG, k] - math.log(s[CYCLE_RATE])) / 0.40
            power[k, A_PRIOR] = math.exp(-0.5 * octave * octave)
    told = ring[R_TIME, (n - int(s[HALF_WIDTH])) % RING]
    patience = max(12.0, 2.5 / max(s[CYCLE_RATE], 0.05) + 2.0)
    silent = s[ONSETS] == 0.0 or told - s[ONSET_TIME] > patience
    k = listen(s, table, z, power, weights, silent)
    follow_rate(s, table, z, weights, k)
    phase = s[PHASE] - own_phase(s[F], table, k, s[RATE])
    phase -= centring_phase(s[F], s[KEEP], s[RATE])
    # The phase of a maximum is 0 so far; the breath in begins half a breath later.
    cycles_done = (phase + math.pi) / (2.0 * math.pi)
    s[OUT_PHASE] = cycles_done - math.floor(cycles_done)
    s[OUT_RATE] = 60.0 * (s[CYCLE_RATE] if s[CYCLE_RATE] > 0.0 else s[F])
    s[OUT_FAST] = 60.0 * s[F]
    s[AMPLITUDE] = 2.0 * math.sqrt(power[k, A_POWER])
    trust(s, table, power, silent)
    s[STEP] = n + 1
    return begun


@kernel("void(f8[::1], f8[::1], f8, b1)")
def write(s: F64, row: F64, t: float, begun: bool) -> None:  # noqa: FBT001 - kernels take no keywords
    """Fill an output row as of session time ``t``."""
    row[O_TIME] = t
    row[O_PHASE] = s[OUT_PHASE]
    row[O_RATE] = s[OUT_RATE]
    row[O_FAST] = s[OUT_FAST]
    row[O_CONFIDENCE] = s[CONFIDENCE]
    row[O_QUALITY] = s[QUALITY]
    row[O_AMPLITUDE] = s[AMPLITUDE]
    row[O_ONSET] = s[ONSET_TIME] if begun else math.nan
    row[O_RATE_CONFIDENCE] = s[RATE_CONFIDENCE]


@kernel("void(f8[::1], f8[:,::1], f8[:,::1])")
def forget(s: F64, z: F64, power: F64) -> None:
    """Start from nothing, as after a long gap; only the design stays."""
    s[SUM] = s[SUM_TIME] = s[COUNT] = s[VALID] = 0.0
    s[LAST_VALUE] = s[ABSENT] = s[F] = s[SHARE] = s[CONFIDENCE] = s[QUALITY] = s[NOISE] = 0.0
    s[STEP] = s[SWINGS] = s[ONSETS] = s[CYCLE_RATE] = s[SPREAD] = s[UP] = 0.0
    s[RATE_CONFIDENCE] = s[UNSTEADY] = s[USUAL] = s[UNEVEN] = s[UNLIKE] = s[BREATHS] = 0.0
    s[CHANNEL] = -1.0
    z[:] = 0.0
    power[:] = 0.0


@kernel(
    "i8(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1],"
    " f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[:,::1])"
)
def run(
    s: F64,
    table: F64,
    z: F64,
    power: F64,
    ring: F64,
    window: F64,
    swings: F64,
    cycles: F64,
    logs: F64,
    scratch: F64,
    weights: F64,
    t: F64,
    x: F64,
    out: F64,
) -> int:
    """Take samples ``x`` (n,) at ``t`` (n,) s; fill rows of ``out`` and return how many."""
    rows = 0
    longest = max(0.25, 5.0 / s[NATIVE_RATE])
    dt = 1.0 / s[RATE]
    for i in range(x.size):
        if not (math.isfinite(t[i]) and t[i] > s[LAST_TIME]):
            continue
        gap = t[i] - s[LAST_TIME]
        if s[STEP] > 0.0 and (gap > FORGOTTEN or s[ABSENT] > FORGOTTEN):
            forget(s, z, power)
        elif s[STEP] > 0.0 and gap > longest:
            # A short gap is held, so that phase and resonators stay in time.
            missing = round(gap * s[RATE])
            for j in range(missing):
                at = s[LAST_TIME] + gap * (j + 1) / (missing + 1)
                s[ABSENT] += dt
                step(
                    s, table, z, power, ring, window, swings, cycles, logs, scratch,
                    weights, s[LAST_VALUE], at,
                )  # fmt: skip
            s[SUM] = s[SUM_TIME] = s[COUNT] = s[VALID] = 0.0
        s[LAST_TIME] = t[i]
        if math.isfinite(x[i]):
            s[SUM] += x[i] * s[SIGN]
            s[VALID] += 1.0
        s[SUM_TIME] += t[i]
        s[COUNT] += 1.0
        if s[COUNT] < s[BLOCK]:
            continue
        if s[VALID] > 0.0:
            s[LAST_VALUE] = s[SUM] / s[VALID]
            s[ABSENT] = 0.0
        else:
            s[ABSENT] += dt
        at = s[SUM_TIME] / s[COUNT]
        started = s[STEP] > 0.0 or s[VALID] > 0.0
        s[SUM] = s[SUM_TIME] = s[COUNT] = s[VALID] = 0.0
        if not started:
            continue
        begun = step(
            s, table, z, power, ring, window, swings, cycles, logs, scratch, weights,
            s[LAST_VALUE], at,
        )  # fmt: skip
        write(s, out[rows], at, begun)
        rows += 1
    return rows
