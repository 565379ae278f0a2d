"""Take channels from a person, and tell how far arousal then is from where it would be.

The distance is told in the standard deviations the index that hears less claims of itself: the law
is that none is above 1.
"""

import copy
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.dsp.arousal import Arousal, ArousalIndex
from engine.dsp.arousal_channels import SIGNS, USABLE
from engine.streams import F64
from tests.arousal_people import REST, hour
from tools.arousal_figures import Labelled, through_the_room

LONG = 300
"""Seconds without a channel."""
AFTERWARDS = 300
"""Seconds that are looked at once it is back."""
SETTLED = 60
"""Seconds after the whole baseline from which on a shorter one is compared."""
PRESENT, ABSENT = 40.0, 15.0
"""How long a channel that flickers is heard, and is not, s on average."""
Channels = tuple[int, ...]


@dataclass(frozen=True)
class Heard:
    """What the index of one person was given, second by second.

    ``values`` and ``quality`` are ``(seconds, channels)`` in the order and units of `SIGNS`;
    the baseline is ``rest``, in seconds, the last not part of it.
    """

    name: str
    values: F64
    quality: F64
    rest: range

    @property
    def channels(self) -> Channels:
        """Those that are heard at all."""
        heard = (self.quality > USABLE) & np.isfinite(self.values)
        return tuple(int(c) for c in np.flatnonzero(heard.any(axis=0)))

    def sets(self, most: int = len(SIGNS)) -> list[Channels]:
        """Return every combination of up to ``most`` of the channels that are heard."""
        sizes = range(1, min(most, len(self.channels)) + 1)
        return [s for size in sizes for s in itertools.combinations(self.channels, size)]


@dataclass(frozen=True)
class Loss:
    """One thing that was missing, and what it did.

    ``apart`` and ``sd`` are ``(seconds,)``: the distance in standard deviations told, and those.
    """

    what: Channels
    begin: int
    apart: F64
    sd: F64

    @property
    def furthest(self) -> float:
        """The largest distance; 0 where there was never anything to compare."""
        return float(self.apart.max()) if len(self.apart) else 0.0


@dataclass(slots=True)
class Listener(ArousalIndex):
    """Keeps what the index of a room is given."""

    given: list[tuple[tuple[float, ...], tuple[float, ...]]] = field(
        default_factory=list[tuple[tuple[float, ...], tuple[float, ...]]]
    )
    began: int = 0
    ended: int = 0

    def begin_baseline(self) -> None:
        """Note when the baseline begins."""
        self.began = len(self.given)
        ArousalIndex.begin_baseline(self)

    def end_baseline(self) -> None:
        """Note when it ends."""
        self.ended = len(self.given)
        ArousalIndex.end_baseline(self)

    def push(self, values: tuple[float, ...], qualities: tuple[float, ...]) -> Arousal:
        """Note what comes, and take it."""
        self.given.append((values, qualities))
        return ArousalIndex.push(self, values, qualities)


@dataclass(slots=True)
class Watched(ArousalIndex):
    """Notes from which second on those of the channels ``what`` count that ever do."""

    what: Channels = ()
    counts: int | None = None
    second: int = 0
    _counted: int = 0

    def push(self, values: tuple[float, ...], qualities: tuple[float, ...]) -> Arousal:
        """Take a second."""
        now = ArousalIndex.push(self, values, qualities)
        counted = sum(self.channels[c].ready for c in self.what)
        if counted > self._counted:
            self.counts, self._counted = self.second, counted
        self.second += 1
        return now


def recorded(person: Labelled) -> Heard:
    """Return what the index of a room hears of a recorded person."""
    ear = Listener()
    for _ in through_the_room(person, {"arousal"}, ear):
        pass
    values, quality = (np.array(x) for x in zip(*ear.given, strict=True))
    return Heard(person.name, values, quality, range(ear.began, ear.ended))


def drawn(seed: int) -> Heard:
    """Return a drawn person under changing stress, everything heard well."""
    x = hour(seed)
    return Heard(str(seed), x, np.where(np.isfinite(x), 1.0, 0.0), range(REST))


def lived(
    person: Heard,
    quality: F64 | None = None,
    rest: range | None = None,
    every: int | None = None,
    index: ArousalIndex | None = None,
) -> tuple[F64, dict[int, ArousalIndex]]:
    """Return value and standard deviation of every second, ``(seconds, 2)``.

    And, before every second of ``every`` once the baseline is over, the index as it was.
    ``index`` is told instead of a new one.
    """
    rest = rest or person.rest
    index, told, kept = index or ArousalIndex(), [], {}
    heard = person.quality if quality is None else quality
    rows = zip(person.values.tolist(), heard.tolist(), strict=True)
    for second, (values, qualities) in enumerate(rows):
        if second == rest.start:
            index.begin_baseline()
        if second == rest.stop:
            index.end_baseline()
        if every and second > rest.stop and (second - rest.stop) % every == 1:
            kept[second] = copy.deepcopy(index)
        now = index.push(tuple(values), tuple(qualities))
        told.append((now.value, now.sd))
    return np.array(told), kept


def compared(what: Channels, begin: int, full: F64, less: F64) -> Loss:
    """Compare ``(seconds, 2)`` of the index that heard all and of the one that heard less."""
    known = np.isfinite(full[:, 0]) & np.isfinite(less[:, 0])
    apart = np.abs(less[known, 0] - full[known, 0]) / less[known, 1]
    return Loss(what, begin, apart, less[known, 1])


def losses(
    person: Heard, sets: Iterable[Channels], every: int = 60, seconds: int = LONG
) -> Iterator[Loss]:
    """Take each of ``sets`` away for ``seconds``, beginning ``every`` so many seconds."""
    full, kept = lived(person, every=every)
    for what in sets:
        for begin, before in kept.items():
            part = slice(begin, begin + seconds + AFTERWARDS)
            quality = person.quality[part].copy()
            quality[:seconds, list(what)] = 0.0
            if np.array_equal(quality, person.quality[part]):
                continue
            index, told = copy.deepcopy(before), []
            rows = zip(person.values[part].tolist(), quality.tolist(), strict=True)
            for values, qualities in rows:
                now = index.push(tuple(values), tuple(qualities))
                told.append((now.value, now.sd))
            yield compared(what, begin, full[part], np.array(told))


def late(person: Heard, sets: Iterable[Channels], joins: Iterable[int]) -> Iterator[Loss]:
    """Put each of ``sets`` on late, so many seconds after the baseline ended.

    Compared from the second from which all of them count that ever do: until then the index is
    one of fewer channels, doubted as such, and is not moved.
    """
    full, _ = lived(person)
    at_rest = person.quality[person.rest.start : person.rest.stop] > USABLE
    for what in sets:
        others = [c for c in range(len(SIGNS)) if c not in what]
        if not at_rest[:, list(what)].any() or not at_rest[:, others].any():
            continue
        for join in joins:
            begin = person.rest.stop + join
            quality = person.quality.copy()
            quality[:begin, list(what)] = 0.0
            index = Watched(what=what)
            less, _ = lived(person, quality, index=index)
            if index.counts is not None:
                yield compared(what, begin, full[index.counts :], less[index.counts :])


def short(person: Heard, rests: Iterable[int]) -> Iterator[Loss]:
    """End the baseline after so many seconds; look once the whole one has settled."""
    full, _ = lived(person)
    for rest in rests:
        if rest >= len(person.rest):
            continue
        less, _ = lived(person, rest=range(person.rest.start, person.rest.start + rest))
        begin = person.rest.stop + SETTLED
        yield compared((), begin, full[begin:], less[begin:])


def flickering(person: Heard, sets: Iterable[Channels]) -> Iterator[Loss]:
    """Let each of ``sets`` come and go all the time, from the end of the baseline on."""
    full, _ = lived(person)
    for what in sets:
        rng = np.random.default_rng(list(what))
        quality, second = person.quality.copy(), person.rest.stop
        while second < len(quality):
            second += int(rng.exponential(PRESENT)) + 1
            begin, second = second, second + int(rng.exponential(ABSENT)) + 1
            quality[begin:second, list(what)] = 0.0
        less, _ = lived(person, quality)
        yield compared(what, person.rest.stop, full[person.rest.stop :], less[person.rest.stop :])


def silent(
    person: Labelled, streams: Iterable[tuple[str, ...]], every: int, seconds: int = LONG
) -> Iterator[Loss]:
    """Let whole sensors send nothing for a while, through all of the room's wiring."""
    full = _through(person)
    for gone in streams:
        for begin in range(int(person.rest[1]) + 2, len(person.label) - SETTLED, every):
            less = _through(person, gone, range(begin, begin + seconds))
            yield compared((), begin, full[begin:], less[begin:])


def _through(person: Labelled, gone: tuple[str, ...] = (), when: range = range(0)) -> F64:
    told = np.full((len(person.label), 2), np.nan)
    for chunk in through_the_room(person, {"arousal.detail"}, None, gone, when):
        value, sd = (chunk.stream.axes.index(name) for name in ("value", "sd"))
        at = chunk.t.astype(int)
        inside = at < len(told)
        told[at[inside]] = chunk.x[inside][:, [value, sd]]
    return told
