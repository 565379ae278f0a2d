import dataclasses
import math

import numpy as np
import pytest

from engine.dsp.hrv_whole import whole_hrv
from engine.graph.cardiac import wire_heart
from engine.graph.graph import Graph
from engine.graph.standard import standard_graph
from engine.graph.variability import DETAIL_AXES, SIGNALS_OF, VariabilityNode, wire_variability
from engine.pace import Pace
from engine.session.board import SignalBoard
from engine.signals import SIGNAL_AXES, SIGNALS
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.synthetic_heart import intervals

RRI = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND)
ONSET = Stream("resp.onset", Kind.DERIVED, Unit.SECOND, axes=("onset_s",))
SIX = Pace(0.0, 6.0, 0.4, 1.0)
SLOW = intervals(500, swing=20.0, breaths=6.0)


def wired(*, belt: bool = False) -> tuple[Graph, VariabilityNode]:
    graph = Graph()
    graph.source(RRI)
    if belt:
        graph.source(ONSET)
    return graph, wire_variability(graph, wire_heart(graph, RRI, beside=[])).node


def lived(rr: F64, pace: Pace | None = None, bundle: int = 1) -> dict[str, F64]:
    """Return what came of these intervals, by name: time, then the axes."""
    graph, node = wired()
    node.guide(0.0, pace)
    t = np.nancumsum(rr) / 1000.0
    made: dict[str, list[F64]] = {}
    for i in range(0, t.size, bundle):
        for chunk in graph.push(Chunk(RRI, t[i : i + bundle], rr[i : i + bundle, None])):
            made.setdefault(chunk.stream.name, []).append(np.c_[chunk.t, chunk.x])
    return {name: np.vstack(rows) for name, rows in made.items()}


@pytest.fixture(scope="module")
def slow() -> dict[str, F64]:
    """What comes of slow breathing that nobody guides."""
    return lived(SLOW)


@pytest.fixture(scope="module")
def guided() -> dict[str, F64]:
    """What comes of slow breathing with the guide."""
    return lived(SLOW, SIX)


def beat(graph: Graph, t: float, ms: float) -> list[F64]:
    """Return the rows of ``heart.variability`` that one more interval brings."""
    made = graph.push(Chunk(RRI, np.array([t]), np.array([[ms]])))
    return [np.c_[c.t, c.x] for c in made if c.stream.name == "heart.variability"]


def axis(rows: F64, name: str) -> F64:
    return np.asarray(rows[:, 1 + DETAIL_AXES.index(name)])


def test_a_row_comes_every_five_seconds_and_every_signal_with_it(slow: dict[str, F64]) -> None:
    detail = slow["heart.variability"]
    assert (np.diff(detail[:, 0]) == 5.0).all()
    assert (detail[:, 0] % 5.0 == 0.0).all()
    for name in SIGNALS_OF:
        assert slow[name].shape == (len(detail), 1 + len(SIGNAL_AXES))
        assert ((slow[name][:, 2] == 0.0) | ~np.isnan(slow[name][:, 1])).all()


@pytest.mark.parametrize("bundle", [2, 7, 500])
def test_the_size_of_chunks_changes_no_bit(guided: dict[str, F64], bundle: int) -> None:
    many = lived(SLOW, SIX, bundle)

    for name in ("heart.variability", *SIGNALS_OF):
        np.testing.assert_array_equal(guided[name], many[name])


@pytest.mark.parametrize(
    ("name", "since"),
    [("coherence", 64.0), ("lf_ms2", 124.0), ("sampen", 180.0), ("stress_index", 280.0)],
)
def test_no_value_comes_before_its_window_is_full(
    slow: dict[str, F64], name: str, since: float
) -> None:
    detail = slow["heart.variability"]

    first = float(detail[np.isfinite(axis(detail, name)), 0][0])

    # Up to nine beats go into learning, two into judging; then the next multiple of 5 s.
    assert since <= first <= since + 20.0


def test_slow_breathing_shows_as_one_wave_at_its_rate(guided: dict[str, F64]) -> None:
    detail = guided["heart.variability"][-1:]

    assert axis(detail, "coherence") > 5.0
    assert (
        axis(detail, "coherence_low") < axis(detail, "coherence") < axis(detail, "coherence_high")
    )
    assert axis(detail, "coherence_hz") == pytest.approx(0.1, abs=0.002)
    assert axis(detail, "lf_peak_hz") == pytest.approx(0.1, abs=0.002)
    # 60000 / 58 - 60000 / 78 = 265 ms, and the slower swing of the heart beside it.
    assert axis(detail, "paced_ms") == pytest.approx(262.0, abs=25.0)
    assert axis(detail, "rsa_ms") == pytest.approx(265.0, abs=25.0)
    # Fastest a quarter into the breath; an interval is stamped where it ends.
    assert axis(detail, "paced_at") == pytest.approx(0.25 + 0.09, abs=0.02)
    assert axis(detail, "guided") == 1.0


def test_without_a_guide_nothing_is_said_about_one() -> None:
    detail = lived(SLOW, dataclasses.replace(SIX, guide=0.0))["heart.variability"]

    assert (axis(detail, "guided") == 0.0).all()
    assert np.isnan(axis(detail, "paced_ms")).all()
    assert np.isnan(axis(detail, "rsa_ms")).all()
    assert np.isfinite(axis(detail, "lf_ms2")).any()


def test_the_guide_may_change_its_rate_between_breaths() -> None:
    graph, node = wired()
    paces, pace = [], Pace(0.0, 7.0, 0.4, 1.0)
    while pace.start < 300.0:
        paces.append(pace)
        rate = max(pace.rate - 0.1, 5.0)
        pace = dataclasses.replace(pace, start=pace.start + pace.period, rate=rate)
    t = 0.0
    rr: list[float] = []
    detail: list[F64] = []
    for _ in range(330):
        now = next(p for p in reversed(paces) if p.start <= t)
        rr.append(850.0 - 60.0 * math.sin(2.0 * math.pi * now.phase(t)))
        t += rr[-1] / 1000.0
        node.guide(t, now)
        detail += beat(graph, t, rr[-1])
    rows = np.vstack(detail)

    late = rows[rows[:, 0] > 60.0]
    assert np.isfinite(axis(late, "paced_ms")).all()
    assert axis(late, "paced_ms") == pytest.approx(120.0, abs=6.0)
    assert axis(late, "rsa_ms") == pytest.approx(118.0, abs=8.0)


def test_breaths_felt_count_before_those_guided() -> None:
    graph, node = wired(belt=True)
    node.guide(0.0, Pace(0.0, 4.0, 0.4, 1.0))
    t = np.cumsum(SLOW) / 1000.0
    rows: list[F64] = []
    for at, rr in zip(t.tolist(), SLOW.tolist(), strict=True):
        if int(at / 10.0) > int((at - rr / 1000.0) / 10.0):
            onset = 10.0 * int(at / 10.0)
            assert len(list(graph.push(Chunk(ONSET, np.array([at]), np.array([[onset]]))))) == 1
        rows += beat(graph, at, rr)
    detail = np.vstack(rows)

    assert axis(detail, "rsa_ms_s")[-1] == pytest.approx(30.0)
    assert axis(detail, "rsa_ms")[-1] == pytest.approx(265.0, abs=25.0)


def test_a_lost_signal_withholds_everything_until_windows_are_full_again() -> None:
    rr = SLOW.copy()
    graph, _ = wired()
    t = np.cumsum(rr) / 1000.0
    t[250:] += 40.0
    rows: list[F64] = []
    for at, ms in zip(t.tolist(), rr.tolist(), strict=True):
        rows += beat(graph, at, ms)
    detail = np.vstack(rows)
    lost = float(t[249])

    silent = (detail[:, 0] > lost + 15.0) & (detail[:, 0] < lost + 40.0 + 64.0)
    short = (detail[:, 0] > lost + 15.0) & (detail[:, 0] < lost + 40.0 + 124.0)
    assert np.isnan(axis(detail, "coherence")[silent]).all()
    assert np.isnan(axis(detail, "lf_ms2")[short]).all()
    assert np.isfinite(axis(detail, "lf_ms2")[-1])


def test_an_irregular_rhythm_has_no_variability() -> None:
    rng = np.random.default_rng(0)
    rr = np.clip(800.0 + 220.0 * rng.standard_normal(300), 350.0, 1500.0)

    detail = lived(rr)["heart.variability"]

    for name in ("lf_ms2", "coherence", "sampen", "stress_index", "paced_ms"):
        assert np.isnan(axis(detail, name)[detail[:, 0] > 60.0]).all(), name


def test_live_and_whole_agree_on_a_steady_heart(slow: dict[str, F64]) -> None:
    nn = slow["heart.nn"]

    whole = whole_hrv(nn[:, 0], nn[:, 1], nn[:, 4], 0.0, 1.0, code=nn[:, 2], stands_for=nn[:, 3])

    live = slow["heart.lf_ms2"][:, 1]
    assert np.nanmedian(live) == pytest.approx(whole["lf_ms2"].value, rel=0.05)
    coherent = slow["heart.coherence"][:, 1]
    assert np.nanmedian(coherent) == pytest.approx(whole["coherence_ratio"].value, rel=0.05)


def test_a_value_stays_on_the_board_until_the_next_is_due_twice(slow: dict[str, F64]) -> None:
    made = slow["heart.coherence"]
    graph, _ = wired()
    stream = next(s for s in graph.streams if s.name == "heart.coherence")
    board = SignalBoard()

    board.take(Chunk(stream, made[-1:, 0], made[-1:, 1:]))

    then = float(made[-1, 0])
    assert board.get("heart.coherence", then + 9.9).valid
    assert not board.get("heart.coherence", then + 10.1).valid


def test_the_standard_graph_has_them_all_and_knows_the_guide() -> None:
    for stream in (RRI, Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)):
        wired_up = standard_graph([stream])
        names = {made.name for made in wired_up.graph.streams}

        assert set(SIGNALS_OF) <= names
        wired_up.variability.guide(0.0, SIX)
    without = standard_graph([Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)])
    without.variability.guide(0.0, SIX)
    assert "heart.variability" not in {made.name for made in without.graph.streams}


@pytest.mark.parametrize("name", [name for name in SIGNALS_OF if name in SIGNALS])
def test_what_a_protocol_may_bind_has_the_unit_it_declares(name: str) -> None:
    assert SIGNALS[name].unit is SIGNALS_OF[name][0]


def test_what_is_only_reported_cannot_be_bound() -> None:
    reported = {"heart.sampen", "heart.dfa_alpha1", "heart.stress_index", "heart.lf_hf"}

    assert reported <= set(SIGNALS_OF)
    assert not reported & set(SIGNALS)


def test_the_next_person_begins_from_nothing() -> None:
    graph, node = wired()
    t = np.cumsum(SLOW) / 1000.0
    list(graph.push(Chunk(RRI, t[:300], SLOW[:300, None])))

    node.reset()

    rows = [
        np.c_[chunk.t, chunk.x]
        for chunk in graph.push(Chunk(RRI, t[300:350], SLOW[300:350, None]))
        if chunk.stream.name == "heart.variability"
    ]
    assert np.isnan(axis(np.vstack(rows), "coherence")).all()
