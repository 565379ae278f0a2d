import math

import numpy as np
import pytest
from scipy import signal

from engine.sound.loudness import Meter, lufs, weighted_power
from engine.sound.voice import RATE
from engine.streams import F64
from tests.sound_kit import needs_kernels


def sine(hertz: float, level_db: float, seconds: float, phase: float = 0.0) -> F64:
    t = np.arange(round(seconds * RATE)) / RATE
    x = 10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t + phase)
    return np.vstack((x, x))


@needs_kernels
def test_a_stereo_tone_at_minus_23_dbfs_measures_minus_23_lufs() -> None:
    meter = Meter()

    meter.feed(sine(1000.0, -23.0, 20.0))  # EBU Tech 3341, test signal 1

    assert meter.integrated == pytest.approx(-23.0, abs=0.1)


@needs_kernels
def test_quiet_stretches_do_not_lower_the_loudness() -> None:
    meter = Meter()

    for level, seconds in ((-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)):  # Tech 3341, signal 3
        meter.feed(sine(1000.0, level, seconds))

    assert meter.integrated == pytest.approx(-23.0, abs=0.1)


def test_the_weighting_equals_the_standards_two_filters() -> None:
    x = np.random.default_rng(1).normal(0, 0.1, (2, 512))
    shelf = ([1.53512485958697, -2.69169618940638, 1.19839281085285],
             [1.0, -1.69065929318241, 0.73248077421585])  # fmt: skip
    high_pass = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
    expected = (signal.lfilter(*high_pass, signal.lfilter(*shelf, x)) ** 2).mean(axis=1).sum()

    actual = weighted_power(x, np.zeros(8))

    assert actual == pytest.approx(expected, rel=1e-12)


@needs_kernels
def test_a_peak_between_samples_is_found() -> None:
    meter = Meter()
    x = sine(RATE / 4, -6.0, 0.5, phase=math.pi / 4)  # samples reach -9 dBFS only

    meter.feed(x)

    assert 20 * math.log10(np.abs(x).max()) == pytest.approx(-9.01, abs=0.01)
    assert meter.peak_db == pytest.approx(-6.0, abs=0.1)


@needs_kernels
def test_measuring_does_not_depend_on_how_the_sound_is_cut() -> None:
    x = np.random.default_rng(2).normal(0, 0.1, (2, RATE))
    whole, pieces = Meter(), Meter()

    whole.feed(x)
    for start in range(0, RATE, 777):
        pieces.feed(x[:, start : start + 777])

    assert pieces.integrated == pytest.approx(whole.integrated, abs=1e-9)
    assert pieces.peak_db == pytest.approx(whole.peak_db, abs=1e-9)


def test_silence_has_no_loudness() -> None:
    meter = Meter()

    meter.feed(np.zeros((2, 4800)))

    assert meter.integrated == -math.inf
    assert meter.peak_db == -math.inf
    assert lufs(0.0) == -math.inf
