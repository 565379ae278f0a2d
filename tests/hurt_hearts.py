"""Real hearts that chose no constant, and artefacts to put into them."""

from pathlib import Path

import numpy as np

from engine.streams import F64

HELD_OUT = ("nsr2db_toolbox/nsr004", "bartels_hrv/exercise", "mitdb/mitdb_100",
            "rr_healthy/healthy_000", "rr_healthy/healthy_003")  # fmt: skip
"""Of the last two other stretches were chosen on."""
SEEDS = 5000
"""Draws from here on chose nothing either."""


def held_out(recordings: Path, heart: str, most: int = 2500) -> F64:
    """Return intervals (ms) of ``heart``, its longest stretch without an odd one."""
    with np.load(recordings / f"{heart}.npz") as kept:
        if "rr_ms" in kept:
            rr = kept["rr_ms"].astype(np.float64)
        else:
            rr = 1000.0 * np.diff(kept["beat_sample"]) / float(kept["fs"])
    if heart.startswith("rr_healthy"):
        rr = rr[:6000] if heart.endswith("000") else rr[9000:]
    return quiet_stretch(rr)[:most]


def quiet_stretch(rr: F64) -> F64:
    """Return the longest stretch (up to 2500) without an interval that is odd by a plain rule."""
    return quiet_stretches(rr)[0][:2500]


def quiet_stretches(rr: F64) -> list[F64]:
    """Return the stretches without an interval that is odd by a plain rule, the longest first."""
    usual = np.array([np.median(rr[max(0, i - 5) : i + 6]) for i in range(rr.size)])
    odd = np.abs(rr / usual - 1.0) > 0.2
    odd[1:] |= np.abs(np.diff(rr)) / usual[1:] > 0.3
    ends = np.flatnonzero(np.concatenate([[True], odd, [True]]))
    order = np.argsort(-np.diff(ends), kind="stable")
    return [rr[ends[k] : ends[k + 1] - 1] for k in order.tolist()]


def hurt(rr: F64, share: float, rng: np.random.Generator) -> F64:
    """Return intervals with missed, extra, early and misplaced beats, a quarter each."""
    t = np.concatenate([[0.0], np.cumsum(rr)])
    free = np.ones(t.size, dtype=bool)
    chosen: list[int] = []
    for k in rng.permutation(np.arange(10, t.size - 10)).tolist():
        if len(chosen) < round(share * t.size) and free[k - 2 : k + 3].all():
            free[k] = False
            chosen.append(k)
    missed: list[int] = []
    extra: list[float] = []
    for k in chosen:
        kind = int(rng.integers(4))
        if kind == 0:
            missed.append(k)
        elif kind == 1:
            extra.append(t[k] + rng.uniform(0.3, 0.7) * (t[k + 1] - t[k]))
        elif kind == 2:
            t[k] -= rng.uniform(0.25, 0.40) * (t[k] - t[k - 1])
        else:
            t[k] += rng.choice([-1.0, 1.0]) * rng.uniform(80.0, 140.0)
    return np.diff(np.sort(np.concatenate([np.delete(t, missed), extra])))
