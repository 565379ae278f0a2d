"""Artefacts of an electrode, through the wiring of the room: none makes a person look calmer."""

from functools import cache

import numpy as np
import pytest

from engine.graph.standard import standard_graph
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.skin_truth import Truth, skin

EDA = Stream("cuff.eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)
REST, SECONDS = 200.0, 560.0
MOMENTS = (230.0, 310.0, 390.0, 470.0)


def index(t: F64, y: F64) -> F64:
    """Return value and doubt of arousal in every second, ``(n, 3)`` with the time."""
    wired = standard_graph([EDA])
    wired.arousal.begin_baseline(0.0)
    rows = []
    for i in range(0, t.size, 8):
        if t[i] == REST:
            wired.arousal.end_baseline(REST)
        for made in wired.graph.push(Chunk(EDA, t[i : i + 8], y[i : i + 8, None])):
            if made.stream.name == "arousal.detail":
                value, sd = (made.stream.axes.index(name) for name in ("value", "sd"))
                rows.append(np.c_[made.t, made.x[:, [value, sd]]])
    return np.vstack(rows)


@cache
def clean(person: int) -> tuple[Truth, F64]:
    """Return the skin of someone, and what is told of it where nothing happens."""
    true = skin(8.0, 5.0, 0.003, 40 + person, seconds=SECONDS)
    return true, index(true.t, true.y)


def spoil(kind: str, t: F64, y: F64, rng: np.random.Generator) -> F64:
    y = y.copy()
    for moment in MOMENTS:
        lasts = rng.uniform(0.2, 15.0)
        now = (t >= moment) & (t < moment + lasts)
        match kind:
            case "nothing":
                y[now] = np.nan
            case "open circuit":
                y[now] = 0.0
            case "pressed":
                y[now] *= rng.uniform(1.3, 3.0)
            case "loose":
                y[now] *= rng.uniform(0.3, 0.7)
            case "slips and stays":
                y[t >= moment] *= rng.uniform(0.75, 1.25)
            case "fades":
                y[now] *= np.exp(-np.linspace(0.0, 2.0, now.sum()))
            case _:
                y[now] *= np.exp(rng.normal(0.0, 0.2, now.sum()))
    return y


@pytest.mark.parametrize(
    "kind",
    ["nothing", "open circuit", "pressed", "loose", "slips and stays", "fades", "shaken"],
)
def test_an_artefact_of_the_skin_lowers_arousal_by_less_than_its_doubt(kind: str) -> None:
    furthest = []
    for person in range(3):
        true, unspoilt = clean(person)
        rng = np.random.default_rng(person)
        told = index(true.t, spoil(kind, true.t, true.y, rng))
        n = min(len(unspoilt), len(told))
        known = np.isfinite(unspoilt[:n, 1] + told[:n, 1])
        fall = (unspoilt[:n, 1] - told[:n, 1]) / told[:n, 2]
        furthest.append(float(fall[known & (told[:n, 0] > MOMENTS[0])].max()))

    assert max(furthest) <= 1.0, furthest
