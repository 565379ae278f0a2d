"""Everything known of the heart, beat by beat and second by second."""

from dataclasses import dataclass, field

from engine.dsp.hrv_follow import KNOWN, SHOWN
from engine.dsp.hrv_tracker import SILENCE, HeartTracker
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

DETAIL_AXES = (
    "shown", "nn_at_s", "nn_ms", "code", "count", "difference_ok", "difference_ms", "nn_quality",
    "rate", "rate_quality", "rmssd_ms", "rmssd_quality", "sdnn_ms", "sdnn_quality", "pnn50",
    "corrected", "irregular", "burdened", "ultra_short", "pnn50_quality", "rmssd_doubt",
    "sdnn_doubt", "pnn50_doubt", "rmssd_chance", "sdnn_chance", "pnn50_chance", "may_be_ms",
)  # fmt: skip
"""Columns of ``heart.detail``: first a judged interval, if there is one, then (where
``shown`` is 1) the state of the heart: the rows of `engine.dsp.hrv_follow` after the first
column, with the meanings of `engine.dsp.hrv_tracker.HeartState`; last, the interval as it was
measured where that may be true though it was flagged."""


@dataclass(slots=True)
class HeartDetail:
    """Follow ``heart.events``; one row or more a beat, and one a second.

    Attributes
    ----------
    silence
        Seconds without a beat after which nothing is known.
    """

    silence: float = SILENCE
    _tracker: HeartTracker = field(init=False)
    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept ``heart.events``."""
        (stream,) = inputs
        self._tracker = HeartTracker(self.silence)
        self._made = Stream(
            "heart.detail", Kind.DERIVED, Unit.RAW, None, stream.latency, DETAIL_AXES
        )
        return self._made

    def breath(self, seconds: float) -> None:
        """Tell how long the guided breath lasts, s; NaN if there is no guide."""
        self._tracker.breath(seconds)

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows these events make."""
        rows = self._tracker.push(chunk.x, chunk.t)
        if not len(rows):
            return None
        return Chunk(self._made, rows[:, KNOWN].copy(), rows[:, SHOWN:].copy())
