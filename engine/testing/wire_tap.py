"""Listens at a real wire: everything a device says and is sent goes into a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.clock import Clock
from engine.devices.driven import DrivenSource, MakeTransport
from engine.devices.driver import Driver
from engine.devices.keeper import Keeper
from engine.devices.links import Link
from engine.devices.source import Context
from engine.devices.state import Standing
from engine.devices.transports import Received, Transport, make_transport
from engine.testing.wire import WireWriter
from engine.testing.wire_replay import Digest, Values

LOOK_EVERY = 0.01
KEEP_EVERY = 10.0
"""Seconds between two lines of what the driver made of it."""


@dataclass(slots=True)
class Tap:
    """A transport that writes down what passes through it.

    Parameters
    ----------
    inner
        The real one.
    """

    inner: Transport
    file: WireWriter
    _clock: Clock = field(init=False)

    def open(self, clock: Clock) -> None:
        """Connect, and note it."""
        self.inner.open(clock)
        self._clock = clock
        self.file.opened(clock.now())

    def has_come(self) -> bool:
        """Whether the device seems to be there now."""
        return self.inner.has_come()

    def received(self) -> list[Received]:
        """Return what came, and note it."""
        pieces = self.inner.received()
        for piece in pieces:
            self.file.heard(piece)
        return pieces

    def write(self, data: bytes, replaces: bytes = b"") -> None:
        """Send ``data``, and note it."""
        self.inner.write(data, replaces)
        self.file.sent(self._clock.now(), data)

    def forget(self) -> None:
        """Leave unsent what still waits."""
        self.inner.forget()

    def close(self) -> None:
        """Disconnect."""
        self.inner.close()


@dataclass(slots=True)
class Progress:
    """How a recording is going.

    Attributes
    ----------
    pieces, bytes
        What came so far.
    samples
        What the driver made of it, by stream.
    """

    standing: Standing
    pieces: int
    bytes: int
    samples: Mapping[str, int]


def record_wire(
    driver: type[Driver],
    options: Mapping[str, Any],
    file: Path,
    head: Mapping[str, Any],
    *,
    clock: Clock,
    more: Callable[[Progress], bool],
    make: MakeTransport = make_transport,
) -> Progress:
    """Record the wire of one device into ``file`` as long as ``more`` says so.

    The device is connected, greeted and asked as in a session, and connected again when it is
    lost; its outputs are left alone.

    Parameters
    ----------
    options
        The device's table in the rig.
    head
        What the first line says beside the model.
    make
        Makes the real transport.

    Raises
    ------
    ConfigError
        If an option is wrong, or the file cannot be written.
    """
    DrivenSource(driver, options, make)  # a wrong option leaves no file behind
    writer = WireWriter(file, {"model": driver.model, **head})

    def tapped(link: Link, given: Mapping[str, Any]) -> Tap:
        return Tap(make(link, given), writer)

    keeper = Keeper(DrivenSource(driver, options, tapped), Context(driver.model, clock))
    digest, told, values, kept_at = Digest(), keeper.standing, Values(), clock.now()
    samples: dict[str, int] = {}
    try:
        while True:
            chunks = keeper.turn(clock.now())
            digest.take(chunks)
            values.take(chunks)
            if clock.now() - kept_at >= KEEP_EVERY:
                kept_at = clock.now()
                writer.decoded(kept_at, values.result())
            for chunk in chunks:
                samples[chunk.stream.name] = samples.get(chunk.stream.name, 0) + len(chunk.t)
            if not keeper.standing.same_as(told):
                told = keeper.standing
                writer.state(clock.now(), told.state.value, told.en)
            state = Progress(keeper.standing, writer.pieces, writer.bytes, samples)
            if not more(state):
                return state
            clock.wait(LOOK_EVERY)
    finally:
        keeper.close()
        writer.decoded(clock.now(), values.result())
        writer.close(digest.result())
