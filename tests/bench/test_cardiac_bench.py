import itertools

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.dsp import butterworth
from engine.dsp.filters import SosFilter
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.qrs import QrsDetector
from engine.dsp.qrs_layout import CONFIRMED
from engine.dsp.rr_repair import RrClassifier
from engine.graph.cardiac import wire_heart
from engine.graph.graph import Graph
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
from tests.synthetic_heart import ecg, intervals


@pytest.mark.parametrize("rate", [130, 250, 500, 1000])
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


@pytest.mark.parametrize("beats", [1, 500])
def test_tracker_push(benchmark: BenchmarkFixture, beats: int) -> None:
    """Everything of the time domain for so many beats in one call."""
    tracker = HeartTracker()
    events = np.full((beats, 6), np.nan)
    events[:, 0], events[:, 2], events[:, 3] = CONFIRMED, intervals(beats), 1.0
    since = np.cumsum(events[:, 2]) / 1000.0
    known = np.zeros(beats)

    def push() -> None:
        np.add(known[-1], since, out=known)
        events[:, 1] = known
        tracker.push(events, known)

    benchmark(push)


def test_filter_per_thousand_samples(benchmark: BenchmarkFixture) -> None:
    running = SosFilter(butterworth.bandpass(2, 5.0, 22.0, 250.0))
    x = np.random.default_rng(0).standard_normal(1000)

    benchmark(lambda: running.push(x))
