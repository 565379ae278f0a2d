"""Intervals told in steps: what the steps may have done stands in the doubt."""

import math

import numpy as np
import pytest

from engine.dsp.hrv_grain import entropy_off, grain_of, lifted
from engine.dsp.hrv_whole import whole_hrv
from engine.dsp.metric import Metric
from engine.streams import F64

STRAP, HOLTER = 1000.0 / 1024.0, 1000.0 / 128.0


def heart(seed: int, spread: float) -> F64:
    """Return five minutes of beats, ms, that differ by about ``spread`` ms from one to the next."""
    draws = np.random.default_rng(seed)
    swing = 25.0 * np.sin(2.0 * np.pi * 0.08 * np.arange(380) + draws.uniform(0.0, 6.0))
    return np.cumsum(820.0 + swing + spread / math.sqrt(2.0) * draws.standard_normal(380))


def told(beats: F64, step: float) -> dict[str, Metric]:
    """Return what is told of these beats when each is stamped to a multiple of ``step`` ms."""
    rr = np.diff(np.round(beats / step) * step)
    true = np.ones(rr.size)
    true[0] = 0.0
    return dict(whole_hrv(np.cumsum(rr) / 1000.0, rr, true, 0.0, 1.0))


@pytest.mark.parametrize("step", [STRAP, 5.0, HOLTER])
@pytest.mark.parametrize("spread", [8.0, 20.0])
def test_what_steps_do_to_a_number_lies_within_its_doubt(spread: float, step: float) -> None:
    for seed in range(2):
        beats = heart(seed, spread)
        fine, coarse = told(beats, 1e-3), told(beats, step)
        for name in ("rmssd_ms", "sampen"):
            if coarse[name].valid:
                off = abs(coarse[name].value - fine[name].value)
                assert off < 1.96 * coarse[name].doubt, (name, seed)


def test_a_holter_cannot_be_believed_on_the_entropy_of_an_even_heart() -> None:
    fine, coarse = told(heart(1, 8.0), 1e-3)["sampen"], told(heart(1, 8.0), HOLTER)["sampen"]

    assert fine.quality > 0.9
    assert coarse.quality < 0.7


def test_nor_on_its_rmssd() -> None:
    fine, coarse = (told(heart(1, 5.0), step)["rmssd_ms"] for step in (1e-3, HOLTER))

    assert coarse.value > 1.1 * fine.value
    assert fine.quality > 0.9
    assert coarse.quality < 0.9 * fine.quality
    assert coarse.doubt > coarse.value - fine.value


@pytest.mark.parametrize("step", [STRAP, 4.0, HOLTER])
@pytest.mark.parametrize("digits", [0, 3, 9])
def test_the_step_of_a_recorder_is_seen_through_its_digits(step: float, digits: int) -> None:
    rr = np.round(np.diff(np.round(heart(2, 20.0) / step) * step), digits)

    assert grain_of(rr) == pytest.approx(step, abs=1.0 if digits == 0 else 0.01)


def test_a_wave_forms_own_times_have_no_step_that_matters() -> None:
    rr = np.diff(heart(3, 20.0))

    assert grain_of(rr) < 0.3
    assert entropy_off(rr, np.ones(rr.size), 0.1) == 0.0
    assert grain_of(np.full(50, 800.0)) == 0.0


def test_steps_lift_rmssd_by_half_their_square() -> None:
    # 7.8 ms under 10 ms: sqrt(100 - 30.5) would be left.
    assert lifted(10.0, HOLTER) == pytest.approx(1.0 - math.sqrt(1.0 - 0.5 * 0.78125**2))
    assert lifted(5.0, HOLTER) == 1.0
    assert lifted(40.0, STRAP) < 2e-4
    assert lifted(0.0, HOLTER) == 0.0
