import itertools

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.dsp import butterworth
from engine.dsp.filters import SosFilter
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.qrs import QrsDetector
from engine.dsp.rr_repair import RrClassifier
from engine.graph.cardiac import wire_heart
from engine.graph.graph import Graph
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
from tests.synthetic_heart import ecg, intervals


@pytest.mark.parametrize("rate", [130, 250, 500])
def test_detector_push_of_250_ms(benchmark: BenchmarkFixture, rate: int) -> None:
    made = ecg(rate, 60.0)
    size = rate // 4
    parts = itertools.cycle([made.x[i : i + size] for i in range(0, made.x.size, size)])
    detector = QrsDetector(rate)

    benchmark(lambda: detector.push(next(parts)))


def test_whole_heart_graph_push_of_250_ms(benchmark: BenchmarkFixture) -> None:
    made = ecg(250, 60.0)
    source = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)
    graph = Graph()
    graph.source(source)
    wire_heart(graph, source)
    starts = itertools.cycle(range(0, 15000, 62))
    at = itertools.count()

    def push() -> None:
        i = next(starts)
        x = made.x[i : i + 62]
        first = 62 * next(at)
        t = np.arange(first, first + x.size) / 250.0
        for _ in graph.push(Chunk(source, t, x[:, None])):
            pass

    benchmark(push)


def test_classifier_per_beat(benchmark: BenchmarkFixture) -> None:
    rr = itertools.cycle(intervals(500).tolist())
    classifier = RrClassifier()

    benchmark(lambda: classifier.push(next(rr)))


def test_tracker_per_beat(benchmark: BenchmarkFixture) -> None:
    rr = itertools.cycle(intervals(500).tolist())
    tracker = HeartTracker()
    times = itertools.count()

    def beat() -> None:
        t = 0.88 * next(times)
        tracker.beat(t, next(rr), 1.0)
        tracker.state(t)

    benchmark(beat)


def test_filter_per_thousand_samples(benchmark: BenchmarkFixture) -> None:
    running = SosFilter(butterworth.bandpass(2, 5.0, 22.0, 250.0))
    x = np.random.default_rng(0).standard_normal(1000)

    benchmark(lambda: running.push(x))
