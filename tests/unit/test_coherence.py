import math

import numpy as np
import pytest

from engine.dsp.hrv_coherence import SAMPLES, coherence
from engine.streams import F64

T = np.arange(SAMPLES) / 2.0


def wave(amplitude: float, f: float) -> F64:
    return np.asarray(800.0 + amplitude * np.sin(2.0 * np.pi * f * T + 1.0))


@pytest.mark.parametrize("f", [0.06, 0.0625, 0.075, 0.1, 0.1015, 0.11, 0.15, 0.2, 0.25])
def test_one_wave_is_as_coherent_at_any_rate(f: float) -> None:
    found = coherence(wave(40.0, f))

    # A bin of 1/64 Hz alone would make this jump between 1 and 2 with the rate.
    assert found.ratio == pytest.approx(9.1, abs=0.3)
    assert found.peak_hz == pytest.approx(f, abs=5e-4)


def test_coherence_does_not_depend_on_how_much_the_heart_varies() -> None:
    assert coherence(wave(5.0, 0.1)).ratio == pytest.approx(coherence(wave(90.0, 0.1)).ratio)


def test_two_equal_waves_share_coherence() -> None:
    both = wave(30.0, 0.1) + wave(30.0, 0.2)

    assert coherence(both).ratio == pytest.approx(9.1 / (9.1 + 1.0 + 1.0 + 9.1 - 9.1), abs=0.1)


def test_a_drift_is_no_rhythm_and_takes_nothing_off_one() -> None:
    plain = coherence(wave(40.0, 0.1))

    assert coherence(wave(40.0, 0.1) + 0.5 * T).ratio == pytest.approx(plain.ratio, rel=0.01)


@pytest.mark.parametrize("f", [0.02, 0.35, 0.6])
def test_a_rhythm_outside_the_range_is_not_coherent(f: float) -> None:
    assert coherence(wave(40.0, f)).ratio < 0.05


def test_noise_is_not_coherent() -> None:
    rng = np.random.default_rng(0)

    found = [coherence(800.0 + 30.0 * rng.standard_normal(SAMPLES)).ratio for _ in range(300)]

    assert np.median(found) < 0.15
    assert np.max(found) < 0.6


@pytest.mark.parametrize(("noise", "memory"), [(20.0, 0.0), (20.0, 0.7), (40.0, 0.7), (60.0, 0.0)])
def test_the_interval_holds_the_long_run_value_and_is_not_endless(
    noise: float, memory: float
) -> None:
    found = []
    for seed in range(600):
        rng = np.random.default_rng(seed)
        e, x = rng.standard_normal(200), np.zeros(200)
        for i in range(1, 200):
            x[i] = memory * x[i - 1] + e[i]
        x = x[72:] * noise * math.sqrt(1.0 - memory**2)
        f, phase = 0.1 + rng.uniform(-0.02, 0.02), rng.uniform(0.0, 6.0)
        found.append(coherence(40.0 * np.sin(2.0 * np.pi * f * T + phase) + x))
    middle = float(np.median([c.ratio for c in found]))

    held = float(np.mean([c.low <= middle <= c.high for c in found]))
    factor = float(np.median([c.high / c.ratio for c in found if c.ratio > 0.0]))
    spread = float(np.std([math.log(c.ratio) for c in found if c.ratio > 0.0]))
    assert held >= 0.95
    assert factor < math.exp(5.0 * spread)


@pytest.mark.parametrize(
    "series",
    [np.full(SAMPLES, 800.0), np.full(SAMPLES, np.nan), np.zeros(0), wave(40.0, 0.1)[:-1]],
    ids=["flat", "missing", "empty", "short"],
)
def test_what_cannot_be_known_is_not_told(series: F64) -> None:
    found = coherence(series)

    assert math.isnan(found.ratio)
    assert math.isnan(found.high)


def test_one_missing_sample_is_enough_not_to_know() -> None:
    series = wave(40.0, 0.1)
    series[7] = math.nan

    assert math.isnan(coherence(series).ratio)
