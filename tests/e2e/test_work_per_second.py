"""What following a person costs, against a loop of plain Python on the same processor.

Both take their share of whatever else the computer does, so the ratio holds on a busy one. A
turn of the loop takes 45-50 ns on the computers this was written on.
"""

import time
from collections.abc import Callable

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from engine.dsp.qrs import QrsDetector
from engine.dsp.warmup import warmup
from engine.graph.standard import standard_graph
from tests.synthetic_heart import ecg
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


@pytest.mark.parametrize(("rate", "at_most_us"), [(130, 2.6), (250, 3.3), (500, 4.9), (1000, 8.2)])
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
