"""What a quarter of a second of skin, breath and arousal costs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.dsp.arousal import ArousalIndex
from engine.dsp.belt import BreathingBelt
from engine.dsp.eda import SkinConductance
from engine.graph import Graph
from engine.graph.electrodermal import wire_skin
from engine.graph.respiratory import wire_breath
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.skin_truth import skin


def quarters(push: Callable[[F64, F64], object], rate: float, x: F64) -> Callable[[], None]:
    """Return a function that pushes the next quarter of a second, over and over."""
    size = round(rate / 4.0)
    at = 0

    def once() -> None:
        nonlocal at
        start = at % (x.size - size)
        t = (at + np.arange(size)) / rate
        push(t, x[start : start + size])
        at += size

    return once


@pytest.mark.parametrize("rate", [8.0, 32.0, 1000.0])
def test_skin_conductance_engine(benchmark: Any, rate: float) -> None:
    x = skin(rate, 6, 0.005, 1, seconds=60.0).y

    benchmark(quarters(SkinConductance(rate).push, rate, x))


@pytest.mark.parametrize("rate", [25.0, 1000.0])
def test_breathing_belt_engine(benchmark: Any, rate: float) -> None:
    x = np.sin(2.0 * np.pi * 0.2 * np.arange(int(60 * rate)) / rate)

    benchmark(quarters(BreathingBelt(rate).push, rate, x))


def test_skin_wired(benchmark: Any) -> None:
    graph = Graph()
    source = graph.source(Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 8.0))
    wire_skin(graph, source)
    x = skin(8.0, 6, 0.005, 1, seconds=60.0).y

    benchmark(quarters(lambda t, y: list(graph.push(Chunk(source, t, y[:, None]))), 8.0, x))


def test_breath_wired(benchmark: Any) -> None:
    graph = Graph()
    source = graph.source(Stream("belt.resp", Kind.RESP, Unit.RAW, 25.0))
    wire_breath(graph, source)
    x = np.sin(2.0 * np.pi * 0.2 * np.arange(1500) / 25.0)

    benchmark(quarters(lambda t, y: list(graph.push(Chunk(source, t, y[:, None]))), 25.0, x))


def test_arousal_a_second(benchmark: Any) -> None:
    index = ArousalIndex()
    index.begin_baseline()
    for _ in range(60):
        index.push((70.0, 40.0, 5.0, 0.02, 14.0), (1.0,) * 5)
    index.end_baseline()

    benchmark(index.push, (72.0, 42.0, 5.1, 0.03, 15.0), (1.0,) * 5)
