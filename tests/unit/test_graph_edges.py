"""What the graph promises of its streams: when they come, how often, and for whom."""

import numpy as np
import pytest

from engine.graph.graph import Graph
from engine.graph.pulse import wire_pulse
from engine.graph.standard import standard_graph
from engine.graph.variability import DETAIL_AXES
from engine.pace import Pace
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
from tests.pulse_truth import finger

RRI = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND, latency=0.2)
LIGHT = Stream("band.ppg", Kind.PPG, Unit.RAW, 64.0)


def test_a_breath_read_from_beats_is_no_later_than_its_stream_declares() -> None:
    graph = standard_graph([RRI]).graph
    declared = next(s for s in graph.streams if s.name == "resp.derived").latency
    rr = 0.85 + 0.06 * np.sin(1.6 * np.arange(120))
    late: list[float] = []
    for t, ms in zip(np.cumsum(rr), 1000.0 * rr, strict=True):
        for made in graph.push(Chunk(RRI, np.array([t]), np.array([[ms]]))):
            if made.stream.name == "resp.derived":
                late += (t - made.t).tolist()

    # They come with a beat: the earliest of each beat waited for it as well.
    assert min(late) == pytest.approx(declared - RRI.latency, abs=0.1)
    assert max(late) < declared + 1.0


def test_light_tells_its_quality_once_in_every_second() -> None:
    true = finger(64.0, 1, seconds=20.0)
    graph = Graph()
    graph.source(LIGHT)
    wire_pulse(graph, LIGHT)
    told: list[float] = []
    for i in range(0, true.t.size, 16):
        part = slice(i, i + 16)
        for made in graph.push(Chunk(LIGHT, true.t[part], true.x[part, None])):
            if made.stream.name == "heart.quality":
                told += np.floor(made.t).tolist()

    assert sorted(set(told)) == list(range(int(true.t[-1]) + 1))


def test_pulse_intervals_are_told_in_milliseconds_and_the_rate_is_the_fingers() -> None:
    true = finger(64.0, 1, seconds=60.0)
    graph = Graph()
    graph.source(LIGHT)
    wire_pulse(graph, LIGHT)
    told: dict[str, list[float]] = {"pulse.ppi": [], "heart.rate": []}
    for i in range(0, true.t.size, 16):
        part = slice(i, i + 16)
        for made in graph.push(Chunk(LIGHT, true.t[part], true.x[part, None])):
            if made.stream.name in told:
                told[made.stream.name] += made.x[np.isfinite(made.x[:, 0]), 0].tolist()

    usual = float(np.mean(np.diff(true.feet)))
    assert np.mean(told["pulse.ppi"]) == pytest.approx(1000.0 * usual, rel=0.02)
    assert told["heart.rate"][-1] == pytest.approx(60.0 / usual, rel=0.08)


@pytest.mark.parametrize(("guide", "guided"), [(0.0, 0.0), (0.02, 1.0), (1.0, 1.0)])
def test_a_guide_however_faint_is_a_guide(guide: float, guided: float) -> None:
    wired = standard_graph([RRI])
    wired.variability.guide(0.0, Pace(0.0, 6.0, 0.4, guide))
    rows = [
        made.x
        for t in np.arange(0.8, 30.0, 0.8)
        for made in wired.graph.push(Chunk(RRI, np.array([t]), np.array([[800.0]])))
        if made.stream.name == "heart.variability"
    ]

    assert np.unique(np.vstack(rows)[:, DETAIL_AXES.index("guided")]).tolist() == [guided]
