"""Pulses beside the same heart's ECG, at every rate and in the worst of conditions."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from engine.dsp import ppg_layout as at
from engine.dsp import qrs_layout
from engine.dsp.jit import COMPILED
from engine.dsp.ppg import PulseDetector
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tests.pulse_truth import finger
from tests.skin_truth import match

pytestmark = pytest.mark.skipif(not COMPILED, reason="hours without compiled kernels")

AT = np.arange(30_000) / 100.0


@pytest.fixture(scope="module")
def person(recordings: Path) -> tuple[F64, F64]:
    """Return light, 100 Hz, and R peaks (s): the one recording there is of both at once."""
    with np.load(recordings / "neurokit" / "bio_resting_5min_100hz.npz") as data:
        light, ecg = data["PPG"].astype(float), data["ECG"].astype(float)
    rows = QrsDetector(100.0).push(ecg, AT)
    beats = rows[np.isin(rows[:, qrs_layout.KIND], (qrs_layout.CONFIRMED, qrs_layout.LATE))]
    return light, np.sort(beats[:, qrs_layout.TIME])


def f1(rows: F64, beats: F64) -> float:
    """Return the F1 of pulses within 150 ms of where the heart's beats usually arrive."""
    times = rows[:, at.O_TIME]
    after = np.searchsorted(times, beats[10:-10])
    travel = float(np.median(times[np.minimum(after, len(times) - 1)] - beats[10:-10]))
    inside = (times > 4.0) & (times < 298.5)
    return match(times[inside], beats[(beats > 4.0) & (beats < 298.0)] + travel, 0.15)[0]


@pytest.mark.parametrize("rate", [25, 32, 50, 64, 100, 250, 500])
def test_every_beat_of_the_heart_is_a_pulse_at_every_rate(
    person: tuple[F64, F64], rate: int
) -> None:
    light, beats = person
    share = Fraction(rate, 100)
    x = signal.resample_poly(light, share.numerator, share.denominator, padtype="line")

    rows = PulseDetector(float(rate)).push(np.arange(x.size) / rate, x)

    assert f1(rows, beats) >= 0.995
    assert f1(rows[rows[:, at.O_QUALITY] >= 0.5], beats) >= 0.99


RNG = np.random.default_rng(0)
SPOILS: dict[str, Callable[[F64], F64]] = {
    "volts": lambda x: 1e-3 * x,
    "counts": lambda x: np.round(50_000.0 + 2000.0 * x),
    "a flicker at 9.7 Hz": lambda x: x + 0.3 * x.std() * np.sin(2.0 * np.pi * 9.7 * AT),
    "drift": lambda x: x + 20.0 * x.std() * np.sin(2.0 * np.pi * 0.03 * AT),
    "noise": lambda x: x + 0.1 * x.std() * RNG.standard_normal(x.size),
    "upside down, untold": lambda x: -x,
}


@pytest.mark.parametrize("spoiled", SPOILS)
def test_unit_flicker_drift_and_even_the_wrong_side_up_lose_hardly_a_pulse(
    person: tuple[F64, F64], spoiled: str
) -> None:
    light, beats = person

    rows = PulseDetector(100.0).push(AT, SPOILS[spoiled](light))

    assert f1(rows, beats) >= 0.985
    assert f1(rows[rows[:, at.O_QUALITY] >= 0.5], beats) >= 0.975


def told(light: F64, beats: F64) -> tuple[int, int]:
    """Return how many intervals are told, and how many differ from the ECG's by 0.1 s."""
    rows = PulseDetector(100.0).push(AT, light)
    good = rows[rows[:, at.O_PPI_QUALITY] >= 0.5]
    travel = float(np.median(rows[:, at.O_TIME] - beats[np.searchsorted(beats, rows[:, 0]) - 1]))
    near = np.abs(beats[None, 1:] - (good[:, at.O_TIME, None] - travel)).argmin(axis=1)
    return len(good), int((np.abs(good[:, at.O_PPI] - np.diff(beats)[near]) > 0.1).sum())


@pytest.mark.parametrize("cut", [(0.0, 97.0), (0.0, 90.0), (5.0, 95.0)])
def test_a_saturated_sensor_tells_fewer_intervals_and_makes_none_wrong(
    person: tuple[F64, F64], cut: tuple[float, float]
) -> None:
    """Six of the whole signal's 419 differ: at three early beats, which light shows less."""
    light, beats = person

    whole, clipped = told(light, beats), told(np.clip(light, *np.percentile(light, cut)), beats)

    assert clipped[0] < 0.85 * whole[0]
    assert clipped[1] <= whole[1] == 6


@pytest.mark.parametrize("rate", [25.0, 52.0, 64.0, 128.0, 250.0, 500.0])
def test_foot_and_peak_are_where_they_were_drawn(rate: float) -> None:
    """Feet keep one distance to the drawn onset: they are where the tangent meets the valley."""
    feet, peaks = [], []
    for seed in range(3):
        true = finger(rate, seed, seconds=60.0)
        rows = PulseDetector(rate).push(true.t, true.x)
        length = np.diff(true.feet)
        tops = true.feet[:-1] + 0.17 * 0.9 * np.sqrt(np.clip(length, 0.5, 1.1))
        late = rows[rows[:, at.O_TIME] > 8.0]
        feet.append(match(late[:, at.O_FOOT], true.feet[true.feet > 8.0], 0.3)[1])
        peaks.append(match(late[:, at.O_PEAK], tops[tops > 8.0], 0.2)[1])
    foot, peak = np.concatenate(feet), np.concatenate(peaks)

    assert np.std(foot) <= 0.012
    assert np.std(peak) <= 0.010
    assert abs(float(np.median(peak))) <= 0.012
