"""What devices cost a room, and how long a sample takes from a wire to the graph."""

import os
import time
import tty
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from drivers.gsr_line import GsrLine
from drivers.heart_rate_band import HeartRateBand
from engine.clock import SystemClock
from engine.devices import keeper as keeping
from engine.devices.driven import DrivenSource
from engine.devices.keeper import Keeper
from engine.devices.links import BleLink, Link
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.source import Context
from engine.devices.transports.ble import BleTransport
from engine.devices.transports.plugging import usable_port, usable_ports
from engine.graph.graph import Graph
from engine.graph.standard import standard_graph
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.streams import Chunk
from tests.bench.wide_source import Amplifier
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Strap
from tools.virtual_serial import VirtualPort

LOOK = 0.01
"""Seconds between two steps of a room."""


def told(benchmark: BenchmarkFixture, name: str, took: list[float]) -> None:
    """Report the 50th and 99th percentile of ``took``, s."""
    for share in (50, 99):
        value = float(np.percentile(took, share)) * 1e3
        benchmark.extra_info[f"{name}_p{share}_ms"] = round(value, 2)


def live(manager: DeviceManager, clock: SystemClock) -> None:
    """Wait until every device sends."""
    deadline = clock.now() + 60.0
    while any(s.standing.code != "data" for s in manager.status()):
        assert clock.now() < deadline
        manager.drain(clock.now())
        manager.notices()
        clock.wait(LOOK)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[VirtualPort]:
    made = VirtualPort(tmp_path / "band")
    yield made
    made.pull()


def test_bench_a_line_from_a_pty_through_its_process_to_the_graph(
    benchmark: BenchmarkFixture,
) -> None:
    """Time from the device's last byte to the graph's answer, the room looking all the time."""
    master, slave = os.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    clock = SystemClock()
    spec = DeviceSpec("band", "gsr-line", {"port": os.ttyname(slave)})
    took: list[float] = []
    manager = DeviceManager([spec], classes={"gsr-line": GsrLine}, clock=clock, live=True)
    wired = standard_graph(manager.streams)
    with manager:
        while not any(s.standing.code == "data" for s in manager.status()):
            os.write(master, b"1.5\n")
            manager.drain(clock.now())
            clock.wait(0.1)
        clock.wait(0.1)
        manager.drain(clock.now())

        def say() -> None:
            sent = clock.now()
            os.write(master, b"1.5\n")
            while not (chunks := manager.drain(clock.now())):
                assert clock.now() < sent + 5.0
                clock.wait(0.0002)
            for chunk in chunks:
                list(wired.graph.push(chunk))
            took.append(clock.now() - sent)
            # At the declared rate, but at every phase of the process that listens.
            clock.wait(sent + 0.1 + 0.001 * (len(took) % 11 - 5) - clock.now())

        benchmark.pedantic(say, rounds=200, warmup_rounds=10)  # type: ignore[no-untyped-call]
    os.close(master)
    os.close(slave)
    told(benchmark, "to_graph", took)


def test_bench_from_the_plug_to_the_first_sample(
    benchmark: BenchmarkFixture, port: VirtualPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "RETRY", (60.0,))
    clock = SystemClock()
    took: list[float] = []

    def plug() -> None:
        keeper = Keeper(DrivenSource(GsrLine, {"port": str(port.path)}), Context("band", clock))
        keeper.turn(clock.now())
        clock.wait(0.03 + 0.1 * (len(took) % 7) / 7)
        port.plug()
        plugged = clock.now()
        while not keeper.turn(clock.now()):
            port.say(b"1.5\n")
            assert clock.now() < plugged + 5.0
            clock.wait(LOOK)
        took.append(clock.now() - plugged)
        keeper.close()
        port.pull()

    benchmark.pedantic(plug, rounds=30)  # type: ignore[no-untyped-call]
    told(benchmark, "plug_to_sample", took)


@pytest.mark.parametrize("look", [usable_ports, lambda: usable_port("/dev/ttyUSB0")])
def test_bench_a_look_for_ports(benchmark: BenchmarkFixture, look: Any) -> None:
    benchmark(look)


def test_bench_eight_channels_at_a_kilohertz_in_the_room(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    """Processor time of the room alone: taking the samples, the graph, and the recording."""
    clock = SystemClock()
    spec = DeviceSpec("amp", "amplifier", {})
    manager = DeviceManager([spec], classes={"amplifier": Amplifier}, clock=clock, live=True)
    graph = Graph()
    (stream,) = manager.streams
    graph.source(stream)
    header = Header("s", "2026-01-01T00:00:00+00:00", "p", "", Script(("x",), ()), (stream,))
    seconds, taken = 20.0, 0
    with manager, Recorder(tmp_path / "session.mcap", header) as recorder:
        live(manager, clock)

        def run() -> None:
            nonlocal taken
            end, step = clock.now() + seconds, 0
            while clock.now() < end:
                for chunk in manager.drain(clock.now()):
                    recorder.chunk(step, chunk)
                    list(graph.push(chunk))
                    taken += len(chunk.t)
                step += 1
                clock.wait(LOOK)

        busy = time.process_time()
        benchmark.pedantic(run, rounds=1)  # type: ignore[no-untyped-call]
        busy = time.process_time() - busy
    benchmark.extra_info["share_of_a_core_percent"] = round(100.0 * busy / seconds, 2)
    benchmark.extra_info["samples_a_second"] = round(taken / seconds)


def test_bench_twelve_straps_at_once(benchmark: BenchmarkFixture) -> None:
    """Processor time of twelve straps, one beat a second each, virtual radio included."""
    air, clock = VirtualAir(), SystemClock()
    radio = air.radio()

    def make(link: Link, options: Mapping[str, Any]) -> BleTransport:
        assert isinstance(link, BleLink)
        return BleTransport(link, options, radio)

    straps = [Strap(air, f"Strap {n}", f"F0:F1:F2:F3:F4:{n:02X}") for n in range(12)]
    keepers = [
        Keeper(DrivenSource(HeartRateBand, {"address": s.address}, make), Context("s", clock))
        for s in straps
    ]
    for keeper in keepers:
        keeper.turn(clock.now())
    took: list[float] = []
    seconds = 15.0

    def run() -> None:
        due = [clock.now() + n / 12 for n in range(12)]
        sent = [0.0] * 12
        end = clock.now() + seconds
        while clock.now() < end:
            for n, (strap, keeper) in enumerate(zip(straps, keepers, strict=True)):
                if clock.now() >= due[n]:
                    sent[n] = clock.now()
                    strap.beat(1000.0)
                    due[n] += 1.0
                chunks: list[Chunk] = keeper.turn(clock.now())
                if any(c.stream.name == "rri" for c in chunks):
                    took.append(clock.now() - sent[n])
            clock.wait(LOOK)

    busy = time.process_time()
    benchmark.pedantic(run, rounds=1)  # type: ignore[no-untyped-call]
    busy = time.process_time() - busy
    for keeper in keepers:
        keeper.close()
    air.close()
    benchmark.extra_info["share_of_a_core_percent"] = round(100.0 * busy / seconds, 2)
    benchmark.extra_info["beats"] = len(took)
    told(benchmark, "beat_to_sample", took)
