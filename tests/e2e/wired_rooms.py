"""A strap, a skin sensor and a chair on cables that are pulled at set times, in virtual time.

The drivers, the timing, the keeper and the session are the real ones; only the far ends of the
cables are made here. Each knows what it sent and when the body made it, so that a test can
find every sample again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import pack, unpack
from typing import Any, ClassVar, Protocol

from drivers.eda_puck import PACKET, EdaPuck
from drivers.heart_rate_band import HeartRateBand
from drivers.modbus_chair import UNIT, ModbusChair
from drivers.modbus_chair_rtu import READ_INPUTS, WRITE_MANY, is_sealed, sealed
from engine.clock import Clock
from engine.devices import LinkError
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.transports.transport import Received
from tools.chair_simulator import Chair

EDA_RATE, EDA_BATCH, EDA_LATENCY = 32.0, 8, 0.015
EDA_FIRST = 2000
STRAP_LATENCY = 0.1
ON_THE_WAY = 0.004
"""Seconds an answer of the chair takes."""


class FarEnd(Protocol):
    """What hangs at the far end of a cable."""

    def until(self, now: float) -> Iterator[Received]:
        """Yield what it says by ``now``, since the last call."""
        ...

    def hear(self, now: float, data: bytes) -> None:
        """Take what the room says."""
        ...


@dataclass
class Strap:
    """Beats whose intervals tell their number; what nobody hears is gone."""

    beats: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """When each beat that was sent was made, s, and its interval, ms."""
    _n: int = 0
    _at: float = 0.0

    def until(self, now: float) -> Iterator[Received]:
        while True:
            ticks = 820 + self._n * 37 % 101
            at = self._at + ticks / 1024.0
            if at + STRAP_LATENCY > now:
                return
            self._n, self._at = self._n + 1, at
            self.beats.append((at, ticks / 1.024))
            yield Received(at + STRAP_LATENCY, pack("<BBH", 0x16, 70, ticks), "measurement")

    def hear(self, now: float, data: bytes) -> None:
        pass


@dataclass
class Puck:
    """Conductances that count up: the n-th sample was made at n / 32 s."""

    _packets: int = 0

    def until(self, now: float) -> Iterator[Received]:
        while True:
            first = self._packets * EDA_BATCH
            sent = (first + EDA_BATCH - 1) / EDA_RATE + EDA_LATENCY
            if sent > now:
                return
            counts = [EDA_FIRST + first + i for i in range(EDA_BATCH)]
            head = PACKET.pack(b"\xa5\x5a", self._packets % 256, *counts, 0)[:-1]
            self._packets += 1
            yield Received(sent, head + bytes([sum(head) & 0xFF]))

    def hear(self, now: float, data: bytes) -> None:
        pass


@dataclass
class Seat:
    """The simulated chair with its own watchdog, answering Modbus."""

    chair: Chair = field(default_factory=Chair)
    moves: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """When it moved, and where its back then was."""
    _answers: list[Received] = field(default_factory=list[Received])

    def live(self, now: float) -> None:
        """Live on in small steps, cable or not."""
        while self.chair.now < now - 1e-9:
            at = min(self.chair.now + 0.02, now)
            self.chair.step(at)
            if self.chair.moving:
                self.moves.append((at, self.chair.angles[0]))

    def until(self, now: float) -> Iterator[Received]:
        self.live(now)
        ready = [a for a in self._answers if a.t <= now]
        self._answers = [a for a in self._answers if a.t > now]
        yield from ready

    def hear(self, now: float, data: bytes) -> None:
        self.live(now)
        assert is_sealed(data)
        function, body = data[1], data[2:-2]
        if function == READ_INPUTS:
            answer = pack(">BBB8H", UNIT, READ_INPUTS, 16, *self.chair.inputs())
        elif function == WRITE_MANY:
            first, n, _ = unpack(">HHB", body[:5])
            self.chair.write(first, unpack(f">{n}H", body[5:]))
            answer = data[:6]
        else:
            address, value = unpack(">HH", body)
            self.chair.write(address, (value,))
            answer = data[:6]
        self._answers.append(Received(now + ON_THE_WAY, sealed(answer)))


@dataclass
class Cable:
    """A transport whose cable is out during ``outages``, session time, s."""

    end: FarEnd
    outages: Sequence[tuple[float, float]]
    _clock: Clock | None = None

    def _is_out(self, t: float) -> bool:
        return any(begin <= t < end for begin, end in self.outages)

    def open(self, clock: Clock) -> None:
        now = clock.now()
        for _ in self.end.until(now):  # what it said to nobody
            pass
        if self._is_out(now):
            raise LinkError("is not plugged in", hint="plug it in")
        self._clock = clock

    def has_come(self) -> bool:
        return False  # it says nothing of itself; the engine tries again by its own clock

    def received(self) -> list[Received]:
        assert self._clock is not None
        now = self._clock.now()
        came = [piece for piece in self.end.until(now) if not self._is_out(piece.t)]
        if self._is_out(now) and not came:
            raise LinkError("was unplugged")
        return came

    def write(self, data: bytes, replaces: bytes = b"") -> None:
        assert self._clock is not None
        if self._is_out(self._clock.now()):
            raise LinkError("cannot be written to")
        self.end.hear(self._clock.now(), data)

    def forget(self) -> None:
        """Do nothing: a cable holds nothing back."""

    def close(self) -> None:
        self._clock = None


class _Wired(DrivenSource):
    """A driver on such a cable; ``out`` lists when it is pulled."""

    driver: ClassVar[type[Driver]]
    newest: ClassVar[Any]

    def __init__(self, options: Mapping[str, Any]) -> None:
        end = self.far_end()
        type(self).newest = end
        outages = [(float(a), float(b)) for a, b in options.get("out", ())]
        super().__init__(self.driver, {}, lambda _link, _options: Cable(end, outages))

    def far_end(self) -> FarEnd:
        raise NotImplementedError


class WiredStrap(_Wired):
    model = "wired-strap"
    driver = HeartRateBand

    def far_end(self) -> FarEnd:
        return Strap()


class WiredPuck(_Wired):
    model = "wired-puck"
    driver = EdaPuck

    def far_end(self) -> FarEnd:
        return Puck()


class WiredSeat(_Wired):
    model = "wired-seat"
    driver = ModbusChair

    def far_end(self) -> FarEnd:
        return Seat()


CLASSES = {c.model: c for c in (WiredStrap, WiredPuck, WiredSeat)}
