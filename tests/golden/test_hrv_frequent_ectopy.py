"""What a counselor would be shown of two real hearts with an early beat in every fifth."""

from pathlib import Path

import numpy as np
import pytest

from engine.dsp import hrv_follow as to
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.qrs_layout import CONFIRMED
from engine.streams import F64

SURE = 0.7


def followed(rr_ms: F64) -> F64:
    """Return the state after every interval."""
    t = np.cumsum(rr_ms) / 1000.0
    events = np.full((t.size, 6), np.nan)
    events[:, 0], events[:, 1], events[:, 2], events[:, 3] = CONFIRMED, t, rr_ms, 1.0
    rows = HeartTracker().push(events, t)
    return rows[rows[:, to.SHOWN] > 0.0].copy()


def by_labels(rr_ms: F64, normal: F64) -> tuple[F64, F64, F64]:
    """Return RMSSD, SDNN and pNN50 of the labels over the minute of heartbeat judged by then."""
    between = (normal[1:] * normal[:-1]) > 0
    true = np.concatenate([[False], between[1:] & between[:-1]])
    d = np.concatenate([[0.0], np.diff(rr_ms)])
    end = np.concatenate([[0.0], np.cumsum(rr_ms)]) / 1000.0
    values = np.full((3, rr_ms.size), np.nan)
    for i in range(60, rr_ms.size):
        minute = slice(max(int(np.searchsorted(end, end[i - 1] - 60.0, "right")) - 1, 0), i - 1)
        steps = d[minute][true[minute]]
        if steps.size >= 10:
            values[0, i] = np.sqrt(np.mean(steps**2))
            values[1, i] = np.std(rr_ms[minute][between[minute]], ddof=1)
            values[2, i] = 100.0 * np.mean(np.abs(steps) > 50.0)
    return values[0], values[1], values[2]


@pytest.mark.parametrize(("record", "least"), [("ltdb_14046", 0.15), ("ltdb_14172", 0.025)])
def test_numbers_of_high_quality_are_right_where_early_beats_are_very_many(
    recordings: Path, record: str, least: float
) -> None:
    with np.load(recordings / "ltdb_rr" / f"{record}.npz") as kept:
        rr = 1000.0 * np.diff(kept["beat_sample"]) / float(kept["fs"])
        normal = np.isin(kept["beat_symbol"], ["N", "L", "R", "/", "B"]).astype(np.float64)

    rows = followed(rr)

    rmssd, sdnn, pnn50 = by_labels(rr, normal)
    sure = (rows[:, to.RMSSD_QUALITY] > SURE) & np.isfinite(rmssd)
    off = np.abs(rows[sure, to.RMSSD] / rmssd[sure] - 1.0)
    assert np.mean(sure) > least
    assert np.mean(off <= 0.20) >= 0.945
    sure = (rows[:, to.SDNN_QUALITY] > SURE) & np.isfinite(sdnn)
    assert np.mean(np.abs(rows[sure, to.SDNN] / sdnn[sure] - 1.0) <= 0.20) >= 0.94
    sure = (rows[:, to.PNN50_QUALITY] > SURE) & np.isfinite(pnn50)
    assert np.mean(np.abs(rows[sure, to.PNN50] - pnn50[sure]) <= 5.0) >= 0.95
    assert np.mean(np.isfinite(rows[:, to.RATE])) > 0.99


@pytest.mark.parametrize("record", ["rr_healthy/healthy_000", "polar_h10_ibi/brennan"])
def test_a_healthy_heart_is_shown_nearly_always(recordings: Path, record: str) -> None:
    with np.load(recordings / f"{record}.npz") as kept:
        rows = followed(kept["rr_ms"].astype(np.float64)[:4000])

    assert np.mean(rows[80:, to.RMSSD_QUALITY] > SURE) > 0.9
