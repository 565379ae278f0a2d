"""Arousal against the person's own rest."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.dsp.arousal import ArousalIndex
from engine.dsp.arousal_channels import SIGNS
from engine.dsp.arousal_recovery import Recovery
from engine.errors import GraphError
from engine.graph import Graph
from engine.graph.arousal import DETAIL_AXES, ArousalNode, wire_arousal
from engine.signals import SIGNAL_AXES
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

REST = (70.0, 40.0, 5.0, 0.02, 14.0)
HR, RMSSD, SCL, SCR, RESP = range(5)
FULL = (1.0,) * 5
Body = Callable[[int], tuple[float, ...]]


def resting(seed: int = 0) -> Body:
    """Return a body at rest, second by second."""
    rng = np.random.default_rng(seed)
    wander = rng.normal(0.0, 0.3, (4000, 5)).cumsum(axis=0) * 0.02
    return lambda s: tuple(
        float(v * (1.0 + 0.03 * w)) for v, w in zip(REST, wander[s], strict=True)
    )


def after_rest(body: Body, seconds: int = 180, quality: tuple[float, ...] = FULL) -> ArousalIndex:
    index = ArousalIndex()
    index.begin_baseline()
    for s in range(seconds):
        index.push(body(s), quality)
    index.end_baseline()
    return index


def changed(values: tuple[float, ...], **by: float) -> tuple[float, ...]:
    names = [sign.name for sign in SIGNS]
    out = list(values)
    for name, factor in by.items():
        out[names.index(name)] *= factor
    return tuple(out)


def test_there_is_no_arousal_before_a_baseline() -> None:
    index = ArousalIndex()

    now = index.push(REST, FULL)

    assert math.isnan(now.value)
    assert now.quality == 0.0


def test_rest_reads_zero_and_more_of_everything_reads_more() -> None:
    body = resting()
    index = after_rest(body)
    calm = [index.push(body(s), FULL) for s in range(180, 480)]
    stress = [
        index.push(changed(body(s), hr=1.2, rmssd=0.5, scl=1.3, scr=3.0, resp=1.3), FULL)
        for s in range(480, 720)
    ]

    assert abs(calm[-1].value) < 0.7
    assert stress[-1].value > 1.5
    assert all(z > 0.5 for z in stress[-1].z)


def test_no_baseline_no_arousal_ever() -> None:
    index = ArousalIndex()
    index.begin_baseline()
    for _ in range(60):
        index.push((math.nan,) * 5, (0.0,) * 5)
    index.end_baseline()

    assert all(math.isnan(index.push(REST, FULL).value) for _ in range(300))


def test_a_short_baseline_widens_the_doubt() -> None:
    body = resting()
    short, full = after_rest(body, 20), after_rest(body, 180)

    for s in range(200, 320):
        low, high = short.push(body(s), FULL), full.push(body(s), FULL)

    assert low.sd > high.sd + 0.4
    assert low.quality < high.quality - 0.2


def test_a_channel_that_goes_does_not_move_the_index() -> None:
    body = resting()
    index = after_rest(body)
    for s in range(180, 480):
        before = index.push(changed(body(s), hr=1.3), FULL)

    without = [
        index.push(changed(body(s), hr=1.3), (0.0, 1.0, 1.0, 1.0, 1.0)) for s in range(480, 510)
    ]

    assert math.isnan(without[-1].z[HR])
    assert max(abs(now.value - before.value) for now in without) < 0.5 * before.sd


def test_nothing_heard_is_no_value_and_the_doubt_grows() -> None:
    body = resting()
    index = after_rest(body)
    for s in range(180, 300):
        before = index.push(body(s), FULL)

    lost = [index.push((math.nan,) * 5, (0.0,) * 5) for _ in range(120)]
    back = index.push(body(420), FULL)

    assert all(math.isnan(now.value) and now.quality == 0.0 for now in lost)
    assert lost[-1].sd > lost[0].sd > before.sd
    assert back.sd > before.sd
    assert abs(back.value - before.value) < back.sd


def test_a_late_channel_joins_where_the_index_is() -> None:
    body = resting()
    index = after_rest(body, quality=(1.0, 1.0, 1.0, 1.0, 0.0))
    for s in range(180, 400):
        before = index.push(changed(body(s), hr=1.25), (1.0, 1.0, 1.0, 1.0, 0.0))

    now = before
    for s in range(400, 480):
        now = index.push(changed(body(s), hr=1.25), FULL)

    assert not math.isnan(now.z[RESP])
    assert abs(now.value - before.value) < 0.3


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_values_that_mean_nothing_are_not_heard(value: float) -> None:
    index = after_rest(resting())

    now = index.push((math.nan, value, value, math.nan, math.nan), FULL)

    assert math.isnan(now.z[RMSSD])
    assert math.isnan(now.z[SCL])


def test_recovery_tells_share_and_half_time() -> None:
    recovery = Recovery()
    for _ in range(60):
        recovery.push(0.0, 0.4)
    quiet = recovery.index
    for s in range(60):
        recovery.push(min(2.0, s / 20.0), 0.4)
    for s in range(60):
        recovery.push(2.0 - 1.5 * s / 59.0, 0.4)

    assert math.isnan(quiet)
    assert recovery.index == pytest.approx(0.75, abs=0.12)
    assert 30.0 <= recovery.half_s <= 45.0


def made() -> tuple[Graph, ArousalNode, dict[str, Stream]]:
    graph = Graph()
    names = ("heart.rate", "heart.rmssd_ms", "eda.scl_us", "resp.rate")
    streams = {n: Stream(n, Kind.DERIVED, Unit.LEVEL, 1.0, axes=SIGNAL_AXES) for n in names}
    for stream in streams.values():
        graph.source(stream)
    node = ArousalNode()
    wire_arousal(graph, node)
    return graph, node, streams


def feed(
    graph: Graph, streams: dict[str, Stream], start: int, stop: int, **values: float
) -> tuple[F64, F64]:
    """Push one value a second; return the rows of ``arousal`` and of its detail."""
    rest = {"heart.rate": 70.0, "heart.rmssd_ms": 40.0, "eda.scl_us": 5.0, "resp.rate": 14.0}
    seen: dict[str, list[F64]] = {"arousal": [], "arousal.detail": []}
    for s in range(start, stop):
        for name, stream in streams.items():
            value = values.get(name.replace(".", "_"), rest[name])
            x = np.array([[value, 0.0 if math.isnan(value) else 1.0, 0.0]])
            for chunk in graph.push(Chunk(stream, np.array([s + 0.25]), x)):
                if chunk.stream.name in seen:
                    seen[chunk.stream.name].append(np.c_[chunk.t, chunk.x])
    return np.vstack(seen["arousal"]), np.vstack(seen["arousal.detail"])


def test_the_node_tells_a_row_a_second_from_the_baseline_on() -> None:
    graph, node, streams = made()
    node.begin_baseline(10.0)
    node.end_baseline(190.0)

    rows, detail = feed(graph, streams, 0, 300)

    assert np.diff(rows[:, 0]) == pytest.approx(np.ones(len(rows) - 1))
    assert np.isnan(rows[rows[:, 0] <= 190.0, 1]).all()
    assert not np.isnan(rows[rows[:, 0] > 191.0, 1]).any()
    assert detail.shape[1] == 1 + len(DETAIL_AXES)
    assert rows[-1, 2] > 0.6


def test_rmssd_and_breathing_rate_do_not_count_while_paced_nor_right_after() -> None:
    graph, node, streams = made()
    node.begin_baseline(0.0)
    node.end_baseline(180.0)
    feed(graph, streams, 0, 240)

    node.paced = True
    paced, detail = feed(graph, streams, 240, 360, heart_rmssd_ms=90.0, resp_rate=6.0)
    node.paced = False
    _, after = feed(graph, streams, 360, 480)

    axes = ["t", *DETAIL_AXES]
    rmssd, resp = axes.index("z_rmssd"), axes.index("z_resp")
    assert np.isnan(detail[2:, [rmssd, resp]]).all()
    assert np.abs(paced[2:, 1]).max() < 0.3
    first = after[~np.isnan(after[:, rmssd]), 0][0]
    assert 418.0 <= first <= 422.0


def test_stale_values_are_no_values() -> None:
    graph, node, streams = made()
    node.begin_baseline(0.0)
    node.end_baseline(100.0)
    feed(graph, streams, 0, 150)

    only = {"heart.rate": streams["heart.rate"]}
    _, detail = feed(graph, only, 150, 180)

    axes = ["t", *DETAIL_AXES]
    assert np.isnan(detail[-20:, axes.index("z_scl")]).all()
    assert not np.isnan(detail[-20:, axes.index("z_hr")]).any()


def test_a_long_pause_of_everything_is_not_made_up_second_by_second() -> None:
    graph, node, streams = made()
    node.begin_baseline(0.0)
    node.end_baseline(60.0)
    feed(graph, streams, 0, 90)

    rows, _ = feed(graph, streams, 100_000, 100_010)

    assert len(rows) < 700


def test_a_skin_that_never_responds_does_not_read_as_calm() -> None:
    graph = Graph()
    axes = ("activity", "quality", "responder")
    source = graph.source(Stream("eda.detail", Kind.DERIVED, Unit.MICROSIEMENS, 4.0, axes=axes))
    node = ArousalNode()
    wire_arousal(graph, node)
    node.begin_baseline(0.0)
    node.end_baseline(60.0)
    last = None
    for s in range(120):
        row = np.array([[0.001, 1.0, 0.0]])
        for chunk in graph.push(Chunk(source, np.array([s + 0.5]), row)):
            last = chunk

    assert last is not None
    assert np.isnan(last.x[-1, 0])


def test_reset_forgets_the_person() -> None:
    graph, node, streams = made()
    node.begin_baseline(0.0)
    node.end_baseline(60.0)
    feed(graph, streams, 0, 120)

    node.reset()
    rows, _ = feed(graph, streams, 120, 140)

    assert np.isnan(rows[2:, 1]).all()


def test_nothing_to_read_makes_no_arousal() -> None:
    graph = Graph()
    graph.source(Stream("t", Kind.SKIN_TEMP, Unit.CELSIUS, 1.0))

    assert wire_arousal(graph, ArousalNode()) is None


def test_a_stream_that_says_nothing_about_arousal_is_refused() -> None:
    stream = Stream("body.t", Kind.SKIN_TEMP, Unit.CELSIUS, 1.0)

    with pytest.raises(GraphError, match=r"body\.t.*heart\.rate"):
        ArousalNode().bind(stream)
