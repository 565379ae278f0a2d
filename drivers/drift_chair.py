"""Drift chair: recline and vibration over a line-based serial protocol."""

from collections.abc import Iterator, Mapping

from engine.devices import (
    Driver,
    Frame,
    Kind,
    Lines,
    Output,
    Reading,
    SerialLink,
    Stream,
    Unit,
    WireError,
)

ANGLE = Stream("angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
FARTHEST = 900
"""Tenths of a degree no chair reaches."""


class DriftChair(Driver):
    """A reclining chair with one vibration motor; stops by itself 1 s after the last SET."""

    model = "drift-chair"
    zh = "漂流躺椅"
    en = "Drift chair"
    link = SerialLink(Lines(b"\r\n", longest=64), baud=57_600, usb=((0x0483, 0x5740),))
    streams = (ANGLE,)
    outputs = (
        Output("recline", Unit.DEGREE, low=0.0, high=55.0, slew=3.0, rest=15.0, position="angle"),
        Output("vibration", Unit.LEVEL, low=0.0, high=0.6, slew=0.2, rest=0.0),
    )

    def hello(self) -> tuple[bytes, ...]:
        """Ask for ten position reports a second."""
        return (b"REPORT 10\r\n",)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the angle the chair reports."""
        match frame.data.split(b" "):
            case [b"POS", tenths] if tenths.isdigit() and int(tenths[:6]) < FARTHEST:
                yield Reading(ANGLE, [int(tenths) / 10])
            case [b"OK"]:
                return
            case _:
                raise WireError(f"unknown report {frame.data!r}")

    def encode(self, levels: Mapping[str, float]) -> bytes:
        """Return one SET line: tenths of a degree, and 0..255."""
        recline, vibration = levels["recline"], levels["vibration"]
        return b"SET %d %d\r\n" % (round(recline * 10), round(vibration * 255))

    def halt(self) -> bytes:
        """Return the line that stops both motors."""
        return b"STOP\r\n"
