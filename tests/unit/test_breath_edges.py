"""The breathing belt when there is nothing, or nothing sensible, to measure."""

import numpy as np
import pytest

from engine.dsp import belt_layout as at
from engine.dsp.belt import BreathingBelt
from engine.errors import GraphError
from engine.graph import Graph
from engine.graph.respiratory import CONFIDENT, wire_breath
from engine.signals import SIGNAL_AXES
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

BELT = Stream("belt.resp", Kind.RESP, Unit.RAW, 25.0)


def breath(t: F64, per_minute: float) -> F64:
    return np.asarray(-np.cos(2.0 * np.pi * per_minute / 60.0 * t), dtype=np.float64)


def run(t: F64, x: F64) -> dict[str, F64]:
    graph = Graph()
    source = graph.source(BELT)
    wire_breath(graph, source)
    seen: dict[str, list[F64]] = {}
    for i in range(0, t.size, 6):
        for chunk in graph.push(Chunk(source, t[i : i + 6], x[i : i + 6, None])):
            seen.setdefault(chunk.stream.name, []).append(np.c_[chunk.t, chunk.x])
    return {name: np.vstack(rows) for name, rows in seen.items()}


def test_an_empty_chunk_makes_nothing() -> None:
    assert len(BreathingBelt(25.0).push(np.empty(0), np.empty(0))) == 0


@pytest.mark.parametrize("value", [0.0, 5.0, 1e9, -1e9])
def test_a_constant_is_no_breath(value: float) -> None:
    t = np.arange(0.0, 60.0, 0.04)

    rows = BreathingBelt(25.0).push(t, np.full(t.size, value))

    assert (rows[:, at.O_CONFIDENCE] == 0.0).all()
    assert (rows[:, at.O_QUALITY] == 0.0).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_missing_samples_alone_make_no_row(value: float) -> None:
    t = np.arange(0.0, 10.0, 0.04)

    assert len(BreathingBelt(25.0).push(t, np.full(t.size, value))) == 0


def test_an_upside_down_belt_can_be_told() -> None:
    t = np.arange(0.0, 120.0, 0.04)

    up = BreathingBelt(25.0).push(t, breath(t, 8.0))
    down = BreathingBelt(25.0, rising=False).push(t, -breath(t, 8.0))

    assert up.tobytes() == down.tobytes()


def test_rate_and_phase_appear_after_a_few_breaths_and_are_right() -> None:
    t = np.arange(0.0, 60.0, 0.04)

    seen = run(t, breath(t, 12.0))
    rate, phase = seen["resp.rate"], seen["resp.phase"]
    known = ~np.isnan(rate[:, 1])

    assert 10.0 < rate[known][0, 0] < 25.0
    assert rate[-1, 1:3] == pytest.approx([12.0, 1.0], abs=0.1)
    assert phase[-1, 1] == pytest.approx((phase[-1, 0] / 5.0) % 1.0, abs=0.02)
    assert np.diff(rate[:, 0]).min() > 0.85


def test_values_are_shown_only_with_confidence() -> None:
    t = np.arange(0.0, 90.0, 0.04)
    x = breath(t, 12.0) + np.random.default_rng(0).normal(0.0, 3.0, t.size)

    rate = run(t, x)["resp.rate"]

    assert (np.isnan(rate[:, 1]) == (rate[:, 2] < CONFIDENT)).all()


def test_a_belt_that_comes_loose_is_told_within_seconds() -> None:
    t = np.arange(0.0, 120.0, 0.04)
    x = np.where(t < 60.0, breath(t, 10.0), np.nan)

    seen = run(t, x)
    gone = seen["resp.phase"][seen["resp.phase"][:, 0] > 61.5]

    assert np.isnan(gone[:, 1]).all()
    assert (gone[:, 2] == 0.0).all()
    assert (seen["resp.quality"][seen["resp.quality"][:, 0] > 61.5, 1] == 0.0).all()


def test_someone_who_stops_moving_has_no_breath_after_a_while() -> None:
    t = np.arange(0.0, 120.0, 0.04)
    x = np.where(t < 60.0, breath(t, 12.0), 0.0)

    rows = BreathingBelt(25.0).push(t, x)

    assert (rows[rows[:, at.O_TIME] > 78.0, at.O_CONFIDENCE] == 0.0).all()


def test_a_short_gap_keeps_the_phase_a_long_one_starts_anew() -> None:
    t = np.arange(0.0, 120.0, 0.04)
    short, long = t + np.where(t < 60.0, 0.0, 2.0), t + np.where(t < 60.0, 0.0, 40.0)

    after_short = BreathingBelt(25.0).push(short, breath(short, 12.0))
    after_long = BreathingBelt(25.0).push(long, breath(long, 12.0))
    soon = after_short[after_short[:, at.O_TIME] > 66.0]
    off = (soon[:, at.O_PHASE] - soon[:, at.O_TIME] / 5.0 + 0.5) % 1.0 - 0.5

    assert np.median(np.abs(off)) < 0.05
    assert (after_long[(after_long[:, at.O_TIME] > 100.0)][:50, at.O_CONFIDENCE] == 0.0).all()


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (Stream("belt.resp", Kind.RESP, Unit.RAW), "rate"),
        (Stream("belt.resp", Kind.RESP, Unit.RAW, 2.0), "4 Hz or more"),
        (Stream("belt.acc", Kind.ACC, Unit.G, 25.0), "acc"),
    ],
)
def test_a_stream_that_cannot_be_used_is_refused_by_name(stream: Stream, says: str) -> None:
    graph = Graph()
    graph.source(stream)

    with pytest.raises(GraphError, match=f"{stream.name}.*{says}"):
        wire_breath(graph, stream)


def test_signals_have_the_names_and_axes_of_the_vocabulary() -> None:
    graph = Graph()

    streams = wire_breath(graph, graph.source(BELT))

    assert (streams.rate.name, streams.phase.name) == ("resp.rate", "resp.phase")
    assert streams.rate.axes == streams.phase.axes == SIGNAL_AXES
    assert (streams.rate.unit, streams.phase.unit) == (Unit.PER_MINUTE, Unit.LEVEL)
