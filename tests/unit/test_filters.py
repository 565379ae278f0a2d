import numpy as np
import pytest
from scipy import signal

from engine.dsp import butterworth
from engine.dsp.filters import SosFilter
from engine.errors import GraphError
from engine.streams import F64
from tests import naive

RNG = np.random.default_rng(7)
NOISE: F64 = RNG.standard_normal(2000)
BAND = butterworth.bandpass(2, 5.0, 22.0, 250.0)


def test_filter_equals_scipy() -> None:
    expected = signal.sosfilt(BAND, NOISE)

    actual = SosFilter(BAND).push(NOISE)

    np.testing.assert_allclose(actual, expected, rtol=0.0, atol=1e-12)


def test_filter_equals_its_difference_equation() -> None:
    expected = naive.filtered(BAND, NOISE[:300])

    actual = SosFilter(BAND).push(NOISE[:300])

    np.testing.assert_allclose(actual, expected, rtol=0.0, atol=1e-12)


def test_settled_filter_begins_at_the_level_of_the_first_sample() -> None:
    sections = butterworth.lowpass(2, 1.0, 32.0)
    x = np.concatenate([[np.nan, np.nan], np.full(100, 5.0)])

    y = SosFilter(sections, settled=True).push(x)

    assert np.isnan(y[:2]).all()
    np.testing.assert_allclose(y[2:], 5.0, rtol=1e-12)


def test_settled_filter_waits_for_a_first_sample() -> None:
    running = SosFilter(butterworth.lowpass(2, 1.0, 32.0), settled=True)

    first = running.push(np.full(3, np.nan))
    second = running.push(np.full(3, 2.0))

    assert np.isnan(first).all()
    np.testing.assert_allclose(second, 2.0, rtol=1e-12)


def test_reset_filter_begins_anew() -> None:
    running = SosFilter(butterworth.highpass(1, 0.5, 100.0))
    before = running.push(NOISE)

    running.reset()

    assert np.array_equal(running.push(NOISE), before)


def test_denormal_numbers_are_flushed_to_zero() -> None:
    running = SosFilter(BAND)
    running.push(NOISE)

    y = running.push(np.zeros(20000))

    assert y[-1] == 0.0


@pytest.mark.parametrize(("low", "high"), [(0.0, 5.0), (5.0, 60.0), (20.0, 5.0)])
def test_impossible_corners_are_refused_with_a_remedy(low: float, high: float) -> None:
    with pytest.raises(GraphError, match="corners rise"):
        butterworth.bandpass(2, low, high, 100.0)
