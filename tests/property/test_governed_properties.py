"""Whatever is wished and whatever happens to a device, its outputs keep their bounds."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import VirtualClock
from engine.devices.duty import LONGEST, PAUSE
from engine.devices.governed import BLIND, OLD_NEWS, WISH_LASTS, GovernedOutputs
from engine.devices.keeper import LONGEST_STEP, Keeper
from engine.devices.source import Context
from engine.streams import Chunk, Output, Stream
from engine.twin.chair import OUTPUTS, SimulatedChair
from engine.units import Kind, Unit

ANGLE = Stream("angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
RECLINE = Output("recline", Unit.DEGREE, 0.0, 55.0, slew=2.0, rest=0.0, position="angle")
VIBRATION = Output("vibration", Unit.LEVEL, 0.0, 0.6, slew=0.2, rest=0.0)
LIFT = Output("lift_up", Unit.LEVEL, 0.0, 1.0, slew=10.0, rest=0.0, motion=True)
ALL = (RECLINE, VIBRATION, LIFT)
DT = 0.05

Event = tuple[str, float]
Events = st.lists(
    st.tuples(
        st.sampled_from(["wish", "still", "silent", "halt", "reset", "cut", "jump", "end"]),
        st.floats(-1e3, 1e3) | st.just(math.nan),
    ),
    max_size=40,
)


def place(outputs: GovernedOutputs, angle: float, t: float) -> None:
    outputs.feel([Chunk(ANGLE, np.array([t]), np.array([[angle]]))], t)


class LaggingChair:
    """Follows what it is told at its own speed, and stops when it is told nothing."""

    def __init__(self, speed: float = 0.5) -> None:
        self.angle, self.speed = 0.0, speed

    def follow(self, told: float, dt: float) -> None:
        reach = self.speed * dt
        self.angle += min(max(told - self.angle, -reach), reach)


@given(events=Events, speed=st.floats(0.1, 3.0))
def test_whatever_happens_outputs_keep_range_and_slew(events: list[Event], speed: float) -> None:
    outputs, chair = GovernedOutputs(ALL, (ANGLE,)), LaggingChair(speed)
    t, levels = 0.0, {o.name: o.rest for o in ALL}
    halted = False
    for what, value in events:
        if what == "jump":
            t += abs(value) if math.isfinite(value) else 1.0
        for n in range(4):
            t += DT
            before, angle = levels, chair.angle
            if what == "cut":
                outputs.disconnect()
            place(outputs, chair.angle, t)
            if what in {"wish", "still"}:
                wishes = dict.fromkeys(levels, value)
                outputs.wish(wishes, t, still=what == "still")
            elif what == "halt" and n == 0:
                outputs.halt()
                halted = True
            elif what == "reset" and n == 0:
                outputs.reset()
                halted = False
            levels = outputs.step(math.inf if what == "end" else t, DT, t)
            chair.follow(levels["recline"], DT)
            for output in ALL:
                now, then = levels[output.name], before[output.name]
                assert output.low <= now <= output.high
                if output.places:
                    # Within reach of where it was told, or where the chair says it is.
                    near = min(abs(now - then), abs(now - angle))
                    assert near <= output.slew * DT + 1e-9
                elif now > then:
                    assert now - then <= output.slew * DT + 1e-9
            if halted:
                assert levels["vibration"] == levels["lift_up"] == 0.0
        if what in {"still", "halt", "end"}:
            assert levels["lift_up"] == 0.0


@given(speed=st.floats(0.1, 1.9), after=st.integers(5, 200))
def test_a_chair_that_lags_stops_where_it_is_and_not_where_it_should_be(
    speed: float, after: int
) -> None:
    outputs, chair, t = GovernedOutputs(ALL, (ANGLE,)), LaggingChair(speed), 0.0
    for n in range(after + 40):
        t += DT
        place(outputs, chair.angle, t)
        outputs.wish({"recline": 50.0}, t, still=n >= after)
        if n == after:
            stopped = chair.angle
        chair.follow(outputs.step(t, DT, t)["recline"], DT)

    assert chair.angle == pytest.approx(stopped, abs=1e-9)


def test_a_wish_the_room_does_not_renew_stops_a_lagging_chair_within_a_second() -> None:
    outputs, chair, t = GovernedOutputs(ALL, (ANGLE,)), LaggingChair(), 0.0
    angles: list[float] = []
    for n in range(200):
        t += DT
        place(outputs, chair.angle, t)
        if n < 100:
            outputs.wish({"recline": 50.0}, t, still=False)
        chair.follow(outputs.step(t, DT, t)["recline"], DT)
        angles.append(chair.angle)
    moved = [n for n, (a, b) in enumerate(pairwise(angles)) if a != b]

    assert (moved[-1] + 2 - 100) * DT <= 1.0
    assert WISH_LASTS < 1.0


def test_a_chair_that_no_longer_says_where_it_is_moves_no_further() -> None:
    outputs, t = GovernedOutputs(ALL, (ANGLE,)), 0.0
    told: list[float] = []
    for n in range(100):
        t += DT
        if n < 40:
            place(outputs, 0.1 * n, t)
        outputs.wish({"recline": 50.0}, t, still=False)
        told.append(outputs.step(t, DT, t)["recline"])

    assert told[39] > told[10]
    assert len(set(told[40 + round(BLIND / DT) + 1 :])) == 1


def test_nothing_is_told_before_the_device_said_where_it_is() -> None:
    outputs = GovernedOutputs(ALL, (ANGLE,))
    before = outputs.placed
    place(outputs, 23.0, 0.1)
    outputs.wish({"recline": 40.0}, 0.1, still=False)

    assert not before
    assert outputs.placed
    assert outputs.step(0.1, DT, 0.1)["recline"] == pytest.approx(23.1)


@given(angle=st.floats(0.0, 55.0), again=st.floats(0.0, 55.0))
def test_a_chair_left_standing_is_told_where_it_is_at_first_and_after_a_reconnection(
    angle: float, again: float
) -> None:
    outputs = GovernedOutputs(ALL, (ANGLE,))
    told: list[float] = []
    for t, place_now in ((1.0, angle), (2.0, again)):
        outputs.disconnect()
        place(outputs, place_now, t)
        outputs.wish({"recline": math.nan}, t, still=False)
        told += [outputs.step(t, DT, t)["recline"], outputs.step(t + DT, DT, t + DT)["recline"]]

    assert told == [angle, angle, again, again]


def test_after_a_pause_of_the_computer_old_news_of_a_place_is_not_believed() -> None:
    outputs, t = GovernedOutputs(ALL, (ANGLE,)), 10.0
    place(outputs, 5.0, t)
    outputs.wake(t + 60.0)
    place(outputs, 5.0, t + 60.0)  # it waited in the cable
    early = outputs.placed
    place(outputs, 5.4, t + 60.0 + OLD_NEWS)
    outputs.wish({"recline": math.nan}, t + 60.3, still=True)

    assert not early
    assert outputs.step(t + 60.3, DT, t + 60.3)["recline"] == 5.4


def test_a_strength_comes_back_slowly_after_a_reconnection() -> None:
    outputs, t = GovernedOutputs((VIBRATION,), ()), 0.0
    for _ in range(100):
        t += DT
        outputs.wish({"vibration": 0.5}, t, still=False)
        before = outputs.step(t, DT, t)["vibration"]
    outputs.disconnect()
    outputs.wish({"vibration": 0.5}, t, still=False)

    assert before == 0.5
    assert outputs.step(t, DT, t)["vibration"] == pytest.approx(0.2 * DT)


@given(
    wishes=st.lists(
        st.tuples(st.floats(10.0, 3000.0), st.sampled_from([0.0, 0.01, 0.3, 0.6])),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_a_strength_is_never_on_for_longer_than_it_may_without_a_pause(
    wishes: list[tuple[float, float]],
) -> None:
    outputs, t, on, step = GovernedOutputs((VIBRATION,), ()), 0.0, 0.0, 5.0
    for seconds, level in wishes:
        for _ in range(round(seconds / step)):
            t += step
            outputs.wish({"vibration": level}, t, still=False)
            told = outputs.step(t, step, t)["vibration"]
            on = on + step if told else max(on - step * LONGEST / PAUSE, 0.0)

            assert on <= LONGEST + 0.6 / VIBRATION.slew + 2 * step


def test_a_strength_that_had_its_pause_may_be_on_again() -> None:
    outputs, t = GovernedOutputs((VIBRATION,), ()), 0.0
    on: list[float] = []
    while t < LONGEST + PAUSE + 60.0:
        t += 1.0
        outputs.wish({"vibration": 0.5}, t, still=False)
        if outputs.step(t, 1.0, t)["vibration"]:
            on.append(t)
    pause = max(b - a for a, b in pairwise(on))

    assert on[0] == 1.0
    assert PAUSE - 10.0 <= pause <= PAUSE + 5.0
    assert on[-1] > LONGEST + PAUSE


@given(jump=st.floats(0.2, 1e6))
def test_a_jump_of_the_clock_moves_nobody(jump: float) -> None:
    clock = VirtualClock(0.0)
    chair = SimulatedChair({"speed": 0.5})
    keeper = Keeper(chair, Context("chair", clock))
    rest = {o.name: o.rest for o in OUTPUTS}
    for _ in range(80):
        clock.wait(DT)
        keeper.wish(rest | {"recline": 50.0}, clock.now())
        keeper.turn(clock.now())
    before = chair.recline
    clock.wait(jump)
    keeper.turn(clock.now())
    keeper.wish(rest | {"recline": 50.0}, clock.now())
    clock.wait(DT)
    keeper.turn(clock.now())

    assert before > 1.0
    # Its own watchdog lets it act for 0.8 s; after that, and a step later, it has hardly moved.
    assert chair.recline - before <= 0.5 * (0.8 + LONGEST_STEP + DT)
