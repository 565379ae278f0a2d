"""What the engine reads off the simulated sensors is what the simulated body did."""

import numpy as np
import pytest

from engine.clock import VirtualClock
from engine.devices.source import Context
from engine.dsp.jit import COMPILED
from engine.graph.standard import standard_graph
from engine.pace import Pace
from engine.show import Show
from engine.streams import F64
from engine.twin import slots
from engine.twin.simulated import SimulatedPerson

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMPILED, reason="minutes of life take too long uncompiled"),
]

LASTS = 150.0
GUIDED = Pace(0.0, 6.0, 0.4, 1.0)


def measured(seed: int, pace: Pace) -> tuple[dict[str, tuple[F64, F64]], F64, F64]:
    """Return what the graph made of a session, the true beats, and the body's last rows."""
    person = SimulatedPerson({"seed": seed, "person": "drawn", "follows": 1.0})
    show = Show(pace=pace, levels={"scene.swell": 0.2})
    person.open(Context("officer", VirtualClock(), 0, lambda: show))
    graph = standard_graph(person.streams).graph
    made: dict[str, list[tuple[F64, F64]]] = {}
    beats: set[float] = set()
    for until in np.arange(0.05, LASTS + 0.01, 0.05).tolist():
        for chunk in person.read(until):
            for result in graph.push(chunk):
                made.setdefault(result.stream.name, []).append((result.t, result.x))
        beats.update(person.body.beats[:, slots.BEAT_TIME].tolist())
    whole = {
        name: (np.concatenate([t for t, _ in parts]), np.concatenate([x for _, x in parts]))
        for name, parts in made.items()
    }
    return whole, np.array(sorted(beats)), person.body.rows


def latest(made: dict[str, tuple[F64, F64]], name: str) -> float:
    x = made[name][1][:, 0]
    return float(x[np.isfinite(x)][-1])


@pytest.mark.parametrize("pace", [Pace(), GUIDED], ids=["free", "guided"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_engine_tells_what_the_body_did(seed: int, pace: Pace) -> None:
    made, beats, rows = measured(seed, pace)

    found = made["heart.beat"][0]
    true = beats[(beats > 5.0) & (beats < LASTS - 2.0)]
    assert max(np.abs(found - beat).min() for beat in true) < 0.002
    assert max(np.abs(beats - beat).min() for beat in found) < 0.002

    end = found[-1]
    rr = np.diff(beats[(beats > end - 60.0) & (beats <= end + 0.1)]) * 1e3
    assert latest(made, "heart.rmssd_ms") == pytest.approx(
        float(np.sqrt(np.mean(np.diff(rr) ** 2))), rel=0.08
    )
    assert latest(made, "heart.rate") == pytest.approx(60e3 / float(rr[-10:].mean()), abs=2.0)
    assert latest(made, "eda.scl_us") == pytest.approx(float(rows[-1, slots.ROW_SCL]), rel=0.06)
    rate = float(rows[-100:, slots.ROW_RATE].mean())
    assert latest(made, "resp.rate") == pytest.approx(rate, abs=1.5)
