from dataclasses import replace

import numpy as np
import pytest

from engine.report.lines import doubtful, pieces, steps, thinned
from engine.report.measures import doubted, measure, share_good
from engine.report.view import Track
from tests.report_sessions import protocol_named, rehearsed


def track(t: list[float], value: list[float], quality: float = 1.0) -> Track:
    times = np.array(t, float)
    return Track(times, np.array(value, float), np.full(len(times), quality), np.zeros(len(times)))


def steady(seconds: int, value: float = 70.0, quality: float = 1.0) -> Track:
    return track([i + 0.5 for i in range(seconds)], [value] * seconds, quality)


def test_a_measure_is_the_median_of_good_values_only() -> None:
    one = steady(100)
    one.value[50:70] = 200.0
    one.quality[50:70] = 0.2

    found = measure(one, 0.0, 100.0)

    assert found.value == 70.0
    assert found.good == pytest.approx(0.8)


def test_a_stretch_with_too_little_good_time_gives_no_number() -> None:
    one = steady(100)
    one.quality[:60] = 0.1

    found = measure(one, 0.0, 100.0)

    assert found.value is None
    assert found.good == pytest.approx(0.4)


def test_what_still_looks_back_on_the_part_before_is_left_out() -> None:
    one = steady(200, value=40.0)
    one.value[:100] = 99.0

    found = measure(one, 40.0, 200.0, lead_in=60.0)

    assert found.value == 40.0


def test_a_stretch_shorter_than_its_lead_in_gives_no_number() -> None:
    found = measure(steady(30), 0.0, 30.0, lead_in=60.0)

    assert found.value is None
    assert found.good == 1.0


def test_a_value_that_comes_with_every_breath_counts_for_the_time_in_between() -> None:
    one = track([i * 4.0 for i in range(26)], [15.0] * 26)

    assert share_good(one, 0.0, 100.0) == 1.0


def test_a_value_older_than_five_seconds_counts_no_more() -> None:
    one = track([0.0, 1.0, 2.0, 90.0], [15.0] * 4)

    assert share_good(one, 0.0, 100.0) == pytest.approx(0.12, abs=0.02)


@pytest.mark.parametrize("n", [0, 1])
def test_an_empty_recording_is_no_fault(n: int) -> None:
    found = measure(steady(n), 0.0, 60.0)

    assert found.value is None


def test_a_line_breaks_where_values_are_missing() -> None:
    t = np.arange(100.0)
    y = np.ones(100)
    y[40:60] = np.nan

    parts = list(pieces(t, y, 100.0))

    assert [(p.t[0], p.t[-1]) for p in parts] == [(0.0, 39.0), (60.0, 99.0)]


def test_a_line_breaks_where_nothing_came() -> None:
    t = np.concatenate((np.arange(40.0), np.arange(60.0, 100.0)))

    parts = list(pieces(t, np.ones(80), 100.0))

    assert len(parts) == 2


def test_thinning_keeps_both_ends_and_every_peak() -> None:
    t = np.arange(0.0, 1000.0, 0.05)
    y = np.sin(t)
    y[7_777], y[15_151] = 9.0, -9.0

    part = thinned(t, y, 1000.0 / 720)

    assert len(part.t) < 1500
    assert (part.t[0], part.t[-1]) == (t[0], t[-1])
    assert (part.y.max(), part.y.min()) == (9.0, -9.0)
    assert (np.diff(part.t) > 0).all()


def test_a_line_with_fewer_points_than_can_be_seen_stays_as_it_is() -> None:
    t = np.arange(0.0, 1000.0)

    part = thinned(t, np.sin(t), 1000.0 / 720)

    assert len(part.t) == 1000


def test_a_staircase_keeps_the_moment_of_each_change() -> None:
    t = np.arange(6.0)

    part = steps(t, np.array([1.0, 1, 1, 2, 2, 2]))

    assert part.t.tolist() == [0, 2, 3, 5]
    assert part.y.tolist() == [1, 1, 2, 2]


def test_low_quality_is_found_in_whole_stretches() -> None:
    one = steady(100)
    one.quality[20:30] = 0.3

    assert doubtful(one) == [(20.5, 30.5)]


def test_where_there_is_no_value_there_is_no_doubtful_one() -> None:
    one = steady(100)
    one.quality[20:30] = 0.0
    one.value[20:30] = np.nan

    assert doubtful(one) == []


def test_the_median_of_minutes_is_less_doubtful_than_one_and_arousal_is_not() -> None:
    t = np.arange(0.0, 600.0)
    one = Track(t, np.full(600, 40.0), np.ones(600), np.zeros(600))
    off = Track(t, np.full(600, 6.0), np.ones(600), np.zeros(600))
    base = rehearsed(protocol_named("demo"))
    view = replace(base, doubts={"heart.rmssd_ms": off}, arousal_sd=off)

    def told(name: str, seconds: float) -> float:
        return doubted(measure(one, 0.0, seconds), view, name, 0.0, seconds).doubt

    assert told("heart.rmssd_ms", 60.0) == pytest.approx(6.0)
    assert told("heart.rmssd_ms", 540.0) == pytest.approx(6.0 * 1.25 / 3.0)
    assert told("arousal", 540.0) == pytest.approx(6.0)
    assert np.isnan(told("heart.rate", 60.0))
