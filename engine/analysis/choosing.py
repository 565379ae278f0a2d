"""Which of the two things a wrist band tells of the heart is read: its light or its own list."""

import numpy as np

from engine.dsp.ppg import SLOWEST
from engine.store.track import Track
from engine.units import Kind

COMPLETE = 0.9
"""A list of intervals that fills less of the time than this leaves too much out."""


def without_sparse_lists(tracks: list[Track]) -> list[Track]:
    """Return ``tracks`` without a band's own intervals where its light may tell more.

    A band that writes down light and movement leaves beats out of its own list without saying
    why; from its light they come with a quality, and movement weighs against them.
    """
    return [track for track in tracks if not _is_sparse_beside_light(track, tracks)]


def _is_sparse_beside_light(track: Track, tracks: list[Track]) -> bool:
    if track.stream.kind is not Kind.PPI:
        return False
    beside = [k for k in tracks if _device(k) == _device(track)]
    moves = any(k.stream.kind is Kind.ACC for k in beside)
    light = [k for k in beside if k.stream.kind is Kind.PPG and (k.stream.rate or 0.0) >= SLOWEST]
    if not moves or not light:
        return False
    lasts = max(float(k.t[-1] - k.t[0]) for k in light)
    return told_by_list(track) < COMPLETE * lasts


def told_by_list(track: Track) -> float:
    """Return the s that the intervals of ``track`` fill."""
    return float(np.nansum(track.x[:, 0])) / 1000.0


def _device(track: Track) -> str:
    return track.stream.name.rpartition(".")[0]
