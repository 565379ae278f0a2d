"""A transcript said again and again as its device would say it: every stream at its declared rate.

A transcript is a handful of messages. Said again and again it has jumps in its sequence numbers
that no device has, and those a driver tells as lost samples.
"""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from engine.devices.driver import Driver
from engine.devices.framing import Framer
from engine.devices.links import SerialLink
from engine.devices.reading import Frame, Reading, readings_of
from engine.errors import WireError
from engine.testing.heard import Heard
from engine.testing.meaning import decode_all

SELDOM = 1.0
"""Seconds from one message of a stream without a rate to the next."""
NOTHING = 0.1
"""Seconds between messages of which none says anything."""


@dataclass(slots=True)
class _Part:
    """Messages that belong to each other, each with the seconds of samples it holds."""

    said: list[tuple[Heard, float]]
    next: int = 0
    due: float = 0.0


class Talk:
    """Says when each message of a transcript is due.

    Streams that never share a message have each their own time, as they have in the device: an
    ECG waits for no beat. A message that says nothing takes no time: it comes just before the
    next that says something.

    Parameters
    ----------
    begin
        When the first is due, s.
    """

    def __init__(self, driver: type[Driver], heard: Sequence[Heard], begin: float) -> None:
        parts: dict[Hashable, _Part] = {}
        before: list[tuple[Heard, float]] = []
        shared = _together(driver, heard)
        key: Hashable = None
        for h in heard:
            said = decode_all(driver, [h.data], h.source)
            if not said:
                before.append((h, 0.0))
                continue
            key = next(together for together in shared if said[0].stream.name in together)
            part = parts.setdefault(key, _Part([], due=begin))
            part.said += [*before, (h, lasts(said))]
            before = []
        if parts:
            parts[key].said += before
        elif before:
            parts[key] = _Part([(h, NOTHING) for h, _ in before], due=begin)
        self._parts = list(parts.values())

    def due(self, now: float) -> list[tuple[float, Heard]]:
        """Return what is due until ``now``, with when, s; each once."""
        said: list[tuple[float, Heard]] = []
        for part in self._parts:
            while part.due <= now:
                heard, seconds = part.said[part.next]
                said.append((part.due, heard))
                part.next = (part.next + 1) % len(part.said)
                part.due += seconds
        return sorted(said, key=lambda one: one[0])

    @property
    def next_at(self) -> float:
        """When the next message is due, s; infinite if there is none."""
        return min((part.due for part in self._parts), default=float("inf"))


def _together(driver: type[Driver], heard: Sequence[Heard]) -> list[frozenset[str]]:
    """Return the names of streams that share messages, directly or by others."""
    groups: list[frozenset[str]] = []
    for h in heard:
        names = frozenset(r.stream.name for r in decode_all(driver, [h.data], h.source))
        apart = [g for g in groups if not g & names]
        groups = [*apart, names.union(*(g for g in groups if g & names))]
    return groups


def lasts(said: Sequence[Reading]) -> float:
    """Return the seconds of samples that readings of one message hold."""
    rates = [len(r.values) / r.stream.rate for r in said if r.stream.rate is not None]
    return max(rates, default=0.0) or SELDOM


def check_rounds(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield which streams only come once when the transcript is said again and again.

    So is every other check made, and a virtual device lives on it.
    """
    first, second = _two_rounds(driver, heard)
    goes_on = {r.stream for a, b in zip(first, second, strict=True) if b for r in a}
    once = {r.stream for said in first for r in said} - goes_on
    for stream in driver.streams:
        if stream in once:
            yield (
                f"{stream.name!r} does not come again when the recorded messages begin anew: its "
                "driver takes the number in them for that of the message before; record two "
                "messages that follow each other"
            )


def lost_in_a_round(driver: type[Driver], heard: Sequence[Heard]) -> int:
    """Return how many samples ``driver`` tells as lost each time the transcript begins anew."""
    return sum(r.missing for said in _two_rounds(driver, heard)[1] for r in said)


def _two_rounds(driver: type[Driver], heard: Sequence[Heard]) -> list[list[list[Reading]]]:
    """Return what each message means to one connection, in the first round and in the next.

    In the first there is nothing yet to jump back from.
    """
    decoder, link = driver(), driver.link
    framer: Framer | None = link.framing.framer() if isinstance(link, SerialLink) else None
    rounds: list[list[list[Reading]]] = []
    for _ in range(2):
        meant: list[list[Reading]] = []
        for h in heard:
            said: list[Reading] = []
            meant.append(said)
            for data in [h.data] if framer is None else framer.feed(h.data):
                with suppress(WireError):
                    said += readings_of(decoder.decode(Frame(0.0, data, h.source)))
        rounds.append(meant)
    return rounds


def warning(driver: type[Driver], heard: Sequence[Heard]) -> str:
    """Return what somebody who looks at a repeated transcript has to know; "" if nothing."""
    lost = lost_in_a_round(driver, heard)
    if not lost:
        return ""
    return (
        f"the transcript begins anew again and again: {lost} samples told as lost each time, "
        "which no device would; times go on by the clock, quality may suffer"
    )
