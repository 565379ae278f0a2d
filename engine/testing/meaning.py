"""Recorded messages mean what they are said to mean, however the wire cuts and joins them."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence

from engine.devices.driver import Driver
from engine.devices.framing import Lines
from engine.devices.links import SerialLink
from engine.devices.reading import Frame, Reading, readings_of
from engine.errors import WireError
from engine.testing.heard import FOLDER, Heard, transcript_of
from engine.testing.noise import reading_faults
from engine.testing.plausible import implausible, off_rate
from engine.testing.raised import Raised
from engine.testing.telling import same, unlike

SPLITS = 50
CUTS = 12
"""Places at which a message is cut short."""


def check_meaning(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield every recorded message that means something else, or that is wanting."""
    if driver.streams and not heard:
        yield f"no message of the device is recorded; give at least one{_elsewhere(driver)}"
    carried = {r.stream for h in heard for r in h.means}
    for stream in driver.streams:
        if heard and stream not in carried:
            yield f"no recorded message carries {stream.name!r}"
    told: list[Reading] = []
    for h in heard:
        refused: list[WireError] = []
        try:
            said = decode_all(driver, [h.data], h.source, refused)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            yield Raised.of(error, f"decode() of {h.data!r}")
            continue
        wrong = [f for r in said for f in reading_faults(driver, r)]
        if wrong:
            yield f"{h.data!r} decodes to a reading that {wrong[0]}"
            continue
        if difference := next(unlike(decode_all(driver, [h.data], h.source), said), ""):
            yield (
                f"{h.data!r} decodes differently in a new instance ({difference}): each connection "
                "has its own, so remember things in self"
            )
        told += said
        for difference in unlike(said, h.means):
            why = f" (it was refused: {refused[0]})" if refused and not said else ""
            yield f"{h.data!r}: {difference}{why}{_hint(driver, h)}"
    yield from implausible(told)
    yield from off_rate(told)


def _elsewhere(driver: type[Driver]) -> str:
    """Return where a transcript should be, and which there are instead."""
    try:
        file = transcript_of(driver)
    except (TypeError, OSError):
        return ""
    others = ", ".join(sorted(other.name for other in file.parent.glob("*.toml")))
    return f" in {FOLDER}/{file.name}" + (f" (there is {others})" if others else "")


def _hint(driver: type[Driver], heard: Heard) -> str:
    """Return a word if a message would mean what it should, did its line end otherwise."""
    link = driver.link
    if not isinstance(link, SerialLink) or not isinstance(link.framing, Lines):
        return ""
    end = link.framing.end
    text = heard.data.replace(b"\r\n", b"\n")
    ended = (text if text.endswith(b"\n") else text + b"\n").replace(b"\n", end)
    if ended == heard.data or not same(decode_all(driver, [ended]), heard.means):
        return ""
    return (
        f"; with {end!r} at the end of its lines, as Lines({end!r}) has it, it would be right: "
        "which of the two does the device send?"
    )


def check_cutting(
    driver: type[Driver], heard: Sequence[Heard], chance: random.Random
) -> Iterator[str]:
    """Yield a way to cut and join the bytes that changes what they mean."""
    if not isinstance(driver.link, SerialLink):
        return
    whole = b"".join(h.data for h in heard)
    if not whole:
        return
    meant = decode_all(driver, [whole])
    cuts = [[whole[i : i + 1] for i in range(len(whole))]]
    for _ in range(SPLITS):
        at = sorted(chance.randrange(len(whole) + 1) for _ in range(chance.randrange(1, 6)))
        cuts.append([whole[a:b] for a, b in zip([0, *at], [*at, len(whole)], strict=True)])
    for pieces in cuts:
        difference = next(unlike(decode_all(driver, pieces), meant), "")
        if difference:
            yield f"decodes differently when its bytes arrive as {pieces}: {difference}"
            return


def check_truncated(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield a message that, cut short, spoils more than the message after it."""
    if not isinstance(driver.link, SerialLink):
        return  # a radio delivers a message whole or not at all
    telling = [h for h in heard if h.means]
    for torn, (n, whole) in itertools.product(telling, enumerate(telling)):
        # Another one between: the same message twice in a row may well be taken for a repeat.
        after = [whole.data, telling[n - 1].data, whole.data]
        alone = _values(decode_all(driver, after))
        if not alone:
            continue  # refused whole, too: that is told of the message itself
        last = len(whole.means)
        for at in range(0, len(torn.data), max(len(torn.data) // CUTS, 1)):
            try:
                said = _values(decode_all(driver, [torn.data[:at], *after]))
            except Exception:  # noqa: BLE001 - noise finds it, and says it better
                return
            if not said or said[-last:] != alone[-last:]:
                yield (
                    f"{torn.data[:at]!r}, cut short, spoils even the third message after it, "
                    f"{whole.data!r}"
                )
                return


def _values(readings: Sequence[Reading]) -> list[str]:
    """Return what readings say but for what was lost before them."""
    return [f"{r.stream.name} {r.values}" for r in readings]


def decode_all(
    driver: type[Driver],
    pieces: Sequence[bytes],
    source: str = "",
    refused: list[WireError] | None = None,
) -> list[Reading]:
    """Return what one connection's ``pieces`` mean; bad frames mean nothing.

    Why the driver refused a frame is added to ``refused``.
    """
    decoder, link = driver(), driver.link
    feed: Callable[[bytes], Iterator[bytes]] = (
        link.framing.framer().feed if isinstance(link, SerialLink) else lambda piece: iter([piece])
    )
    said: list[Reading] = []
    for piece in pieces:
        for frame in feed(piece):
            try:
                said += readings_of(decoder.decode(Frame(0.0, frame, source)))
            except WireError as error:
                if refused is not None:
                    refused.append(error)
    return said
