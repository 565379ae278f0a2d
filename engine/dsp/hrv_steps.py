"""What the differences of successive intervals tell of a whole recording, and their doubt."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.dsp import hrv_window as win
from engine.dsp.hrv_grain import grain_of, lifted
from engine.dsp.rr_layout import Beat
from engine.streams import F64


@dataclass(frozen=True, slots=True)
class Steps:
    """RMSSD (ms) with its doubt as a share, pNN50 (%) with its own in points.

    ``length`` is the ms of heartbeat they rest on; ``of`` (n,) ms each interval's true difference
    to the one before, NaN where there is none.
    """

    rmssd: float
    doubt: float
    pnn50: float
    pnn50_doubt: float
    length: float
    of: F64


def successive(
    nn_ms: F64, difference_ok: F64, usable: NDArray[np.bool_], code: F64, may_be_ms: F64 | None
) -> Steps:
    """Return what true differences tell; arguments as of `engine.dsp.hrv_whole.whole_hrv`."""
    normal = usable & (code == Beat.NORMAL)
    may = np.full(nn_ms.size, np.nan) if may_be_ms is None else may_be_ms
    believed = np.where(np.isfinite(may), may, nn_ms)
    fine = normal | (np.isfinite(may) & usable)
    true = np.zeros(nn_ms.size, dtype=bool)
    true[1:] = (np.nan_to_num(difference_ok[1:]) > 0.0) & usable[1:] & usable[:-1]
    doubted = np.zeros(nn_ms.size, dtype=bool)
    plain = normal & ~np.isfinite(may)
    doubted[1:] = ~true[1:] & fine[1:] & fine[:-1] & ~(plain[1:] & normal[:-1])
    every = np.diff(nn_ms, prepend=0.0)
    d = every[true]
    more = np.diff(believed, prepend=0.0)[doubted]
    if not d.size:
        return Steps(math.nan, math.inf, math.nan, math.inf, 0.0, np.full(nn_ms.size, np.nan))
    state = np.zeros(win.STATE)
    state[win.DIFFERENCES], state[win.DIFFERENCE_SQUARES] = d.size, d @ d
    state[win.FOURTHS] = float(np.sum(d**4))
    state[win.LARGE] = np.count_nonzero(np.abs(d) > win.PNN_LIMIT_MS)
    state[win.DOUBTS], state[win.DOUBT_SQUARES] = more.size, more @ more
    state[win.DOUBTS_LARGE] = np.count_nonzero(np.abs(more) > win.PNN_LIMIT_MS)
    large = float(state[win.LARGE]) / d.size
    rmssd = float(win.rmssd(state))
    return Steps(
        rmssd=rmssd,
        doubt=math.hypot(win.rmssd_doubt(state), lifted(rmssd, grain_of(nn_ms[normal]))),
        pnn50=100.0 * large,
        pnn50_doubt=100.0 * float(win.pnn50_doubt(state)),
        length=float(nn_ms[true].sum()),
        of=np.where(true, every, np.nan),
    )
