"""Very many damaged messages for a decoder: made from recorded ones, the same for the same seed.

Each input is a recorded message spoiled as wires and radios spoil them, or noise. On a serial link
half of the inputs go through the declared framing, as pieces of one endless stream; the others go
straight to ``decode`` in frames that the framing could have cut, so that a checksum does not hide
what is behind it.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.clock import processor_time
from engine.devices.driver import Driver
from engine.devices.framing import Framer, Lines, Packets
from engine.devices.links import BleLink, SerialLink
from engine.devices.reading import Frame, Reading
from engine.errors import WireError
from engine.testing.heard import Heard

CONNECTION = 1000
"""Inputs between two connections: a decoder remembers things, and should not for ever."""
LONGEST = 244
"""Bytes of a notification at the largest usual MTU."""
TELLING = (0x00, 0x01, 0x7F, 0x80, 0xFF, 0x0A, 0x0D, 0x20, 0x2D, 0x2E, 0x30, 0x39, 0x65)
"""Bytes at which number formats turn over, and those of text that number parsers know."""
TOO_LONG = 1.0
"""Seconds of processor time no input may take."""


@dataclass(slots=True)
class Fuzzed:
    """What became of the inputs.

    Attributes
    ----------
    frames
        How many reached `Driver.decode`.
    refused
        How many of those were refused with `WireError`.
    samples
        How many samples the others gave.
    slowest
        Seconds of processor time the slowest input took.
    fault
        The first that was neither taken nor refused; "" if there is none.
    """

    model: str
    inputs: int = 0
    frames: int = 0
    refused: int = 0
    samples: int = 0
    slowest: float = 0.0
    fault: str = ""


class Spoiler:
    """Makes damaged messages.

    Parameters
    ----------
    heard
        Recorded messages.
    chance
        All its randomness.
    """

    def __init__(self, driver: type[Driver], heard: Sequence[Heard], chance: random.Random) -> None:
        link = driver.link
        self._random = chance
        self._sources = sorted(link.notify) if isinstance(link, BleLink) else [""]
        self._said = [(h.data, h.source) for h in heard] or [(b"\0", s) for s in self._sources]

    def next(self) -> tuple[bytes, str]:
        """Return a damaged message, and the characteristic it came from."""
        chance = self._random
        kind = chance.random()
        if kind < 0.08:
            return chance.randbytes(chance.randrange(64)), chance.choice(self._sources)
        data, source = chance.choice(self._said)
        if kind < 0.16:
            source = chance.choice(self._sources)
        spoiled = bytearray(data)
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 5))):
            self._spoil(spoiled)
        return bytes(spoiled[:LONGEST]), source

    def _spoil(self, data: bytearray) -> None:
        """Do one thing to ``data`` that happens to messages."""
        chance = self._random
        at = chance.randrange(len(data) + 1)
        match chance.randrange(8):
            case 0:
                del data[at:]
            case 1:
                del data[:at]
            case 2:
                data[at:at] = chance.choice(self._said)[0]
            case 3:
                data[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 4:
                data += data[at:]
            case 5 if at < len(data):
                data[at] = chance.choice(TELLING)
            case 6 if at < len(data):
                data[at] = chance.randrange(256)
            case _ if data:
                data[at - 1] ^= 1 << chance.randrange(8)
            case _:
                data.append(chance.randrange(256))


class Target:
    """A decoder, and all that may come to it."""

    def __init__(self, driver: type[Driver], result: Fuzzed) -> None:
        self._driver = driver
        self._result = result
        self.connect()

    def connect(self) -> None:
        """Begin a new connection."""
        link = self._driver.link
        self._decoder = self._driver()
        self._framer: Framer | None = (
            link.framing.framer() if isinstance(link, SerialLink) else None
        )

    def feed(self, data: bytes, source: str, *, straight: bool) -> None:
        """Let ``data`` come; raise whatever is wrong with what becomes of it."""
        if self._framer is None:
            self._take(data, source)
            return
        if straight:
            for frame in possible_frames(self._driver, data):
                self._take(frame, source)
            return
        for frame in self._framer.feed(data):
            self._take(frame, source)

    def _take(self, data: bytes, source: str) -> None:
        frame = Frame(0.0, data, source)
        self._result.frames += 1
        try:
            readings = list(self._decoder.decode(frame))
        except WireError:
            self._result.refused += 1
        else:
            for reading in readings:
                self._result.samples += len(reading.values)
                fault = reading_fault(self._driver, reading)
                if fault:
                    raise ValueError(f"gives a reading that {fault}")
        for message in self._decoder.reply(frame):
            if not isinstance(message, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"reply() gives {message!r}")


def decodes(driver: type[Driver]) -> bool:
    """Whether anything can come from such a device."""
    return isinstance(driver.link, SerialLink) or bool(driver.link.notify)


def possible_frames(driver: type[Driver], data: bytes) -> Iterator[bytes]:
    """Yield what ``data`` looks like when the framing of ``driver`` has cut it.

    A packet has its size and its beginning, a line no end in it. What a framing of the
    vendor's own would cut, only that framing knows.
    """
    link = driver.link
    if not isinstance(link, SerialLink):
        yield data
        return
    match link.framing:
        case Packets(sync, size, _):
            yield (sync + data[len(sync) :]).ljust(size, b"\0")[:size]
        case Lines(end, longest):
            line = data.replace(end, b"")[:longest]
            if line:
                yield line
        case _:
            yield from link.framing.framer().feed(data)


def fuzz(
    driver: type[Driver],
    heard: Sequence[Heard],
    inputs: int,
    *,
    seed: int,
    now: Callable[[], float] = processor_time,
) -> Fuzzed:
    """Return what ``driver`` makes of ``inputs`` damaged messages; stops at the first fault."""
    chance = random.Random(f"{driver.model} {seed}")  # noqa: S311 - noise, not secrets
    spoiler, result = Spoiler(driver, heard, chance), Fuzzed(driver.model)
    target = Target(driver, result)
    began = now()
    for n in range(inputs):
        if n % CONNECTION == 0:
            target.connect()
        data, source = spoiler.next()
        straight = bool(n & 1)
        try:
            target.feed(data, source, straight=straight)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            where = f" from {source!r}" if source else ""
            result.fault = f"{data!r}{where} (input {n}): {type(error).__name__}: {error}"
            break
        result.inputs = n + 1
        ended = now()
        result.slowest, began = max(result.slowest, ended - began), ended
        if result.slowest > TOO_LONG:
            result.fault = f"{data!r} (input {n}) took {result.slowest:.1f} s"
            break
    return result


def reading_fault(driver: type[Driver], reading: Reading) -> str:
    """Return how ``reading`` breaks what ``driver`` declares; "" if it does not."""
    stream = reading.stream
    if stream not in driver.streams:
        return f"is of {stream.name!r}, which is not declared"
    width = len(stream.axes)
    for value in reading.values:
        row = value if isinstance(value, Sequence) else (value,)
        if len(row) != width:
            return f"has {len(row)} values a sample, {width} axes are declared"
        if any(map(math.isinf, row)):
            return "holds an infinite value"
    if reading.times is not None and len(reading.times) != len(reading.values):
        return f"has {len(reading.times)} times for {len(reading.values)} samples"
    return f"misses {reading.missing} samples" if reading.missing < 0 else ""
