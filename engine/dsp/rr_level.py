"""What the classifier knows of a person: the level of the intervals, and how they spread."""

from engine.dsp import rr_layout as at
from engine.dsp.jit import kernel
from engine.streams import F64

QUANTILE, QUANTILE_STEP = 0.80, 0.015
JUMP = 0.25
"""Largest change from one beat to the next that is believed at once."""


@kernel("float64(float64, float64, float64)")
def clamp(v: float, low: float, high: float) -> float:
    """Return ``v`` brought within ``low..high``."""
    return min(max(v, low), high)


@kernel("float64(float64[::1], int64)")
def median_of_ring(state: F64, n: int) -> float:
    """Return the middle one (upper middle of an even number) of the first ``n``."""
    for i in range(n):
        v = state[at.RING_AT + i]
        less = 0
        equal = 0
        for j in range(n):
            w = state[at.RING_AT + j]
            if w < v:
                less += 1
            elif w == v:
                equal += 1
        if less <= n // 2 and n // 2 < less + equal:
            return float(v)
    return 0.0


@kernel("void(float64[::1], float64)")
def accept(state: F64, interval: float) -> None:
    """Let ``interval`` count towards the reference level."""
    slot = int(state[at.NEXT])
    state[at.RING_AT + slot] = interval
    state[at.NEXT] = (slot + 1) % at.RING
    state[at.FILLED] = min(state[at.FILLED] + 1.0, float(at.RING))
    state[at.LEVEL] = median_of_ring(state, int(state[at.FILLED]))


@kernel("float64(float64, float64, float64, float64, float64, float64)")
def nudge(
    quantile: float, seen: float, floor: float, low: float, high: float, gain: float
) -> float:
    """Move a running quantile towards what was ``seen``."""
    way = QUANTILE if seen > quantile else QUANTILE - 1.0
    return clamp(quantile + gain * QUANTILE_STEP * max(quantile, floor) * way, low, high)


@kernel("void(float64[::1], float64[::1])")
def new_level(state: F64, out: F64) -> None:
    """Take three intervals that agree with one another as a real change of level.

    A step too large to be believed at once enters no difference, but casts its doubt on them.
    """
    x0 = state[at.X0]
    follows = state[at.A_OK] > 0.0
    close = follows and abs(x0 / state[at.A] - 1.0) < JUMP
    state[at.RING_AT] = x0
    state[at.RING_AT + 1] = state[at.X1]
    state[at.RING_AT + 2] = state[at.X2]
    state[at.FILLED] = 3.0
    state[at.NEXT] = 3.0
    state[at.LEVEL] = median_of_ring(state, 3)
    state[at.A] = x0
    state[at.A_OK] = 1.0
    state[at.B_OK] = 0.0
    state[at.RUN] = 0.0
    out[at.CODE] = at.NORMAL
    out[at.NN] = x0
    out[at.STANDS_FOR] = 1.0
    out[at.DIFFERENCE_OK] = 1.0 if close else 0.0
    out[at.DOUBTFUL] = 1.0 if follows and not close else 0.0
