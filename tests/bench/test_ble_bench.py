"""How long a beat takes from a virtual strap to the graph, and what connecting costs."""

from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from drivers.heart_rate_band import HeartRateBand
from drivers.polar_pmd_sensors import PolarH10
from engine.clock import SystemClock
from engine.devices import Frame, Reading
from engine.devices.driven import DrivenSource
from engine.devices.source import Context
from engine.devices.transports import ble_search
from engine.graph.standard import standard_graph
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Strap


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualAir]:
    monkeypatch.setattr(ble_search, "SETTLE", 0.1)
    air = VirtualAir()
    yield air
    air.close()


def test_bench_a_beat_from_the_radio_to_the_graph(
    benchmark: BenchmarkFixture, air: VirtualAir
) -> None:
    """Time from the strap's notification to the graph's answer, polled without a pause."""
    strap, clock = Strap(air), SystemClock()
    source = DrivenSource(HeartRateBand, {}, air.transport)
    source.open(Context("band", clock))
    wired = standard_graph(source.streams)
    took: list[float] = []

    def beat() -> None:
        sent = clock.now()
        strap.beat(800.0 + len(took) % 9)
        deadline = sent + 2.0
        while True:
            chunks = [c for c in source.read(clock.now()) if c.stream.name == "rri"]
            if chunks:
                break
            assert clock.now() < deadline
        for chunk in chunks:
            list(wired.graph.push(chunk))
        took.append(clock.now() - sent)

    benchmark.pedantic(beat, rounds=300, warmup_rounds=10)  # type: ignore[no-untyped-call]
    source.close()
    benchmark.extra_info["p50_ms"] = round(float(np.percentile(took, 50)) * 1e3, 3)
    benchmark.extra_info["p99_ms"] = round(float(np.percentile(took, 99)) * 1e3, 3)


def test_bench_decode_a_frame_of_ecg(benchmark: BenchmarkFixture) -> None:
    strap = PolarH10()
    samples = b"\x00" + b"\xc4\xfe\xff" * 73
    ticks = count(1, 561_538_462)  # ns; the same frame once more would not be told

    def decode() -> list[Reading]:
        data = b"\x00" + next(ticks).to_bytes(8, "little") + samples
        return list(strap.decode(Frame(0.0, data, "data")))

    (reading,) = benchmark(decode)

    assert len(reading.values) == 73


def test_bench_open_and_close(benchmark: BenchmarkFixture, air: VirtualAir) -> None:
    """Time from the search to the last subscription and back; a tenth of a second is waited."""
    Strap(air)
    source = DrivenSource(HeartRateBand, {}, air.transport)
    clock = SystemClock()

    def go() -> None:
        source.open(Context("band", clock))
        source.close()

    benchmark.pedantic(go, rounds=10, warmup_rounds=1)  # type: ignore[no-untyped-call]
