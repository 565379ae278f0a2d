"""Takes samples no sensor can have measured for missing ones, before anything listens."""

import numpy as np

from engine.store.recording import Track
from engine.units import Kind

BEYOND = 50.0
"""Times the range in which nearly all samples lie: an R peak reaches three of them."""


def without_absurd(track: Track) -> tuple[Track, int]:
    """Return ``track`` with absurd samples missing, and how many those were.

    Only evenly sampled tracks are touched; a list of intervals has its own judge, and
    movement is listened to just because it can be that large.
    """
    untouched = track.stream.rate is None or track.stream.kind is Kind.ACC
    if untouched or not np.isfinite(track.x).any(axis=0).all():
        return track, 0
    low, middle, high = np.nanpercentile(track.x, (1.0, 50.0, 99.0), axis=0)
    with np.errstate(invalid="ignore"):
        wild = (np.abs(track.x - middle) > BEYOND * (high - low)) & (high > low)
    count = int(np.count_nonzero(np.any(wild, axis=1)))
    if not count:
        return track, 0
    return Track(track.stream, track.t, np.where(wild, np.nan, track.x)), count
