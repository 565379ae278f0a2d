"""What a slow strap's clock adds to the variability of a heart."""

import numpy as np
import pytest

from engine.graph.cardiac import wire_heart
from engine.graph.graph import Graph
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.synthetic_heart import drawn

RATE, LASTS = 130.0, 130.0
ECG = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, RATE)
RRI = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND)


def heart(rmssd_ms: float, rng: np.random.Generator) -> F64:
    """Return R peaks of a heart that breathes 15 times a minute, with this RMSSD."""
    k = np.arange(200)
    swing = np.sin(2.0 * np.pi * 0.25 * 0.85 * k + rng.uniform(0.0, 6.0))
    swing += 0.7 * rng.standard_normal(k.size)
    swing *= rmssd_ms / np.sqrt(np.mean(np.diff(swing) ** 2))
    r = rng.uniform(1.0, 1.1) + np.cumsum(850.0 + swing) / 1000.0
    return r[r < LASTS - 2.0]


def shown(stream: Stream, t: F64, x: F64) -> F64:
    """Return RMSSD as the window of a session shows it, and when, of the whole minutes."""
    graph = Graph()
    graph.source(stream)
    wire_heart(graph, stream)
    rows: list[F64] = []
    for i in range(0, t.size, 16):
        rows += [
            np.column_stack([made.t, made.x[:, :1]])
            for made in graph.push(Chunk(stream, t[i : i + 16], x[i : i + 16, None]))
            if made.stream.name == "heart.rmssd_ms"
        ]
    told = np.concatenate(rows)
    return told[(told[:, 0] > 70.0) & np.isfinite(told[:, 1])]


@pytest.mark.parametrize("noise", [0.01, 0.03])
@pytest.mark.parametrize("rmssd_ms", [10.0, 20.0, 40.0, 60.0])
def test_sampling_at_130_hz_hardly_lifts_rmssd(rmssd_ms: float, noise: float) -> None:
    rng = np.random.default_rng(round(7.0 * rmssd_ms))
    lifted = []
    for _ in range(4):
        r = heart(rmssd_ms, rng)
        made = drawn(RATE, LASTS, r, rng, noise=noise)
        truth = shown(RRI, r[1:], 1000.0 * np.diff(r))
        ours = shown(ECG, made.t, made.x)
        ours_then = np.interp(truth[:, 0], ours[:, 0], ours[:, 1])
        lifted.append(float(np.median(ours_then / truth[:, 1]) - 1.0))

    assert np.mean(lifted) < 0.03
    assert np.max(lifted) < 0.03


def test_the_peaks_of_samples_alone_would_lift_it() -> None:
    """The heart is one in which the sub-sample time is needed."""
    r = heart(10.0, np.random.default_rng(70))
    rounded = np.round(r * RATE) / RATE

    plain = [np.sqrt(np.mean(np.diff(np.diff(t)) ** 2)) for t in (rounded, r)]

    assert plain[0] > 1.05 * plain[1]
