import math
from typing import Any

import numpy as np
import pytest

from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.hrv_window import CAPACITY, BeatWindow
from engine.dsp.rr_layout import Beat
from engine.streams import F64
from tests import naive
from tests.synthetic_heart import intervals


def exactly(expected: float) -> Any:
    """Return what equals ``expected`` to nine digits."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def filled(window: BeatWindow, nn_ms: F64) -> None:
    t = 0.0
    before = math.nan
    for nn in nn_ms.tolist():
        t += nn / 1000.0
        window.push(t, nn, difference_ms=nn - before)
        before = nn


def told(tracker: HeartTracker, rr_ms: F64, t: float = 0.0) -> float:
    """Feed the tracker and return the time of the last beat."""
    for rr in rr_ms.tolist():
        t += rr / 1000.0
        tracker.beat(t, rr, 1.0)
    return t


@pytest.mark.parametrize("n", [50, 400, 5000])
def test_window_equals_numpy_over_its_newest_beats(n: int) -> None:
    nn = intervals(n, seed=n, noise_ms=30.0)
    window = BeatWindow(span=60.0, age=1e9)

    filled(window, nn)

    kept = naive.newest(nn, 60.0)
    assert window.rate == exactly(naive.rate(kept))
    assert window.sdnn_ms == exactly(naive.sdnn_ms(kept))
    # The oldest kept interval has a difference to the one just dropped.
    reach = kept if kept.size == n else nn[-kept.size - 1 :]
    assert window.rmssd_ms == exactly(naive.rmssd_ms(reach))
    assert window.pnn50 == exactly(naive.pnn50(reach))


def test_hours_of_beats_do_not_wear_the_sums_out() -> None:
    nn = intervals(30_000, seed=1, noise_ms=40.0)
    window = BeatWindow(span=60.0, age=1e9)

    filled(window, nn)

    kept = naive.newest(nn, 60.0)
    assert window.sdnn_ms == exactly(naive.sdnn_ms(kept))
    assert window.rmssd_ms == exactly(naive.rmssd_ms(nn[-kept.size - 1 :]))


def test_window_never_holds_more_than_its_ring() -> None:
    window = BeatWindow(span=1e9, age=1e9)
    nn = intervals(3 * CAPACITY, seed=2)

    filled(window, nn)

    assert window.sdnn_ms == exactly(naive.sdnn_ms(nn[-CAPACITY:]))


def test_empty_window_knows_nothing() -> None:
    window = BeatWindow(span=10.0, age=20.0)

    assert math.isnan(window.rate)
    assert math.isnan(window.rmssd_ms)
    assert math.isnan(window.sdnn_ms)
    assert math.isnan(window.pnn50)
    assert (window.length, window.quality, window.corrected) == (0.0, 0.0, 0.0)


def test_old_beats_leave_as_time_goes_by() -> None:
    window = BeatWindow(span=60.0, age=75.0)
    filled(window, np.full(40, 1000.0))

    window.advance(100.0)

    assert window.length == pytest.approx(16.0)


def test_split_interval_counts_as_the_beats_it_stands_for() -> None:
    window = BeatWindow(span=60.0, age=75.0)

    window.push(1.0, 1000.0)
    window.push(2.6, 800.0, stands_for=2, corrected=True)

    assert window.rate == pytest.approx(60000.0 * 3 / 2600.0)
    assert window.corrected == 0.5


def test_values_appear_only_when_their_windows_are_full() -> None:
    tracker = HeartTracker()
    first: dict[str, float] = {}
    t = 0.0
    for rr in intervals(100, seed=5).tolist():
        t += rr / 1000.0
        tracker.beat(t, rr, 0.9)
        state = tracker.state(t)
        for name in ("rate", "rmssd_ms", "sdnn_ms"):
            if not math.isnan(getattr(state, name)):
                first.setdefault(name, t)

    assert 10.0 <= first["rate"] < 14.0
    assert 30.0 <= first["rmssd_ms"] < 40.0
    assert 60.0 <= first["sdnn_ms"] < 70.0


def test_ultra_short_is_told_until_a_minute_is_full() -> None:
    tracker = HeartTracker()

    t = told(tracker, intervals(50, seed=5))
    early = tracker.state(t)
    t = told(tracker, intervals(50, seed=6), t)
    late = tracker.state(t)

    assert early.ultra_short
    assert not late.ultra_short


def test_quality_is_that_of_the_beats_times_the_share_left_alone_and_what_the_rest_allows() -> None:
    tracker = HeartTracker()
    rr = intervals(100, seed=5)
    rr[80] -= 300.0
    rr[81] += 300.0
    t = 0.0
    for x in rr.tolist():
        t += x / 1000.0
        tracker.beat(t, x, 0.8)

    state = tracker.state(t)

    assert state.corrected == pytest.approx(2.0 / naive.newest(rr, 60.0).size, rel=0.05)
    sound = 0.8 * (1.0 - state.corrected)
    assert state.rate_quality == pytest.approx(0.8 - 0.8 * state.corrected, rel=0.05)
    assert state.rmssd_quality == pytest.approx(
        sound * (1.0 - state.corrected) / (1.0 + (state.rmssd_doubt / 0.3) ** 2)
    )


def test_nothing_is_known_after_three_silent_seconds() -> None:
    tracker = HeartTracker()
    t = told(tracker, intervals(100, seed=5))

    present, gone = tracker.state(t + 2.9), tracker.state(t + 3.1)

    assert not math.isnan(present.rate)
    assert math.isnan(gone.rate)
    assert math.isnan(gone.rmssd_ms)
    assert math.isnan(gone.sdnn_ms)
    assert (gone.rate_quality, gone.rmssd_quality, gone.sdnn_quality) == (0.0, 0.0, 0.0)


def test_beats_without_true_intervals_keep_no_stale_rate_alive() -> None:
    tracker = HeartTracker()
    t = told(tracker, intervals(100, seed=5))

    for _ in range(12):
        t += 1.0
        tracker.beat(t, math.nan, 0.5)

    assert math.isnan(tracker.state(t).rate)


def test_no_interval_is_made_across_a_silence() -> None:
    tracker = HeartTracker()
    t = told(tracker, intervals(60, seed=5))

    judged = tracker.beat(t + 4.0, 900.0, 1.0)
    again = told(tracker, intervals(20, seed=6), t + 4.0)

    assert [i.code for i in judged] == [Beat.LEARN, Beat.LEARN]
    assert tracker.state(again).rate == pytest.approx(68.0, rel=0.1)


def test_variability_is_withheld_from_an_irregular_heart_while_its_rate_goes_on() -> None:
    tracker = HeartTracker()
    rr = np.random.default_rng(0).gamma(16.0, 650.0 / 16.0, 400).clip(300.0)

    state = tracker.state(told(tracker, rr))

    assert state.irregular
    assert math.isnan(state.rmssd_ms)
    assert math.isnan(state.sdnn_ms)
    assert math.isnan(state.pnn50)
    assert state.rate == pytest.approx(60000.0 / rr[-20:].mean(), rel=0.25)


def test_doubt_is_the_standard_error_where_nothing_was_left_out() -> None:
    tracker = HeartTracker()
    rr = intervals(200, seed=5, noise_ms=30.0)

    state = tracker.state(told(tracker, rr))

    n = naive.newest(rr[:-2], 60.0).size
    d = np.diff(rr[:-2])[-n:] ** 2
    assert state.rmssd_doubt == pytest.approx(0.5 * np.std(d) / np.mean(d) / math.sqrt(n), rel=1e-6)


def test_early_beats_that_may_be_true_lower_the_quality_and_then_withhold_the_value() -> None:
    rr = intervals(200, seed=5)
    seen = []
    for many in (0, 1, 6):
        spoiled = rr.copy()
        for k in range(many):
            spoiled[140 + 8 * k] *= 0.84
            spoiled[141 + 8 * k] *= 1.14
        tracker = HeartTracker()
        seen.append(tracker.state(told(tracker, spoiled)))

    assert seen[0].rmssd_quality > 0.8
    assert seen[1].rmssd_quality < 0.75
    assert seen[0].rmssd_doubt < seen[1].rmssd_doubt < seen[2].rmssd_doubt
    assert math.isnan(seen[2].rmssd_ms)
    assert seen[2].rmssd_quality == 0.0
    assert seen[2].rate == pytest.approx(seen[0].rate, rel=0.03)


def test_one_call_for_many_events_tells_the_same_as_many_calls() -> None:
    rr = intervals(300, seed=7)
    rr[100] *= 0.6
    t = np.cumsum(rr) / 1000.0
    events = np.full((300, 6), np.nan)
    events[:, 0], events[:, 1], events[:, 2], events[:, 3] = 2.0, t, rr, 0.9
    whole, single = HeartTracker(), HeartTracker()

    rows = whole.push(events, t).copy()
    parts = [single.push(events[i : i + 1], t[i : i + 1]).copy() for i in range(300)]

    np.testing.assert_array_equal(rows, np.concatenate(parts))


def test_judged_intervals_carry_their_own_time_and_true_difference() -> None:
    tracker = HeartTracker()
    rr = intervals(30, seed=5)
    t = np.cumsum(rr) / 1000.0

    judged = [i for k in range(30) for i in tracker.beat(float(t[k]), float(rr[k]), 1.0)]

    assert [i.t for i in judged] == t[:28].tolist()
    assert [i.nn_ms for i in judged] == rr[:28].tolist()
    assert judged[20].difference_ms == rr[20] - rr[19]
    assert math.isnan(judged[3].difference_ms)
