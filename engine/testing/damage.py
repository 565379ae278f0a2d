"""Recorded messages, spoiled as wires and radios spoil them, or noise; a thousand at once.

All inputs of a batch are cut out of one buffer by numpy: making one costs a third of a
microsecond, so that a million of them cost less than the decoder that reads them.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.devices.driver import Driver
from engine.devices.links import BleLink
from engine.testing.heard import Heard

Places = NDArray[np.int64]
LONGEST = 244
"""Bytes of a notification at the largest usual MTU."""
NOISE = 4096
"""Bytes of noise that what is inserted into a batch is taken from."""
FOREIGN = 0.08
"""Share of inputs that are noise, and of those that come from another characteristic."""
TELLING = np.array(
    [0x00, 0x01, 0x7F, 0x80, 0xFF, 0x0A, 0x0D, 0x20, 0x2D, 0x2E, 0x30, 0x39, 0x65], np.uint8
)
"""Bytes at which number formats turn over, and those of text that number parsers know."""
HURTS = np.array([0, 0, 0, 1, 1, 2, 3, 5])
"""How many bytes of an input are changed, one of these."""
WHOLE, HEAD, TAIL, JOINED, NOISY, REPEATED, CUT_OUT, REPLACED = range(8)
"""What can happen to the order of a message's bytes."""


class Damage:
    """Makes damaged messages, the same for the same seed.

    Parameters
    ----------
    heard
        Recorded messages; without any only noise is made.
    """

    def __init__(self, driver: type[Driver], heard: Sequence[Heard], seed: int) -> None:
        link = driver.link
        self._chance = np.random.default_rng([seed, *driver.model.encode()])
        self._sources = sorted(link.notify) if isinstance(link, BleLink) else [""]
        said = [(h.data, h.source) for h in heard] or [(b"\0", s) for s in self._sources]
        self._said = np.frombuffer(b"".join(data for data, _ in said), np.uint8)
        self._sizes = np.array([len(data) for data, _ in said])
        self._starts = NOISE + np.cumsum(self._sizes) - self._sizes
        self._spoken_by = np.array([self._sources.index(source) for _, source in said])

    def batch(self, n: int) -> Iterator[tuple[bytes, str]]:
        """Return ``n`` damaged messages, each with the characteristic it came from."""
        chance = self._chance
        pool = np.concatenate([chance.integers(0, 256, NOISE, np.uint8), self._said])
        which, other = chance.integers(0, len(self._sizes), (2, n))
        starts, sizes = self._parts(which, other)
        # Nothing is longer than a message can be: what is too long loses its end.
        ends = np.minimum(np.cumsum(sizes, axis=1), LONGEST)
        sizes = np.diff(ends, axis=1, prepend=0)
        data = pool[_places(starts.ravel(), sizes.ravel())]
        bounds = np.concatenate([[0], np.cumsum(ends[:, -1])])
        self._change(data, bounds)
        strayed = chance.random(n) < FOREIGN
        heard_on = np.where(
            strayed, chance.integers(0, len(self._sources), n), self._spoken_by[which]
        )
        whole, at = data.tobytes(), bounds.tolist()
        names = [self._sources[i] for i in heard_on.tolist()]
        return zip((whole[a:b] for a, b in itertools.pairwise(at)), names, strict=True)

    def _parts(self, which: Places, other: Places) -> tuple[Places, Places]:
        """Return where in the pool the three parts of each input begin, and their sizes."""
        chance, n = self._chance, len(which)
        start, size = self._starts[which], self._sizes[which]
        noise = chance.random(n) < FOREIGN
        start = np.where(noise, chance.integers(0, NOISE - 64, n), start)
        size = np.where(noise, chance.integers(0, 64, n), size)
        one, two = np.sort((chance.random((2, n)) * (size + 1)).astype(np.int64), axis=0)
        how = chance.choice(
            [WHOLE, WHOLE, HEAD, TAIL, JOINED, NOISY, REPEATED, CUT_OUT, REPLACED], n
        )
        within = chance.integers(1, 9, n)  # bytes of noise put in
        middle = [
            (how == JOINED, self._starts[other], self._sizes[other]),
            ((how == NOISY) | (how == REPLACED), chance.integers(0, NOISE - 64, n), within),
            (how == REPEATED, start + one, size - one),
        ]
        starts = np.zeros((n, 3), np.int64)
        sizes = np.zeros((n, 3), np.int64)
        starts[:, 0] = start
        sizes[:, 0] = np.select(
            [(how == WHOLE) | (how == REPEATED), how == TAIL], [size, 0], default=one
        )
        for chosen, begin, length in middle:
            starts[chosen, 1], sizes[chosen, 1] = begin[chosen], length[chosen]
        back = np.select([(how == CUT_OUT) | (how == REPLACED)], [two], default=one)
        goes_on = (how == TAIL) | (how == JOINED) | (how == NOISY) | (how >= CUT_OUT)
        starts[:, 2] = start + back
        sizes[:, 2] = np.where(goes_on, size - back, 0)
        return starts, sizes

    def _change(self, data: NDArray[np.uint8], bounds: Places) -> None:
        """Change some bytes of each input: one bit, or to a telling or to any other value."""
        chance, sizes = self._chance, np.diff(bounds)
        hurts = np.where(sizes > 0, chance.choice(HURTS, len(sizes)), 0)
        hurt = np.repeat(np.arange(len(sizes)), hurts)
        n = len(hurt)
        at = bounds[hurt] + (chance.random(n) * sizes[hurt]).astype(np.int64)
        flipped = data[at] ^ (1 << chance.integers(0, 8, n, np.uint8))
        any_other = chance.integers(0, 256, n, np.uint8)
        data[at] = np.choose(
            chance.integers(0, 3, n), [flipped, chance.choice(TELLING, n), any_other]
        )


def _places(starts: Places, sizes: Places) -> Places:
    """Return the places of parts laid one behind the other."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
