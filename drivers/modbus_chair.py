"""Reference chair: recline, legs, vibration, massage and warmth over Modbus RTU.

The register map is drivers/modbus-chair.md; a chair that keeps it needs no driver of its own.
"""

from collections.abc import Iterator, Mapping
from itertools import cycle

from drivers.modbus_chair_rtu import (
    READ_INPUTS,
    Answers,
    ask_for,
    registers_in,
    write_many,
    write_one,
)
from engine.devices import (
    Driver,
    Frame,
    Kind,
    Output,
    Reading,
    SerialLink,
    Stream,
    Unit,
    WireError,
)

UNIT = 1
RECLINE_SETPOINT, EMERGENCY_STOP, RESET, STOP = 0, 7, 8, 9
"""Holding registers; setpoints, heartbeat and longest duration are 0 to 6, written at once."""
RELEASE = 0x5AFE
"""What has to be written to RESET: no accident writes that."""
INPUTS = 8
LONGEST = 1800
"""Seconds vibration, massage and warmth may run without a pause."""
PROGRAMS = 3
FARTHEST, HOTTEST = 900, 1000
"""Tenths of a degree, and of a degree Celsius, that no chair reaches."""

RECLINE = Stream("recline_angle", Kind.ANGLE, Unit.DEGREE, rate=10.0, latency=0.005)
LEGS = Stream("legs_angle", Kind.ANGLE, Unit.DEGREE, rate=10.0, latency=0.005)
SURFACE = Stream("surface", Kind.TEMPERATURE, Unit.CELSIUS, rate=10.0, latency=0.005)
FAULTS = Stream("faults", Kind.STATUS, Unit.RAW, rate=10.0, latency=0.005)


class ModbusChair(Driver):
    """A chair that keeps the register map; it stops by itself when the heartbeat does."""

    model = "modbus-chair"
    zh = "放松躺椅（Modbus）"
    en = "Chair (Modbus)"
    link = SerialLink(Answers(UNIT), baud=115_200, gap=0.01)
    streams = (RECLINE, LEGS, SURFACE, FAULTS)
    outputs = (
        Output(
            "recline", Unit.DEGREE, low=0.0, high=55.0, slew=2.0, rest=0.0, position="recline_angle"
        ),
        Output("legs", Unit.DEGREE, low=0.0, high=45.0, slew=2.0, rest=0.0, position=LEGS.name),
        Output("vibration", Unit.LEVEL, low=0.0, high=0.6, slew=0.2, rest=0.0),
        Output("massage", Unit.LEVEL, low=0.0, high=1.0, slew=0.5, rest=0.0),
        Output("warmth", Unit.CELSIUS, low=20.0, high=40.0, slew=0.5, rest=20.0),
    )
    ask_every = 0.1

    def __init__(self) -> None:
        self._beats = cycle(range(1, 0x10000))

    def hello(self) -> tuple[bytes, ...]:
        """Ask how the chair stands; nothing moves by being connected."""
        return self.ask()

    def ask(self) -> tuple[bytes, ...]:
        """Ask for all input registers."""
        return (ask_for(UNIT, READ_INPUTS, 0, INPUTS),)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return where the chair is, how warm, and what it complains of."""
        function, found = registers_in(frame.data)
        if function != READ_INPUTS:
            return
        if len(found) != INPUTS:
            raise WireError(f"{len(found)} input registers instead of {INPUTS}")
        recline, legs, surface, _milliamperes, faults, *_ = found
        if max(recline, legs) > FARTHEST or surface > HOTTEST:
            raise WireError(f"a chair at {recline / 10} and {legs / 10} deg, {surface / 10} C")
        yield Reading(RECLINE, [recline / 10])
        yield Reading(LEGS, [legs / 10])
        yield Reading(SURFACE, [surface / 10])
        yield Reading(FAULTS, [faults])

    def encode(self, levels: Mapping[str, float]) -> bytes:
        """Return one write of all setpoints with the next heartbeat."""
        warmth = levels["warmth"]
        setpoints = (
            round(levels["recline"] * 10),
            round(levels["legs"] * 10),
            round(levels["vibration"] * 1000),
            round(levels["massage"] * PROGRAMS),
            round(warmth * 10) if warmth > 20.0 else 0,
        )
        return write_many(UNIT, RECLINE_SETPOINT, (*setpoints, next(self._beats), LONGEST))

    def halt(self) -> bytes:
        """Return the write that stops everything until setpoints come again."""
        return write_one(UNIT, STOP, 1)

    def emergency_stop(self) -> bytes:
        """Return the write that latches the chair's own emergency stop."""
        return write_one(UNIT, EMERGENCY_STOP, 1)

    def reset(self) -> bytes:
        """Return the write that releases it."""
        return write_one(UNIT, RESET, RELEASE)
