"""Refuses a recording whose unit cannot be right, before any number comes of it."""

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import BEATS
from engine.store.recording import Recording

SHORTEST_MS, LONGEST_MS = 200.0, 3000.0
"""The usual interval of a person's heart lies between these."""


def check(recording: Recording) -> None:
    """Look at the size of heartbeat intervals.

    Raises
    ------
    RecordingError
        When they cannot be in the unit the file names.
    """
    for track in recording.tracks:
        if track.stream.kind not in BEATS:
            continue
        usual = float(np.nanmedian(track.x[:, 0]))
        if SHORTEST_MS <= usual <= LONGEST_MS:
            continue
        name = track.stream.name
        hint = "give the intervals in ms"
        if SHORTEST_MS <= 1000.0 * usual <= LONGEST_MS:
            hint = f"they look like seconds: write {name}[s]"
        elif SHORTEST_MS <= usual / 1000.0 <= LONGEST_MS:
            hint = f"they look like milliseconds: write {name}[ms]"
        raise RecordingError(
            f"the usual interval of {name!r} is {usual:g} ms, and no heart beats like that",
            where=str(recording.path), hint=hint,
        )  # fmt: skip
