"""Light and acceleration of one device, wired."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers import polar_pmd as pmd
from drivers.polar_pmd_sensors import PolarOptical
from engine.analysis.passing import hear
from engine.devices import Frame
from engine.dsp.jit import COMPILED
from engine.errors import GraphError
from engine.graph import Graph
from engine.graph.pulse import wire_pulse
from engine.graph.standard import standard_graph
from engine.store.recording import read_recording
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.pulse_truth import finger, steps

XYZ = ("x", "y", "z")
LIGHT = Stream("band.ppg", Kind.PPG, Unit.RAW, 64.0)
FELT = Stream("band.acc", Kind.ACC, Unit.G, 32.0, axes=XYZ)
OTHER = Stream("strap.acc", Kind.ACC, Unit.G, 50.0, axes=XYZ)


def test_the_acceleration_of_the_same_device_is_wired_to_its_light() -> None:
    wired = standard_graph([OTHER, FELT, LIGHT])

    assert wired.movement is FELT
    assert wired.used == (LIGHT, FELT)
    assert wired.groups == ("heart",)


@pytest.mark.parametrize("streams", [(LIGHT,), (LIGHT, OTHER)])
def test_light_alone_is_wired_as_before(streams: tuple[Stream, ...]) -> None:
    wired = standard_graph(streams)
    made = {stream.name: stream for stream in wired.graph.streams}

    assert wired.movement is None
    assert made["pulse.beat"].latency == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (Stream("band.acc", Kind.ACC, Unit.RAW, 32.0, axes=XYZ), "how strong"),
        (Stream("band.acc", Kind.ACC, Unit.G, 32.0), "1 axes"),
        (Stream("band.acc", Kind.ACC, Unit.G, 5.0, axes=XYZ), "12 Hz or more"),
        (Stream("band.eda", Kind.EDA, Unit.MICROSIEMENS, 4.0), "not acceleration"),
    ],
)
def test_what_shows_no_movement_is_refused_by_name(stream: Stream, says: str) -> None:
    graph = Graph()
    graph.source(LIGHT)
    graph.source(stream)

    with pytest.raises(GraphError, match=f"{stream.name}.*{says}"):
        wire_pulse(graph, LIGHT, stream)


def test_acceleration_that_cannot_be_used_is_told_and_the_pulse_read_without() -> None:
    counts = Stream("band.acc", Kind.ACC, Unit.RAW, 32.0, axes=XYZ)

    wired = standard_graph([LIGHT, counts])

    assert wired.sources == {"heart": LIGHT}
    assert wired.movement is None
    assert [fault.where for fault in wired.refused] == ["band.acc"]


def intervals(streams: list[Stream], chunks: Iterator[Chunk]) -> F64:
    """Return the intervals told, time and ms, with these streams wired."""
    wired = standard_graph(streams)
    told = [
        np.c_[made.t, made.x]
        for chunk in chunks
        for made in wired.graph.push(chunk)
        if made.stream.name == "pulse.ppi"
    ]
    rows = np.vstack(told)
    return np.asarray(rows[np.isfinite(rows[:, 1])])


@pytest.mark.skipif(not COMPILED, reason="minutes without compiled kernels")
def test_a_session_of_a_polar_band_listens_to_its_acceleration() -> None:
    """From the bytes of its frames to intervals: those of a walk are not told."""
    light, felt = (
        Stream(f"band.{s.name}", s.kind, s.unit, s.rate, s.latency, s.axes)
        for s in PolarOptical.streams
    )
    true = finger(55.0, 1, heart=66.0)
    t = np.arange(0.0, 120.0, 1.0 / 52.0)
    acc = steps(t, 160.0, 2, during=(40.0, 100.0))
    walk = np.interp(true.t, t, acc[:, 0] - acc[0, 0])
    counts = 100_000.0 + 2000.0 * (true.x + walk / walk.std())

    def frames() -> Iterator[Chunk]:
        band = PolarOptical()
        for k in range(0, 118, 1):
            for stream, times, values, kind in (
                (light, true.t, np.c_[counts, counts, counts, 0.0 * counts], pmd.PPG),
                (felt, t, 1000.0 * acc, pmd.ACC),
            ):
                here = (times >= k) & (times < k + 1)
                width = 3 if kind == pmd.PPG else 2
                body = b"".join(
                    int(v).to_bytes(width, "little", signed=True) for v in values[here].ravel()
                )
                head = bytes([kind]) + int(1e9 * times[here][-1]).to_bytes(8, "little")
                layout = bytes([0 if kind == pmd.PPG else 1])
                for reading in band.decode(Frame(0.0, head + layout + body, "data")):
                    x = np.asarray(reading.values, dtype=float).reshape(here.sum(), -1)
                    yield Chunk(stream, times[here], x)

    without = intervals([light], (c for c in frames() if c.stream is light))
    with_ = intervals([light, felt], frames())

    def walking(told: F64) -> F64:
        return told[(told[:, 0] > 41.0) & (told[:, 0] < 99.0)]

    assert len(walking(without)) > 100
    assert len(walking(with_)) <= 2
    assert len(with_) - len(walking(with_)) >= 0.9 * (len(without) - len(walking(without)))


@pytest.mark.skipif(not COMPILED, reason="minutes without compiled kernels")
def test_the_analysis_of_a_wrist_band_listens_to_its_acceleration(tmp_path: Path) -> None:
    """An Empatica folder without intervals of its own: steps of a walk are no heartbeats."""
    true = finger(64.0, 1, heart=66.0)
    t = np.arange(0.0, 120.0, 1.0 / 32.0)
    acc = steps(t, 160.0, 2, during=(40.0, 100.0))
    walk = np.interp(true.t, t, acc[:, 0] - acc[0, 0])
    light = 100.0 * (true.x + walk / walk.std())
    lines = [f"{v:.2f}" for v in light]
    (tmp_path / "BVP.csv").write_text("\n".join(["1644829925.0", "64.0", *lines]) + "\n")

    def good_while_walking() -> int:
        rows = hear(read_recording(tmp_path)).rows["pulse.beat"]
        walking = (rows.t > 41.0) & (rows.t < 99.0)
        return int((rows.axis("ppi_quality")[walking] >= 0.5).sum())

    without = good_while_walking()
    head = [", ".join(["1644829925.0"] * 3), ", ".join(["32.0"] * 3)]
    lines = [",".join(f"{v:.0f}" for v in row) for row in 64.0 * acc]
    (tmp_path / "ACC.csv").write_text("\n".join([*head, *lines]) + "\n")
    with_ = good_while_walking()

    assert without > 100
    assert with_ <= 2
