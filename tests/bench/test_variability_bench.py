import itertools

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from engine.dsp.hrv_coherence import coherence
from engine.dsp.hrv_entropy import sample_entropy
from engine.dsp.hrv_fractal import dfa_alpha1
from engine.dsp.hrv_spectrum import bands, density
from engine.dsp.hrv_spectrum_grid import on_grid
from engine.dsp.hrv_spectrum_live import LiveVariability
from engine.dsp.hrv_spectrum_paced import COLUMNS, RING, SLOTS, slide
from engine.dsp.hrv_whole import whole_hrv
from engine.pace import Pace
from tests.synthetic_heart import intervals

NN = intervals(400)
T = np.cumsum(NN) / 1000.0
JOINED = np.ones(NN.size)


def full() -> LiveVariability:
    live = LiveVariability()
    live.guide(0.0, Pace(0.0, 6.0, 0.4, 1.0))
    for t, nn in zip(T.tolist(), NN.tolist(), strict=True):
        live.interval(t, nn, 0.0, 1.0, 1.0)
    return live


def test_spline_onto_64_seconds(benchmark: BenchmarkFixture) -> None:
    benchmark(lambda: on_grid(T[:100], NN[:100], 5.0, 0.25, 256))


def test_density_of_64_seconds(benchmark: BenchmarkFixture) -> None:
    series = on_grid(T[:100], NN[:100], 5.0, 0.25, 256)

    benchmark(lambda: density(series, 4.0))


def test_bands_of_a_density(benchmark: BenchmarkFixture) -> None:
    power = density(on_grid(T[:100], NN[:100], 5.0, 0.25, 256), 4.0)

    benchmark(lambda: bands(power))


def test_coherence_of_64_seconds(benchmark: BenchmarkFixture) -> None:
    series = on_grid(T[:100], NN[:100], 5.0, 0.5, 128)

    benchmark(lambda: coherence(series))


def test_sliding_sum_per_sample(benchmark: BenchmarkFixture) -> None:
    state, ring = np.zeros(SLOTS), np.zeros((RING, COLUMNS))

    benchmark(lambda: slide(state, ring, 800.0, 0.3, 120))


def test_live_per_beat(benchmark: BenchmarkFixture) -> None:
    live = full()
    beat = itertools.count(1)

    benchmark(lambda: live.interval(T[-1] + 0.88 * next(beat), 880.0, 0.0, 1.0, 1.0))


def test_live_every_five_seconds(benchmark: BenchmarkFixture) -> None:
    live = full()
    at = float(T[-1]) + 1.0

    benchmark(lambda: live.at(at, steady=True))


def test_entropy_of_five_minutes(benchmark: BenchmarkFixture) -> None:
    benchmark(lambda: sample_entropy(NN, JOINED))


def test_scaling_of_five_minutes(benchmark: BenchmarkFixture) -> None:
    benchmark(lambda: dfa_alpha1(NN, JOINED))


def test_whole_five_minutes(benchmark: BenchmarkFixture) -> None:
    benchmark(lambda: whole_hrv(T, NN, JOINED, 0.0, 1.0))
