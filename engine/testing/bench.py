"""A driver on the bench: its real connection, a wire we hold, and time we move."""

from collections import deque
from collections.abc import Mapping, Sequence

from engine.clock import Clock, VirtualClock
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.keeper import Keeper
from engine.devices.reading import Frame, Reading
from engine.devices.source import Context
from engine.devices.state import DeviceState
from engine.devices.transports.transport import Received
from engine.errors import LinkError
from engine.streams import Chunk
from engine.testing.heard import Heard
from engine.testing.talk import Talk

TURN = 0.05


class HeldWire:
    """A transport whose other end is the test.

    Attributes
    ----------
    written
        What was sent, with when.
    cut
        Whether the cable is out.
    """

    def __init__(self) -> None:
        self.written: list[tuple[float, bytes]] = []
        self.cut = False
        self.opened = 0
        self._waiting: deque[Received] = deque()
        self._clock: Clock | None = None

    def open(self, clock: Clock) -> None:
        """Connect, if the cable is in."""
        if self.cut:
            raise LinkError("is not plugged in")
        self._clock, self.opened = clock, self.opened + 1
        self._waiting.clear()

    def has_come(self) -> bool:
        """Return False: a pulled cable is found again by trying."""
        return False

    def received(self) -> list[Received]:
        """Return what was said."""
        if self.cut:
            raise LinkError("was unplugged")
        said, self._waiting = list(self._waiting), deque()
        return said

    def write(self, data: bytes, replaces: bytes = b"") -> None:  # noqa: ARG002 - none waits
        """Take note of what is sent."""
        if self.cut:
            raise LinkError("was unplugged")
        self.written.append((0.0 if self._clock is None else self._clock.now(), data))

    def forget(self) -> None:
        """Do nothing: nothing ever waits."""

    def close(self) -> None:
        """Do nothing: the wire stays where it is."""

    def say(self, t: float, heard: Heard) -> None:
        """Let the device say something at ``t``, s."""
        self.hold(Received(t, heard.data, heard.source))

    def hold(self, piece: Received) -> None:
        """Let the device have said ``piece``."""
        self._waiting.append(piece)


class NotedSource(DrivenSource):
    """Notes the levels it is told."""

    def __init__(self, driver: type[Driver], wire: HeldWire, clock: Clock) -> None:
        super().__init__(driver, {}, lambda _link, _options: wire)
        self.told: list[tuple[float, dict[str, float]]] = []
        self._noting = clock

    def write(self, levels: Mapping[str, float]) -> None:
        """Note the levels and send them."""
        self.told.append((self._noting.now(), dict(levels)))
        super().write(levels)


class Bench:
    """One driver, kept as the engine keeps it, in virtual time.

    Attributes
    ----------
    chunks
        Everything the room would have got.
    """

    def __init__(self, driver: type[Driver], heard: Sequence[Heard]) -> None:
        self.driver = driver
        self.clock = VirtualClock(1.0)
        self.wire = HeldWire()
        self.source = NotedSource(gapless(driver), self.wire, self.clock)
        self.keeper = Keeper(self.source, Context("device", self.clock))
        self.chunks: list[Chunk] = []
        self._talk = Talk(driver, heard, self.clock.now())

    def counts_as(self) -> DeviceState:
        """Return what the device counts as."""
        return self.keeper.standing.state

    def run(
        self, seconds: float, *, talks: bool = True, wishes: Mapping[str, float] | None = None
    ) -> None:
        """Let ``seconds`` go by; the device talks at its own speed, the session wishes."""
        until = self.clock.now() + seconds
        while self.clock.now() < until - 1e-9:
            now = self.clock.now()
            if wishes is not None:
                self.keeper.wish(wishes, now)
            for due, heard in self._talk.due(now):
                if talks and not self.wire.cut:
                    self.wire.say(due, heard)
            self.chunks += self.keeper.turn(now)
            self.clock.wait(TURN)


def gapless(driver: type[Driver]) -> type[Driver]:
    """Return ``driver`` without lost samples.

    A transcript said again and again has gaps in its sequence numbers that no device has.
    """

    def decode(self: Driver, frame: Frame) -> list[Reading]:
        return [r._replace(missing=0) for r in driver.decode(self, frame)]

    return type(driver.__name__, (driver,), {"decode": decode})
