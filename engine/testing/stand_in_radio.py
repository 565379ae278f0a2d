"""A Bluetooth device's other end on the bench, in the process of the driver: it needs no radio.

What a radio adds (search, services, subscription) is the engine's and has tests of its own over
virtual peripherals; one made of the driver's own declaration could only agree with it. What is
seen here is the driver: in a process of its own, killed, come back, ended.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.clock import Clock, SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.transports.transport import Received
from engine.errors import LinkError
from engine.testing.heard import Heard

TALK_EVERY = 0.05


class StandInRadio:
    """A transport that says recorded messages in turn, and writes down what it is sent.

    Parameters
    ----------
    heard
        Data and characteristic of each message.
    told
        File that what is sent is added to.
    """

    def __init__(self, heard: Sequence[tuple[bytes, str]], told: Path) -> None:
        self._heard, self._told = heard, told
        self._clock: Clock | None = None
        self._n, self._due = 0, 0.0

    def open(self, clock: Clock) -> None:
        """Connect."""
        self._clock, self._due = clock, clock.now()

    def has_come(self) -> bool:
        """Return False: a radio tells by being tried."""
        return False

    def received(self) -> list[Received]:
        """Return the notifications that are due."""
        if self._clock is None:
            raise LinkError("is not open")
        said: list[Received] = []
        while self._heard and self._due <= self._clock.now():
            data, source = self._heard[self._n % len(self._heard)]
            said.append(Received(self._due, data, source))
            self._n, self._due = self._n + 1, self._due + TALK_EVERY
        return said

    def write(self, data: bytes, replaces: bytes = b"") -> None:  # noqa: ARG002 - none waits
        """Write down what is sent: whole, before this process may be killed."""
        with self._told.open("ab", buffering=0) as file:
            file.write(data)

    def forget(self) -> None:
        """Do nothing: nothing ever waits."""

    def close(self) -> None:
        """Disconnect."""
        self._clock = None


class OverRadio(DrivenSource):
    """A Bluetooth driver over a `StandInRadio`: what the kit puts into a process of its own."""

    model = "over-stand-in-radio"
    simulated = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        radio = StandInRadio(options["heard"], Path(options["told"]))
        super().__init__(options["driver"], {}, lambda _link, _options: radio)


class Air:
    """The other end of a Bluetooth driver; as `engine.testing.hosting.Terminal` is of a wire."""

    kind: type[Any] = OverRadio

    def __init__(self, driver: type[Driver], heard: Sequence[Heard], told: Path) -> None:
        self.clock = SystemClock()
        self._told = told
        self.options: Mapping[str, Any] = {
            "driver": driver,
            "heard": [(h.data, h.source) for h in heard],
            "told": str(told),
        }

    @property
    def written(self) -> bytes:
        """All that was sent so far."""
        return self._told.read_bytes() if self._told.exists() else b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Do nothing: it is in the driver's process, and ended with it."""
