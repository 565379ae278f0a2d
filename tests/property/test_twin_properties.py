"""However time is cut into calls, the simulated person is the same to the last bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import VirtualClock
from engine.devices.source import Context
from engine.dsp.jit import COMPILED
from engine.pace import Pace
from engine.show import Show
from engine.streams import F64
from engine.twin.artefacts import KINDS
from engine.twin.body import Body
from engine.twin.person import draw_person
from engine.twin.simulated import SimulatedPerson

LASTS = 30.0 if COMPILED else 3.0
EXAMPLES = 15 if COMPILED else 3
SHOW = Show(pace=Pace(0.3, 5.5, 0.45, 1.0), levels={"scene.swell": 0.3})
ARTEFACTS = [
    {"kind": kind, "at": 0.4 + 0.9 * i * LASTS / len(KINDS), "lasts": LASTS / 12.0}
    for i, kind in enumerate(KINDS)
]

cuts = st.lists(st.floats(0.001, LASTS), max_size=30).map(lambda t: [*sorted(t), LASTS])


def lived(seed: int, times: list[float]) -> list[F64]:
    body = Body(draw_person(seed), seed, hard_day=0.4)
    body.startle(LASTS / 3.0)
    body.ectopic(LASTS / 2.0)
    parts = [body.advance(t, SHOW.pace, calm=0.6, stress=0.2) for t in times]
    names = ("t", "rr_ms", "eda_us", "volume_l", "breath_phase", "beat_t", "beat_ectopic", "scr_t")
    return [np.concatenate([getattr(part, name) for part in parts]) for name in names]


def worn(seed: int, times: list[float]) -> list[F64]:
    person = SimulatedPerson(
        {
            "seed": seed,
            "sensors": ["ecg", "ppg", "rr", "eda", "resp", "temp"],
            "artefacts": ARTEFACTS,
            "person": "drawn",
        }
    )
    person.open(Context("officer", VirtualClock(), 0, lambda: SHOW))
    chunks = [chunk for t in times for chunk in person.read(t)]
    return [
        np.concatenate(
            [np.zeros((0, 2))]
            + [np.column_stack([c.t, c.x]) for c in chunks if c.stream.name == s.name]
        )
        for s in person.streams
    ]


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**31), times=cuts)
def test_a_body_does_not_care_how_time_is_cut(seed: int, times: list[float]) -> None:
    for pieces, whole in zip(lived(seed, times), lived(seed, [LASTS]), strict=True):
        assert np.array_equal(pieces, whole)


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**31), times=cuts)
def test_its_sensors_do_not_care_either_artefacts_included(seed: int, times: list[float]) -> None:
    for pieces, whole in zip(worn(seed, times), worn(seed, [LASTS]), strict=True):
        assert np.array_equal(pieces, whole)
