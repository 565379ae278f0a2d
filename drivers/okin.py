"""OKIN control boxes with six-byte messages: Okimat and many furniture brands."""

from collections.abc import Iterator

from drivers.recliner import BACK_ANGLE, LEGS_ANGLE, Keys, Recliner
from engine.devices import BleLink, Frame, Reading, WireError

SERVICE = "62741523-52f9-8864-b1ab-3b3a8d65950b"
COMMAND = "62741525-52f9-8864-b1ab-3b3a8d65950b"
KEYS = Keys(back_up=1, back_down=2, legs_up=4, legs_down=8, stop=0, together=True)

BACK_FULL, BACK_DEGREES = 16_000, 60.0
LEGS_FULL, LEGS_DEGREES = 12_000, 45.0


class Okin(Recliner):
    """Back and legs, and their angles where the box tells; must be paired with the computer."""

    model = "okin-recliner"
    zh = "OKIN 电动躺椅"
    en = "OKIN recliner"
    link = BleLink(
        SERVICE,
        notify={"position": "ffe4"},
        write=COMMAND,
        names=("okin", "okimat"),
        optional=("position",),
    )
    streams = (BACK_ANGLE, LEGS_ANGLE)
    keys = KEYS

    def message(self, code: int) -> bytes:
        """Return 04 02 and the keys, most significant byte first."""
        return b"\x04\x02" + code.to_bytes(4, "big")

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the angles; the first three bytes are not known."""
        if len(frame.data) < 7:
            raise WireError(f"{len(frame.data)} bytes are no position")
        back, legs = (int.from_bytes(frame.data[i : i + 2], "little") for i in (3, 5))
        if back > BACK_FULL or legs > LEGS_FULL:
            raise WireError(f"positions {back} and {legs} are beyond the ends")
        yield Reading(BACK_ANGLE, [back / BACK_FULL * BACK_DEGREES])
        yield Reading(LEGS_ANGLE, [legs / LEGS_FULL * LEGS_DEGREES])
