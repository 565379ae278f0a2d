"""Straps that tell only intervals, on a grid of 1/1024 s, seconds after they happened."""

import numpy as np
import pytest

from engine.graph.cardiac import wire_heart
from engine.graph.cardiac_beats import PATIENCE
from engine.graph.graph import Graph
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.synthetic_heart import intervals

EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 4.0)
TICK_MS = 1000.0 / 1024.0


def told(rr_ms: F64, late: float, every: int) -> dict[str, F64]:
    """Return by stream what comes of intervals, ``every`` at a time and ``late`` s after."""
    strap = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND, latency=late)
    graph = Graph()
    for source in (strap, EDA):
        graph.source(source)
    wire_heart(graph, strap)
    t = np.cumsum(rr_ms) / 1000.0
    chunks: list[tuple[float, Chunk]] = [
        (now, Chunk(EDA, np.array([now]), np.array([[2.0]])))
        for now in np.arange(0.25, t[-1] + late, 0.25).tolist()
    ]
    for i in range(0, t.size, every):
        part = slice(i, i + every)
        arrives = float(t[part][-1]) + late
        chunks.append((arrives, Chunk(strap, t[part], rr_ms[part, None])))
    out: dict[str, list[F64]] = {}
    for _, chunk in sorted(chunks, key=lambda item: item[0]):
        for made in graph.push(chunk):
            out.setdefault(made.stream.name, []).append(np.column_stack([made.t, made.x]))
    return {name: np.concatenate(parts) for name, parts in out.items()}


def heart(seed: int = 2) -> F64:
    rr = intervals(200, seed=seed, noise_ms=20.0)
    rr[120] -= 280.0
    rr[121] += 280.0
    return rr


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("late", [3.0, 4.0])
def test_late_intervals_lead_to_the_same_numbers_on_the_same_times(late: float, every: int) -> None:
    now, then = told(heart(), 0.0, 1), told(heart(), late, every)

    np.testing.assert_array_equal(now["heart.nn"], then["heart.nn"])
    np.testing.assert_array_equal(now["heart.beat"], then["heart.beat"])
    for name in ("heart.rate", "heart.rmssd_ms", "heart.sdnn_ms"):
        assert then[name][-1, 1] == pytest.approx(now[name][-1, 1], rel=1e-9)


@pytest.mark.parametrize("every", [1, 4])
def test_lateness_alone_never_hides_the_rate(every: int) -> None:
    rate = told(heart(), 4.0, every)["heart.rate"]

    steady = rate[(rate[:, 0] > 30.0)]
    assert np.isfinite(steady[:, 1]).all()
    assert np.diff(steady[:, 0]).min() >= 0.0
    assert np.diff(steady[:, 0]).max() <= 1.0 + 1e-9


@pytest.mark.parametrize(("late", "every"), [(3.0, 4), (4.0, 2), (4.0, 4)])
def test_lateness_alone_is_no_bad_signal(late: float, every: int) -> None:
    made = told(heart(), late, every)
    quality = made["heart.quality"]

    assert set(made["heart.beat"][:, 2]) == {1.0}
    assert quality[quality[:, 0] > 30.0, 1].min() == 1.0
    assert quality[:, 1].max() == 1.0


def test_a_strap_that_tells_nothing_more_is_no_signal_after_its_own_latency_and_patience() -> None:
    strap = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND, latency=3.0)
    graph = Graph()
    for source in (strap, EDA):
        graph.source(source)
    wire_heart(graph, strap)
    for i in range(1, 41):
        list(graph.push(Chunk(strap, np.array([0.8 * i]), np.array([[800.0]]))))
    told_by: dict[float, float] = {}
    for now in np.arange(32.0, 45.0, 0.25).tolist():
        for made in graph.push(Chunk(EDA, np.array([now]), np.array([[2.0]]))):
            if made.stream.name == "heart.quality":
                told_by |= dict(zip(made.t.tolist(), made.x[:, 0].tolist(), strict=True))

    last = 0.8 * 40
    assert {t - last <= PATIENCE + 3.0: q for t, q in told_by.items()} == {True: 1.0, False: 0.0}


def test_the_grid_of_a_strap_changes_no_verdict_and_hardly_a_number() -> None:
    exact = heart()
    # What a strap tells: ticks between its own stamps of beats.
    ticks = np.diff(np.round(np.cumsum(np.concatenate([[0.0], exact])) / TICK_MS)) * TICK_MS

    fine, coarse = told(exact, 0.0, 1), told(ticks, 4.0, 3)

    assert fine["heart.nn"][:, 2].tolist() == coarse["heart.nn"][:, 2].tolist()
    assert np.abs(fine["heart.nn"][:, 0] - coarse["heart.nn"][:, 0]).max() < 0.001
    for name in ("heart.rmssd_ms", "heart.sdnn_ms"):
        assert coarse[name][-1, 1] == pytest.approx(fine[name][-1, 1], rel=0.01)
    assert coarse["heart.rate"][-1, 1] == pytest.approx(fine["heart.rate"][-1, 1], abs=0.05)
