import math

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.signal import welch

from engine.dsp.hrv_spectrum import HF, LF, RATE, band_power, bands, density, peak_hz
from engine.dsp.hrv_spectrum_grid import on_grid
from engine.streams import F64
from tests.synthetic_heart import intervals

T = np.arange(256) / RATE


def wave(amplitude: float, f: float, phase: float = 0.3) -> F64:
    return np.asarray(800.0 + amplitude * np.sin(2.0 * np.pi * f * T + phase))


@pytest.mark.parametrize("f", [0.08, 0.1, 0.1033, 0.11])
def test_a_slow_wave_counts_half_its_amplitude_squared_in_lf(f: float) -> None:
    found = bands(density(wave(40.0, f), RATE))

    assert found.lf_ms2 == pytest.approx(800.0, rel=0.01)
    assert found.hf_ms2 < 0.01 * found.lf_ms2
    assert found.lf_peak_hz == pytest.approx(f, abs=2e-4)
    assert found.total_ms2 == pytest.approx(800.0, rel=0.01)


@pytest.mark.parametrize("f", [0.2, 0.25, 0.31])
def test_a_fast_wave_counts_in_hf(f: float) -> None:
    found = bands(density(wave(20.0, f), RATE))

    assert found.hf_ms2 == pytest.approx(200.0, rel=0.01)
    assert found.hf_peak_hz == pytest.approx(f, abs=2e-4)
    assert found.lf_hf == pytest.approx(found.lf_ms2 / found.hf_ms2)


def test_waves_in_noise_are_recovered_without_bias() -> None:
    rng = np.random.default_rng(4)
    found = [
        bands(density(wave(30.0, 0.1) + wave(20.0, 0.27) + 5.0 * rng.standard_normal(256), RATE))
        for _ in range(400)
    ]

    # White noise of SD 5 ms spreads 25 ms^2 evenly over 2 Hz.
    assert np.mean([b.lf_ms2 for b in found]) == pytest.approx(450.0 + 25.0 * 0.11 / 2.0, rel=0.01)
    assert np.mean([b.hf_ms2 for b in found]) == pytest.approx(200.0 + 25.0 * 0.25 / 2.0, rel=0.01)


def test_neighbouring_bands_neither_share_nor_lose_power() -> None:
    power = density(np.random.default_rng(1).standard_normal(256), RATE)

    whole = band_power(power, LF[0], HF[1])

    assert band_power(power, *LF) + band_power(power, *HF) == pytest.approx(whole, rel=1e-12)


def test_the_whole_density_is_the_variance_under_the_window() -> None:
    x = np.random.default_rng(2).standard_normal(256)
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(256) / 256)
    level = (x - x.mean()) * hann

    power = band_power(density(x, RATE), 0.0, 2.0)

    assert power == pytest.approx(float(level @ level) / float(hann @ hann), rel=1e-9)


def test_the_density_equals_scipy() -> None:
    x = 800.0 + 30.0 * np.random.default_rng(3).standard_normal(256)
    _, expected = welch(x, RATE, window="hann", nperseg=256, nfft=2048, detrend="constant")

    np.testing.assert_allclose(density(x, RATE), expected, rtol=1e-9, atol=1e-9)


def test_the_grid_equals_the_natural_spline_of_scipy() -> None:
    nn = intervals(120, seed=5)
    t = np.cumsum(nn) / 1000.0
    count = int((t[-1] - t[0]) * RATE)
    expected = CubicSpline(t, nn, bc_type="natural")(t[0] + np.arange(count) / RATE)

    np.testing.assert_allclose(on_grid(t, nn, float(t[0]), 1 / RATE, count), expected, rtol=1e-11)


@pytest.mark.parametrize(("start", "count"), [(-1.0, 8), (3.0, 400)])
def test_a_grid_beyond_the_beats_is_not_guessed(start: float, count: int) -> None:
    nn = intervals(20)

    assert np.isnan(on_grid(np.cumsum(nn) / 1e3, nn, start, 0.25, count)).all()


def test_falling_away_from_an_edge_is_no_peak() -> None:
    falling = 1.0 / (1.0 + np.arange(1025.0))

    assert math.isnan(peak_hz(falling, *LF))
    assert math.isnan(peak_hz(np.ones(1025), *HF))


def test_missing_samples_make_no_numbers() -> None:
    x = wave(40.0, 0.1)
    x[100] = np.nan
    power = density(x, RATE)

    assert np.isnan(power).all()
    assert math.isnan(bands(power).lf_ms2)


def test_a_heart_that_does_not_vary_has_no_power_and_no_ratio() -> None:
    found = bands(density(np.full(256, 800.0), RATE))

    assert found.lf_ms2 == found.hf_ms2 == 0.0
    assert math.isnan(found.lf_hf)
    assert math.isnan(found.lf_peak_hz)
