"""What keeps a person safe between a device and its outputs: each of it by itself."""

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
import pytest

from engine.clock import VirtualClock
from engine.devices import Context, LinkError, WireError
from engine.devices.duty import LONGEST, PAUSE
from engine.devices.governed import OLD_NEWS
from engine.devices.keeper import LOOK_EVERY, PAUSED, RETRY, SILENCE, Keeper
from engine.streams import Chunk, Output, Stream
from engine.units import Kind, Unit
from tests.unit.test_device_keeper import EDA, Scripted

ANGLE = Stream("angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
HEAT = Stream("surface", Kind.TEMPERATURE, Unit.CELSIUS, rate=10.0)
FAULT = Stream("fault", Kind.STATUS, Unit.RAW)
RECLINE = Output("recline", Unit.DEGREE, 0.0, 55.0, slew=3.0, rest=0.0, position="angle")
SHAKE = Output("shake", Unit.LEVEL, 0.0, 1.0, slew=2.0, rest=0.0)
WARMTH = Output("warmth", Unit.CELSIUS, 20.0, 42.0, slew=20.0, rest=20.0)


class Seat(Scripted):
    """Says at each reading what is in ``says``, and counts like a driven source."""

    heard = 0
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.says: dict[Stream, list[float]] = {}

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (EDA, ANGLE, HEAT, FAULT)

    def read(self, until: float) -> Iterable[Chunk]:
        if isinstance(self.at_read, Exception):
            raise self.at_read
        for stream, values in ({EDA: [1.0]} | self.says).items():
            t = np.array([until + n / 1000 for n in range(len(values))])
            yield Chunk(stream, t, np.array(values)[:, np.newaxis])


class Care:
    """A keeper of a seat, and the time."""

    def __init__(self, *outputs: Output) -> None:
        self.clock = VirtualClock()
        self.seat = Seat()
        self.seat.made_outputs = outputs
        self.opens = 0
        self.keeper = Keeper(self.seat, Context("seat", self.clock), self._opens)

    def _opens(self) -> None:
        self.opens += 1

    def turn(self, wish: Mapping[str, float] | None = None, after: float = 0.05) -> list[Chunk]:
        self.clock.advance_to(self.clock.now() + after)
        if wish is not None:
            self.keeper.wish(wish, self.clock.now())
        return self.keeper.turn(self.clock.now())

    def turns(self, n: int, wish: Mapping[str, float] | None = None) -> None:
        for _ in range(n):
            self.turn(wish)

    @property
    def told(self) -> float:
        (level,) = self.seat.written[-1][1].values()
        return level

    @property
    def code(self) -> str:
        return self.keeper.standing.code


def test_a_device_is_said_to_be_at_rest_only_where_it_is() -> None:
    care = Care(SHAKE)

    resting = [care.keeper.resting]
    for wish in (0.8, 0.0):
        care.turns(20, {"shake": wish})
        resting.append(care.keeper.resting)

    assert resting == [True, False, True]


def test_messages_with_and_without_sense_are_counted_by_the_source_and_the_keeper() -> None:
    care, plain = Care(), Keeper(Scripted(), Context("plain", VirtualClock()))
    care.seat.heard, care.seat.refused = 7, 2
    care.turn()
    care.seat.at_read = WireError("no message")
    care.turns(3)

    assert (care.keeper.heard, care.keeper.refused) == (7, 5)
    assert (plain.heard, plain.refused) == (0, 0)


def test_what_a_person_had_is_taken_over_from_the_keeper_before() -> None:
    first, second = Care(SHAKE), Care(SHAKE)
    for _ in range(round((LONGEST + 2.0) / 0.1)):
        first.turn({"shake": 0.5}, after=0.1)
    second.keeper.resume(first.keeper.wear())
    second.turns(3, {"shake": 0.5})

    assert first.code == second.code == "duty_spent"
    assert second.told == 0.0


def test_an_emergency_stop_is_told_at_the_next_turn_however_short_after_a_message() -> None:
    care = Care(SHAKE)
    care.turns(6, {"shake": 0.8})
    before = len(care.seat.written)
    care.keeper.halt()
    care.turn(after=0.001)

    assert len(care.seat.written) == before + 1


def test_a_device_that_is_not_there_is_not_told_to_stop_but_stops_when_it_comes_back() -> None:
    care = Care(SHAKE)
    care.seat.at_open = [LinkError("not plugged in")]
    care.turn()
    care.keeper.halt()

    assert care.seat.halted == 0
    care.turns(30)
    assert care.seat.halted == 1


def test_a_device_that_was_away_when_a_person_reset_it_is_released_when_it_is_back() -> None:
    care = Care(SHAKE)
    care.turn()
    care.keeper.halt()
    care.seat.at_read = LinkError("unplugged")
    care.turn()
    care.keeper.reset()
    while_away = care.seat.resets
    care.seat.at_read = None
    care.turns(30)

    assert (while_away, care.seat.resets) == (0, 1)


def test_warmth_that_was_switched_off_is_allowed_again_by_a_persons_reset() -> None:
    care = Care(WARMTH)
    care.seat.says = {HEAT: [50.0]}
    care.turns(4, {"warmth": 38.0})
    off = care.code
    care.seat.says = {HEAT: [30.0]}
    care.turns(4, {"warmth": 38.0})
    stays = (care.code, care.told)
    care.keeper.reset()
    care.turns(20, {"warmth": 38.0})

    assert off.startswith("heat")
    assert stays == (off, WARMTH.rest)
    assert (care.code, care.told) == ("data", 38.0)


@pytest.mark.parametrize("pause", [PAUSED + 0.01, 30.0])
def test_a_chair_moves_nowhere_on_news_from_before_the_computer_slept(pause: float) -> None:
    care = Care(RECLINE)
    care.seat.says = {ANGLE: [10.0]}
    care.turns(20, {"recline": 40.0})
    care.seat.says = {ANGLE: [25.0]}  # said before the pause, read after it
    care.turn({"recline": 40.0}, after=pause)
    written = len(care.seat.written)
    care.turns(round(OLD_NEWS / 0.05) - 2, {"recline": 40.0})

    assert len(care.seat.written) == written, "nobody knows yet where it is"
    care.seat.says = {ANGLE: [12.0]}
    care.turns(4, {"recline": 40.0})
    assert care.told == pytest.approx(12.0, abs=4 * 0.05 * RECLINE.slew + 0.01)


def test_a_short_turn_is_no_sleep() -> None:
    care = Care(RECLINE)
    care.seat.says = {ANGLE: [10.0]}
    care.turns(20, {"recline": 40.0})
    at = care.told
    care.turn({"recline": 40.0}, after=PAUSED - 0.01)

    assert care.told > at


def test_a_chair_that_was_lost_moves_only_once_it_has_said_again_where_it_is() -> None:
    care = Care(RECLINE)
    care.seat.says = {ANGLE: [10.0]}
    care.turns(20, {"recline": 40.0})
    care.seat.at_read = LinkError("unplugged")
    assert care.turn({"recline": 40.0}) == []
    care.seat.at_read, care.seat.says = None, {}
    written = len(care.seat.written)
    care.turns(40, {"recline": 40.0})

    assert care.code == "data"
    assert len(care.seat.written) == written
    care.seat.says = {ANGLE: [31.0]}
    care.turn({"recline": 40.0})
    assert care.told == pytest.approx(31.0, abs=0.05 * RECLINE.slew + 0.01)


def test_a_device_that_reports_a_fault_says_so_until_it_reports_none() -> None:
    care = Care(SHAKE)
    care.seat.says = {FAULT: [0.0, 5.0]}
    care.turn()
    newest = care.code
    care.seat.says = {FAULT: [math.nan]}
    care.turn()
    unknown = care.code
    care.seat.says = {}
    care.turn()
    silent = care.code
    care.seat.says = {FAULT: [0.0]}
    care.turn()

    assert (newest, unknown, silent, care.code) == ("fault_5", "fault_5", "fault_5", "data")


def test_a_fault_of_before_is_not_held_against_a_device_that_came_back() -> None:
    care = Care(SHAKE)
    care.seat.says = {FAULT: [3.0]}
    care.turn()
    care.seat.at_read, care.seat.says = LinkError("unplugged"), {}
    care.turn()
    care.seat.at_read = None
    care.turns(30)

    assert care.code == "data"


def test_each_attempt_to_connect_is_announced_for_it_may_be_slow() -> None:
    care = Care()
    care.seat.at_open = [LinkError("no such port")] * 2
    assert care.turn() == []
    care.turns(60)

    assert care.opens == care.seat.opened == 3


def test_after_its_end_a_source_gives_nothing_and_is_asked_nothing() -> None:
    care = Care()
    care.seat.over = True
    care.turn()

    assert care.turn() == []
    assert care.seat.closed == 1


def test_what_acts_comes_to_rest_within_its_slew_when_the_room_asks_the_process_to_end() -> None:
    care = Care(SHAKE)
    care.turns(10, {"shake": 0.8})
    levels = []
    for _ in range(12):
        care.keeper.settle(0.05)
        levels.append(care.told)

    assert levels[0] == pytest.approx(0.7)
    assert max(a - b for a, b in pairwise(levels)) <= SHAKE.slew * 0.05 + 1e-9
    assert levels[-1] == SHAKE.rest
    assert care.keeper.resting is True


def test_a_device_that_is_gone_is_not_written_to_when_the_room_ends() -> None:
    care = Care(SHAKE)
    care.turns(4, {"shake": 0.8})
    care.seat.at_read = LinkError("unplugged")
    care.turn()
    written = len(care.seat.written)
    care.keeper.settle(0.05)

    assert len(care.seat.written) == written


def test_a_device_that_came_back_is_told_at_once_what_is_wished() -> None:
    care = Care(SHAKE)
    care.turns(20, {"shake": 0.0})
    care.seat.at_read = LinkError("unplugged")
    care.turn({"shake": 0.0})
    care.seat.has_come = lambda: True  # type: ignore[method-assign]  # plugged in again at once
    care.seat.at_read, opened = None, care.seat.opened
    while care.seat.opened == opened:
        written = len(care.seat.written)
        care.turn({"shake": 0.0}, after=0.01)

    assert len(care.seat.written) == written + 1


def test_the_patience_with_a_silent_device_begins_when_it_is_connected() -> None:
    care = Care()
    care.seat.at_open = [LinkError("not plugged in")] * 3
    care.seat.says = {EDA: []}
    while care.seat.opened < 4:
        care.turn()
    begun = care.clock.now()
    passed = [care.code]
    while care.code != "silent":
        care.turn()
        passed.append(care.code)

    assert set(passed) == {"connecting", "silent"}
    assert care.clock.now() - begun == pytest.approx(SILENCE, abs=0.11)


def test_a_device_that_measures_nothing_is_ready_as_soon_as_it_is_connected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Seat, "streams", ())
    monkeypatch.setattr(Seat, "read", lambda *_: [])
    care = Care(SHAKE)
    care.turn()

    assert care.code == "ready"


def test_somebody_who_plugs_it_in_waits_for_no_next_attempt() -> None:
    care = Care()
    care.seat.at_open = [LinkError("not plugged in")] * 5
    looks: list[float] = []
    has_come = [False] * 7 + [True] * 9

    def look() -> bool:
        looks.append(care.clock.now())
        return has_come.pop(0)

    care.seat.has_come = look  # type: ignore[method-assign]
    while has_come[0] is False:
        care.turn(after=0.02)
    tried = care.seat.opened
    care.turn(after=0.11)

    assert min(b - a for a, b in pairwise(looks)) >= LOOK_EVERY - 1e-9
    assert care.seat.opened == tried + 1


@pytest.fixture
def pad(monkeypatch: pytest.MonkeyPatch) -> Care:
    """A device that acts and measures nothing."""
    monkeypatch.setattr(Seat, "streams", ())

    def read(seat: Seat, _until: float) -> list[Chunk]:
        if isinstance(seat.at_read, Exception):
            raise seat.at_read
        return []

    monkeypatch.setattr(Seat, "read", read)
    return Care(SHAKE)


def seconds_until_back(care: Care) -> float:
    """Lose the device for one turn; return how long it takes to be connected again."""
    care.seat.at_read, opened, begun = LinkError("unplugged"), care.seat.opened, care.clock.now()
    care.turn()
    care.seat.at_read = None
    while care.seat.opened == opened:
        care.turn(after=0.02)
    return care.clock.now() - begun


def test_a_device_that_has_held_for_a_while_is_tried_again_soon(pad: Care) -> None:
    pad.seat.at_open = [LinkError("not plugged in")] * 3
    while pad.seat.opened < 4:
        pad.turn()
    hammered = seconds_until_back(pad)
    pad.turns(round(SILENCE / 0.05) + 3)
    held = seconds_until_back(pad)

    assert hammered == pytest.approx(RETRY[3], abs=0.2)
    assert held == pytest.approx(RETRY[0], abs=0.2)


def test_one_that_was_plugged_in_and_fails_once_more_is_tried_again_soon(pad: Care) -> None:
    pad.seat.at_open = [LinkError("not plugged in")] * 5
    while pad.seat.opened < 3:
        pad.turn()
    pad.seat.has_come = lambda: True  # type: ignore[method-assign]
    pad.turn(after=LOOK_EVERY)
    pad.seat.has_come = lambda: False  # type: ignore[method-assign]
    tried, begun = pad.seat.opened, pad.clock.now()
    while pad.seat.opened == tried:
        pad.turn(after=0.02)

    assert pad.clock.now() - begun == pytest.approx(RETRY[0], abs=0.1)


def test_a_device_that_measures_nothing_tells_that_it_rests_and_that_it_may_act_again(
    pad: Care,
) -> None:
    codes: list[str] = []
    for wish, lasts in ((0.5, LONGEST + 2.0), (0.0, PAUSE + 2.0)):
        for _ in range(round(lasts / 0.1)):
            pad.turn({"shake": wish}, after=0.1)
        codes.append(pad.code)

    assert codes == ["duty_spent", "ready"]
