"""Whatever arrives, a driver answers with readings of its own or with WireError."""

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from engine.devices.driver import Driver
from engine.devices.framing import Lines, Packets
from engine.devices.links import BleLink, Link
from engine.devices.reading import Frame, Reading, readings_of
from engine.errors import WireError
from engine.testing.heard import Heard
from engine.testing.raised import Raised

NOISE = 300
"""Pieces of noise a driver has to survive."""
WORDS = (b"nan", b"inf", b"-inf", b"1e999", b"-1", b"0x10", b"\xb2", b"9" * 40, b" ", b"")
"""What text-based devices never send, and number parsers take."""


def check_noise(
    driver: type[Driver], heard: Sequence[Heard], chance: random.Random, n_pieces: int = NOISE
) -> Iterator[str]:
    """Yield the first piece of noise that a driver does not survive."""
    link = driver.link
    sources = list(link.notify) if isinstance(link, BleLink) else [""]
    decoder = driver()
    for n in range(n_pieces):
        data = WORDS[n] if n < len(WORDS) else _spoiled(heard, chance)
        source = chance.choice(sources)
        for frame in _framed(link, data):
            try:
                readings = readings_of(decoder.decode(Frame(0.0, frame, source)))
            except WireError:
                continue
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                yield Raised.of(error, f"decode() of {frame!r}")
                return
            wrong = [fault for r in readings for fault in reading_faults(driver, r)]
            if wrong:
                yield f"{frame!r} decodes to a reading that {wrong[0]}"
                return


def _framed(link: Link, data: bytes) -> Iterator[bytes]:
    """Yield the frames a link makes of noise; its framing is made to let some through."""
    if isinstance(link, BleLink):
        yield data
        return
    match link.framing:
        case Packets(sync, size, _):
            data = sync + data.ljust(size, b"\0")[: size - len(sync)]
        case Lines(end, _):
            data += end
        case _:
            pass
    yield from link.framing.framer().feed(data)


def _spoiled(heard: Sequence[Heard], chance: random.Random) -> bytes:
    """Return random bytes, or a recorded message cut short, lengthened or with bits flipped."""
    if not heard or chance.random() < 0.4:
        return chance.randbytes(chance.randrange(1, 129))
    data = bytearray(chance.choice(heard).data)
    match chance.randrange(3):
        case 0:
            del data[chance.randrange(len(data)) :]
        case 1:
            data += chance.randbytes(chance.randrange(1, 9))
        case _:
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _axes(value: object) -> list[Any]:
    """Return the values of one sample; a text is one value, and a wrong one."""
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def reading_faults(driver: type[Driver], reading: Reading) -> Iterator[str]:
    """Yield how ``reading`` breaks what ``driver`` declares."""
    stream = reading.stream
    if stream not in driver.streams:
        yield f"is of {stream.name!r}, which is not declared"
        return
    for value in reading.values:
        axes = _axes(value)
        odd = [v for v in axes if not hasattr(v, "__float__")]
        if odd:
            yield f"holds {odd[0]!r}, which is no number"
            return
        if len(axes) != len(stream.axes):
            yield f"has {len(axes)} values a sample, {len(stream.axes)} axes are declared"
            return
        if any(math.isinf(v) for v in axes):
            yield "holds an infinite value"
            return
    if reading.times is not None and len(reading.times) != len(reading.values):
        yield f"has {len(reading.times)} times for {len(reading.values)} samples"
    if reading.missing < 0:
        yield f"misses {reading.missing} samples"
