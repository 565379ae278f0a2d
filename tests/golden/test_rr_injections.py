"""Artefacts of our own put into real hearts: many hearts, many draws, one law."""

from pathlib import Path

import numpy as np
import pytest

from engine.dsp import rr_layout as at
from engine.dsp.rr_repair import RrClassifier
from engine.streams import F64

HEARTS = ("rr_healthy/healthy_000", "rr_healthy/healthy_003", "polar_h10_ibi/brennan",
          "bartels_hrv/rest")  # fmt: skip
# Mean over hearts and draws of the error of RMSSD that this share of hurt beats leaves, %.
# At 1 % a heart's own few doubtful turns weigh as much as the artefacts.
MOST = {0.01: 1.3, 0.03: 2.5, 0.05: 3.0, 0.10: 8.0}


def quiet_stretch(rr: F64) -> F64:
    """Return the longest stretch (up to 2500) without an interval that is odd by a plain rule."""
    usual = np.array([np.median(rr[max(0, i - 5) : i + 6]) for i in range(rr.size)])
    odd = np.abs(rr / usual - 1.0) > 0.2
    odd[1:] |= np.abs(np.diff(rr)) / usual[1:] > 0.3
    ends = np.flatnonzero(np.concatenate([[True], odd, [True]]))
    k = int(np.argmax(np.diff(ends)))
    return rr[ends[k] : ends[k + 1] - 1][:2500]


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


def told(rr: F64) -> tuple[float, float]:
    """Return RMSSD of what was left and the rate of what was repaired."""
    classifier = RrClassifier()
    rows = np.concatenate([classifier.push(x).copy() for x in rr.tolist()])
    rows = np.concatenate([rows, classifier.interrupt().copy()])
    kept = np.diff(rr)[rows[1:, at.DIFFERENCE_OK] > 0]
    beats = rows[:, at.STANDS_FOR]
    rate = 60000.0 * float(beats.sum() / (beats * rows[:, at.NN]).sum())
    return float(np.sqrt(np.mean(kept**2))), rate


@pytest.mark.slow
@pytest.mark.parametrize("share", sorted(MOST))
def test_artefacts_of_any_draw_leave_little_error_in_any_heart(
    recordings: Path, share: float
) -> None:
    errors: list[float] = []
    rates: list[float] = []
    for k, heart in enumerate(HEARTS):
        with np.load(recordings / f"{heart}.npz") as kept:
            clean = quiet_stretch(kept["rr_ms"].astype(np.float64))
        true = float(np.sqrt(np.mean(np.diff(clean)[at.RING - 2 :] ** 2)))
        for seed in range(6):
            rmssd, rate = told(hurt(clean, share, np.random.default_rng(100 * k + seed)))
            errors.append(100.0 * abs(rmssd / true - 1.0))
            rates.append(abs(rate - 60000.0 / clean.mean()))

    assert np.mean(errors) <= MOST[share]
    assert max(rates) < 0.2
