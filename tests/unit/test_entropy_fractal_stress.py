import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.dsp.hrv_entropy import sample_entropy
from engine.dsp.hrv_fractal import dfa_alpha1
from engine.dsp.hrv_stress_index import stress_index
from engine.streams import F64
from tests import variability_truth as truth


def chain(n: int) -> F64:
    joined = np.ones(n)
    joined[0] = 0.0
    return joined


@pytest.mark.parametrize("seed", range(4))
def test_entropy_and_scaling_equal_their_definitions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nn = 800.0 + np.cumsum(rng.standard_normal(150)) + 20.0 * rng.standard_normal(150)

    # Whole milliseconds are alike or just not, again and again.
    for same in (nn, np.round(nn)):
        told = sample_entropy(same, chain(150))
        assert told == pytest.approx(truth.sample_entropy(same), rel=1e-12)
    assert dfa_alpha1(nn, chain(150)) == pytest.approx(truth.dfa_alpha1(nn), rel=1e-9)


def test_white_noise_scales_with_a_half_and_a_walk_with_three_halves() -> None:
    rng = np.random.default_rng(1)
    white = rng.standard_normal(4000)

    # Over 4 to 16 beats the line taken off lifts both a little above their limits.
    assert dfa_alpha1(white, chain(4000)) == pytest.approx(0.55, abs=0.06)
    assert dfa_alpha1(np.cumsum(white), chain(4000)) == pytest.approx(1.55, abs=0.1)


def test_a_regular_series_is_more_predictable_than_noise() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(300)
    wave = np.sin(np.arange(300) * 0.3) + 0.01 * noise

    assert sample_entropy(wave, chain(300)) < 0.3
    assert sample_entropy(noise, chain(300)) > 1.8


def test_nothing_is_compared_across_a_break() -> None:
    rng = np.random.default_rng(3)
    nn, more = rng.standard_normal(120), rng.standard_normal(8)
    broken = chain(128)
    broken[120] = 0.0

    whole = dfa_alpha1(np.concatenate([nn, more]), broken)

    # The eight beats behind the break fill stretches of four to eight, none longer.
    assert math.isfinite(whole)
    joined = chain(120)
    joined[::3] = 0.0
    assert math.isnan(dfa_alpha1(nn, joined))
    assert math.isnan(sample_entropy(nn, np.where(np.arange(120) % 2, 1.0, 0.0)))


@pytest.mark.parametrize("index", [sample_entropy, dfa_alpha1])
@pytest.mark.parametrize(
    "nn", [np.zeros(0), np.full(3, 800.0), np.full(200, 800.0), np.full(200, np.nan)],
    ids=["empty", "few", "constant", "missing"],
)  # fmt: skip
def test_without_enough_that_varies_there_is_no_value(
    index: Callable[[F64, F64], float], nn: F64
) -> None:
    assert math.isnan(index(nn, np.ones(nn.size)))


def test_the_stress_index_by_hand() -> None:
    # 6 of 10 in 800-850 ms: AMo 60 %, Mo 0.825 s, from 700 to 900 ms.
    nn = np.array([700.0, 760.0, 860.0, 900.0, 800.0, 810.0, 820.0, 830.0, 840.0, 849.0])

    assert stress_index(nn) == pytest.approx(60.0 / (2.0 * 0.825 * 0.2))


@pytest.mark.parametrize("nn", [[], [800.0], [800.0, 800.0], [800.0, math.nan]])
def test_the_stress_index_needs_numbers_that_vary(nn: list[float]) -> None:
    assert math.isnan(stress_index(np.array(nn)))
