"""A rhythm irregular throughout is called so, and never cleaned into a number."""

import numpy as np
import pytest

from engine.dsp import hrv_follow as to
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.qrs_layout import CONFIRMED
from engine.streams import F64


def fibrillating(seed: int, spread: float, per_minute: float, n: int = 400) -> F64:
    """Return intervals without any order, as in atrial fibrillation."""
    rng = np.random.default_rng(seed)
    shape = 1.0 / spread**2
    return np.maximum(rng.gamma(shape, 60000.0 / per_minute / shape, n), 260.0)


@pytest.mark.parametrize("spread", [0.15, 0.2, 0.25, 0.3])
@pytest.mark.parametrize("per_minute", [60.0, 95.0, 130.0])
def test_nothing_of_its_variability_is_told(spread: float, per_minute: float) -> None:
    told = []
    for seed in range(6):
        rr = fibrillating(seed, spread, per_minute)
        t = np.cumsum(rr) / 1000.0
        events = np.full((t.size, 6), np.nan)
        events[:, 0], events[:, 1], events[:, 2], events[:, 3] = CONFIRMED, t, rr, 1.0
        rows = HeartTracker().push(events, t)
        rows = rows[(rows[:, to.SHOWN] > 0.0) & (rows[:, to.KNOWN] > 60.0)]
        told.append(np.mean(rows[:, to.RMSSD_QUALITY] > 0.5))
        assert np.mean(rows[:, to.IRREGULAR] + rows[:, to.BURDENED] > 0.0) > 0.9
        late = rows[-60:, to.RATE]
        assert np.nanmean(late) == pytest.approx(60000.0 / rr[-70:].mean(), rel=0.1)
    assert max(told) <= 0.02
