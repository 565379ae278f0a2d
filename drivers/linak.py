"""Linak bed control boxes."""

import math
from collections.abc import Iterator

from drivers.recliner import BACK_ANGLE, LEGS_ANGLE, Keys, Recliner
from engine.devices import BleLink, Frame, Reading, WireError

FULL = {"back": (BACK_ANGLE, 820, 68.0), "legs": (LEGS_ANGLE, 548, 45.0)}
"""Stream, position and degrees at the upper end."""
POSITION_LOST = 0x08


class Linak(Recliner):
    """Back and legs with their angles, one motor at a time."""

    model = "linak-recliner"
    zh = "力纳克电动床架"
    en = "Linak adjustable base"
    link = BleLink(
        "99fa0001-338a-1024-8a49-009c0215f78a",
        notify={
            "back": "99fa0028-338a-1024-8a49-009c0215f78a",
            "legs": "99fa0027-338a-1024-8a49-009c0215f78a",
        },
        write="99fa0002-338a-1024-8a49-009c0215f78a",
        # Linak's desks have the same service and other commands.
        names=("bed ",),
        optional=("back", "legs"),
    )
    streams = (BACK_ANGLE, LEGS_ANGLE)
    # Older sources, and the table this project began from, give 00 00 as the stop. Newer ones
    # call that "all down": some boxes then move back for a moment. FF 00 releases all keys.
    keys = Keys(back_up=0x0B, back_down=0x0A, legs_up=0x09, legs_down=0x08, stop=0xFF)

    def message(self, code: int) -> bytes:
        """Return the key and a zero."""
        return bytes([code, 0x00])

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the angle of one motor; NaN when the box has lost its position."""
        if len(frame.data) not in {2, 4} or frame.source not in FULL:
            raise WireError(f"{frame.data.hex(' ')} is no position")
        stream, full, degrees = FULL[frame.source]
        raw = int.from_bytes(frame.data[:2], "little", signed=True)
        if not 0 <= raw <= full:
            raise WireError(f"position {raw} is beyond the ends")
        is_lost = len(frame.data) == 4 and frame.data[2] & POSITION_LOST
        yield Reading(stream, [math.nan if is_lost else raw / full * degrees])
