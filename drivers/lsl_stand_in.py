"""An LSL stream for the bench: one channel, 250 samples a second, on this computer only."""

import os
from collections.abc import Mapping
from typing import Any

from drivers.lsl_network import library
from drivers.lsl_request import Request

RATE = 250.0


class LslStandIn:
    """Sends the numbers of its samples, stamped with when they were due."""

    def __init__(self) -> None:
        self.options: Mapping[str, Any] = {
            "source_id": f"anlan-check-{os.getpid()}",
            "rate": RATE,
            "channels": {"ecg": {"take": 1, "unit": "mV"}},
        }
        self._lsl = library(Request.of(self.options))
        self._silent = False
        self._sent = 0
        self._outlet: Any = None
        self.pull(out=False)

    def turn(self, now: float) -> None:  # noqa: ARG002 - LSL has a clock of its own
        """Send what is due."""
        present = self._lsl.local_clock()
        due = int(present * RATE)
        if self._outlet is not None and not self._silent and due > self._sent:
            samples = [[float(n)] for n in range(max(self._sent, due - 50) + 1, due + 1)]
            self._outlet.push_chunk(samples, due / RATE)
        self._sent = due

    def silence(self, *, silent: bool) -> None:
        """Stop sending, but stay; or go on."""
        self._silent = silent

    def pull(self, *, out: bool) -> None:
        """End the outlet; or begin it anew."""
        if out:
            self._outlet = None
        elif self._outlet is None:
            info = self._lsl.StreamInfo(
                "anlan-check", "ECG", 1, RATE, "double64", self.options["source_id"]
            )
            self._outlet = self._lsl.StreamOutlet(info)

    def close(self) -> None:
        """End the outlet."""
        self._outlet = None
