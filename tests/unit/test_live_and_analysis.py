"""What was on the screen and what is read later of the same minute: value, quality, doubt."""

import copy
import math

import numpy as np
import pytest

from engine.analysis import analyse
from engine.analysis.variability import stretch
from engine.dsp.hrv_tracker import HeartState, HeartTracker
from engine.dsp.metric import Metric
from engine.dsp.qrs_layout import CONFIRMED
from engine.streams import F64
from tests.analysis_kit import of_intervals
from tests.synthetic_heart import intervals


def told(rr_ms: F64) -> tuple[HeartState, dict[str, Metric]]:
    """Return what is shown when the last of these intervals is judged, and read of its minute."""
    every = np.concatenate((rr_ms, rr_ms[-2:]))  # two more, to judge the last by
    ends = np.cumsum(every) / 1000.0
    tracker = HeartTracker()
    tracker.beat(0.0, math.nan, 1.0)
    for t, rr in zip(ends.tolist(), every.tolist(), strict=True):
        tracker.beat(t, rr, 1.0)
    back = np.cumsum(rr_ms[::-1]) / 1000.0
    begins = float(ends[rr_ms.size - 1] - back[int(np.searchsorted(back, 60.0))])
    found = analyse(of_intervals(every))
    read = stretch(
        found.found, found.rhythm, begins + 0.001, float(ends[rr_ms.size - 1]) - 0.001,
        onsets=np.empty(0),
    )  # fmt: skip
    return tracker.state(float(ends[-1])), dict(read.metrics)


def heart(seed: int, noise_ms: float) -> F64:
    """Return 150 intervals in whole ms."""
    return np.round(intervals(150, seed=seed, noise_ms=noise_ms))


def test_a_clean_minute_is_what_the_textbook_says_live_and_afterwards() -> None:
    rr = heart(3, 18.0)
    shown, read = told(rr)

    back = np.cumsum(rr[::-1]) / 1000.0
    minute = rr[-int(np.searchsorted(back, 60.0)) - 1 :]
    own = np.diff(minute)
    # Live, the step into the minute counts as well: one difference more.
    with_first = np.diff(rr[-minute.size - 1 :])
    assert read["rmssd_ms"].value == pytest.approx(math.sqrt(float(np.mean(own**2))), rel=1e-9)
    assert shown.rmssd_ms == pytest.approx(math.sqrt(float(np.mean(with_first**2))), rel=1e-9)
    assert read["pnn50_percent"].value == pytest.approx(100.0 * np.mean(np.abs(own) > 50.0))
    assert shown.pnn50 == pytest.approx(100.0 * np.mean(np.abs(with_first) > 50.0))
    for sdnn in (shown.sdnn_ms, read["sdnn_ms"].value):
        assert sdnn == pytest.approx(np.std(minute, ddof=1), rel=1e-9)
    assert read["mean_nn_ms"].value == pytest.approx(np.mean(minute), rel=1e-9)


@pytest.mark.parametrize("missed", [(), (120,), (90, 100, 110, 120, 130)])
def test_corrections_take_as_much_quality_live_as_afterwards(missed: tuple[int, ...]) -> None:
    rr = heart(3, 18.0)
    for i in missed:
        rr[i] *= 2.0
    shown, read = told(rr)

    left = 1.0 - shown.corrected
    assert read["hr_bpm"].quality == pytest.approx(left, abs=1e-4)
    assert read["rmssd_ms"].quality == pytest.approx(shown.rmssd_quality, abs=0.02)
    for name in ("rmssd_ms", "sdnn_ms", "pnn50_percent", "sd1_ms", "sd2_ms"):
        assert read[name].corrected == pytest.approx(shown.corrected)
        assert read[name].quality <= left * left + 1e-4, name
    assert max(shown.sdnn_quality, shown.pnn50_quality) <= left * left + 1e-9


def test_a_step_too_large_to_count_at_once_is_doubted_both_live_and_afterwards() -> None:
    rr = np.round(850.0 + 24.0 * np.random.default_rng(5).standard_normal(150))
    rr[110:] += 190.0
    rr[109], rr[110] = 790.0, 1027.0
    shown, read = told(rr)

    step = abs(rr[110] - rr[109])
    assert step > 0.25 * rr[109]  # though within a quarter of the level
    with_it = math.sqrt(shown.rmssd_ms**2 + step**2 / 60.0)
    assert with_it > 1.2 * shown.rmssd_ms
    assert with_it < shown.rmssd_ms * (1.0 + 1.96 * shown.rmssd_doubt)
    assert with_it < read["rmssd_ms"].value + 1.96 * read["rmssd_ms"].doubt
    assert max(shown.rmssd_quality, read["rmssd_ms"].quality) < 0.7


def test_a_copy_of_what_follows_the_heart_goes_on_alike_and_alone() -> None:
    rr = heart(6, 18.0)
    t = np.cumsum(rr) / 1000.0
    events = np.full((rr.size, 6), np.nan)
    events[:, 0], events[:, 1], events[:, 2], events[:, 3] = CONFIRMED, t, rr, 1.0
    tracker = HeartTracker()
    tracker.push(events[:100], t[:100])
    twin = copy.deepcopy(tracker)

    for i in range(100, 140):
        own = tracker.push(events[i : i + 1], t[i : i + 1]).copy()
        other = twin.push(events[i : i + 1], t[i : i + 1]).copy()
        assert own.shape[0] > 0
        np.testing.assert_array_equal(own, other)
    twin.push(events[140:141], t[140:141])
    assert twin.state(t[140]).rate != tracker.state(t[139]).rate
