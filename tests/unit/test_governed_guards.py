"""Each guard over a device's outputs by itself: without it, one of these fails."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np
import pytest

from engine.clock import VirtualClock
from engine.devices import Source
from engine.devices.governed import BLIND, GovernedOutputs
from engine.devices.heat import HOTTEST
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.wear import Wear
from engine.session.actuators import Actuators
from engine.session.levels import Levels
from engine.streams import ASTRAY, Chunk, Output, Stream
from engine.units import Kind, Unit

ANGLE = Stream("angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
HEAT = Stream("surface", Kind.TEMPERATURE, Unit.CELSIUS, rate=10.0)
RECLINE = Output("recline", Unit.DEGREE, 0.0, 55.0, slew=2.0, rest=0.0, position="angle")
VIBRATION = Output("vibration", Unit.LEVEL, 0.0, 0.6, slew=0.2, rest=0.0)
UP = Output("up", Unit.LEVEL, 0.0, 1.0, slew=10.0, rest=0.0, motion=True)
WARMTH = Output("warmth", Unit.CELSIUS, 20.0, 42.0, slew=5.0, rest=20.0)
DT = 0.05


class Seat:
    """Governed outputs and the time, 50 ms a turn."""

    def __init__(self, *outputs: Output) -> None:
        self.outputs = GovernedOutputs(outputs, (ANGLE, HEAT))
        self.t = 0.0

    def told(
        self, wishes: Mapping[str, float], turns: int = 1, *, still: bool = False,
        angle: float | None = None, heat: float | None = None,
    ) -> dict[str, float]:  # fmt: skip
        """Wish the same for some turns; return what the device is told at the last."""
        levels: dict[str, float] = {}
        for _ in range(turns):
            self.t += DT
            for stream, value in ((ANGLE, angle), (HEAT, heat)):
                if value is not None:
                    self.outputs.feel(
                        [Chunk(stream, np.array([self.t]), np.array([[value]]))], self.t
                    )
            self.outputs.wish(wishes, self.t, still=still)
            levels = self.outputs.step(self.t, DT, self.t)
        return levels


@pytest.mark.parametrize("wild", [1e9, -1e9, 55.0 + ASTRAY + 0.1, math.inf, math.nan])
def test_a_place_no_chair_can_be_at_is_no_place_to_stop_at(wild: float) -> None:
    seat = Seat(RECLINE)
    going = seat.told({"recline": 50.0}, 60, angle=10.0)["recline"]
    seat.told({"recline": 50.0}, angle=wild)
    stopped = seat.told({"recline": 50.0}, still=True, angle=wild)["recline"]
    later = seat.told({"recline": 50.0}, 100, still=True, angle=wild)["recline"]

    assert going > 10.0
    assert (stopped, later) == (10.0, 10.0), "where it last could be, not at its limit"


def test_a_chair_that_says_nothing_but_nonsense_is_blind() -> None:
    seat = Seat(RECLINE)
    seat.told({"recline": 50.0}, 20, angle=10.0)
    blind = seat.told({"recline": 50.0}, round(BLIND / DT) + 2, angle=math.nan)["recline"]

    assert seat.told({"recline": 50.0}, 40, angle=math.nan)["recline"] == blind


def test_a_chair_a_little_beyond_its_range_is_believed() -> None:
    seat = Seat(RECLINE)

    assert seat.told({"recline": math.nan}, angle=-0.4)["recline"] == 0.0
    assert seat.outputs.placed


def test_the_session_does_not_believe_a_wild_place_either() -> None:
    levels = Levels()
    actuators = Actuators(
        {"chair.recline": RECLINE}, levels, lambda _change: None, lambda _c, _w, _r: None
    )
    actuators.feel("chair.recline", 20.0)
    actuators.feel("chair.recline", 1e9)

    assert levels["chair.recline"].now == 20.0


def test_a_chair_moved_by_hand_during_an_emergency_stop_goes_on_from_where_it_is() -> None:
    seat = Seat(RECLINE)
    seat.told({"recline": 50.0}, 20, angle=10.0)
    seat.outputs.halt()
    held = seat.told({"recline": 50.0}, 20, angle=10.0)["recline"]
    seat.told({"recline": 50.0}, 2, angle=30.0)
    seat.outputs.reset()

    assert held == 10.0
    assert seat.told({"recline": 50.0}, angle=30.0)["recline"] == pytest.approx(30.1)


def test_a_chair_that_stands_is_not_told_every_tenth_its_sensor_wavers() -> None:
    seat = Seat(RECLINE)
    seat.told({"recline": 50.0}, 20, angle=10.0)
    first = seat.told({"recline": 50.0}, still=True, angle=10.0)["recline"]
    later = [
        seat.told({"recline": 50.0}, still=True, angle=10.0 + wavers)["recline"]
        for wavers in (0.1, -0.1, 0.3)
    ]

    assert [first, *later] == [10.0] * 4


def test_a_chair_that_starts_late_is_told_the_way_and_not_held_back_by_where_it_still_is() -> None:
    seat = Seat(RECLINE)
    began = seat.told({"recline": 50.0}, angle=10.0)["recline"]

    assert seat.told({"recline": 50.0}, 10, angle=10.0)["recline"] == pytest.approx(
        began + 10 * DT * RECLINE.slew
    )


def test_a_chair_that_lags_stops_where_it_is_the_second_time_too() -> None:
    seat = Seat(RECLINE)
    stopped: list[float] = []
    for angle in (10.0, 20.0):
        ahead = seat.told({"recline": 50.0}, 10, angle=angle)["recline"]
        assert ahead > angle + 0.5
        stopped.append(seat.told({"recline": 50.0}, still=True, angle=angle)["recline"])

    assert stopped == [10.0, 20.0]


def test_a_key_is_let_go_at_once_when_all_is_still_and_a_strength_fades() -> None:
    seat = Seat(UP, VIBRATION)
    seat.told({"up": 1.0, "vibration": 0.6}, 100)
    still = seat.told({"up": 1.0, "vibration": 0.6}, still=True)

    assert still["up"] == 0.0
    assert still["vibration"] == 0.6, "what does not move a person goes on"


def test_a_key_held_when_the_link_was_lost_is_not_held_again_before_it_was_let_go() -> None:
    seat = Seat(UP)
    assert seat.told({"up": 1.0}, 20)["up"] == 1.0
    seat.outputs.disconnect()
    back = seat.told({"up": 1.0}, 20)["up"]
    seat.told({"up": 0.0})
    again = seat.told({"up": 1.0}, 20)["up"]

    assert (back, again) == (0.0, 1.0)


def test_a_chair_that_went_elsewhere_while_its_link_was_lost_is_not_called_back() -> None:
    seat = Seat(RECLINE)
    seat.told({"recline": 50.0}, 20, angle=10.0)
    seat.outputs.disconnect()

    assert not seat.outputs.placed
    assert seat.told({"recline": 50.0}, angle=40.0)["recline"] == pytest.approx(40.1)


def test_a_position_nobody_tells_is_not_taken_back_to_rest_when_its_link_was_lost() -> None:
    dumb = Output("recline", Unit.DEGREE, 0.0, 55.0, slew=2.0, rest=0.0)
    seat = Seat(dumb)
    reached = seat.told({"recline": 50.0}, 100)["recline"]
    seat.outputs.disconnect()

    assert seat.told({"recline": math.nan})["recline"] == reached > 5.0


def test_it_rests_when_every_strength_does_or_is_stopped() -> None:
    seat = Seat(VIBRATION, UP)
    at_first = seat.outputs.resting
    seat.told({"vibration": 0.6, "up": 0.0}, 10)
    shaking = seat.outputs.resting
    seat.outputs.halt()

    assert (at_first, shaking, seat.outputs.resting) == (True, False, True)


def test_a_person_who_looked_allows_warmth_again_and_it_comes_slowly() -> None:
    seat = Seat(WARMTH)
    seat.told({"warmth": 40.0}, 200, heat=36.0)
    hot = seat.told({"warmth": 40.0}, heat=HOTTEST)["warmth"]
    cool = seat.told({"warmth": 40.0}, 20, heat=30.0)["warmth"]
    seat.outputs.reset_heat()

    assert (hot, cool) == (20.0, 20.0)
    assert seat.told({"warmth": 40.0}, heat=30.0)["warmth"] == pytest.approx(20.0 + 5.0 * DT)
    assert seat.outputs.fault is None


def test_what_a_person_had_of_a_device_is_taken_over_whole() -> None:
    first = Seat(VIBRATION, WARMTH)
    first.told({"vibration": 0.6, "warmth": 40.0}, 100, heat=30.0)
    first.told({"vibration": 0.6, "warmth": 40.0}, heat=HOTTEST)
    second = Seat(VIBRATION, WARMTH)
    second.outputs.resume(first.outputs.wear())

    assert second.outputs.wear() == first.outputs.wear()
    assert second.outputs.fault is not None
    assert first.outputs.wear()["vibration"].on == pytest.approx(101 * DT)
    assert first.outputs.wear()["warmth"].warmed == pytest.approx(101 * DT)
    second.outputs.resume({"vibration": Wear(on=1200.0, spent=True)})
    assert second.told({"vibration": 0.6}, 20)["vibration"] == 0.0


class HotPad(Source):
    """Warms; tells 43 degC from 5 to 6 s; its driver crashes at 8 s."""

    model = "hot-pad"
    simulated = True
    told: ClassVar[list[tuple[float, float]]] = []
    crashed: ClassVar[bool] = False

    streams = (HEAT,)
    outputs = (WARMTH,)
    _now = 0.0

    def open(self, context: Any) -> None:
        """Be there."""

    def read(self, until: float) -> Iterable[Chunk]:
        self._now = until
        if until >= 8.0 and not HotPad.crashed:
            HotPad.crashed = True
            raise ValueError("a mistake")
        hot = HOTTEST if 5.0 <= until < 6.0 else 35.0
        return [Chunk(HEAT, np.array([until]), np.array([[hot]]))]

    def write(self, levels: Mapping[str, float]) -> None:
        HotPad.told.append((self._now, levels["warmth"]))


def test_warmth_that_was_switched_off_stays_off_though_its_driver_crashed() -> None:
    HotPad.told.clear()
    HotPad.crashed = False
    clock = VirtualClock()
    made = DeviceManager((DeviceSpec("pad", "hot-pad"),), classes={"hot-pad": HotPad}, clock=clock)
    made.start()

    def until(t: float) -> list[float]:
        began = clock.now()
        while clock.now() < t:
            clock.advance_to(clock.now() + 0.1)
            made.write({"pad.warmth": 40.0})
            made.drain(clock.now())
        return [level for at, level in HotPad.told if at > began]

    before = until(4.9)
    after = until(30.0)
    made.halt()
    until(31.0)
    made.reset()
    at_last = until(40.0)
    made.stop()

    assert max(before) == 40.0
    assert HotPad.crashed
    assert set(after[5:]) == {20.0}
    assert max(at_last) > 35.0, "a person has looked"
