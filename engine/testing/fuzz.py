"""Very many damaged messages for a decoder: made from recorded ones, the same for the same seed.

Each input is a recorded message spoiled as wires and radios spoil them, or noise (`damage`). On
a serial link half of the inputs go through the declared framing, as pieces of one endless
stream; the others go straight to ``decode`` in frames that the framing could have cut, so that a
checksum does not hide what is behind it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.clock import processor_time
from engine.devices.driver import Driver
from engine.devices.framing import Framer, Lines, Packets
from engine.devices.links import SerialLink
from engine.devices.reading import Frame, Reading
from engine.errors import WireError
from engine.testing.damage import Damage
from engine.testing.heard import Heard
from engine.testing.noise import reading_faults
from engine.testing.patience import LONGEST, NeverEndsError, patience

CONNECTION = 1000
"""Inputs between two connections: a decoder remembers things, and should not for ever. They are
also what is timed and watched together: to do so for each would cost more than many a decoder."""
TOO_LONG = 1.0
"""Seconds of processor time no connection may take; ours take 0.002 to 0.02."""


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
        Seconds of processor time the slowest connection took.
    seconds
        Of processor time, in all.
    fault
        The first that was neither taken nor refused; "" if there is none.
    """

    model: str
    inputs: int = 0
    frames: int = 0
    refused: int = 0
    samples: int = 0
    slowest: float = 0.0
    seconds: float = 0.0
    fault: str = ""


class Target:
    """A decoder, and all that may come to it."""

    def __init__(self, driver: type[Driver], result: Fuzzed) -> None:
        self._driver = driver
        self._result = result
        self._cut = possible_frames(driver)
        self._replies = driver.reply is not Driver.reply
        # Found by identity: to hash a stream takes longer than most readings do.
        self._widths = {id(s): len(s.axes) for s in driver.streams}
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
        for frame in self._cut(data) if straight else self._framer.feed(data):
            self._take(frame, source)

    def _take(self, data: bytes, source: str) -> None:
        frame, result = Frame(0.0, data, source), self._result
        result.frames += 1
        try:
            for reading in self._decoder.decode(frame):
                result.samples += len(reading.values)
                if not self._is_plain(reading):
                    for fault in reading_faults(self._driver, reading):
                        raise ValueError(f"gives a reading that {fault}")
        except WireError:
            result.refused += 1
        if not self._replies:
            return
        for message in self._decoder.reply(frame):
            if not isinstance(message, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"reply() gives {message!r}")

    def _is_plain(self, reading: Reading) -> bool:
        """Whether a glance shows that nothing is wrong with ``reading``; most are so."""
        stream, values, times, missing = reading
        if self._widths.get(id(stream)) != 1 or times is not None or missing < 0:
            return False
        # No sum with an infinite number in it is finite.
        return math.isfinite(sum(values))  # type: ignore[arg-type]  # one axis: floats


def decodes(driver: type[Driver]) -> bool:
    """Whether anything can come from such a device."""
    return isinstance(driver.link, SerialLink) or bool(driver.link.notify)


def possible_frames(driver: type[Driver]) -> Callable[[bytes], Iterable[bytes]]:
    """Return what makes of any bytes what the framing of ``driver`` could have cut.

    A packet has its size and its beginning, a line no end in it. What a framing of the
    vendor's own would cut, only that framing knows: its ``frame_of(data)``, if it has one, makes
    a frame of any bytes (with the check they need); otherwise its framer looks for some in them.
    """
    link = driver.link
    if not isinstance(link, SerialLink):
        return lambda data: (data,)
    match link.framing:
        case Packets(sync, size, _):
            skip, rest = len(sync), size - len(sync)
            return lambda data: (sync + data[skip:].ljust(rest, b"\0")[:rest],)
        case Lines(end, longest):
            return lambda data: (line,) if (line := data.replace(end, b"")[:longest]) else ()
        case framing:
            frame_of: Callable[[bytes], bytes] | None = getattr(framing, "frame_of", None)
            if frame_of is not None:
                return lambda data: (frame_of(data),)
            return lambda data: framing.framer().feed(data)


def fuzz(
    driver: type[Driver],
    heard: Sequence[Heard],
    inputs: int,
    *,
    seed: int,
    now: Callable[[], float] = processor_time,
    longest: float = LONGEST,
    told: Callable[[int], None] = lambda _done: None,
) -> Fuzzed:
    """Return what ``driver`` makes of ``inputs`` damaged messages; stops at the first fault.

    Parameters
    ----------
    longest
        Seconds after which a connection that does not come back is given up.
    told
        Is called with how many inputs are done, after each connection.
    """
    damage, result = Damage(driver, heard, seed), Fuzzed(driver.model)
    target = Target(driver, result)
    began = now()
    while result.inputs < inputs and not result.fault:
        target.connect()
        n = min(CONNECTION, inputs - result.inputs)
        _one_connection(target, damage.batch(n), result, longest)
        took = now() - began - result.seconds
        result.slowest, result.seconds = max(result.slowest, took), result.seconds + took
        if took > TOO_LONG and not result.fault:
            result.fault = f"the {n} inputs before input {result.inputs} took {took:.1f} s"
        told(result.inputs)
    return result


def _one_connection(
    target: Target, batch: Iterable[tuple[bytes, str]], result: Fuzzed, longest: float
) -> None:
    """Let what one connection says come; keep the first fault with the bytes it is of."""
    data, source, first = b"", "", result.inputs
    try:
        with patience(longest):
            for n, (data, source) in enumerate(batch):
                target.feed(data, source, straight=bool(n & 1))
                result.inputs = first + n + 1
    except (Exception, NeverEndsError) as error:  # noqa: BLE001 - that is what is looked for
        where = f" from {source!r}" if source else ""
        result.fault = f"{data!r}{where} (input {result.inputs}): {type(error).__name__}: {error}"
