"""Our filter designs against scipy's."""

import numpy as np
import pytest
from scipy import signal

from engine.dsp import butterworth

RATES = (20.0, 100.0, 130.0, 250.0, 1000.0)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("share", [0.002, 0.1, 0.47])
def test_designs_have_the_response_of_scipys(order: int, rate: float, share: float) -> None:
    corner = share * rate
    band = (corner, min(3.0 * corner, 0.49 * rate))
    pairs = [
        (
            butterworth.lowpass(order, corner, rate),
            signal.butter(order, corner, "lowpass", fs=rate, output="sos"),
        ),
        (
            butterworth.highpass(order, corner, rate),
            signal.butter(order, corner, "highpass", fs=rate, output="sos"),
        ),
        (
            butterworth.bandpass(order, *band, rate),
            signal.butter(order, band, "bandpass", fs=rate, output="sos"),
        ),
    ]

    for made, theirs in pairs:
        # By poles and zeros, since at such low corners the response itself is rounding.
        for part in (slice(0, 3), slice(3, 6)):
            expected = np.sort_complex(np.concatenate([np.roots(s[part]) for s in theirs]))
            actual = np.sort_complex(np.concatenate([np.roots(s[part]) for s in made]))
            np.testing.assert_allclose(actual, expected, rtol=0.0, atol=1e-7)
        np.testing.assert_allclose(
            np.prod(made[:, 0]), np.prod(theirs[:, 0]), rtol=1e-9
        )  # the gain


@pytest.mark.parametrize("rate", [100.0, 130.0, 250.0, 360.0, 500.0, 1000.0])
def test_the_detectors_own_filters_are_scipys_number_for_number(rate: float) -> None:
    for order, low, high in ((2, 8.0, 20.0), (1, 10.0, 40.0)):
        expected = signal.butter(order, (low, high), "bandpass", fs=rate, output="sos")

        actual = butterworth.bandpass(order, low, high, rate)

        np.testing.assert_allclose(actual, expected, rtol=0.0, atol=1e-13)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_settled_state_is_scipys(order: int) -> None:
    for sections in (
        butterworth.lowpass(order, 1.0, 32.0),
        butterworth.highpass(order, 1.0, 32.0),
    ):
        expected = signal.sosfilt_zi(sections)

        actual = butterworth.settled_state(sections)

        np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12)
