"""How old an LSL sample is when the graph has it, and what eight fast channels cost."""

import numpy as np
import psutil
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from drivers.lsl_inlet import LslInlet
from engine.clock import SystemClock
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.graph.standard import standard_graph
from tests.lsl_room import loopback, outlet

pytest.importorskip("pylsl", reason="pylsl is not installed")
pytestmark = pytest.mark.usefixtures("loopback")
__all__ = ["loopback"]


@pytest.mark.parametrize(("kind", "channels", "rate"), [("ECG", 1, 500), ("EEG", 8, 1000)])
def test_bench_from_lsl_stamp_to_graph(
    benchmark: BenchmarkFixture, kind: str, channels: int, rate: int
) -> None:
    """Time a look of the room (with the graph), and report the age of each sample after it."""
    clock = SystemClock()
    ages: list[float] = []
    labels = ",".join(f"{kind}{n}" for n in range(channels))
    sent = ["--type", kind, "--channels", str(channels), "--labels", labels, "--unit", "mV",
            "--rate", str(rate), "--every", "0.002"]  # fmt: skip
    with outlet(*sent):
        spec = DeviceSpec("lab", "lsl-inlet", {"type": kind})
        with DeviceManager(
            [spec], classes={"lsl-inlet": LslInlet}, clock=clock, live=True
        ) as manager:
            graph = standard_graph(manager.streams).graph
            deadline = clock.now() + 60.0
            while not any(s.standing.code == "data" for s in manager.status()):
                assert clock.now() < deadline
                manager.drain(clock.now())
                clock.wait(0.01)

            def look() -> None:
                for chunk in manager.drain(clock.now()):
                    list(graph.push(chunk))
                    ages.extend((clock.now() - chunk.t).tolist())

            pid = next(p.pid for p in psutil.Process().children() if "spawn_main" in _command(p))
            host = psutil.Process(pid)
            before, began = sum(host.cpu_times()[:2]), clock.now()
            benchmark.pedantic(look, setup=lambda: clock.wait(0.01), rounds=1000)  # type: ignore[no-untyped-call]
            share = (sum(host.cpu_times()[:2]) - before) / (clock.now() - began)
    late = ages[len(ages) // 4 :]  # after the first second
    benchmark.extra_info["age_p50_ms"] = round(float(np.percentile(late, 50)) * 1e3, 2)
    benchmark.extra_info["age_p99_ms"] = round(float(np.percentile(late, 99)) * 1e3, 2)
    benchmark.extra_info["core_of_its_process"] = f"{100.0 * share:.1f} %"


def _command(process: psutil.Process) -> str:
    return " ".join(process.cmdline())
