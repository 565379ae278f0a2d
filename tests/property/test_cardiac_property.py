import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.cardiac import wire_heart
from engine.graph.graph import Graph
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.chunks import cuts, split
from tests.synthetic_heart import ecg

RATE = 130
MADE = ecg(RATE, 50.0, noise=0.03)
SOURCE = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, float(RATE))


def made_of(t: F64, x: F64, where: list[int]) -> dict[str, F64]:
    graph = Graph()
    graph.source(SOURCE)
    wire_heart(graph, SOURCE)
    out: dict[str, list[F64]] = {}
    for pt, px in zip(split(t, where), split(x, where), strict=True):
        for made in graph.push(Chunk(SOURCE, pt, px[:, None])):
            out.setdefault(made.stream.name, []).append(np.column_stack([made.t, made.x]))
    return {name: np.concatenate(parts) for name, parts in out.items()}


@settings(max_examples=25, deadline=None)
@given(where=cuts(MADE.t.size), hole=st.integers(0, 40), lasts=st.sampled_from([0.0, 0.4, 5.0]))
def test_everything_known_of_the_heart_is_the_same_however_samples_are_bundled(
    where: list[int], hole: int, lasts: float
) -> None:
    t = np.where(MADE.t >= hole, MADE.t + lasts, MADE.t)
    whole = made_of(t, MADE.x, [])

    parts = made_of(t, MADE.x, where)

    assert parts.keys() == whole.keys()
    for name, rows in whole.items():
        assert np.array_equal(parts[name], rows, equal_nan=True), name
