"""Gives samples that were lost one by one their place again, as missing ones."""

import numpy as np

from engine.store.recording import Track

NEAR, MOSTLY = 0.4, 0.9
"""Steps this near to whole samples are counted; so many must be."""
JITTER = 0.1
"""Short steps for a long one from which the long ones are late stamps."""
USUAL = 0.7
"""Share of steps that are of one sample; where fewer are, the declared rate is not the true one."""
LONGEST = 1.0
"""s; a longer hole is one by itself, and whatever listens begins anew after it."""


def with_lost(track: Track) -> tuple[Track, int]:
    """Return ``track`` with a row of NaN for each lost sample, and how many those were.

    Filters count samples: where a few are left out here and there, all that follows would come
    at a wrong time, by a little, and heartbeat intervals would differ that did not.
    """
    rate = track.stream.rate
    if rate is None or len(track.t) < 3:
        return track, 0
    steps = np.diff(track.t)
    if float(np.max(steps)) * rate < 1.5:
        return track, 0
    steps *= rate
    whole = np.rint(steps)
    holes = np.flatnonzero((whole >= 2.0) & (steps <= max(2.5, LONGEST * rate)))
    even = np.abs(steps - whole) <= NEAR
    # A late stamp is followed by a short step: that is jitter, and nothing is lost.
    jitter = np.count_nonzero(whole < 1.0) > JITTER * len(holes)
    if not len(holes) or jitter or np.mean(even) < MOSTLY or np.mean(whole == 1.0) < USUAL:
        return track, 0
    count = whole[holes].astype(np.int64) - 1
    before = np.repeat(holes, count)
    number = np.arange(len(before)) - np.repeat(np.cumsum(count) - count, count) + 1
    share = number / (np.repeat(count, count) + 1.0)
    t = track.t[before] + share * (track.t[before + 1] - track.t[before])
    x = np.full((len(t), track.x.shape[1]), np.nan)
    made = Track(
        track.stream, np.insert(track.t, before + 1, t), np.insert(track.x, before + 1, x, axis=0)
    )
    return made, len(before)
