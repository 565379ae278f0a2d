"""Takes an electrocardiogram as it comes, stamps and gaps included; one call does all of it."""

import math

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_clock import BEFORE, LAST, PERIOD, follow, is_steady, moment
from engine.dsp.qrs_design import BRIDGED
from engine.dsp.qrs_quality import note_beat, note_retraction, quality_of_second
from engine.dsp.qrs_step import step
from engine.streams import F64

GAP_SAMPLES = 5.0
"""A step in the stamps of more than this many samples is a gap."""
BLOCK = 1.0
"""Longest stretch that is taken at once, s: the stamps remembered are enough for it, and if they
are steady they stay near their line."""
ASTRAY = 0.05
"""Stamps this many seconds from what a regular stream would have are not believed."""
ROOM = 100
"""Rows that must be free before a stretch is begun: more than a bridge and a block bring."""
ROWS_FULL, UNLIKE = -1, -2
"""Why a push told nothing: no room for more rows; not as many stamps as samples."""


@kernel("void(float64[::1])")
def begin_anew(memory: F64) -> None:
    """Forget the person: the next sample is the first."""
    memory[int(memory[at.DESIGN_END]) :] = 0.0
    count = memory[int(memory[at.STATE_END]) : int(memory[at.COUNT_END])].view(np.int64)
    count[at.HIDDEN_TO] = -1
    state = memory[int(memory[at.DESIGN_END]) :]
    state[at.SPARE_SCORE] = state[at.PREVIOUS_R] = at.NOTHING
    clock = memory[int(memory[at.TEMPLATES_END]) :]
    clock[BEFORE] = clock[PERIOD] = 1.0 / memory[at.RATE]
    clock[LAST] = np.nan


@kernel("void(float64[::1], float64[::1], float64[::1], float64[:,::1])")
def date(design: F64, ring: F64, trust: F64, rows: F64) -> None:
    """Turn samples into seconds, and presence into quality, in all of ``rows``."""
    rate = design[at.RATE]
    for k in range(rows.shape[0]):
        known = rows[k, at.KNOWN]
        t = moment(ring, rate, rows[k, at.TIME], known)
        rows[k, at.TIME] = t
        rows[k, at.KNOWN] = moment(ring, rate, known, known)
        kind = rows[k, at.KIND]
        if kind in (at.CONFIRMED, at.LATE):
            note_beat(trust, t, rows[k, at.QUALITY])
        elif kind == at.RETRACTED:
            note_retraction(trust, t)
        elif kind == at.SECOND:
            rows[k, at.QUALITY] = quality_of_second(trust, t, rows[k, at.QUALITY])


@kernel("int64(float64[::1], float64[::1], float64[::1], float64[:,::1])")
def push(memory: F64, x: F64, t: F64, rows: F64) -> int:
    """Take samples ``x`` at ``t``; return how many rows there are.

    Or `ROWS_FULL`: how many rows there were and how many samples were taken is remembered,
    and with more room the call is repeated. Or `UNLIKE`, and nothing was taken.

    Parameters
    ----------
    memory
        Everything that is kept, part after part as `engine.dsp.qrs_layout.ENDS` tells.
    x, t : (n,)
        Electrocardiogram in any unit, NaN where missing, and its stamps, s.
    rows : (capacity, ROW)
        What became known.
    """
    if x.shape[0] != t.shape[0]:
        return UNLIKE
    design = memory[: int(memory[at.DESIGN_END])]
    state = memory[int(design[at.DESIGN_END]) : int(design[at.STATE_END])]
    count = memory[int(design[at.STATE_END]) : int(design[at.COUNT_END])].view(np.int64)
    raw = memory[int(design[at.COUNT_END]) : int(design[at.RAW_END])]
    templates = memory[int(design[at.RAW_END]) : int(design[at.TEMPLATES_END])].reshape(
        (at.SHAPES, int(design[at.POINTS]))
    )
    clock = memory[int(design[at.TEMPLATES_END]) : int(design[at.CLOCK_END])]
    ring = memory[int(design[at.CLOCK_END]) : int(design[at.STAMPS_END])]
    trust = memory[int(design[at.STAMPS_END]) : int(design[at.TRUST_END])]
    bridge = memory[int(design[at.TRUST_END]) : int(design[at.BRIDGE_END])]
    heard = memory[int(design[at.BRIDGE_END]) : int(design[at.HEARD_END])].reshape(
        (at.HEARD, at.BLOCK + at.KEPT)
    )
    rate = design[at.RATE]
    period = 1.0 / rate
    gap = GAP_SAMPLES * period
    block = int(BLOCK * rate)
    half = bridge.shape[0] // 2
    n = x.shape[0]
    k = count[at.ROWS]
    i = count[at.TAKEN]
    while i < n and rows.shape[0] - k >= ROOM:
        first = i
        last = clock[LAST]
        steady = t[first : min(n, first + block)]
        i = first + steady.shape[0]
        if not is_steady(clock, steady, rate, gap, ASTRAY):
            i = follow(clock, ring, t, first, i, rate, gap, ASTRAY)
            steady = steady[:0]
        if i > first:
            made = step(
                design, state, count, raw, templates, clock, ring, heard, x[first:i], steady,
                rows[k:],
            )  # fmt: skip
            date(design, ring, trust, rows[k : k + made])
            k += made
            continue
        if math.isnan(last):
            i += 1  # before the first stamp
            continue
        apart = t[i] - last
        if period < apart <= BRIDGED and abs(apart - period) > gap:
            missing = int(np.rint(apart * rate)) - 1
            for j in range(missing):
                bridge[j] = np.nan
                bridge[half + j] = last + apart * (j + 1.0) / (missing + 1.0)
            follow(clock, ring, bridge[half:], 0, missing, rate, np.inf, np.inf)
            made = step(
                design, state, count, raw, templates, clock, ring, heard, bridge[:missing],
                steady[:0], rows[k:],
            )  # fmt: skip
            date(design, ring, trust, rows[k : k + made])
            k += made
        else:
            begin_anew(memory)
            rows[k, :] = 0.0
            rows[k, at.KIND] = at.SECOND
            rows[k, at.TIME] = t[i]
            rows[k, at.KNOWN] = t[i]
            k += 1
    if i < n:
        count[at.ROWS] = k
        count[at.TAKEN] = i
        return ROWS_FULL
    count[at.ROWS] = count[at.TAKEN] = 0
    return int(k)
