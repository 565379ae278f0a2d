"""Refuses a recording whose unit cannot be right, before any number comes of it."""

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import BEATS
from engine.store.recording import Recording
from engine.streams import Stream
from engine.units import Kind

SHORTEST_MS, LONGEST_MS = 200.0, 3000.0
"""The usual interval of a person's heart lies between these."""


RATES = {
    Kind.ECG: (25.0, 20_000.0), Kind.PPG: (10.0, 20_000.0), Kind.EDA: (0.5, 20_000.0),
    Kind.RESP: (1.0, 20_000.0),
}  # fmt: skip
"""Samples a second that recorders of each kind take."""


def check(recording: Recording) -> None:
    """Look at sampling rates and at the size of heartbeat intervals.

    Raises
    ------
    RecordingError
        When times or intervals cannot be in the unit the file names.
    """
    for track in recording.tracks:
        if track.stream.kind in RATES and track.stream.rate is not None:
            _check_rate(recording, track.stream, track.stream.rate)
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


def _check_rate(recording: Recording, stream: Stream, rate: float) -> None:
    low, high = RATES[stream.kind]
    if low <= rate <= high:
        return
    hint = "check the times, or the line # rate="
    if low <= 1000.0 * rate <= high:
        hint = "the times look like milliseconds: write t[ms]"
    elif low <= rate / 1000.0 <= high:
        hint = "the times look like seconds: write t[s]"
    raise RecordingError(
        f"{stream.name!r} would have {rate:g} samples a second",
        where=str(recording.path), hint=hint,
    )  # fmt: skip
