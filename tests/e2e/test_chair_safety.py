"""The chair stops by itself: real processes, really killed, a chair with a watchdog of its own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import pytest

from engine.clock import SystemClock
from tests.e2e.chair_kills import BLOWS, GOES_ON, ROOT, Yard, strike
from tests.e2e.chair_room import FARTHER, ChairRoom
from tools.chair_simulator import EMERGENCY, SPEED, WATCHDOG, Chair, SimulatedChair

pytestmark = [pytest.mark.slow, pytest.mark.quiet]


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    made = Yard()
    yield made
    made.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("blow", BLOWS)
def test_a_computer_that_dies_freezes_or_sleeps_leaves_a_chair_at_rest_within_a_second(
    yard: Yard, blow: str
) -> None:
    """Twice each here; `python -m tests.e2e.chair_kills --rounds 100` does it a hundred times."""
    found = strike(yard, blow, 2)

    assert max(s.motion for s in found) < 1.0
    # A frozen room leaves a process that brings strengths to rest by their slew.
    if blow not in {"room frozen", *GOES_ON}:
        assert max(s.all for s in found) < 1.0


def test_a_computer_that_wakes_up_moves_nobody_at_once(yard: Yard) -> None:
    with yard.moving() as (doomed,):
        doomed.after(doomed.suspend)
        at, clock = doomed.chair.angles[0], doomed.simulated.clock
        woken = clock.now()
        doomed.wake()
        doomed.until(lambda: clock.now() > woken + 1.5)
        moved, lasted = doomed.chair.angles[0] - at, clock.now() - woken

    assert 0.0 <= moved <= 0.5 * lasted


@pytest.fixture
def simulated() -> Iterator[SimulatedChair]:
    threads = set(threading.enumerate())
    with SimulatedChair(SystemClock()) as chair:
        yield chair
    assert set(threading.enumerate()) <= threads


@pytest.fixture
def room(simulated: SimulatedChair) -> Iterator[ChairRoom]:
    room = ChairRoom(simulated.port)
    with room.manager:
        room.until(lambda: "data" in room.codes)
        yield room


def test_nothing_moves_before_somebody_wishes_it(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    room.for_seconds(0.5)

    assert simulated.chair.beats == 0
    assert simulated.chair.stopped
    assert simulated.chair.moved == -1.0


def test_the_chair_follows_and_tells_where_it_is(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    room.wishes = FARTHER
    room.until(lambda: room.newest["chair.recline_angle"] > 1.0)

    assert simulated.chair.angles[0] == pytest.approx(room.newest["chair.recline_angle"], abs=1.0)
    assert simulated.chair.holding[0] <= 550
    assert room.newest["chair.faults"] == 0
    assert not simulated.chair.refused


def test_an_unplugged_chair_stops_by_itself_and_the_room_is_told(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    room.wishes = FARTHER
    room.until(lambda: simulated.chair.moving)
    pulled = simulated.clock.now()
    simulated.unplug()
    room.until(lambda: "link_lost" in room.codes and not simulated.chair.may_act)

    assert simulated.chair.moved - pulled < 1.0
    assert not any(simulated.chair.strengths)


def test_a_room_that_freezes_leaves_the_chair_its_power(yard: Yard) -> None:
    """Its device's process lives on: positions stop, strengths fade, the chair keeps its power."""
    with yard.moving() as (doomed,):
        doomed.after(doomed.freeze_room)
        alive, at = doomed.chair.alive, doomed.chair.angles[0]
        doomed.wake()
        doomed.until(lambda: doomed.chair.angles[0] > at + 0.2)

    assert alive
    assert at > 0.4


def test_a_line_that_falls_silent_stops_the_chair_too(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    room.wishes = FARTHER
    room.until(lambda: simulated.chair.moving)
    cut = simulated.clock.now()
    simulated.deaf = True
    room.until(lambda: not simulated.chair.may_act)

    assert simulated.chair.moved - cut < 1.0
    room.until(lambda: "silent" in room.codes)


def test_the_end_of_a_session_stops_the_chair(simulated: SimulatedChair) -> None:
    room = ChairRoom(simulated.port)
    with room.manager:
        room.until(lambda: "data" in room.codes)
        room.wishes = FARTHER
        room.until(lambda: simulated.chair.moving)
        asked = simulated.clock.now()
    simulated.clock.wait(0.2)

    assert not simulated.chair.may_act
    assert simulated.chair.moved - asked < 1.0
    assert simulated.chair.stopped
    assert not simulated.chair.latched


def test_an_emergency_stop_latches_in_the_chair_until_a_person_resets_it(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    chair = simulated.chair
    room.wishes = FARTHER
    room.until(lambda: chair.angles[0] > 0.5)
    pressed = simulated.clock.now()
    room.manager.halt()
    room.until(lambda: chair.latched and not chair.may_act)
    stopped_after, at = chair.moved - pressed, list(chair.angles)
    room.for_seconds(1.0)  # the session goes on wishing
    room.until(lambda: room.newest["chair.faults"] == EMERGENCY)
    still = list(chair.angles)
    room.manager.reset()
    room.until(lambda: not chair.latched)
    room.until(lambda: chair.angles[0] > at[0] + 0.2)

    assert stopped_after < 0.2
    assert still == at


def test_a_hard_wired_switch_outranks_every_message(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    chair = simulated.chair
    room.wishes = FARTHER
    room.until(lambda: chair.moving)
    chair.switch = True
    room.until(lambda: f"fault_{EMERGENCY}" in room.codes)  # the counselor is told
    at = list(chair.angles)
    room.manager.halt()
    room.for_seconds(0.1)
    room.manager.reset()
    room.for_seconds(0.3)
    pressed_still = chair.latched, list(chair.angles)
    chair.switch = False
    room.for_seconds(0.2)

    assert pressed_still == (True, at)
    assert chair.latched, "releasing the switch alone releases nothing"


def test_a_chair_that_overheats_stays_cool_also_for_the_next_process_and_the_room_learns_why() -> (
    None
):
    with SimulatedChair(SystemClock(), Chair(stuck_hot=True, temperature=41.0)) as simulated:
        room = ChairRoom(simulated.port)
        with room.manager:
            room.until(lambda: "data" in room.codes)
            room.wishes = FARTHER
            room.until(lambda: "heat_hot" in room.codes)
            room.for_seconds(0.2)

            assert simulated.chair.holding[4] == 0
            assert simulated.chair.holding[0] > 0

            simulated.chair.stuck_hot, simulated.chair.temperature = False, 30.0
            # Beside it there may be the yard of other tests, with rooms of its own.
            (host,) = [p for p in psutil.Process().children() if "spawn" in " ".join(p.cmdline())]
            host.kill()
            room.until(lambda: room.codes[-1] == "heat_hot" and "driver_failed" in room.codes)
            room.for_seconds(0.5)

            assert simulated.chair.holding[4] == 0, "a crash is no person who looked"
            assert simulated.chair.holding[0] > 0


def test_a_restarted_device_process_goes_on_without_a_jump(
    room: ChairRoom, simulated: SimulatedChair
) -> None:
    chair, clock = simulated.chair, simulated.clock
    room.wishes = FARTHER
    room.until(lambda: chair.angles[0] > 1.0)
    (host,) = [p for p in psutil.Process().children() if "spawn" in " ".join(p.cmdline())]
    host.kill()
    began, at = clock.now(), chair.angles[0]
    room.until(lambda: room.codes[-1] == "data" and "driver_failed" in room.codes)
    room.for_seconds(0.3)

    assert chair.angles[0] - at <= SPEED * (clock.now() - began) + 1e-6
    assert WATCHDOG < 1.0


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo terminals")
def test_the_simulator_is_a_tool_a_person_can_start() -> None:
    with subprocess.Popen(
        [sys.executable, "tools/chair_simulator.py", "--seconds", "20"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tool:
        assert tool.stdin is not None
        assert tool.stdout is not None
        port = json.loads(tool.stdout.readline())["port"]
        tool.stdin.write("e\n")
        tool.stdin.flush()
        pressed = any(json.loads(line)["faults"] & EMERGENCY for line in tool.stdout)
        tool.stdin.write("q\n")
        tool.stdin.close()
        code = tool.wait(10.0)

    assert port.startswith("/dev/")
    assert pressed
    assert code == 0
