"""What a transducer is given: deep, within its ceiling, never sudden, never for too long."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import SystemClock
from engine.devices.source import Context
from engine.errors import ConfigError, LinkError
from engine.pace import Pace
from engine.show import Show
from engine.sound import vibroacoustic
from engine.sound.endurance import Endurance
from engine.sound.vibration import CLOSES_IN, HIGHEST, LOWEST, Vibration
from engine.sound.vibroacoustic import VibroacousticChannel
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64
from tests.sound_kit import needs_kernels

RIG = {"device": "transducer"}
TURN = 9 * BLOCK / RATE
"""Seconds between two turns of the channel's process in these tests."""


def played(
    vibration: Vibration,
    seconds: float,
    strength: Callable[[float], float] = lambda _t: 1.0,
    hertz: Callable[[float], float] = lambda _t: 40.0,
    let_out: Callable[[float], bool] = lambda _t: True,
) -> F64:
    blocks = []
    for n in range(round(seconds * RATE / BLOCK)):
        t = n * BLOCK / RATE
        block, _ = vibration.render(strength(t), hertz(t), let_out=let_out(t))
        blocks.append(block.copy())
    return np.concatenate(blocks)


def share_above(x: F64, hertz: float) -> float:
    """Return the energy above ``hertz`` beside the whole, dB."""
    power = np.abs(np.fft.rfft(x)) ** 2
    high = np.fft.rfftfreq(len(x), 1.0 / RATE) > hertz
    return float(10.0 * np.log10(power[high].sum() / power.sum()))


@needs_kernels
@pytest.mark.parametrize("hertz", [LOWEST, 40.0, 80.0, HIGHEST])
def test_it_is_deep_has_no_dc_and_keeps_its_ceiling_from_beginning_to_end(hertz: float) -> None:
    vibration = Vibration(max(hertz, 80.0), ceiling_db=-6.0)

    # The hardest course: full strength at once, then no one vouches any more.
    x = played(vibration, 6.0, hertz=lambda _t: hertz, let_out=lambda t: t < 5.0)

    assert share_above(x, 150.0) <= -50.0
    steady = x[3 * RATE : 4 * RATE]
    assert abs(float(steady.mean())) < 1e-4
    assert float(np.abs(x).max()) <= vibration.ceiling
    assert 20.0 * math.log10(float(np.abs(steady).max())) == pytest.approx(-6.0, abs=0.3)
    assert vibration.silent
    assert float(np.abs(x[round((5.0 + CLOSES_IN + 0.06) * RATE) :]).max()) < 1e-4


@needs_kernels
def test_nothing_anyone_asks_for_makes_a_click() -> None:
    rng = np.random.default_rng(5)
    asked = itertools.chain.from_iterable(
        itertools.repeat((rng.uniform(-0.5, 1.5), rng.uniform(0.0, 500.0), rng.random() < 0.8), 8)
        for _ in itertools.count()
    )
    vibration, blocks = Vibration(80.0, -6.0), []
    for strength, hertz, let_out in itertools.islice(asked, 4000):
        block, _ = vibration.render(strength, hertz, let_out=bool(let_out))
        blocks.append(block.copy())

    x = np.concatenate(blocks)
    assert float(np.abs(x).max()) <= vibration.ceiling
    # A click is a bend no tone of 120 Hz at the ceiling has.
    sharpest = vibration.ceiling * (2.0 * np.pi * HIGHEST / RATE) ** 2
    assert float(np.abs(np.diff(x, 2)).max()) < 1.5 * sharpest
    assert share_above(x, 300.0) <= -50.0


@needs_kernels
@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_silence_at_a_frequency_that_exists(nonsense: float) -> None:
    vibration = Vibration(80.0, -6.0)

    x = played(vibration, 1.0, strength=lambda _t: nonsense, hertz=lambda _t: nonsense)

    assert not x.any()
    assert vibration.silent


@given(
    st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.1, 300.0)), min_size=1, max_size=40),
    st.floats(0.05, 1.0),
)
@settings(max_examples=50, deadline=None)
def test_a_coil_never_gets_warmer_than_allowed(
    course: list[tuple[float, float]], duty: float
) -> None:
    endurance = Endurance(duty, longest=1800.0)
    for wanted, lasts in course:
        for _ in range(math.ceil(lasts)):
            endurance.work(min(wanted, endurance.most) ** 2, 1.0)

            assert endurance.heat <= duty + 0.01


def test_half_power_is_what_a_long_session_comes_to() -> None:
    endurance = Endurance(duty=0.5, longest=3600.0)
    for _ in range(1200):
        endurance.work(endurance.most**2, 1.0)

    assert endurance.most**2 == pytest.approx(0.5, abs=0.03)


def test_a_run_that_was_too_long_is_followed_by_a_rest() -> None:
    endurance = Endurance(duty=1.0, longest=100.0)
    for _ in range(100):
        endurance.work(0.2, 1.0)

    assert endurance.most == 0.0
    for _ in range(59):
        endurance.work(0.0, 1.0)
    assert endurance.tired
    endurance.work(0.0, 1.0)
    assert not endurance.tired


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "which sound device"),
        ({"device": 3}, "which sound device"),
        ({**RIG, "chanels": [1]}, "did you mean 'channels'"),
        ({**RIG, "channels": [0]}, "numbers from 1"),
        ({**RIG, "channels": []}, "numbers from 1"),
        ({**RIG, "shape": "square"}, "breath, steady, pulse"),
        ({**RIG, "high": 200.0}, "30 to 120"),
        ({**RIG, "low": 70.0, "high": 60.0}, "not below high"),
        ({**RIG, "ceiling_db": 3.0}, "-60 to 0"),
        ({**RIG, "duty": True}, "duty"),
    ],
)
def test_a_wrong_rig_is_refused_by_its_key(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        VibroacousticChannel(options)


class Device:
    """A sound device that is asked by hand."""

    fault: str | None = None
    made: "Device"

    def __init__(self, name: str, blocks: Any, clock: Any, *, channels: int) -> None:
        self.blocks, self.channels, self.closed = blocks, channels, False
        Device.made = self

    def close(self) -> None:
        self.closed = True

    def play(self, seconds: float, t: float = 0.0) -> F64:
        """Return ``(channels, n)`` of what it would have played."""
        blocks = range(round(seconds * RATE / BLOCK))
        return np.concatenate(
            [self.blocks.render(t + n * BLOCK / RATE).copy() for n in blocks], axis=1
        )


class Hands:
    """A channel at a device asked by hand, in a room that shows what the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
        self.clock = Settable()
        self.show = Show(time=0.0)
        monkeypatch.setattr(vibroacoustic, "output_device", str)
        monkeypatch.setattr(vibroacoustic, "look_again", lambda: None)
        monkeypatch.setattr(vibroacoustic, "hurry", lambda: None)
        monkeypatch.setattr(vibroacoustic, "DeviceOutput", Device)
        self.channel = VibroacousticChannel({**RIG, **options})
        self.channel.open(Context("seat", self.clock, show=lambda: self.show))
        self.device = Device.made

    def strong(self) -> None:
        self.channel.write({"strength": 1.0, "frequency": 40.0})

    def live(self, seconds: float, *, shown: bool = True) -> F64:
        """Let the process turn and the device play, as in a room."""
        heard = []
        for _ in range(round(seconds / TURN)):
            self.clock.t += TURN
            if shown:
                self.show = Show(time=self.clock.t, pace=self.show.pace)
            self.channel.read(self.clock.t)
            heard.append(self.device.play(TURN, self.clock.t))
        return np.concatenate(heard, axis=1)


class Settable(SystemClock):
    """Real in kind, moved by the test."""

    t = 100.0

    def now(self) -> float:
        return self.t

    def wait(self, seconds: float) -> None:
        self.t += seconds


def loudest(x: F64) -> float:
    return float(np.abs(x).max())


@needs_kernels
def test_nothing_is_felt_before_a_level_is_wished_and_only_at_its_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hands = Hands(monkeypatch, channels=[2])

    before = hands.live(1.0)
    hands.strong()
    after = hands.live(3.0)

    assert not before.any()
    assert hands.device.channels == 2
    assert not after[0].any()
    assert loudest(after[1]) > 0.4


@needs_kernels
def test_a_room_that_froze_and_a_process_that_hangs_are_silent_within_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hands = Hands(monkeypatch)
    hands.strong()
    hands.live(3.0)
    frozen = hands.live(2.0, shown=False)[0]
    back = hands.live(2.0)[0]
    hung = []
    for _ in range(20):  # nobody turns the process any more
        hands.clock.t += TURN
        hung.append(hands.device.play(TURN, hands.clock.t))

    assert loudest(frozen[: RATE // 2]) > 0.4
    assert loudest(frozen[RATE:]) < 1e-4
    assert loudest(back[RATE:]) > 0.4
    assert loudest(np.concatenate(hung, axis=1)[0, round(0.6 * RATE) :]) < 1e-4


@needs_kernels
def test_an_emergency_stop_lasts_until_a_person_resets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(monkeypatch)
    hands.strong()
    hands.live(3.0)
    hands.channel.halt()
    stopped = hands.live(2.0)[0]
    hands.channel.reset()
    again = hands.live(2.0)[0]

    assert loudest(stopped[round(0.4 * RATE) :]) < 1e-4
    assert loudest(again) > 0.4


@needs_kernels
def test_it_swells_with_the_guided_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(monkeypatch, shape="breath", depth=0.7)
    pace = Pace(start=100.0, rate=6.0, ratio=0.4, guide=1.0)
    hands.show = Show(time=100.0, pace=pace)
    hands.strong()
    x = hands.live(20.0)[0]

    swing = RATE // 40  # a whole swing of 40 Hz
    late = 0.12 + 0.5 * swing / RATE  # two stages of 60 ms
    loud = np.abs(x[: len(x) // swing * swing].reshape(-1, swing)).max(axis=1) / 0.501
    at = 100.0 + TURN + swing / RATE * np.arange(len(loud)) - late + swing / RATE
    expected = np.array([1.0 - 0.7 * (1.0 - pace.breath(t)) for t in at])
    assert np.abs(loud - expected)[80:].max() < 0.05


@needs_kernels
def test_closing_lets_it_die_away_first_and_may_be_done_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hands = Hands(monkeypatch)
    hands.strong()
    hands.live(3.0)
    played: list[F64] = []

    def wait(seconds: float) -> None:
        played.append(hands.device.play(seconds, hands.clock.t))
        hands.clock.t += seconds

    monkeypatch.setattr(hands.clock, "wait", wait)
    hands.channel.close()
    hands.channel.close()

    assert hands.device.closed
    tail = np.concatenate(played, axis=1)[0]
    assert loudest(tail[:BLOCK]) > 0.3
    assert loudest(tail[-BLOCK:]) < 0.01


def test_a_device_that_stopped_is_a_lost_device(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(monkeypatch)
    hands.device.fault = "the sound device stopped"

    with pytest.raises(LinkError, match="stopped"):
        hands.channel.read(1.0)
