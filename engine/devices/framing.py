"""How a stream of bytes is cut into whole messages, wherever the wire cut it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol


class Framer(Protocol):
    """Cuts bytes into whole frames and keeps the remainder.

    Attributes
    ----------
    refused
        How many times bytes that looked like a frame turned out to be none.
    """

    refused: int

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the frames that ``data`` completes."""
        ...


class Framing(Protocol):
    """A declaration from which a fresh `Framer` can be made."""

    def framer(self) -> Framer:
        """Return a framer with empty state."""
        ...


@dataclass(frozen=True, slots=True)
class Lines:
    """Frames end with ``end``, which is not part of the frame; empty ones are skipped.

    A line longer than ``longest`` bytes is noise and is dropped up to its end.
    """

    end: bytes = b"\r\n"
    longest: int = 512

    def framer(self) -> Framer:
        """Return a framer with empty state."""
        return _LineFramer(self)


@dataclass(frozen=True, slots=True)
class Packets:
    """Frames are ``size`` bytes and start with ``sync``, which is part of the frame.

    Attributes
    ----------
    valid
        Tells whether ``size`` bytes are a packet (its checksum). With it, bytes that only
        look like a packet's start cost nothing; without it, noise can cost the packet
        that follows.
    """

    sync: bytes
    size: int
    valid: Callable[[bytes], bool] | None = None

    def framer(self) -> Framer:
        """Return a framer with empty state."""
        return _PacketFramer(self)


@dataclass(slots=True)
class _LineFramer:
    spec: Lines
    kept: bytearray = field(default_factory=bytearray)
    skipping: bool = False
    refused: int = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        end, longest = self.spec.end, self.spec.longest
        self.kept += data
        while (at := self.kept.find(end)) >= 0:
            line = bytes(self.kept[:at])
            del self.kept[: at + len(end)]
            if self.skipping or len(line) > longest:
                self.refused += 1
            elif line:
                yield line
            self.skipping = False
        # A line counts as too long only when its end can no longer follow in time;
        # of what is dropped the last bytes stay, they may begin ``end``.
        if len(self.kept) >= longest + len(end):
            self.skipping = True
            del self.kept[: len(self.kept) - (len(end) - 1)]


@dataclass(slots=True)
class _PacketFramer:
    spec: Packets
    kept: bytearray = field(default_factory=bytearray)
    refused: int = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        sync, size, valid = self.spec.sync, self.spec.size, self.spec.valid
        self.kept += data
        while (start := self.kept.find(sync)) >= 0:
            del self.kept[:start]
            if len(self.kept) < size:
                return
            frame = bytes(self.kept[:size])
            if valid is not None and not valid(frame):
                self.refused += 1
                del self.kept[:1]
                continue
            del self.kept[:size]
            yield frame
        # No ``sync`` here; the last bytes may begin one.
        del self.kept[: max(len(self.kept) - (len(sync) - 1), 0)]
