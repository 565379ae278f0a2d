"""How far a number may be off is seen by telling the same stretch with as much more missing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsp.hrv_limits import INDICES
from engine.dsp.hrv_retold import (
    AGAIN,
    BELIEVED,
    TELLINGS,
    WIDER,
    WITHOUT,
    but_oddest,
    chance_of_mean,
    chance_without,
    cut,
    filled,
    holes,
    moved,
    once,
    tellings,
)
from engine.dsp.hrv_spectrum_beats import tachogram
from engine.dsp.hrv_spectrum_live import LiveVariability
from engine.dsp.hrv_spectrum_window import tellings_of
from engine.dsp.hrv_trust import Share, Told, told
from engine.dsp.rr_layout import MISPLACED
from engine.pace import Pace
from engine.streams import F64
from tests.synthetic_heart import intervals

NN = intervals(90, seed=4)
T = np.cumsum(NN) / 1000.0


def without(*places: int) -> tuple[F64, F64]:
    kept = np.ones(T.size, dtype=bool)
    kept[list(places)] = False
    return T[kept], NN[kept]


def test_a_whole_stretch_is_told_once() -> None:
    made = tellings((T, NN), None)

    assert len(made) == TELLINGS
    assert all(one is made[0] for one in made)


def test_as_much_is_missing_again_elsewhere() -> None:
    t, nn = without(30, 31, 60)
    spans = holes(t, nn)
    assert np.diff(spans)[:, 0] == pytest.approx([sum(NN[30:32]) / 1000.0, NN[60] / 1000.0])

    made = tellings((t, nn), None)[1 : 1 + AGAIN]

    for times, _ in made:
        assert 1 <= t.size - times.size <= 5
        assert times[[0, 1, -2, -1]].tolist() == t[[0, 1, -2, -1]].tolist()
    assert len({times.tobytes() for times, _ in made}) > AGAIN / 2


@given(share=st.floats(0.0, 1.0), first=st.integers(2, 80), long=st.integers(1, 4))
def test_what_runs_out_at_the_end_comes_in_at_the_beginning(
    share: float, first: int, long: int
) -> None:
    t, nn = without(*range(first, first + long))

    left = cut(t, nn, holes(t, nn), share)

    assert np.count_nonzero(~left) <= long + 1
    assert left[[0, 1, -2, -1]].all()


def test_only_a_turn_unlike_all_others_is_left_out() -> None:
    assert but_oddest(NN).all()
    wrong = NN.copy()
    wrong[40] -= 150.0
    wrong[41] += 150.0

    left = but_oddest(wrong)

    assert np.flatnonzero(~left).tolist() == [40, 41]


def test_what_is_left_out_of_a_sequence_keeps_its_time() -> None:
    left = np.ones(6, dtype=bool)
    left[2:4] = False
    assert filled(np.array([800.0, 810.0, 600.0, 1000.0, 790.0, 780.0]), left)[2:4].tolist() == [
        800.0, 800.0,
    ]  # fmt: skip
    left[2] = True
    assert filled(np.array([800.0, 810.0, 820.0, 0.0, 840.0, 780.0]), left)[3] == 830.0


def test_equal_tellings_are_computed_once() -> None:
    series = np.array([[1.0, 2.0], [1.0, 2.0], [3.0, 2.0], [1.0, 2.0], [np.nan, 2.0]])

    own, place = once(series)

    np.testing.assert_array_equal(own, series[[0, 2, 4]])
    assert place.tolist() == [0, 0, 1, 0, 2]


def test_a_number_that_moves_is_doubted_by_how_far() -> None:
    values = np.full(TELLINGS, 5.0)
    assert moved(values) == 0.0
    values[1 : 1 + AGAIN] = 5.3
    assert moved(values) == pytest.approx(0.3)
    values[BELIEVED] = 5.4
    assert moved(values) == pytest.approx(0.5)
    values[BELIEVED], values[WITHOUT] = 5.0, 4.2
    assert moved(values) == pytest.approx(0.5)
    values[1:6] = np.nan
    assert math.isinf(moved(values))


def test_few_parts_say_less_than_many() -> None:
    rng = np.random.default_rng(0)
    for n in (2, 3, 5, 12):
        parts = rng.standard_normal((4000, n))
        outside = [abs(x.mean()) > 1.96 * chance_of_mean(x) for x in parts]
        assert np.mean(outside) == pytest.approx(0.05, abs=0.012)
        # The mean without each part in turn has the same standard error.
        rest = (parts[0].sum() - parts[0]) / (n - 1)
        assert chance_without(rest) == pytest.approx(chance_of_mean(parts[0]), rel=0.02)
    assert math.isinf(chance_of_mean(np.array([1.0])))


@pytest.mark.parametrize(("off", "quality"), [(0.0, 0.9), (0.3, 0.45), (0.39, 0.335), (0.41, 0.0)])
def test_a_value_that_may_be_far_off_loses_quality_then_itself(off: float, quality: float) -> None:
    values = np.full(TELLINGS, 100.0)
    values[1 : 1 + AGAIN] = 100.0 * math.exp(off)

    found = told("lf_ms2", values, 20.0, Share(0.9, 0.02), 124.0)

    assert found.quality == pytest.approx(quality, abs=0.002)
    assert math.isfinite(found.value) == (quality > 0.0)
    if quality:
        assert found.doubt == pytest.approx(math.hypot(WIDER * 100.0 * off, 20.0))


@pytest.mark.parametrize("name", sorted(INDICES))
def test_nothing_is_told_of_too_short_or_too_corrected_or_irregular_a_stretch(name: str) -> None:
    index, values, sound = INDICES[name], np.full(TELLINGS, 1.0), Share(0.9, 0.0)

    assert told(name, values, 0.0, sound, index.least).value == 1.0
    assert math.isnan(told(name, values, 0.0, sound, index.least - 1.0).value)
    spoilt = Share(0.9, index.most_corrected + 0.01)
    assert math.isnan(told(name, values, 0.0, spoilt, 1e4).value)
    irregular = told(name, values, 0.0, sound, 1e4, steady=False)
    assert math.isnan(irregular.value) == index.needs_regular


def minutes(flagged: int | None = None) -> F64:
    """Return rows as `tachogram` takes them of two minutes paced at six breaths a minute."""
    k = np.arange(150)
    nn = 800.0 + 60.0 * np.cos(2.0 * np.pi * 0.08 * k)
    rows = np.column_stack((np.cumsum(nn) / 1000.0, nn, np.zeros((150, 1)), np.ones((150, 1)),
                            np.full((150, 1), np.nan)))  # fmt: skip
    if flagged is not None:
        rows[flagged, 2], rows[flagged, 4] = MISPLACED, nn[flagged] + 110.0
    return rows


def test_the_newest_window_is_told_with_what_may_be_true_as_well() -> None:
    rows = minutes(flagged=120)

    told = tellings_of(tachogram(*rows.T), float(rows[-1, 0]))

    assert told is not None
    assert told[0][0].size + 1 == told[BELIEVED][0].size
    assert rows[120, 4] in told[BELIEVED][1]


def test_the_swing_with_the_guide_is_doubted_for_what_was_corrected() -> None:
    found: list[Told] = []
    for rows in (minutes(), minutes(flagged=130)):
        live = LiveVariability()
        live.guide(0.0, Pace(0.0, 6.0, 0.4, 1.0))
        for t, nn, code, stands_for, may_be in rows.tolist():
            live.interval(t, nn, code, stands_for, 1.0, may_be)
        found.append(live.at(float(rows[-1, 0]) + 1.0, steady=True).values["paced_ms"])

    clean, mended = found
    assert clean.quality == pytest.approx(1.0)
    assert mended.value == pytest.approx(clean.value, rel=0.05)
    assert mended.quality < (1.0 - mended.corrected) * 0.995
    assert mended.doubt > clean.doubt
