"""From light through the skin to pulses, and from their intervals to the heart's signals."""

from dataclasses import dataclass, field

import numpy as np

from engine.dsp import ppg_layout as at
from engine.dsp.ppg import PulseDetector
from engine.errors import GraphError
from engine.graph.cardiac import HeartStreams, wire_heart
from engine.graph.graph import Graph
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

GOOD_ENOUGH = 0.5
"""An interval of less quality than this is not told."""

PULSE_AXES = ("ppi_ms", "quality", "ppi_quality", "height", "valley", "foot_s", "peak_s")


@dataclass(slots=True)
class Pulses:
    """Find pulses in a photoplethysmogram; makes ``pulse.beat``, stamped mid-upstroke.

    Attributes
    ----------
    rising
        Whether the signal rises in systole.
    """

    rising: bool = True
    _engine: PulseDetector = field(init=False)
    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept one regular photoplethysmogram, in any unit, 20 Hz or faster."""
        (stream,) = inputs
        if stream.kind is not Kind.PPG:
            raise GraphError(f"is {stream.kind}, not a pulse wave", where=stream.name)
        if stream.rate is None:
            raise GraphError("has no rate", where=stream.name, hint="declare it in the driver")
        try:
            self._engine = PulseDetector(stream.rate, rising=self.rising)
        except GraphError as fault:
            raise GraphError(fault.what, where=stream.name, hint=fault.hint) from fault
        self._made = Stream(
            "pulse.beat",
            Kind.DERIVED,
            Unit.MILLISECOND,
            latency=stream.latency + 0.3,
            axes=PULSE_AXES,
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the pulses these samples complete."""
        rows = self._engine.push(chunk.t, chunk.x[:, 0])
        if not len(rows):
            return None
        x = rows[:, [at.O_PPI, at.O_QUALITY, at.O_PPI_QUALITY, at.O_HEIGHT, at.O_VALLEY,
                     at.O_FOOT, at.O_PEAK]].copy()  # fmt: skip
        x[:, 0] *= 1000.0
        return Chunk(self._made, rows[:, at.O_TIME], x)


@dataclass(slots=True)
class PulseIntervals:
    """Keep the intervals between two good pulses; makes ``pulse.ppi``."""

    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept ``pulse.beat``."""
        (stream,) = inputs
        self._made = Stream("pulse.ppi", Kind.PPI, Unit.MILLISECOND, latency=stream.latency)
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the intervals that are worth using."""
        good = (chunk.x[:, 2] >= GOOD_ENOUGH) & ~np.isnan(chunk.x[:, 0])
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
        Intervals between two good pulses, ms.
    heart
        What is read from these intervals, as from any device's own.
    """

    beat: Stream
    ppi: Stream
    heart: HeartStreams


def wire_pulse(graph: Graph, stream: Stream) -> PulseStreams:
    """Add pulses and the heart's signals, read from a photoplethysmogram (20 Hz or more).

    Raises
    ------
    GraphError
        If the stream is no pulse wave, too slow, or irregular.
    """
    beat = graph.add(Pulses(), stream)
    ppi = graph.add(PulseIntervals(), beat)
    return PulseStreams(beat, ppi, wire_heart(graph, ppi, beside=[stream]))
