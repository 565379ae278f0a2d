"""Deep breathing at ordinary rates: sharp turns with every breath, and nothing wrong."""

import numpy as np
import pytest

from engine.dsp import rr_breath
from engine.dsp import rr_layout as at
from engine.dsp.rr_repair import RrClassifier
from engine.streams import F64
from tests.synthetic_heart import intervals

# Seeds below 500 chose the constants.
HEARTS = [
    (seed, mean, noise) for seed in range(500, 510) for mean, noise in ((60.0, 4.0), (75.0, 15.0))
]


def flagged(classifier: RrClassifier, rr_ms: F64) -> list[int]:
    """Return which intervals were flagged."""
    rows = np.concatenate([classifier.push(x).copy() for x in rr_ms.tolist()])
    return np.flatnonzero(~np.isin(rows[:, at.CODE], (at.NORMAL, at.LEARN))).tolist()


@pytest.mark.parametrize("breaths", [9.0, 10.5, 12.0, 13.5, 15.0])
def test_thirty_beats_up_and_down_with_every_breath_are_left_alone(breaths: float) -> None:
    shares = []
    for seed, mean, noise in HEARTS:
        classifier = RrClassifier()
        rr = intervals(300, seed=seed, per_minute=mean, swing=30.0, breaths=breaths, noise_ms=noise)
        shares.append(len(flagged(classifier, rr)) / rr.size)
        assert not classifier.is_irregular
    assert np.mean(shares) <= 0.01
    assert max(shares) <= 0.035


def test_a_known_breath_helps_where_a_slow_heart_has_few_beats_a_breath() -> None:
    shares = []
    for known in (False, True):
        count = 0
        for seed in range(500, 510):
            classifier = RrClassifier()
            if known:
                classifier.breath(60.0 / 13.5)
            rr = intervals(300, seed=seed, per_minute=55.0, swing=30.0, breaths=13.5, noise_ms=15.0)
            count += len(flagged(classifier, rr))
        shares.append(count / 3000.0)
    assert shares[1] < shares[0]
    assert shares[1] <= 0.02


@pytest.mark.parametrize("breaths", [9.0, 12.0, 15.0])
def test_an_early_beat_in_deep_breathing_is_still_found(breaths: float) -> None:
    found = 0
    for seed in range(20):
        rr = intervals(120, seed=seed, swing=30.0, breaths=breaths, noise_ms=6.0)
        early = 0.35 * rr[80]
        rr[80] -= early
        rr[81] += early
        found += bool({80, 81} & set(flagged(RrClassifier(), rr)))
    assert found >= 19


@pytest.mark.parametrize("beats", [2, 3])
def test_every_second_or_third_beat_early_is_not_taken_for_breathing(beats: int) -> None:
    rng = np.random.default_rng(beats)
    rr = 800.0 + 10.0 * rng.standard_normal(240)
    rr[60::beats] *= 0.65
    rr[61::beats] *= 1.30

    late = [i for i in flagged(RrClassifier(), rr) if i >= 90]

    assert len(late) >= 0.8 * len(range(90, 238, beats))


def test_a_heart_that_slows_at_once_and_stays_slow_is_left_alone() -> None:
    rr = intervals(80, seed=3, swing=4.0, noise_ms=4.0)
    rr[60:66] = [836.0, 805.0, 766.0, 930.0, 898.0, 898.0]
    rr *= 1.0

    assert not {62, 63, 64} & set(flagged(RrClassifier(), rr))


@pytest.mark.parametrize("per_beat", [0.08, 0.17, 0.29])
def test_the_wave_is_the_least_squares_fit(per_beat: float) -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0.7, 1.3, rr_breath.BEATS)
    phase = 2.0 * np.pi * per_beat * np.cumsum(x)
    y = 0.2 * np.sin(phase) + 0.05 * rng.standard_normal(x.size)
    wave = np.zeros(rr_breath.WAVE)
    for row, values in (
        (rr_breath.Y, y),
        (rr_breath.C, np.cos(phase)),
        (rr_breath.S, np.sin(phase)),
    ):
        wave[row : row + x.size] = values - (values.mean() if row == rr_breath.Y else 0.0)

    rr_breath.lay_wave(wave, x.size, wave)

    design = np.column_stack([np.cos(phase), np.sin(phase), np.ones(x.size)])
    fit, *_ = np.linalg.lstsq(design, y, rcond=None)
    left = y - design @ fit
    assert wave[rr_breath.A_COS] == pytest.approx(fit[0], rel=1e-9)
    assert wave[rr_breath.B_SIN] == pytest.approx(fit[1], rel=1e-9)
    assert wave[rr_breath.LEFT] == pytest.approx(np.sqrt(np.mean(left**2)), rel=1e-9)
    assert wave[rr_breath.SHARE] == pytest.approx(left.var() / y.var(), rel=1e-9)
