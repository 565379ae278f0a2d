import math

import numpy as np
import pytest

from engine.dsp.hrv_limits import INDICES
from engine.dsp.hrv_spectrum_beats import tachogram
from engine.dsp.hrv_whole import whole_hrv
from engine.dsp.metric import Metric
from engine.dsp.rr_layout import Beat
from engine.streams import F64
from tests.variability_truth import modulated

SPECTRAL = ("lf_ms2", "hf_ms2", "total_ms2", "lf_hf", "lf_peak_hz", "hf_peak_hz")


def whole(t: F64, nn: F64, *, corrected: float = 0.0, irregular: bool = False) -> dict[str, Metric]:
    true = np.ones(t.size)
    true[:1] = 0.0
    return dict(whole_hrv(t, nn, true, corrected, 0.9, irregular=irregular))


def heart(lasts: float) -> tuple[F64, F64]:
    t, nn = modulated(lasts, (40.0, 0.1), (20.0, 0.26))
    noise = np.random.default_rng(0).standard_normal(t.size)
    return t, nn + 3.0 * noise


def test_a_heart_of_known_waves_gives_their_power() -> None:
    found = whole(*modulated(300.0, (40.0, 0.1), (20.0, 0.26)))

    assert found["lf_ms2"].value == pytest.approx(800.0, rel=0.02)
    # Where beats are 0.8 s apart a spline cannot follow 0.26 Hz quite to its top.
    assert found["hf_ms2"].value == pytest.approx(200.0, rel=0.05)
    assert found["lf_peak_hz"].value == pytest.approx(0.1, abs=0.001)
    assert found["hf_peak_hz"].value == pytest.approx(0.26, abs=0.001)
    assert found["mean_nn_ms"].value == pytest.approx(800.0, rel=0.01)


def test_every_index_tells_all_about_itself() -> None:
    found = whole(*heart(320.0))

    assert tuple(found) == tuple(INDICES)
    for name, metric in found.items():
        assert metric.valid, name
        assert math.isfinite(metric.value), name
        assert 0.7 < metric.quality <= 0.9, name
        assert metric.doubt >= 0.0
        assert metric.unit == INDICES[name].unit
        assert metric.definition == INDICES[name].meaning.en
        assert metric.window_s >= INDICES[name].least
        assert "ympath" not in metric.definition


@pytest.mark.parametrize("lasts", [8.0, 25.0, 45.0, 61.5, 100.0, 150.0, 200.0, 290.0])
def test_no_index_is_shown_before_its_time(lasts: float) -> None:
    for name, metric in whole(*heart(lasts)).items():
        if metric.window_s < INDICES[name].least:
            assert not metric.valid, name
            assert math.isnan(metric.value), name
            assert metric.quality == 0.0
        else:
            assert metric.valid, (name, metric.window_s)


@pytest.mark.parametrize("corrected", [0.04, 0.07, 0.2, 0.3])
def test_too_many_corrections_withhold_what_they_would_spoil(corrected: float) -> None:
    for name, metric in whole(*heart(320.0), corrected=corrected).items():
        assert metric.valid == (corrected <= INDICES[name].most_corrected), name


def test_an_irregular_rhythm_leaves_heart_rate_only() -> None:
    found = whole(*heart(320.0), irregular=True)

    assert {name for name, metric in found.items() if metric.valid} == {"hr_bpm", "mean_nn_ms"}


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("value", [math.nan, 0.0, -800.0, 800.0, 1e9, math.inf])
def test_no_input_crashes_or_makes_a_number_out_of_nothing(n: int, value: float) -> None:
    found = whole(np.arange(float(n)), np.full(n, value))

    assert all(math.isfinite(m.value) == m.valid for m in found.values())
    assert not any(found[name].valid for name in (*SPECTRAL, "sampen", "dfa_alpha1"))


def test_a_gap_is_not_bridged() -> None:
    t, nn = heart(300.0)
    kept = (t < 100.0) | (t > 130.0)
    later = np.where(t > 130.0, 7.0, 1.0) * (nn - 800.0) + 800.0

    gap = whole(t[kept], later[kept])

    assert gap["lf_ms2"].window_s == pytest.approx(270.0, abs=3.0)
    gram = tachogram(t[kept], later[kept], np.zeros(kept.sum()), np.ones(kept.sum()))
    assert [piece[0].size for piece in gram.pieces()] == [
        np.count_nonzero(t < 100.0), np.count_nonzero(t > 130.0),
    ]  # fmt: skip


def test_times_that_do_not_run_forward_are_left_out() -> None:
    t, nn = heart(200.0)
    t[50] = t[49]
    t[60] = t[30]

    gram = tachogram(t, nn, np.zeros(t.size), np.ones(t.size))

    assert gram.t.size == t.size - 2
    assert (np.diff(gram.t) > 0.0).all()


def test_a_missed_beat_becomes_two_and_what_was_not_judged_none() -> None:
    t = np.array([1.0, 2.0, 4.0, 5.0, 6.0])
    code = np.array([Beat.LEARN, Beat.NORMAL, Beat.MISSED, Beat.FOREIGN, Beat.NORMAL], dtype=float)

    gram = tachogram(t, np.full(5, 1000.0), code, np.array([1.0, 1.0, 2.0, 1.0, 1.0]))

    assert gram.t.tolist() == [2.0, 3.0, 4.0, 6.0]
    assert gram.normal.tolist() == [True, False, False, True]
    assert gram.joined.tolist() == [0.0, 1.0, 1.0, 1.0]
    assert gram.newest(2.0).t.tolist() == [4.0, 6.0]
    assert gram.length == 4.0


def test_a_single_minute_of_coherence_is_as_doubtful_as_another_minute_shows() -> None:
    draws = np.random.default_rng(31)
    held = 0
    for _ in range(8):
        t, steps = modulated(160.0, (25.0, float(draws.uniform(0.07, 0.2))))
        nn = steps + 25.0 * draws.standard_normal(t.size)
        one, other = (
            whole(t[cut], nn[cut])["coherence_ratio"]
            for cut in (t < 67.0, (t > 72.0) & (t < 140.0))
        )
        assert one.doubt > 0.05 * one.value
        held += abs(one.value - other.value) < 1.96 * math.hypot(one.doubt, other.doubt)
    assert held >= 7
