"""How tightly heartbeat intervals crowd about the commonest one."""

import math

import numpy as np

from engine.streams import F64

BIN_MS = 50.0


def stress_index(nn_ms: F64) -> float:
    """Return Baevsky's index AMo / (2 Mo MxDMn) of intervals.

    Mo is the middle of the fullest bin of 50 ms (bins begin at multiples of 50 ms, the
    shorter one in a tie) in s, AMo its share of all intervals in %, MxDMn the difference
    between the longest and the shortest interval in s. Give it intervals that needed no
    correction: a single wrong one stretches MxDMn.

    Parameters
    ----------
    nn_ms
        (n,) ms.

    Returns
    -------
    float
        % / s^2; NaN where nothing varies or a value is missing.
    """
    if nn_ms.size < 2 or not np.isfinite(nn_ms).all() or nn_ms.min() < 0.0:
        return math.nan
    spread = float(nn_ms.max() - nn_ms.min()) / 1000.0
    if spread <= 0.0:
        return math.nan
    bins, counts = np.unique(nn_ms // BIN_MS, return_counts=True)
    fullest = int(np.argmax(counts))
    mode = (float(bins[fullest]) + 0.5) * BIN_MS / 1000.0
    share = 100.0 * float(counts[fullest]) / nn_ms.size
    return share / (2.0 * mode * spread)
