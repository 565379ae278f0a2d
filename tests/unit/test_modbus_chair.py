import itertools
import os
import tty
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

import drivers
from drivers.modbus_chair import FAULTS, LEGS, RECLINE, SURFACE, UNIT, ModbusChair
from drivers.modbus_chair_rtu import (
    READ_HOLDING,
    READ_INPUTS,
    Answers,
    ask_for,
    registers_in,
    sealed,
    write_many,
    write_one,
)
from engine.clock import SystemClock, VirtualClock
from engine.devices import Frame, Reading, SerialLink, WireError
from engine.devices.driven import DrivenSource
from engine.devices.keeper import Keeper
from engine.devices.source import Context
from engine.devices.transports.serial_port import SerialPort
from engine.testing import Heard, check_driver
from engine.testing.bench import HeldWire

REST = {"recline": 0.0, "legs": 0.0, "vibration": 0.0, "massage": 0.0, "warmth": 20.0}


def inputs(*registers: int) -> bytes:
    """Return an answer to a read of input registers."""
    body = bytes((UNIT, READ_INPUTS, 2 * len(registers)))
    return sealed(body + b"".join(r.to_bytes(2, "big") for r in registers))


CALM = inputs(153, 42, 224, 40, 0, 0, 101, 7)
MEANS = [
    Reading(RECLINE, [15.3]),
    Reading(LEGS, [4.2]),
    Reading(SURFACE, [22.4]),
    Reading(FAULTS, [0]),
]


def test_requests_are_the_bytes_seen_on_a_real_line() -> None:
    assert write_one(1, 10, 300) == bytes.fromhex("0106000A012CA985")
    assert ask_for(1, READ_HOLDING, 10, 4) == bytes.fromhex("0103000A0004640B")


@given(
    first=st.integers(0, 0xFF00),
    values=st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=16),
)
def test_another_implementation_reads_what_is_written(first: int, values: list[int]) -> None:
    framer = FramerRTU(DecodePDU(is_server=True))
    used, pdu = framer.handleFrame(write_many(UNIT, first, values), 0, 0)

    assert FramerType.RTU
    assert used == 9 + 2 * len(values)
    assert pdu is not None
    assert (pdu.dev_id, pdu.function_code, pdu.address, pdu.registers) == (
        UNIT,
        0x10,
        first,
        values,
    )


@pytest.mark.usefixtures("short_soak")
def test_the_chair_conforms() -> None:
    echo = write_one(UNIT, 9, 1)
    check_driver(ModbusChair, [Heard(CALM, MEANS), Heard(echo + CALM, MEANS)])


def test_all_setpoints_go_out_at_once_with_a_heartbeat_that_never_stands_still() -> None:
    chair = ModbusChair()
    levels = {"recline": 22.5, "legs": 10.0, "vibration": 0.3, "massage": 0.7, "warmth": 36.5}
    first, second = chair.encode(levels), chair.encode(levels)

    assert first == write_many(UNIT, 0, (225, 100, 300, 2, 365, 1, 1800))
    assert second == write_many(UNIT, 0, (225, 100, 300, 2, 365, 2, 1800))


def test_the_messages_of_the_register_map_are_the_ones_the_driver_sends() -> None:
    text = (Path(drivers.__file__).parent / "modbus-chair.md").read_text("utf-8")
    block = text.rpartition("```\n")[0].rpartition("```\n")[2]
    sent = [bytes.fromhex(line.split("   ")[0].strip()) for line in block.splitlines()]
    chair = ModbusChair()
    levels = {"recline": 22.5, "legs": 10.0, "vibration": 0.3, "massage": 0.7, "warmth": 36.5}

    assert sent == [*chair.ask(), chair.encode(levels), chair.halt()]


def test_the_heartbeat_leaves_out_zero_when_it_begins_anew() -> None:
    chair = ModbusChair()
    before = list(itertools.islice(chair._beats, 0xFFFE))
    beats = [int.from_bytes(chair.encode(REST)[17:19], "big") for _ in range(3)]

    assert 0 not in before
    assert beats == [0xFFFF, 1, 2]


def test_at_rest_the_heater_is_off_and_not_at_twenty_degrees() -> None:
    assert ModbusChair().encode(REST)[15:17] == b"\0\0"


def test_stop_emergency_stop_and_reset_are_three_different_things() -> None:
    chair = ModbusChair()

    assert chair.halt() == write_one(UNIT, 9, 1)
    assert chair.emergency_stop() == write_one(UNIT, 7, 1)
    assert chair.reset() == write_one(UNIT, 8, 0x5AFE)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sealed(bytes((UNIT, 0x84, 2))), "refuses function 4: unknown register"),
        (sealed(bytes((UNIT, 0x90, 3))), "refuses function 16: impossible value"),
        (sealed(bytes((UNIT, 0x90, 77))), "reason 77"),
        (inputs(1, 2, 3), "3 input registers instead of 8"),
        (inputs(9999, 0, 220, 0, 0, 0, 0, 0), "a chair at 999.9"),
        (CALM[:-1] + b"\0", "is no Modbus answer"),
        (b"", "is no Modbus answer"),
    ],
)
def test_an_answer_that_makes_no_sense_says_why(answer: bytes, words: str) -> None:
    with pytest.raises(WireError, match=words):
        list(ModbusChair().decode(Frame(0.0, answer)))


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = sorted({min(c, len(data)) for c in cuts} | {0, len(data)})
    for a, b in pairwise(at):
        yield data[a:b]


@given(
    noise=st.lists(st.binary(max_size=12), min_size=4, max_size=4),
    cuts=st.lists(st.integers(0, 200), max_size=8),
)
def test_answers_are_found_between_noise_wherever_the_wire_cuts(
    noise: list[bytes], cuts: list[int]
) -> None:
    answers = [CALM, write_one(UNIT, 7, 1), inputs(1, 2, 3, 4, 5, 6, 7, 8)]
    line = noise[0] + b"".join(a + n for a, n in zip(answers, noise[1:], strict=True))
    framer = Answers(UNIT).framer()
    # What noise looks like the beginning of an answer is waited for; a long answer is 37 bytes.
    found = [f for p in [*pieces(line, cuts), b"\0" * 40] for f in framer.feed(p)]

    assert [f for f in found if f in answers] == answers


def test_an_answer_of_another_device_on_the_line_is_left_alone() -> None:
    other = sealed(bytes((2, READ_INPUTS, 2, 0, 1)))
    found = list(Answers(UNIT).framer().feed(other + CALM))

    assert found == [CALM]
    assert registers_in(found[0])[1][0] == 153


def kept(wire: HeldWire, clock: VirtualClock) -> Keeper:
    source = DrivenSource(ModbusChair, {}, lambda _link, _options: wire)
    return Keeper(source, Context("chair", clock))


def turns(keeper: Keeper, clock: VirtualClock, seconds: float) -> None:
    for _ in range(round(seconds / 0.05)):
        keeper.turn(clock.now())
        clock.wait(0.05)


def test_a_chair_switched_off_and_on_during_an_emergency_stop_is_stopped_again() -> None:
    wire, clock, chair = HeldWire(), VirtualClock(1.0), ModbusChair()
    keeper = kept(wire, clock)
    turns(keeper, clock, 0.5)
    keeper.halt()
    wire.cut = True
    turns(keeper, clock, 1.0)
    wire.cut = False
    wire.written.clear()
    turns(keeper, clock, 3.0)
    said = [data for _, data in wire.written]

    assert said[:2] == [*chair.hello(), chair.emergency_stop()]
    assert chair.reset() not in said


def test_a_reset_while_the_cable_is_out_is_made_good_when_it_is_back() -> None:
    wire, clock, chair = HeldWire(), VirtualClock(1.0), ModbusChair()
    keeper = kept(wire, clock)
    turns(keeper, clock, 0.5)
    keeper.halt()
    wire.cut = True
    turns(keeper, clock, 0.2)
    keeper.reset()
    wire.cut = False
    wire.written.clear()
    turns(keeper, clock, 3.0)
    said = [data for _, data in wire.written]

    assert said[:2] == [*chair.hello(), chair.reset()]
    assert said.count(chair.reset()) == 1


def test_a_stop_at_the_end_of_a_session_does_not_latch() -> None:
    wire, clock, chair = HeldWire(), VirtualClock(1.0), ModbusChair()
    keeper = kept(wire, clock)
    turns(keeper, clock, 0.5)
    keeper.close()
    said = [data for _, data in wire.written]

    assert said[-1] == chair.halt()
    assert chair.emergency_stop() not in said


def test_warmth_the_surface_does_not_bear_out_is_switched_off_and_told() -> None:
    wire, clock = HeldWire(), VirtualClock(1.0)
    keeper = kept(wire, clock)
    hot = inputs(0, 0, 431, 40, 0, 0, 101, 7)
    for _ in range(40):
        keeper.wish(REST | {"warmth": 38.0}, clock.now())
        wire.say(clock.now(), Heard(hot, ()))
        turns(keeper, clock, 0.05)
    setpoints = [data[15:17] for _, data in wire.written if data[1] == 0x10]

    assert keeper.standing.code == "heat_hot"
    assert "43.1" in keeper.standing.zh
    assert set(setpoints) == {b"\0\0"}


def test_two_messages_keep_the_silence_a_chair_needs_between_them() -> None:
    near, far = os.openpty()
    tty.setraw(far)
    clock = SystemClock()
    link = ModbusChair.link
    assert isinstance(link, SerialLink)
    port = SerialPort(link, {"port": os.ttyname(far)})
    port.open(clock)
    began = clock.now()
    for _ in range(4):
        port.write(b"x")
    took = clock.now() - began
    port.close()
    os.close(near)
    os.close(far)

    assert 3 * link.gap <= took < 3 * link.gap + 0.2


def test_a_chair_that_complains_is_told_in_both_languages_and_forgiven_when_it_is_well() -> None:
    wire, clock = HeldWire(), VirtualClock(1.0)
    keeper = kept(wire, clock)
    codes = []
    for faults in (0, 2, 2, 0):
        turns(keeper, clock, 0.05)
        wire.say(clock.now(), Heard(inputs(0, 0, 220, 40, faults, 0, 101, 7), ()))
        turns(keeper, clock, 0.05)
        codes.append((keeper.standing.code, "代码 2" in keeper.standing.zh))

    assert codes == [("data", False), ("fault_2", True), ("fault_2", True), ("data", False)]
