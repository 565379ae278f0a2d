"""What following a person costs, against a loop of plain Python on the same processor.

Both take their share of whatever else the computer does, so the ratio holds on a busy one. A
turn of the loop takes 45-50 ns on the computers this was written on.
"""

import time
from collections.abc import Callable

import numpy as np
import pytest

from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.jit import COMPILED
from engine.dsp.qrs import QrsDetector
from engine.dsp.qrs_layout import CONFIRMED
from engine.dsp.warmup import warmup
from engine.graph.standard import standard_graph
from tests.synthetic_heart import ecg, intervals
from tests.wired_rig import FOUR, recorded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.quiet,
    pytest.mark.skipif(not COMPILED, reason="compilation is switched off"),
]

TURN_NS = 45.0
"""What a turn is taken to last: the smaller, the stricter the test."""
TURNS = 50_000


def loop() -> None:
    total = 0
    for i in range(TURNS):
        total += i * i


def spent_ns(work: Callable[[], None]) -> float:
    begun = time.thread_time_ns()
    work()
    return float(time.thread_time_ns() - begun)


def seconds_of(make: Callable[[], Callable[[], None]], tries: int = 25) -> float:
    """Return how long the work takes where a turn of the loop takes `TURN_NS`, s."""
    ratios = []
    for _ in range(tries):
        work = make()
        before = spent_ns(loop)
        took = spent_ns(work)
        ratios.append(took / (0.5 * (before + spent_ns(loop))))
    return float(np.min(ratios)) * TURNS * TURN_NS * 1e-9


@pytest.mark.parametrize(("rate", "at_most_us"), [(130, 2.4), (250, 2.8), (500, 3.7), (1000, 6.0)])
def test_a_push_of_250_ms_of_ecg_takes_a_few_microseconds(rate: int, at_most_us: float) -> None:
    warmup()
    made, size = ecg(rate, 120.0), rate // 4
    parts = [(made.x[i : i + size], made.t[i : i + size]) for i in range(0, made.x.size, size)]

    def make() -> Callable[[], None]:
        detector = QrsDetector(rate)

        def work() -> None:
            for x, t in parts:
                detector.push(x, t)

        return work

    assert 1e6 * seconds_of(make) / len(parts) < at_most_us


def test_a_heartbeat_live_takes_about_a_microsecond() -> None:
    warmup()
    rr = intervals(1000)
    events = np.full((rr.size, 6), np.nan)
    events[:, 0], events[:, 1], events[:, 2] = CONFIRMED, np.cumsum(rr) / 1000.0, rr
    events[:, 3] = 1.0
    beats = [(event[None, :], event[1:2]) for event in events]

    def make() -> Callable[[], None]:
        tracker = HeartTracker()

        def work() -> None:
            for event, known in beats:
                tracker.push(event, known)

        return work

    assert 1e6 * seconds_of(make) / len(beats) < 1.4


def test_all_filters_of_four_sensors_take_less_than_half_a_percent_of_a_core() -> None:
    warmup()
    lasts = 60.0
    chunks = recorded(FOUR, lasts)

    def make() -> Callable[[], None]:
        wired = standard_graph(FOUR)
        wired.arousal.begin_baseline(0.0)

        def work() -> None:
            for chunk in chunks:
                for _ in wired.graph.push(chunk):
                    pass

        return work

    assert seconds_of(make, tries=9) / lasts < 0.005
