"""Artefacts come where they are placed, do what they say, and touch nothing else."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import ConfigError
from engine.streams import F64, Stream
from engine.twin.artefacts import KINDS, Artefact, artefact_from, scheduled
from engine.twin.body import Body
from engine.twin.feed import Feed
from engine.twin.person import MEDIAN
from engine.twin.waveforms import AHEAD
from engine.units import Kind, Unit

ECG = Stream("ecg", Kind.ECG, Unit.MILLIVOLT, 125.0)
EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)
RR = Stream("rr", Kind.RRI, Unit.MILLISECOND)


def worn(
    *artefacts: Artefact, streams: tuple[Stream, ...] = (ECG, EDA, RR)
) -> dict[str, tuple[F64, F64]]:
    body = Body(MEDIAN, 3)
    feed = Feed(body, streams, seed=3, artefacts=artefacts)
    got: dict[str, list[tuple[F64, F64]]] = {stream.name: [] for stream in streams}
    for until in np.arange(0.5, 12.5, 0.5).tolist():
        body.advance(until + AHEAD)
        for chunk in feed.read(until):
            got[chunk.stream.name].append((chunk.t, chunk.x[:, 0]))
    return {
        name: (np.concatenate([t for t, _ in parts]), np.concatenate([x for _, x in parts]))
        for name, parts in got.items()
    }


@pytest.mark.parametrize("kind", ["motion", "wander", "noise", "saturation", "contact"])
def test_samples_outside_the_artefact_are_untouched(kind: str) -> None:
    clean, dirty = worn(), worn(Artefact(kind, 4.0, 3.0))

    t, x = clean["ecg"]
    outside = (t < 4.0) | (t >= 7.0)
    assert np.array_equal(t, dirty["ecg"][0])
    assert np.array_equal(x[outside], dirty["ecg"][1][outside])
    assert np.abs(x[~outside] - dirty["ecg"][1][~outside]).max() > 0.05


def test_motion_is_larger_than_the_heartbeat() -> None:
    t, x = worn(Artefact("motion", 4.0, 4.0))["ecg"]

    within = (t > 4.5) & (t < 7.5)
    assert x[within].std() > 3.0 * x[t < 4.0].std()


def test_a_dropout_leaves_a_hole_and_nothing_else() -> None:
    clean, dirty = worn(), worn(Artefact("dropout", 4.0, 2.0))

    for name in ("ecg", "eda", "rr"):
        t, x = clean[name]
        kept = (t < 4.0) | (t >= 6.0)
        assert np.array_equal(dirty[name][0], t[kept])
        assert np.array_equal(dirty[name][1], x[kept])


def test_a_radio_gap_delays_samples_but_loses_none() -> None:
    body = Body(MEDIAN, 3)
    feed = Feed(body, [EDA], seed=3, artefacts=[Artefact("radio", 4.0, 2.0)])
    body.advance(8.0 + AHEAD)

    before, during, after = feed.read(4.0), feed.read(5.9), feed.read(6.5)

    assert before[0].t[-1] < 4.0
    assert during == []
    assert after[0].t[0] == 4.0
    assert np.allclose(np.diff(after[0].t), 0.125)


def test_lost_contact_leaves_no_skin_conductance_and_no_intervals() -> None:
    dirty = worn(Artefact("contact", 4.0, 3.0))

    t, x = dirty["eda"]
    assert x[(t >= 4.0) & (t < 7.0)].max() < 0.05
    assert not ((dirty["rr"][0] >= 4.0) & (dirty["rr"][0] < 7.0)).any()


def test_saturation_never_leaves_the_rails() -> None:
    t, x = worn(Artefact("saturation", 4.0, 3.0))["ecg"]

    within = x[(t >= 4.0) & (t < 7.0)]
    assert np.abs(within).max() <= 1.6
    assert (np.abs(within) == 1.6).sum() >= 3


def test_ectopy_gives_early_beats_while_it_lasts() -> None:
    clean, dirty = worn(), worn(Artefact("ectopy", 4.0, 5.0))

    early = dirty["rr"][1] < 0.8 * np.median(clean["rr"][1])
    assert early.sum() == 2
    assert (dirty["rr"][0][early] > 4.0).all()


def test_an_artefact_that_names_a_sensor_leaves_the_others_alone() -> None:
    clean, dirty = worn(), worn(Artefact("dropout", 4.0, 2.0, sensors=("eda",)))

    assert np.array_equal(clean["ecg"][1], dirty["ecg"][1])
    assert len(dirty["eda"][0]) == len(clean["eda"][0]) - 16


def test_a_schedule_is_the_same_for_the_same_seed_and_as_dense_as_asked() -> None:
    a, b, c = scheduled(1, 60.0, 36000.0), scheduled(1, 60.0, 36000.0), scheduled(2, 60.0, 36000.0)

    assert a == b != c
    assert 500 < len(a) < 700
    assert all(x.at < y.at for x, y in pairwise(a))
    assert {x.kind for x in a} <= set(KINDS)
    assert scheduled(1, 0.0, 36000.0) == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"kind": "motoin", "at": 1}, "did you mean 'motion'"),
        ({"kind": "motion"}, "add at"),
        ({"kind": "motion", "at": 1, "last": 3}, "did you mean 'lasts'"),
        ({"kind": "motion", "at": -1}, "zero or more"),
        ({"kind": "motion", "at": "soon"}, "as a number"),
        ({"kind": "motion", "at": 1, "sensors": "ecg"}, "is not a list"),
    ],
)
def test_a_wrong_artefact_is_refused_with_advice(table: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        artefact_from(table, where="artefacts[0]")
