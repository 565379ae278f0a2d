"""Where a recording has no samples."""

from typing import NamedTuple

import numpy as np

from engine.analysis.passing import Heard
from engine.store.recording import Track
from engine.streams import F64

SHORTEST = 1.0
"""s; a shorter gap is not worth a remark."""
SLOWEST = 3.0
"""s; no two heartbeats that follow one another are further apart."""
FLAT = 5.0
"""s of one and the same value after which nothing is measured."""


class Gap(NamedTuple):
    """A stretch without samples, s on the graph's clock; ``flat`` if the signal stood still."""

    stream: str
    start: float
    end: float
    flat: bool


def gaps(heard: Heard) -> tuple[Gap, ...]:
    """Return the gaps of every stream that was used, in time order."""
    found = [gap for track in heard.sources.values() for gap in _of(track, heard.lasts)]
    return tuple(sorted(found, key=lambda gap: (gap.start, gap.stream)))


def _of(track: Track, lasts: float) -> list[Gap]:
    name, rate = track.stream.name, track.stream.rate
    if rate is None:
        return _between_beats(track, lasts)
    there = np.flatnonzero(np.isfinite(track.x[:, 0]))
    if not len(there):
        return [Gap(name, 0.0, lasts, flat=False)]
    t, x = track.t[there], track.x[there, 0]
    edges = np.concatenate(([min(0.0, float(t[0]))], t, [max(lasts, float(t[-1]))]))
    missing = [Gap(name, a, b, flat=False) for a, b in _longer(edges, SHORTEST + 1.0 / rate)]
    change = np.concatenate(([0], np.flatnonzero(np.diff(x) != 0.0) + 1, [len(t) - 1]))
    standing = [Gap(name, a, b, flat=True) for a, b in _longer(t[change], FLAT)]
    # A stretch of one value with a hole in it is told as a hole.
    alone = [s for s in standing if not any(m.start < s.end and s.start < m.end for m in missing)]
    return missing + alone


def _between_beats(track: Track, lasts: float) -> list[Gap]:
    t, ms = track.t, track.x[:, 0]
    ends = np.concatenate((t, [lasts]))
    begins = np.concatenate((t - ms / 1000.0, [lasts]))
    reached = np.concatenate(([0.0], np.maximum.accumulate(ends)[:-1]))
    # The last beat comes up to an interval before the recording ends, and is no gap.
    least = np.full(len(begins), SHORTEST)
    least[-1] = SLOWEST
    holes = np.flatnonzero(begins - reached > least)
    name = track.stream.name
    made = [Gap(name, float(reached[i]), float(begins[i]), flat=False) for i in holes]
    long = np.flatnonzero(ms > 1000.0 * SLOWEST)
    return made + [Gap(name, float(t[i] - ms[i] / 1000.0), float(t[i]), flat=False) for i in long]


def _longer(t: F64, least: float) -> list[tuple[float, float]]:
    wide = np.flatnonzero(np.diff(t) > least)
    return [(float(t[i]), float(t[i + 1])) for i in wide]
