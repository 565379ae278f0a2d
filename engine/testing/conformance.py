"""Checks that a driver keeps the contract of a driver, without its device.

A vendor's test is one call::

    def test_my_sensor_conforms() -> None:
        check_driver(MySensor, [Heard(b"...", [Reading(EDA, [1.5])])])
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.devices.driver import Driver
from engine.devices.framing import Lines, Packets
from engine.devices.governor import Governor
from engine.devices.links import BleLink, Link, SerialLink
from engine.devices.reading import Frame, Reading
from engine.errors import WireError

NOISE = 300
"""Pieces of noise a driver has to survive."""
WORDS = (b"nan", b"inf", b"-inf", b"1e999", b"-1", b"0x10", b"\xb2", b"9" * 40, b" ", b"")
"""What text-based devices never send, and number parsers take."""
SPLITS = 50
LEVELS = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """Bytes recorded from the real device, and what they mean.

    Attributes
    ----------
    data
        On a serial link as they came, framing and all; on BLE one notification.
    means
        Readings, in order.
    source
        On BLE, the name of the characteristic.
    """

    data: bytes
    means: Sequence[Reading]
    source: str = ""


def check_driver(driver: type[Driver], heard: Sequence[Heard] = (), *, seed: int = 0) -> None:
    """Raise AssertionError with everything that is wrong with ``driver``.

    Parameters
    ----------
    driver
        The class under test.
    heard
        Messages recorded from the device; a driver with streams needs at least one.
    seed
        Of the noise.
    """
    faults = find_faults(driver, heard, seed=seed)
    if faults:
        raise AssertionError("\n".join([f"{driver.model} is not conformant:", *faults]))


def find_faults(
    driver: type[Driver], heard: Sequence[Heard] = (), *, seed: int = 0
) -> tuple[str, ...]:
    """Return what is wrong with ``driver``, one sentence each; nothing if all is well."""
    chance = random.Random(seed)  # noqa: S311 - noise, not secrets
    faults = [*_meaning(driver, heard)]
    if isinstance(driver.link, SerialLink):
        faults += _cutting(driver, heard, chance)
    if driver.streams:
        faults += _noise(driver, heard, chance)
    if driver.outputs:
        faults += _outputs(driver, chance)
    return tuple(faults)


def _meaning(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    if driver.streams and not heard:
        yield "no message of the device is recorded; give at least one"
    said_of = {r.stream for h in heard for r in h.means}
    for stream in driver.streams:
        if heard and stream not in said_of:
            yield f"no recorded message carries {stream.name!r}"
    for h in heard:
        said = _decode_all(driver, [h.data], h.source)
        if said != list(h.means):
            yield f"{h.data!r} decodes to {said}, not to {list(h.means)}"


def _cutting(driver: type[Driver], heard: Sequence[Heard], chance: random.Random) -> Iterator[str]:
    """However the wire cuts and joins the bytes, the frames must be the same."""
    whole = b"".join(h.data for h in heard)
    if not whole:
        return
    meant = _decode_all(driver, [whole])
    cuts = [[whole[i : i + 1] for i in range(len(whole))]]
    for _ in range(SPLITS):
        at = sorted(chance.randrange(len(whole) + 1) for _ in range(chance.randrange(1, 6)))
        cuts.append([whole[a:b] for a, b in zip([0, *at], [*at, len(whole)], strict=True)])
    for pieces in cuts:
        if _decode_all(driver, pieces) != meant:
            yield f"decodes differently when its bytes arrive as {pieces}"
            return


def _noise(driver: type[Driver], heard: Sequence[Heard], chance: random.Random) -> Iterator[str]:
    """Whatever arrives, a driver answers with readings of its own or with WireError."""
    link = driver.link
    sources = list(link.notify) if isinstance(link, BleLink) else [""]
    decoder = driver()
    for n in range(NOISE):
        data = WORDS[n] if n < len(WORDS) else _spoiled(heard, chance)
        source = chance.choice(sources)
        for frame in _framed(link, data):
            try:
                readings = list(decoder.decode(Frame(0.0, frame, source)))
            except WireError:
                continue
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                yield f"{frame!r} makes decode() raise {type(error).__name__}: {error}"
                return
            wrong = [fault for r in readings for fault in _reading_faults(driver, r)]
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


def _reading_faults(driver: type[Driver], reading: Reading) -> Iterator[str]:
    stream = reading.stream
    if stream not in driver.streams:
        yield f"is of {stream.name!r}, which is not declared"
        return
    for value in reading.values:
        axes = value if isinstance(value, Sequence) else [value]
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


def _outputs(driver: type[Driver], chance: random.Random) -> Iterator[str]:
    """Every level the engine can ever send must give a message, the same for the same."""
    levels = [
        {o.name: o.rest for o in driver.outputs},
        {o.name: o.low for o in driver.outputs},
        {o.name: o.high for o in driver.outputs},
    ]
    levels += [
        {o.name: chance.uniform(o.low, o.high) for o in driver.outputs} for _ in range(LEVELS)
    ]
    for wanted in levels:
        message, fault = _try(driver, wanted)
        if fault:
            yield f"encode({wanted}) {fault}"
            return
        if message != _try(driver, wanted)[0]:
            yield f"encode({wanted}) gives different bytes for the same levels"
            return
    rest = {o.name: o.rest for o in driver.outputs}
    for output in driver.outputs:
        if _try(driver, rest | {output.name: output.low}) == _try(
            driver, rest | {output.name: output.high}
        ):
            yield f"encode() does not depend on {output.name!r}"
        if not _comes_to_rest(Governor(output, output.low, output.high)):
            yield f"output {output.name!r} does not come to rest"


def _try(driver: type[Driver], levels: dict[str, float]) -> tuple[bytes, str]:
    try:
        message = driver().encode(levels)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return b"", f"raises {type(error).__name__}: {error}"
    return message, "" if message else "gives no message"


def _comes_to_rest(governor: Governor) -> bool:
    output = governor.output
    governor.begin_at(output.high)
    steps = math.ceil((output.high - output.low) / output.slew / 0.05) + 1
    for _ in range(steps):
        governor.step(math.inf, 0.05)
    return governor.resting


def _decode_all(driver: type[Driver], pieces: Sequence[bytes], source: str = "") -> list[Reading]:
    """Return what one connection's ``pieces`` mean; bad frames mean nothing."""
    decoder, link = driver(), driver.link
    feed: Callable[[bytes], Iterator[bytes]] = (
        link.framing.framer().feed if isinstance(link, SerialLink) else lambda piece: iter([piece])
    )
    said: list[Reading] = []
    for piece in pieces:
        for frame in feed(piece):
            try:
                said += decoder.decode(Frame(0.0, frame, source))
            except WireError:
                continue
    return said
