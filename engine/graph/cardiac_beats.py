"""Makes heartbeats of an electrocardiogram, or of the intervals a device tells."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.cardiac_quality import BeatQuality
from engine.dsp.qrs import QrsDetector
from engine.errors import GraphError
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

EVENT_AXES = ("kind", "at_s", "rr_ms", "quality", "match", "amplitude", "pulse")
"""Columns of ``heart.events``, stamped when the event became known: its kind (see
`engine.dsp.qrs_layout`), when the heart beat, the interval to the beat before (NaN if
one may have been missed between), quality 0..1, likeness to the person's usual beat
-1..1, height of the R peak in the input's unit and how surely it is the pulse of a pacemaker, 0..1,
which is why its quality is low (NaN where there is no waveform)."""
(KIND, AT, RR, QUALITY, MATCH, AMPLITUDE, PULSE) = range(len(EVENT_AXES))
LATE_NOTICE = 1.2
"""s by which a device's stamps may disagree with its intervals before one is missing."""
PATIENCE = 4.0
"""s without an interval, beyond the device's own latency, after which it is silent."""


@dataclass(slots=True)
class EcgBeats:
    """Find beats in an electrocardiogram (first axis); makes ``heart.events``."""

    _detector: QrsDetector = field(init=False)
    _made: Stream = field(init=False)
    _before: float = field(init=False, default=math.nan)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept one ECG of 100-1000 Hz, in mV or raw units."""
        (stream,) = inputs
        if stream.kind is not Kind.ECG or stream.rate is None:
            raise GraphError(
                f"is {stream.kind} at {stream.rate} Hz, not a regular ECG",
                where=stream.name,
                hint="declare kind ecg and its rate in the driver",
                zh="不是有固定采样率的心电，请在驱动中写明种类和采样率",
            )
        try:
            self._detector = QrsDetector(stream.rate)
        except GraphError as fault:
            raise fault.at(stream.name) from fault
        latency = stream.latency + self._detector.delay
        self._made = Stream("heart.events", Kind.DERIVED, Unit.RAW, None, latency, EVENT_AXES)
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return what these samples tell of the heart."""
        rows = self._detector.push(chunk.x[:, 0], chunk.t)
        if not len(rows):
            return None
        known: list[float] = []
        events: list[tuple[float, ...]] = []
        # Plain numbers: to read one from an array takes as long as ten of these.
        for row in rows.tolist():
            kind, at_s, rr_ms = row[at.KIND], row[at.TIME], math.nan
            match = amplitude = pulse = math.nan
            if kind in {at.CONFIRMED, at.LATE}:
                match, amplitude = row[at.USUAL_SHAPE], row[at.AMPLITUDE]
                pulse = row[at.IS_PULSE]
                if row[at.JOINED] > 0:
                    rr_ms = 1000.0 * (at_s - self._before)
                self._before = at_s
            known.append(row[at.KNOWN])
            events.append((kind, at_s, rr_ms, row[at.QUALITY], match, amplitude, pulse))
        return Chunk(self._made, np.array(known), np.array(events))


@dataclass(slots=True)
class IntervalBeats:
    """Take a device's own R-R or pulse intervals (ms) as beats; makes ``heart.events``.

    Any other streams bound after the first only show that time goes on: with them, a
    device that falls silent is noticed while nothing comes from it.
    """

    _quality: BeatQuality = field(init=False)
    _source: Stream = field(init=False)
    _made: Stream = field(init=False)
    _before: float = field(init=False, default=-math.inf)
    _known: float = field(init=False, default=-math.inf)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept one RRI or PPI stream in ms, and streams that show time."""
        stream = inputs[0]
        if stream.kind not in {Kind.RRI, Kind.PPI} or stream.unit is not Unit.MILLISECOND:
            raise GraphError(
                f"is {stream.kind} in {stream.unit}, not heartbeat intervals in ms",
                where=stream.name,
                hint="a driver must convert its ticks to milliseconds",
            )
        self._source = stream
        self._quality = BeatQuality(PATIENCE + stream.latency)
        self._made = Stream(
            "heart.events", Kind.DERIVED, Unit.RAW, None, stream.latency, EVENT_AXES
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the beats these intervals end with, or that a second has passed."""
        if chunk.stream.name != self._source.name:
            return self._time_passed(chunk.t)
        known: list[float] = []
        rows: list[list[float]] = []
        for t, rr_ms in zip(chunk.t.tolist(), chunk.x[:, 0].tolist(), strict=True):
            self._known = max(self._known, t)
            if math.isfinite(rr_ms) and rr_ms > 0:
                # The stamps jitter; a whole interval that is missing between them shows.
                follows = t - self._before - rr_ms / 1000.0 <= LATE_NOTICE
                self._quality.beat(t, 1.0)
                self._before = t
                rows.append([at.CONFIRMED, t, rr_ms if follows else math.nan, 1.0])
                known.append(self._known)
            rows.append([at.SECOND, self._known, math.nan, self._now()])
            known.append(self._known)
        return self._chunk(known, rows)

    def _time_passed(self, t: F64) -> Chunk | None:
        """Say how good the intervals are at the first sample of every second that begins."""
        if not len(t) or math.isinf(self._before) or math.floor(t[-1]) <= math.floor(self._known):
            return None
        known: list[float] = []
        rows: list[list[float]] = []
        for now in t.tolist():
            if math.floor(now) > math.floor(self._known):
                self._known = now
                known.append(now)
                rows.append([at.SECOND, now, math.nan, self._now()])
        return self._chunk(known, rows)

    def _now(self) -> float:
        return self._quality.second(self._known, 1.0)

    def _chunk(self, known: list[float], rows: list[list[float]]) -> Chunk:
        x: F64 = np.full((len(rows), len(EVENT_AXES)), np.nan)
        x[:, :MATCH] = rows
        return Chunk(self._made, np.array(known), x)
