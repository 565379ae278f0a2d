"""How long a sample takes from its device's process to the room, and what looking costs."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.clock import SystemClock
from engine.devices.governor import Governor
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.timing import SampleClock
from engine.processes.block import SharedBlock
from engine.processes.ring import SampleRing
from engine.streams import Output
from engine.units import Unit
from tests.e2e.device_sources import CLASSES

SHOW = 40
"""Width of a usual row of the show."""


@pytest.fixture
def block() -> Iterator[SharedBlock]:
    made = SharedBlock.create(SHOW)
    yield made
    made.close()
    made.unlink()


def test_bench_block_write(benchmark: BenchmarkFixture, block: SharedBlock) -> None:
    row = np.arange(SHOW, dtype=np.float64)

    benchmark(block.write, row)


def test_bench_block_read(benchmark: BenchmarkFixture, block: SharedBlock) -> None:
    row = np.zeros(SHOW)
    block.write(row)

    benchmark(block.read, row)


def test_bench_ring_write_and_read_three_rows(benchmark: BenchmarkFixture) -> None:
    ring = SampleRing.create(1, 1000)
    t, x = np.arange(3.0), np.zeros((3, 1))

    def pass_on() -> None:
        ring.write(t, x)
        ring.read()

    benchmark(pass_on)
    ring.close()
    ring.unlink()


def test_bench_stamp_one_packet(benchmark: BenchmarkFixture) -> None:
    clock = SampleClock(32.0)
    count = iter(range(1, 10**9))

    benchmark(lambda: clock.stamp(next(count) * 0.25, 8))


def test_bench_governor_step(benchmark: BenchmarkFixture) -> None:
    governor = Governor(Output("recline", Unit.DEGREE, 0.0, 55.0, 3.0, 15.0), 0.0, 55.0)
    governor.wish(30.0, 0.0)

    benchmark(governor.step, 1.0, 0.01)


def test_bench_live_drain_and_age_of_samples(benchmark: BenchmarkFixture) -> None:
    """Time a look at three live devices, and report how old samples are when they arrive."""
    clock = SystemClock()
    devices = [DeviceSpec(f"d{n}", "metronome", {"port": f"d{n}"}) for n in range(3)]
    ages: list[float] = []
    with DeviceManager(devices, classes=CLASSES, clock=clock, live=True) as manager:
        deadline = clock.now() + 20.0
        while sum(s.standing.code == "data" for s in manager.status()) < len(devices):
            assert clock.now() < deadline
            manager.drain(clock.now())
            clock.wait(0.01)

        def look() -> None:
            for chunk in manager.drain(clock.now()):
                ages.extend((clock.now() - chunk.t).tolist())

        def rest() -> None:
            clock.wait(0.01)

        benchmark.pedantic(look, setup=rest, rounds=300)  # type: ignore[no-untyped-call]
    if len(ages) > 100:
        benchmark.extra_info["age_p50_ms"] = round(float(np.percentile(ages, 50)) * 1e3, 2)
        benchmark.extra_info["age_p99_ms"] = round(float(np.percentile(ages, 99)) * 1e3, 2)
