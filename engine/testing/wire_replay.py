"""A recording of the wire, played through its driver in virtual time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import numpy as np

from engine.clock import VirtualClock
from engine.devices.driven import BATTERY, DrivenSource
from engine.devices.driver import Driver
from engine.devices.source import Context
from engine.streams import F64, Chunk, Stream
from engine.testing.bench import HeldWire
from engine.testing.wire import Digests, WireRecording
from engine.testing.wire_table import table

REMEDY = (
    "what a message means otherwise shows in the transcript; was the driver put right? then "
    "take both anew: anlan driver transcript transcripts/<model>.wire --package ... --force"
)


class Hash(Protocol):
    """What `hashlib` makes, as far as it is used here."""

    def update(self, data: bytes, /) -> None:
        """Take more in."""
        ...

    def hexdigest(self) -> str:
        """Return the digest of what was taken in."""
        ...


class Digest:
    """Count and digest of the samples of each stream, however they are cut into chunks."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._times: dict[str, Hash] = {}
        self._values: dict[str, Hash] = {}

    def take(self, chunks: Iterable[Chunk]) -> None:
        """Take samples in."""
        for chunk in chunks:
            name = chunk.stream.name
            self._times.setdefault(name, sha256()).update(chunk.t.astype("<f8").tobytes())
            self._values.setdefault(name, sha256()).update(chunk.x.astype("<f8").tobytes())
            self._counts[name] = self._counts.get(name, 0) + len(chunk.t)

    def result(self) -> Digests:
        """Return what came, by stream."""
        return {
            name: (n, self._times[name].hexdigest()[:32] + self._values[name].hexdigest()[:32])
            for name, n in self._counts.items()
        }


class Values:
    """The samples of each stream since they were last asked for."""

    def __init__(self) -> None:
        self._parts: dict[str, list[F64]] = {}

    def take(self, chunks: Iterable[Chunk]) -> None:
        """Take samples in."""
        for chunk in chunks:
            self._parts.setdefault(chunk.stream.name, []).append(chunk.x)

    def result(self) -> dict[str, F64]:
        """Return them, ``(n, axes)``, and begin anew."""
        made = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        self._parts.clear()
        return made


@dataclass(frozen=True, slots=True)
class Played:
    """What a driver made of a recording.

    Attributes
    ----------
    arrivals
        When what each chunk holds arrived, s.
    refused
        Messages that made no sense.
    """

    chunks: tuple[Chunk, ...]
    arrivals: tuple[float, ...]
    refused: int

    def times(self, stream: Stream) -> F64:
        """Return the times of the samples of ``stream``, ``(n,)`` s."""
        mine = [c.t for c in self.chunks if c.stream == stream]
        return np.concatenate(mine) if mine else np.zeros(0)

    def values(self) -> dict[str, F64]:
        """Return the samples of each stream, ``(n, axes)``."""
        values = Values()
        values.take(self.chunks)
        return values.result()

    def digests(self) -> Digests:
        """Return count and digest of each stream."""
        digest = Digest()
        digest.take(self.chunks)
        return digest.result()


def replay(driver: type[Driver], wire: WireRecording) -> Played:
    """Play ``wire`` through ``driver``, connection by connection; nothing waits."""
    begin = wire.pieces[0].t if wire.pieces else 0.0
    openings = dict(wire.opened) or {0: begin}
    clock, held = VirtualClock(min([begin, *openings.values()])), HeldWire()
    source = DrivenSource(driver, {}, lambda _link, _options: held)
    chunks: list[Chunk] = []
    arrivals: list[float] = []
    for n, piece in enumerate(wire.pieces):
        if n in openings:
            clock.advance_to(max(openings[n], clock.now()))
            source.open(Context("device", clock))
        # What Bluetooth says while the connection is being made is a little older than it.
        clock.advance_to(max(piece.t, clock.now()))
        held.hold(piece)
        chunks += source.read(clock.now())
        arrivals += [piece.t] * (len(chunks) - len(arrivals))
    source.close()
    return Played(tuple(chunks), tuple(arrivals), source.refused)


def differences(driver: type[Driver], wire: WireRecording) -> Iterator[str]:
    """Yield what ``driver`` makes of ``wire`` now that it did not when it was recorded."""
    played = replay(driver, wire)
    now = played.digests()
    values = played.values()
    for stream in (*driver.streams, BATTERY):
        name = stream.name
        before, after = wire.readings.get(name), now.get(name)
        if before == after:
            continue
        was = wire.decoded.get(name)
        if was is not None:
            rows = values.get(name, np.zeros((0, was.shape[1])))
            lines = list(table(stream, was, rows, played.times(stream)))
            if lines:
                yield "\n".join([f"stream {name!r}: {lines[0]}", *lines[1:], REMEDY])
                continue
        if before is None or after is None or before[0] != after[0]:
            counts = [0 if side is None else side[0] for side in (before, after)]
            yield (
                f"stream {name!r} had {counts[0]} samples when recorded, {counts[1]} now"
                f"{_extent(played, name)}; {REMEDY}"
            )
        else:
            parts = ("times", "values")
            halves = [(d[:32], d[32:]) for _, d in (before, after)]
            off = [p for p, a, b in zip(parts, *halves, strict=True) if a != b]
            yield (
                f"the {' and '.join(off)} of stream {name!r} differ from when it was recorded, of "
                f"which only a fingerprint is kept{_extent(played, name)}; {REMEDY}"
            )


def _extent(played: Played, name: str) -> str:
    """Return from when to when, and from what to what, a stream goes now."""
    mine = [c for c in played.chunks if c.stream.name == name]
    if not mine:
        return ""
    x = np.concatenate([c.x.ravel() for c in mine])
    return (
        f" (now {x[0]:g} {mine[0].stream.unit} at {mine[0].t[0]:.3f} s to {x[-1]:g} at "
        f"{mine[-1].t[-1]:.3f} s)"
    )
