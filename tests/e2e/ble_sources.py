"""A virtual strap in a device's own process: worn by somebody whose heart beats evenly."""

from collections.abc import Iterable, Mapping
from typing import Any

from drivers.heart_rate_band import HeartRateBand
from engine.devices import Chunk, Context
from engine.devices.driven import DrivenSource
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Strap

BEAT = 0.8
"""Seconds between two beats, unless the options say otherwise."""


class WornStrap(DrivenSource):
    """The heart rate band driver over a strap that beats while it is read.

    ``every`` is the interval, s; ``slips`` the number of a beat after which the strap slips
    off and the connection ends.
    """

    model = "worn-strap"
    simulated = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._air = VirtualAir()
        super().__init__(HeartRateBand, {}, self._air.transport)
        self._every = float(options.get("every", BEAT))
        self._slips = int(options.get("slips", -1))
        self._strap = Strap(self._air)
        self._due = 0.0
        self._beats = 0

    def open(self, context: Context) -> None:
        """Connect; the next beat is one interval away."""
        super().open(context)
        self._due = context.clock.now() + self._every

    def read(self, until: float) -> Iterable[Chunk]:
        """Let the heart beat up to ``until``, and return what came of it."""
        while self._due <= until:
            self._strap.beat(self._every * 1000.0 + self._beats % 7)
            self._beats += 1
            self._due += self._every
            if self._beats == self._slips:
                self._strap.hang_up()
        return super().read(until)
