"""Everything known of the heart, beat by beat and second by second."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.hrv_tracker import SILENCE, HeartState, HeartTracker, Interval
from engine.graph.cardiac_beats import AT, KIND, MATCH, QUALITY, RR
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

DETAIL_AXES = (
    "shown", "nn_at_s", "nn_ms", "code", "count", "difference_ok", "difference_ms", "nn_quality",
    "rate", "rate_quality", "rmssd_ms", "rmssd_quality", "sdnn_ms", "sdnn_quality", "pnn50",
    "corrected", "irregular", "burdened", "ultra_short",
)  # fmt: skip
"""Columns of ``heart.detail``: first a judged interval, if there is one, then (where
``shown`` is 1) the state of the heart, as in `engine.dsp.hrv_tracker`."""
INTERVAL = 8
"""Where the interval's columns end."""


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

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows these events make."""
        known: list[float] = []
        rows: list[tuple[float, ...]] = []
        for t, event in zip(chunk.t.tolist(), chunk.x.tolist(), strict=True):
            judged: list[Interval] = []
            if event[KIND] in {at.CONFIRMED, at.LATE}:
                judged = self._tracker.beat(event[AT], event[RR], event[QUALITY], event[MATCH])
            elif event[KIND] != at.SECOND:
                continue
            rows += [(0.0, *_columns(interval), *_NO_STATE) for interval in judged[:-1]]
            last = _columns(judged[-1]) if judged else _NO_INTERVAL
            rows.append((1.0, *last, *_shown(self._tracker.state(t))))
            known += [t] * max(1, len(judged))
        return Chunk(self._made, np.array(known), np.array(rows)) if rows else None


def _columns(interval: Interval) -> tuple[float, ...]:
    return (
        interval.t, interval.nn_ms, float(interval.code), float(interval.stands_for),
        float(math.isfinite(interval.difference_ms)), interval.difference_ms, interval.quality,
    )  # fmt: skip


def _shown(s: HeartState) -> tuple[float, ...]:
    return (
        s.rate, s.rate_quality, s.rmssd_ms, s.rmssd_quality, s.sdnn_ms, s.sdnn_quality, s.pnn50,
        s.corrected, float(s.irregular), float(s.burdened), float(s.ultra_short),
    )  # fmt: skip


_NO_INTERVAL = (math.nan,) * (INTERVAL - 1)
_NO_STATE = (math.nan,) * (len(DETAIL_AXES) - INTERVAL)
