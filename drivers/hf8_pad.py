"""HF8 haptic seat pad: eight vibration motors over USB serial.

The pad has no watchdog of its own: a computer that fails outright leaves it as it was.
That is why it never goes above 60 %, and why its tier is not gold. Protocol as collected by
buttplugio/docs.buttplug.io, issue 36; not yet tried on the device.
"""

from collections.abc import Iterator, Mapping

from engine.devices import Driver, Frame, Lines, Output, Reading, SerialLink, Unit, WireError

MOTORS = (
    "right_thigh", "left_thigh", "right_seat", "left_seat",
    "right_back", "left_back", "right_shoulder", "left_shoulder",
)  # fmt: skip
"""In the pad's own order."""


class Hf8Pad(Driver):
    """Each motor is an output of its own; levels are shares of its full strength."""

    model = "hf8-pad"
    zh = "HF8 振动坐垫"
    en = "HF8 seat pad"
    link = SerialLink(Lines(b"\r", longest=32))
    outputs = tuple(Output(m, Unit.LEVEL, low=0.0, high=0.6, slew=0.3, rest=0.0) for m in MOTORS)
    ask_every = 2.0

    def ask(self) -> tuple[bytes, ...]:
        """Ask how it is: a pad that was unplugged is noticed by that."""
        return (b"P\r",)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Take note of its answer, ``E<scale>,A<audio>``; it measures nothing."""
        if not frame.data.startswith(b"E"):
            raise WireError(f"unknown report {frame.data!r}")
        yield from ()

    def encode(self, levels: Mapping[str, float]) -> bytes:
        """Return a line for each motor: its number, then 0 to 255."""
        return b"".join(b"M%d%d\r" % (n, round(levels[m] * 255)) for n, m in enumerate(MOTORS))

    def halt(self) -> bytes:
        """Return the lines that stop all motors."""
        return self.encode(dict.fromkeys(MOTORS, 0.0))
