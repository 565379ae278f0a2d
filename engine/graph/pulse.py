"""From light through the skin to pulses, and from their intervals to the heart's signals."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import ppg_layout as at
from engine.dsp.ppg import PulseDetector
from engine.dsp.ppg_motion import PATIENCE, MotionGate
from engine.dsp.ppg_motion_layout import AXES
from engine.errors import GraphError
from engine.graph.cardiac import HeartStreams, wire_heart
from engine.graph.cardiac_rows import HeartRows
from engine.graph.graph import Graph
from engine.graph.rated import rate_of
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

GOOD_ENOUGH = 0.5
"""An interval of less quality than this is not told."""

SLOWEST_MOVEMENT = 12.0
"""Acceleration of fewer samples a second shows no steps."""

PULSE_AXES = ("ppi_ms", "quality", "ppi_quality", "height", "valley", "foot_s", "peak_s")


@dataclass(slots=True)
class Pulses:
    """Find pulses in a photoplethysmogram; makes ``pulse.events``, in the order they are known.

    With acceleration of the same place, pulses that movement may have made are believed less.
    Once a second a row of NaN tells that time goes on, so that what follows needs no other
    stream for that, and the order of its rows does not depend on how samples were bundled.

    Attributes
    ----------
    rising
        Whether the signal rises in systole.
    """

    rising: bool = True
    _engine: PulseDetector = field(init=False)
    _gate: MotionGate | None = field(init=False, default=None)
    _light: Stream = field(init=False)
    _second: float = field(init=False, default=-math.inf)
    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept a regular photoplethysmogram, in any unit, 20 Hz or faster, and acceleration."""
        stream = self._light = inputs[0]
        if stream.kind is not Kind.PPG:
            raise GraphError(f"is {stream.kind}, not a pulse wave", where=stream.name)
        rate = rate_of(stream)
        try:
            self._engine = PulseDetector(rate, rising=self.rising)
        except GraphError as fault:
            raise fault.at(stream.name) from fault
        latency = stream.latency + 0.3
        for movement in inputs[1:]:
            require_movement(movement)
            self._gate = MotionGate()
            latency += PATIENCE
        self._made = Stream(
            "pulse.events",
            Kind.DERIVED,
            Unit.MILLISECOND,
            latency=latency,
            axes=PULSE_AXES,
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the pulses these samples complete, or whose movement is now known."""
        if chunk.stream.name == self._light.name:
            rows = self._beside_time(self._engine.push(chunk.t, chunk.x[:, 0]), chunk.t)
            if self._gate is not None:
                rows = self._gate.judge(rows, chunk.t)
        elif self._gate is not None:
            rows = self._gate.feel(chunk.t, chunk.x)
        else:
            return None
        if not len(rows):
            return None
        x = rows[:, [at.O_PPI, at.O_QUALITY, at.O_PPI_QUALITY, at.O_HEIGHT, at.O_VALLEY,
                     at.O_FOOT, at.O_PEAK]].copy()  # fmt: skip
        x[:, 0] *= 1000.0
        return Chunk(self._made, rows[:, at.O_TIME], x)

    def _beside_time(self, rows: F64, t: F64) -> F64:
        """Add a row for the first sample of every second, among those known before it."""
        began: list[float] = []
        for now in t.tolist():
            if now // 1.0 > self._second:
                self._second = now // 1.0
                began.append(now)
        if not began:
            return rows
        passed = np.full((len(began), at.OUT_COLUMNS), np.nan)
        passed[:, at.O_TIME] = passed[:, at.O_KNOWN] = began
        both = np.vstack((rows, passed))
        return np.asarray(both[np.argsort(both[:, at.O_KNOWN], kind="stable")])


def require_movement(stream: Stream) -> None:
    """Raise `GraphError` unless ``stream`` shows how the place of a pulse moves."""
    if stream.kind is not Kind.ACC:
        raise GraphError(f"is {stream.kind}, not acceleration", where=stream.name)
    if stream.unit is not Unit.G:
        raise GraphError(
            f"is in {stream.unit}: how strong a movement is cannot be told",
            where=stream.name,
            hint="declare it in g in the driver",
            zh=f"单位是 {stream.unit}，无从判断动作有多大，请在驱动中换算为 g",
        )
    if len(stream.axes) != AXES:
        raise GraphError(
            f"has {len(stream.axes)} axes, not {AXES}",
            where=stream.name,
            zh=f"有 {len(stream.axes)} 个轴，应为 {AXES} 个",
        )
    if stream.rate is not None and stream.rate < SLOWEST_MOVEMENT:
        raise GraphError(
            f"at {stream.rate:g} Hz is too slow to show steps",
            where=stream.name,
            hint=f"set the device to {SLOWEST_MOVEMENT:g} Hz or more",
            zh=f"采样率 {stream.rate:g} Hz 太低，看不出步态，请设为 {SLOWEST_MOVEMENT:g} Hz 或更高",
        )


@dataclass(slots=True)
class PulseIntervals:
    """Keep the intervals between two good pulses, and NaN once a second; makes ``pulse.ppi``."""

    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept ``pulse.events``."""
        (stream,) = inputs
        self._made = Stream("pulse.ppi", Kind.PPI, Unit.MILLISECOND, latency=stream.latency)
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the intervals that are worth using, and that time goes on."""
        time = np.isnan(chunk.x[:, 1])
        good = time | ((chunk.x[:, 2] >= GOOD_ENOUGH) & ~np.isnan(chunk.x[:, 0]))
        if not good.any():
            return None
        return Chunk(self._made, chunk.t[good], chunk.x[good][:, :1])


@dataclass(frozen=True, slots=True)
class PulseStreams:
    """What `wire_pulse` makes.

    Attributes
    ----------
    beat
        Every pulse, good or not, with `PULSE_AXES`; stamped at mid-upstroke.
    ppi
        Intervals between two good pulses, ms; NaN once a second, when no more is told than that
        time goes on.
    heart
        What is read from these intervals, as from any device's own.
    """

    beat: Stream
    ppi: Stream
    heart: HeartStreams


def wire_pulse(graph: Graph, stream: Stream, movement: Stream | None = None) -> PulseStreams:
    """Add pulses and the heart's signals, read from a photoplethysmogram (20 Hz or more).

    Parameters
    ----------
    movement
        Acceleration (g, three axes, 12 Hz or more) of the place ``stream`` is read at.

    Raises
    ------
    GraphError
        If ``stream`` is no pulse wave, too slow, or irregular; if ``movement`` does not
        fulfil `require_movement`.
    """
    beside = (stream,) if movement is None else (stream, movement)
    events = graph.add(Pulses(), *beside)
    every = HeartRows("pulse.beat", Unit.MILLISECOND, "quality", PULSE_AXES, PULSE_AXES)
    beat = graph.add(every, events)
    ppi = graph.add(PulseIntervals(), events)
    return PulseStreams(beat, ppi, wire_heart(graph, ppi, beside=[]))
