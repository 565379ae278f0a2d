from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from engine.clock import Clock, VirtualClock
from engine.devices import Context, Frame, LinkError, Source, WireError
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.framing import Lines
from engine.devices.keeper import RETRY, SILENCE, Keeper, patience
from engine.devices.links import Link, SerialLink
from engine.devices.reading import Reading
from engine.devices.transports import Received
from engine.errors import DriverError
from engine.streams import Chunk, Output, Stream
from engine.units import Kind, Unit

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)
RRI = Stream("rri", Kind.RRI, Unit.MILLISECOND)
ACC = Stream("acc", Kind.ACC, Unit.G, rate=10.0, axes=("x", "y", "z"))
RECLINE = Output("recline", Unit.DEGREE, low=0.0, high=55.0, slew=3.0, rest=15.0)


class Scripted(Source):
    """Does at each reading what the test put there."""

    model = "scripted"

    def __init__(self, options: Mapping[str, Any] = {}) -> None:
        super().__init__(options)
        self.at_open: list[Exception | None] = []
        self.at_read: Any = None
        self.opened = self.closed = 0
        self.over = False
        self.written: list[tuple[float, dict[str, float]]] = []
        self.halted = self.resets = 0
        self.made_outputs: tuple[Output, ...] = ()
        self.clock: Clock = VirtualClock()

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (EDA,)

    @property
    def outputs(self) -> tuple[Output, ...]:
        return self.made_outputs

    @property
    def ended(self) -> bool:
        return self.over

    def open(self, context: Context) -> None:
        self.clock = context.clock
        self.opened += 1
        error = self.at_open.pop(0) if self.at_open else None
        if error is not None:
            raise error

    def read(self, until: float) -> Iterable[Chunk]:
        match self.at_read:
            case None:
                return [Chunk(EDA, np.array([until]), np.array([[1.0]]))]
            case Exception() as error:
                raise error
            case chunks:
                return list(chunks)

    def write(self, levels: Mapping[str, float]) -> None:
        self.written.append((self.clock.now(), dict(levels)))

    def halt(self) -> None:
        self.halted += 1

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed += 1


class Bench:
    """A keeper, its source and a clock."""

    def __init__(self, *outputs: Output) -> None:
        self.clock = VirtualClock()
        self.source = Scripted()
        self.source.made_outputs = outputs
        self.keeper = Keeper(self.source, Context("thing", self.clock))

    def turns(self, until: float, wish: dict[str, float] | None = None) -> list[str]:
        """Turn every 50 ms until ``until``; return the states passed through."""
        passed: list[str] = []
        while self.clock.now() < until - 1e-9:
            self.clock.advance_to(round(self.clock.now() + 0.05, 6))
            if wish is not None:
                self.keeper.wish(wish, self.clock.now())
            self.keeper.turn(self.clock.now())
            name = f"{self.keeper.standing.state.value}:{self.keeper.standing.code}"
            if not passed or passed[-1] != name:
                passed.append(name)
        return passed


def test_a_source_that_sends_is_live() -> None:
    bench = Bench()

    assert bench.turns(1.0) == ["live:data"]


def test_a_source_that_cannot_be_reached_is_tried_again_less_and_less_often() -> None:
    bench = Bench()
    bench.source.at_open = [LinkError("no such port", hint="plug it in")] * 3
    states = bench.turns(sum(RETRY[:3]) + 0.3)

    assert states == ["lost:unreachable", "live:data"]
    assert bench.source.opened == 4
    assert bench.source.closed == 3


def test_the_reason_is_told_in_both_languages() -> None:
    bench = Bench()
    bench.source.at_open = [LinkError("no such port", hint="plug it in")]
    bench.turns(0.05)
    facts = bench.keeper.standing.facts()

    assert facts["reason"] == "cannot be reached, trying again: no such port (plug it in)"
    assert facts["reason_zh"] == "连接不上，正在重试"  # no English for a Chinese reader


@pytest.mark.parametrize("error", [LinkError("unplugged"), OSError(5, "Input/output error")])
def test_a_link_that_breaks_is_a_state_and_not_an_exception(error: Exception) -> None:
    bench = Bench()
    bench.turns(0.5)
    bench.source.at_read = error
    broken = bench.turns(2.5)
    bench.source.at_read = None
    mended = bench.turns(4.5)

    assert broken == ["lost:link_lost"]
    assert mended[-1] == "live:data"


def test_a_link_that_breaks_as_soon_as_it_stands_is_not_hammered() -> None:
    bench = Bench()
    bench.source.at_read = LinkError("no")
    bench.turns(20.0)

    assert bench.source.opened == pytest.approx(6, abs=1)


def test_silence_is_noticed_and_its_end_too() -> None:
    bench = Bench()
    bench.turns(0.5)
    bench.source.at_read = []
    silent = bench.turns(0.5 + SILENCE + 0.2)
    bench.source.at_read = None

    assert silent == ["live:data", "stale:silent"]
    assert bench.keeper.standing.en == "has sent no data for 2 s"
    assert bench.turns(bench.clock.now() + 0.1) == ["live:data"]


def test_patience_follows_the_slowest_of_what_is_expected() -> None:
    slow = Stream("temp", Kind.SKIN_TEMP, Unit.CELSIUS, rate=0.1)

    assert patience([EDA]) == 2.0
    assert patience([RRI]) == 5.0
    assert patience([slow]) == 50.0


def test_bytes_that_make_no_sense_are_counted_and_the_link_stays() -> None:
    bench = Bench()
    bench.turns(0.5)
    bench.source.at_read = WireError("checksum")
    bench.turns(1.0)

    assert bench.keeper.refused == 10
    assert bench.source.opened == 1


def test_a_mistake_in_the_driver_is_not_hidden() -> None:
    bench = Bench()
    bench.source.at_read = ZeroDivisionError("oops")

    with pytest.raises(ZeroDivisionError):
        bench.turns(0.1)


@pytest.mark.parametrize(
    ("stream", "columns", "fault"),
    [(RRI, 1, "not declared"), (EDA, 2, r"\(1, 2\) values and \(1,\) times for 'eda'")],
)
def test_samples_that_were_not_declared_are_refused(
    stream: Stream, columns: int, fault: str
) -> None:
    bench = Bench()
    bench.source.at_read = [Chunk(stream, np.array([0.0]), np.zeros((1, columns)))]

    with pytest.raises(DriverError, match=fault):
        bench.turns(0.1)


def test_a_source_at_its_end_is_closed_and_stays_so() -> None:
    bench = Bench()
    bench.turns(0.5)
    bench.source.over = True
    bench.turns(1.0)

    assert bench.keeper.standing.code == "end"
    assert bench.source.closed == 1
    assert bench.keeper.turn(2.0) == []


def test_outputs_move_within_their_slew_and_a_position_stops_when_no_one_wishes() -> None:
    bench = Bench(RECLINE)
    bench.turns(0.05, wish={"recline": 15.0})
    bench.turns(5.0, wish={"recline": 30.0})
    reached = bench.source.written[-1][1]["recline"]
    bench.turns(14.0)
    times, levels = zip(*((t, w["recline"]) for t, w in bench.source.written), strict=True)
    speed = np.diff(levels) / np.maximum(np.diff(times), 1e-9)

    assert reached == pytest.approx(29.85, abs=0.16)
    assert np.max(np.abs(speed)) <= 3.0 + 1e-6
    # It went on for the second a wish lasts, and then stayed.
    assert levels[-1] == pytest.approx(reached, abs=0.2)
    assert len(set(levels[-15:])) == 1
    assert np.max(np.diff(times)) <= 0.55  # renewed for the device's own watchdog


def test_a_device_taken_over_in_motion_is_not_jerked_back_to_rest() -> None:
    bench = Bench(RECLINE)
    bench.keeper.begin_at({"recline": 40.0})
    bench.turns(0.2, wish={"recline": 40.0})

    assert [w["recline"] for _, w in bench.source.written] == [40.0]


def test_a_strength_taken_over_begins_at_rest_and_comes_back_as_slowly_as_it_came() -> None:
    shaking = Output("vibration", Unit.LEVEL, low=0.0, high=0.6, slew=0.2, rest=0.0)
    unwished, wished = Bench(shaking), Bench(shaking)
    for bench in (unwished, wished):
        bench.keeper.begin_at({"vibration": 0.6})
    unwished.keeper.wish({"vibration": 0.6}, -5.0)  # what the room last said to its predecessor
    unwished.turns(3.0)
    wished.turns(3.0, wish={"vibration": 0.6})
    times, levels = zip(*((t, w["vibration"]) for t, w in wished.source.written), strict=True)

    assert {w["vibration"] for _, w in unwished.source.written} <= {0.0}
    assert levels[0] <= 0.02
    assert np.max(np.diff(levels) / np.diff(times)) <= 0.2 + 1e-6
    assert levels[-1] > 0.5


def test_an_emergency_stop_stops_and_stays_until_reset() -> None:
    bench = Bench(RECLINE)
    bench.turns(0.05, wish={"recline": 15.0})
    bench.turns(1.0, wish={"recline": 30.0})
    bench.keeper.halt()
    at = bench.source.written[-1][1]["recline"]
    bench.turns(5.0, wish={"recline": 30.0})
    held = bench.source.written[-1][1]["recline"]
    bench.keeper.reset()
    bench.turns(6.0, wish={"recline": 30.0})

    assert bench.source.halted == 1
    assert held == pytest.approx(at, abs=0.16)
    assert bench.source.written[-1][1]["recline"] > held + 2.0


def test_no_device_is_released_from_its_own_stop_unless_a_person_asked_for_that_once() -> None:
    bench = Bench(RECLINE)

    def lose_and_find() -> None:
        bench.source.at_read = LinkError("unplugged")
        bench.turns(bench.clock.now() + 0.2)
        bench.source.at_read = None
        bench.turns(bench.clock.now() + 3.0)

    bench.turns(0.5)
    lose_and_find()
    unasked = bench.source.resets
    bench.keeper.halt()
    lose_and_find()
    while_stopped = bench.source.resets
    bench.keeper.reset()
    at_once = bench.source.resets
    bench.keeper.reset()
    lose_and_find()

    assert (unasked, while_stopped, at_once, bench.source.resets) == (0, 0, 1, 1)
    assert bench.source.halted == 2, "when it was pressed, and to the device that came back"


def test_nothing_moves_before_somebody_wishes_it() -> None:
    bench = Bench(RECLINE)
    bench.turns(2.0)
    bench.keeper.settle(0.05)

    assert bench.source.written == []


def test_stopped_before_the_first_wish_a_device_is_not_touched() -> None:
    bench = Bench(RECLINE)
    bench.keeper.halt()
    bench.turns(2.0, wish={"recline": 30.0})

    assert bench.source.written == []


class Wire:
    """A transport whose bytes the test provides."""

    def __init__(self) -> None:
        self.waiting: list[Received] = []
        self.sent: list[bytes] = []
        self.is_open = False

    def open(self, clock: Clock) -> None:
        self.is_open = True

    def has_come(self) -> bool:
        return False

    def received(self) -> list[Received]:
        taken, self.waiting = self.waiting, []
        return taken

    def write(self, data: bytes, replaces: bytes = b"") -> None:
        self.sent.append(data)

    def forget(self) -> None:
        self.sent.append(b"(forgotten)")

    def close(self) -> None:
        self.is_open = False


class Talker(Driver):
    model = "talker"
    zh = "设备"
    en = "Talker"
    link = SerialLink(Lines(b"\n"), usb=((1, 2),))
    streams = (EDA, RRI, ACC)
    outputs = (RECLINE,)
    ask_every = 1.0

    def hello(self) -> tuple[bytes, ...]:
        return (b"HELLO\n",)

    def ask(self) -> tuple[bytes, ...]:
        return (b"?\n",)

    def decode(self, frame: Frame) -> Iterable[Reading]:
        what, *numbers = frame.data.split()
        values = [float(n) for n in numbers]
        match what:
            case b"E":
                yield Reading(EDA, values)
            case b"R":
                yield Reading(RRI, values)
            case b"A":
                yield Reading(ACC, [values])
            case b"T":
                yield Reading(EDA, values, times=[1.0])
            case b"X":
                yield Reading(Stream("other", Kind.EDA, Unit.RAW), values)
            case _:
                raise WireError("unknown")

    def encode(self, levels: Mapping[str, float]) -> bytes:
        return b"SET %d\n" % levels["recline"]

    def halt(self) -> bytes:
        return b"STOP\n"


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def talker(wire: Wire, clock: VirtualClock) -> DrivenSource:
    def make(link: Link, options: Mapping[str, Any]) -> Wire:
        return wire

    source = DrivenSource(Talker, {}, make)
    source.open(Context("talker", clock))
    return source


def say(wire: Wire, t: float, data: bytes) -> None:
    wire.waiting.append(Received(t, data))


def test_a_driver_is_greeted_asked_and_stopped(wire: Wire, talker: DrivenSource) -> None:
    for t in (0.5, 1.0, 1.5, 2.1):
        talker.read(t)
    talker.write({"recline": 20.0})
    talker.close()
    talker.close()

    assert wire.sent == [b"HELLO\n", b"?\n", b"?\n", b"SET 20\n", b"STOP\n"]
    assert not wire.is_open


def test_an_emergency_stop_goes_before_what_still_waits(wire: Wire, talker: DrivenSource) -> None:
    talker.write({"recline": 20.0})
    talker.halt()

    assert wire.sent[1:] == [b"SET 20\n", b"(forgotten)", b"STOP\n"]


def test_samples_are_counted_back_from_when_their_message_arrived(
    wire: Wire, talker: DrivenSource
) -> None:
    say(wire, 1.0, b"E 1 2 ")
    say(wire, 1.25, b"3\nA 0 0 1\n")
    say(wire, 1.3, b"nonsense\n")
    eda, acc = talker.read(2.0)

    assert eda.stream is EDA
    assert eda.t.tolist() == pytest.approx([1.05, 1.15, 1.25])
    assert eda.x.tolist() == [[1.0], [2.0], [3.0]]
    assert acc.x.tolist() == [[0.0, 0.0, 1.0]]
    assert talker.refused == 1


def test_beats_are_chained_in_seconds_whatever_their_unit(wire: Wire, talker: DrivenSource) -> None:
    say(wire, 5.0, b"R 900 800\n")
    (rri,) = talker.read(5.0)

    assert rri.t.tolist() == pytest.approx([4.2, 5.0])
    assert rri.x[:, 0].tolist() == [900.0, 800.0]


@pytest.mark.parametrize(
    ("line", "fault"),
    [(b"X 1\n", "not declared"), (b"T 1 2\n", "2 samples and 1 times"), (b"A 1\n", "3 axes")],
)
def test_a_reading_that_breaks_the_declaration_is_told_to_the_vendor(
    wire: Wire, talker: DrivenSource, line: bytes, fault: str
) -> None:
    say(wire, 1.0, line)

    with pytest.raises(DriverError, match=fault):
        talker.read(1.0)


def test_each_connection_starts_with_an_empty_framer(
    wire: Wire, talker: DrivenSource, clock: VirtualClock
) -> None:
    say(wire, 1.0, b"E 1")
    talker.read(1.0)
    talker.open(Context("talker", clock))
    say(wire, 2.0, b"E 7\n")
    (eda,) = talker.read(2.0)

    assert eda.x.tolist() == [[7.0]]
