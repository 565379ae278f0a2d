"""The simulated person behaves as a device: options, time, loss, ratings."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from engine import plugins
from engine.clock import VirtualClock
from engine.devices.source import Context
from engine.dsp.jit import COMPILED
from engine.errors import ConfigError, FaultyFileError, LinkError
from engine.pace import Pace
from engine.show import Show
from engine.streams import Chunk
from engine.twin.simulated import SimulatedPerson, surroundings

minutes = pytest.mark.skipif(not COMPILED, reason="minutes of life take too long uncompiled")
EVERY = ["ecg", "ppg", "rr", "eda", "resp", "temp"]
CALM = Show(pace=Pace(0.0, 6.0, 0.4, 1.0), levels={"scene.swell": 0.1, "sound.volume": 0.8})


def seated(show: Show = CALM, *, at: float = 0.0, **options: Any) -> SimulatedPerson:
    person = SimulatedPerson(options)
    person.open(Context("officer", VirtualClock(at), 9, lambda: show))
    return person


def gathered(person: SimulatedPerson, times: list[float]) -> dict[str, list[Chunk]]:
    got: dict[str, list[Chunk]] = {stream.name: [] for stream in person.streams}
    for until in times:
        for chunk in person.read(until):
            got[chunk.stream.name].append(chunk)
    return got


def test_it_is_found_as_a_plugin() -> None:
    assert plugins.load().drivers()["simulated-person"] is SimulatedPerson


def test_it_says_that_it_is_simulated_and_which_sensors_it_wears() -> None:
    person = SimulatedPerson({})

    assert person.simulated
    assert [s.name for s in person.streams] == ["ecg", "eda", "resp"]
    assert SimulatedPerson({"ecg_rate": 500}).streams[0].rate == 500.0


def test_checking_a_rig_does_not_load_the_compiler() -> None:
    code = (
        "import sys, engine.twin.plugin as p; p.SimulatedPerson({'seed': 1}).streams;"
        "sys.exit('numba' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sede": 1}, r"simulated-person\.sede: unknown key \(did you mean 'seed'\?\)"),
        ({"seed": -1}, "not a seed"),
        ({"sensors": ["egc"]}, "did you mean 'ecg'"),
        ({"sensors": []}, "names no sensor"),
        ({"sensors": ["ecg", "ecg"]}, "twice"),
        ({"ecg_rate": 50}, "from 100 to 1000"),
        ({"person": "drwan"}, "did you mean 'drawn'"),
        ({"stress": 1.5}, "from 0 to 1"),
        ({"noise": "loud"}, "a number"),
        ({"noise": float("nan")}, "a number"),
        ({"artefacts": [{"kind": "motoin", "at": 3}]}, r"artefacts\[0\]\.kind"),
        ({"artefacts": "motion"}, "not a list"),
        ({"drop_at": -3}, "drop_at"),
    ],
)
def test_a_wrong_option_is_refused_with_key_and_remedy(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        SimulatedPerson(options)


def test_all_wrong_options_are_told_at_once() -> None:
    with pytest.raises(FaultyFileError) as caught:
        SimulatedPerson({"seed": "x", "stress": 2, "sesnors": ["ecg"]})

    assert len(caught.value.faults) == 3


def test_samples_come_on_session_time_and_no_earlier_than_their_latency() -> None:
    person = seated(sensors=EVERY)

    for until in np.arange(0.1, 6.0, 0.1).tolist():
        for chunk in person.read(until):
            assert chunk.t[-1] + chunk.stream.latency <= until + 1e-6
            assert chunk.x.shape == (len(chunk.t), 1)
    assert {s.name for s in person.streams} == set(EVERY)


def test_nothing_is_missing_and_nothing_comes_twice() -> None:
    got = gathered(seated(sensors=["ecg", "eda"]), np.arange(0.013, 6.0, 0.013).tolist())

    t = np.concatenate([chunk.t for chunk in got["ecg"]])
    assert np.array_equal(t, np.arange(len(t)) / 250.0)
    assert t[-1] > 5.9


def test_the_same_seed_and_the_same_show_give_the_same_samples() -> None:
    times = np.arange(0.1, 5.0, 0.1).tolist()

    a, b, c = (gathered(seated(seed=s, sensors=EVERY), times) for s in (1, 1, 2))

    for name in EVERY:
        x, y, z = (np.concatenate([k.x for k in got[name]]) for got in (a, b, c))
        assert np.array_equal(x, y)
        assert x.shape != z.shape or not np.array_equal(x, z)


def test_without_a_seed_of_its_own_the_session_decides() -> None:
    times = [2.0]

    own, sessions = gathered(seated(seed=9), times), gathered(seated(), times)

    assert np.array_equal(own["ecg"][0].x, sessions["ecg"][0].x)


def test_opened_late_it_is_the_same_hour_of_the_same_body() -> None:
    early, late = seated(), seated(at=3.0)

    whole = np.concatenate([c.x for c in gathered(early, [3.0, 5.0])["ecg"]])
    rest = gathered(late, [5.0])["ecg"][0]

    assert rest.t[0] > 3.0
    assert np.array_equal(rest.x, whole[-len(rest.x) :])


@minutes
def test_a_drawn_person_differs_from_the_median_one_and_from_the_next() -> None:
    rates = [
        float(np.mean(np.concatenate([c.x for c in gathered(p, [60.0])["rr"]])))
        for p in (
            seated(sensors=["rr"], seed=1),
            seated(sensors=["rr"], seed=1, person="drawn"),
            seated(sensors=["rr"], seed=2, person="drawn"),
        )
    ]

    assert len({round(rate) for rate in rates}) == 3


def breathing_rate(person: SimulatedPerson) -> float:
    got = gathered(person, np.arange(0.5, 150.0, 0.5).tolist())
    x = np.concatenate([c.x for c in got["resp"]])[40 * 25 :, 0]
    power = np.abs(np.fft.rfft(x - x.mean())) ** 2
    return float(60.0 * np.fft.rfftfreq(len(x), 1.0 / 25.0)[np.argmax(power)])


@minutes
def test_the_person_breathes_with_the_guide_that_is_shown_or_not_at_will() -> None:
    eager = breathing_rate(seated(sensors=["resp"], follows=1.0))
    stubborn = breathing_rate(seated(sensors=["resp"], follows=0))

    assert eager == pytest.approx(6.0, abs=0.6)
    assert stubborn > 9.0


@minutes
def test_stress_is_brought_along_and_told_in_the_rating() -> None:
    calm, tense = seated(), seated(stress=0.8)
    for person in (calm, tense):
        list(person.read(30.0))

    assert tense.rating("SUDS") >= calm.rating("suds") + 30
    assert 0 <= tense.rating("FMS") <= 20


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean 'SUDS'"):
        seated().rating("SUDD")


def test_while_lost_it_can_be_neither_read_nor_opened_and_later_goes_on() -> None:
    person = seated(drop_at=2.0, drop_for=2.0, sensors=["ecg"])
    reference = gathered(seated(sensors=["ecg"]), [1.5, 2.5, 4.5, 6.0])["ecg"]

    before = gathered(person, [1.5])["ecg"]
    with pytest.raises(LinkError, match="officer: is out of reach"):
        list(person.read(2.5))
    person.close()
    with pytest.raises(LinkError, match="back at 4 s"):
        person.open(Context("officer", VirtualClock(3.0), 9, lambda: CALM))
    person.open(Context("officer", VirtualClock(4.5), 9, lambda: CALM))
    after = gathered(person, [6.0])["ecg"]

    whole = np.concatenate([c.x for c in reference])
    assert np.array_equal(before[0].x, whole[: len(before[0].x)])
    assert after[0].t[0] > 4.5
    assert np.array_equal(after[0].x, whole[-len(after[0].x) :])


def test_reading_before_opening_says_what_to_do() -> None:
    with pytest.raises(LinkError, match="open it first"):
        list(SimulatedPerson({}).read(1.0))


@pytest.mark.parametrize(
    ("show", "calm", "sound", "motion"),
    [
        (Show(), 0.0, 0.0, 0.0),
        (Show(levels={"scene.a": 0.2, "scene.b": 0.4}), 0.7, 1.0, 0.3),
        (Show(levels={"scene.a": 0.0}, fade=0.5, volume=0.4), 0.5, 0.4, 0.0),
        (Show(levels={"scene.a": 0.5, "sound.volume": 0.5}), 0.5, 0.5, 0.5),
        (Show(levels={"scene.a": float("nan"), "scene.b": 1.0}), 0.0, 1.0, 1.0),
    ],
)
def test_a_quiet_scene_is_calm_and_a_dark_one_is_nothing(
    show: Show, calm: float, sound: float, motion: float
) -> None:
    around = surroundings(show)

    assert (around.calm, around.sound_calm, around.motion) == pytest.approx((calm, sound, motion))
