"""Any skin sensor that prints one number a line, ten times a second: a kit, an Arduino."""

import re
from collections.abc import Iterator

from engine.devices import Driver, Frame, Kind, Lines, Reading, SerialLink, Stream, Unit, WireError

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0, latency=0.02)
MOST = 100.0
"""Microsiemens no skin reaches."""
LINE = re.compile(rb"(?:[A-Za-z]+ *[:=] *)?([0-9]{1,9}(?:\.[0-9]{1,9})?) *(uS|kohm|ohm)?")
PER_OHM = {b"ohm": 1e6, b"kohm": 1e3}
"""Microsiemens of one such unit of resistance."""


class GsrLine(Driver):
    """Lines such as ``1.53``, ``EDA: 1.53 uS``, ``650 kohm``; a bare number is microsiemens."""

    model = "gsr-line"
    zh = "皮电传感器（串口文本）"
    en = "Skin conductance sensor (text lines)"
    link = SerialLink(Lines(b"\n", longest=64), baud=9600)
    streams = (EDA,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the conductance on the line."""
        found = LINE.fullmatch(frame.data.strip())
        if found is None:
            raise WireError(f"{frame.data!r} is no conductance")
        level = float(found[1])
        if found[2] in PER_OHM:
            level = PER_OHM[found[2]] / level if level else MOST + 1
        if level > MOST:
            raise WireError(f"{frame.data!r} is more than any skin conducts")
        yield Reading(EDA, [level])
