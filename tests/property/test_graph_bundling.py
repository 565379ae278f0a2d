"""However samples are bundled, from the first on, the graph and each of its nodes tell the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph import standard
from engine.graph.graph import Graph, Node
from engine.graph.standard import StandardGraph, standard_graph
from engine.pace import Pace
from engine.streams import F64, Chunk, Stream
from engine.twin.artefacts import Artefact
from engine.units import Kind, Unit
from tests.wired_rig import BELT, ECG, EDA, PPG, RRI, recorded

ACC = Stream("clip.acc", Kind.ACC, Unit.G, 25.0, axes=("x", "y", "z"))
RIGS = {
    "strap and belt": (ECG, EDA, BELT),
    "strap": (ECG, EDA),
    "light and movement": (PPG, ACC, EDA),
    "light and belt": (PPG, BELT),
    "intervals": (RRI, EDA, BELT),
}
LASTS = 80.0
TROUBLE = (
    Artefact("ectopy", 20.0, 15.0), Artefact("dropout", 40.0, 3.0), Artefact("motion", 50.0, 6.0),
)  # fmt: skip
BUNDLE = 0.5
"""s in a bundle at most: what hears several streams waits that long for the last of them."""
HOLE_AT = 60.1
"""s; inside a bundle."""


@lru_cache(maxsize=len(RIGS))
def sent(rig: str) -> tuple[tuple[F64, F64], ...]:
    """Return times and samples of each stream of ``rig``."""
    chunks = recorded(RIGS[rig], LASTS, artefacts=TROUBLE)
    return tuple(
        (
            np.concatenate([c.t for c in chunks if c.stream == stream]),
            np.concatenate([c.x for c in chunks if c.stream == stream]),
        )
        for stream in RIGS[rig]
    )


def bundles(
    rig: str, every: Sequence[float], late: Sequence[float], hole: float = 0.0
) -> list[Chunk]:
    """Return what ``rig`` sends, in the order it comes.

    Parameters
    ----------
    every, late
        Of each stream: s in a bundle, and s from its last sample until it is heard.
    hole
        s in which nobody hears anything.
    """
    cut: list[tuple[float, int, Chunk]] = []
    for n, (stream, (t, x)) in enumerate(zip(RIGS[rig], sent(rig), strict=True)):
        edges = [0, *(np.flatnonzero(np.diff(np.floor(t / every[n]))) + 1).tolist(), len(t)]
        session = np.where(t < HOLE_AT, t, t + hole)
        cut += [
            (float(t[b - 1]) + late[n], n, Chunk(stream, session[a:b], x[a:b]))
            for a, b in pairwise(edges)
        ]
    return [chunk for _, _, chunk in sorted(cut, key=lambda entry: entry[:2])]


def person(rig: str) -> StandardGraph:
    """Return the wiring of the room: half a minute of rest, all of it guided in breathing."""
    wired = standard_graph(RIGS[rig])
    wired.arousal.begin_baseline(0.0)
    wired.arousal.end_baseline(30.0)
    wired.variability.guide(0.0, Pace(0.0, 6.0, 0.4, 1.0))
    return wired


def rows_of(chunks: Sequence[Chunk]) -> dict[str, F64]:
    """Return ``chunks`` by stream: time, then axes."""
    made: dict[str, list[F64]] = {}
    for one in chunks:
        made.setdefault(one.stream.name, []).append(np.column_stack([one.t, one.x]))
    return {name: np.concatenate(rows) for name, rows in made.items()}


def told(rig: str, chunks: Sequence[Chunk]) -> dict[str, F64]:
    """Return everything the wiring of the room makes of ``chunks``."""
    graph = person(rig).graph
    return rows_of([made for chunk in chunks for made in graph.push(chunk)])


@lru_cache(maxsize=2 * len(RIGS))
def whole(rig: str, every: float, hole: float = 0.0) -> dict[str, F64]:
    """Return what is told of bundles of ``every`` s that are heard at once."""
    size = len(RIGS[rig])
    return told(rig, bundles(rig, [every] * size, [0.0] * size, hole))


def require_same(got: dict[str, F64], expected: dict[str, F64]) -> None:
    assert got.keys() == expected.keys()
    for name, rows in expected.items():
        assert np.array_equal(got[name], rows, equal_nan=True), name


@pytest.mark.parametrize("hole", [0.0, 700.0])
@pytest.mark.parametrize("rig", RIGS)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 999), share=st.floats(0.02, 1.0))
def test_a_bundle_may_come_in_any_number_of_parts(
    rig: str, hole: float, seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    size = len(RIGS[rig])
    parts: list[Chunk] = []
    for chunk in bundles(rig, [BUNDLE] * size, [0.0] * size, hole):
        inner = np.flatnonzero(rng.uniform(size=len(chunk.t) - 1) < share) + 1
        for a, b in pairwise([0, *inner.tolist(), len(chunk.t)]):
            parts.append(Chunk(chunk.stream, chunk.t[a:b], chunk.x[a:b]))

    require_same(told(rig, parts), whole(rig, BUNDLE, hole))


# A device's own intervals are stamped when they are heard: with them order does matter.
@pytest.mark.parametrize("rig", [rig for rig in RIGS if rig != "intervals"])
@settings(max_examples=3, deadline=None)
@given(st.data())
def test_devices_may_be_heard_in_any_order_within_the_time_that_is_waited(
    rig: str, data: st.DataObject
) -> None:
    size = len(RIGS[rig])
    every = data.draw(st.lists(st.sampled_from([0.05, 0.1, 0.25]), min_size=size, max_size=size))
    late = data.draw(st.lists(st.floats(0.0, BUNDLE - 0.25), min_size=size, max_size=size))

    got = told(rig, bundles(rig, every, late))

    require_same(got, whole(rig, BUNDLE))


@dataclass
class Overheard:
    """A node, and everything it was given and said."""

    node: Node
    heard: list[Chunk] = field(default_factory=list)
    said: list[Chunk] = field(default_factory=list)

    def bind(self, *inputs: Stream) -> Stream:
        return self.node.bind(*inputs)

    def process(self, chunk: Chunk) -> Chunk | None:
        made = self.node.process(chunk)
        self.heard.append(chunk)
        self.said += [made] if made is not None else []
        return made


def overheard(rig: str) -> tuple[StandardGraph, list[Overheard]]:
    """Return the wiring of the room, and its nodes in the order they were added."""
    nodes: list[Overheard] = []

    class Listening(Graph):
        def add(self, node: Node, *inputs: Stream) -> Stream:
            nodes.append(Overheard(node))
            return super().add(nodes[-1], *inputs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standard, "Graph", Listening)
        return person(rig), nodes


def rebundled(chunks: Sequence[Chunk], rng: np.random.Generator) -> list[Chunk]:
    """Join what came of one stream without another between, and cut it anew."""
    made: list[Chunk] = []
    for _, group in groupby(chunks, key=lambda chunk: chunk.stream.name):
        run = list(group)
        t, x = np.concatenate([c.t for c in run]), np.concatenate([c.x for c in run])
        inner = np.flatnonzero(rng.uniform(size=len(t) - 1) < rng.choice([0.001, 0.1, 1.0])) + 1
        for a, b in pairwise([0, *inner.tolist(), len(t)]):
            made.append(Chunk(run[0].stream, t[a:b], x[a:b]))
    return made


@pytest.mark.parametrize("rig", RIGS)
def test_what_each_node_is_told_may_come_in_bundles_of_any_length(rig: str) -> None:
    wired, nodes = overheard(rig)
    for chunk in bundles(rig, [BUNDLE] * len(RIGS[rig]), [0.0] * len(RIGS[rig]), 700.0):
        list(wired.graph.push(chunk))
    for seed in range(3):
        rng = np.random.default_rng(seed)

        for node, fresh in zip(nodes, overheard(rig)[1], strict=True):
            parts = rebundled(node.heard, rng)
            got = rows_of([made for c in parts if (made := fresh.node.process(c)) is not None])

            require_same(got, rows_of(node.said))
