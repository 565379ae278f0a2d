"""Any sensor's samples from a simulated body: kind, unit and rate are enough."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engine.errors import ConfigError
from engine.streams import F64, Chunk, Stream
from engine.twin import slots as s
from engine.twin.artefacts import ECTOPIC_EVERY, Artefact
from engine.twin.body import Body
from engine.twin.chance import chance, normal
from engine.twin.spoil import WEAKNESS, Spoiler
from engine.twin.waveforms import ecg, ppg, pulse_foot, row_at, sampled
from engine.units import Kind, Unit

GAINS = {
    (Kind.ECG, Unit.MILLIVOLT): 1.0,
    (Kind.ECG, Unit.RAW): 1000.0,
    (Kind.PPG, Unit.RAW): 1.0,
    (Kind.PPG, Unit.LEVEL): 1.0,
    (Kind.RRI, Unit.MILLISECOND): 1000.0,
    (Kind.RRI, Unit.SECOND): 1.0,
    (Kind.PPI, Unit.MILLISECOND): 1000.0,
    (Kind.PPI, Unit.SECOND): 1.0,
    (Kind.EDA, Unit.MICROSIEMENS): 1.0,
    (Kind.EDA, Unit.RAW): 100.0,
    (Kind.RESP, Unit.RAW): 1.0,
    (Kind.RESP, Unit.LEVEL): 1.0,
    (Kind.SKIN_TEMP, Unit.CELSIUS): 1.0,
    (Kind.ACC, Unit.G): 1.0,
    (Kind.ACC, Unit.RAW): 1000.0,
    (Kind.SPO2, Unit.PERCENT): 1.0,
    (Kind.BATTERY, Unit.PERCENT): 1.0,
    (Kind.ANGLE, Unit.DEGREE): 1.0,
}
"""What the body can feed, and how many of that unit make one of its own."""

NOISE = {
    Kind.ECG: 0.010,
    Kind.PPG: 0.008,
    Kind.EDA: 0.003,
    Kind.RESP: 0.004,
    Kind.SKIN_TEMP: 0.004,
    Kind.ACC: 0.002,
}
"""Standard deviation of each sensor's own noise, in the body's unit (mV, 1, uS, L, degC, g)."""

USUAL_RATE = {Kind.SKIN_TEMP: 1.0, Kind.SPO2: 1.0, Kind.ANGLE: 1.0, Kind.BATTERY: 1.0 / 60.0}
"""Hz for slow quantities whose stream is irregular."""

COLUMN = {Kind.EDA: s.ROW_EDA, Kind.RESP: s.ROW_VOLUME, Kind.SKIN_TEMP: s.ROW_SKIN_TEMP}

INTERVALS = frozenset({Kind.RRI, Kind.PPI})
RECLINE_DEG = 10.0
BATTERY_PER_HOUR = 4.0


class Probe:
    """One stream's sensor on the body.

    Parameters
    ----------
    stream
        What it shall deliver.
    seed
        Whole numbers that name its noise.
    noise
        Multiplies the sensor's own noise; 0 is a perfect sensor.
    artefacts
        What goes wrong.

    Raises
    ------
    ConfigError
        If a body cannot feed such a stream.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        seed: tuple[int, ...] = (0,),
        noise: float = 1.0,
        artefacts: Sequence[Artefact] = (),
    ) -> None:
        self.stream = stream
        key = (stream.kind, stream.unit)
        if key not in GAINS:
            units = [str(unit) for kind, unit in GAINS if kind is stream.kind]
            raise ConfigError(
                f"a body gives no {stream.kind} in {stream.unit}",
                where=stream.name,
                hint=f"use {' or '.join(units)}" if units else "it never comes from a body",
            )
        self._gain = GAINS[key]
        self._rate = stream.rate or USUAL_RATE.get(stream.kind, 0.0)
        if self._rate <= 0.0 and stream.kind not in INTERVALS:
            raise ConfigError(
                f"{stream.kind} needs a rate", where=stream.name, hint="declare rate = Hz"
            )
        self._chance = chance(*seed)
        self._noise = noise * NOISE.get(stream.kind, 0.0)
        self._next = 0
        self._seen = 0.0
        touching = [a for a in artefacts if a.touches(stream.name)]
        self._spoilers = [
            [Spoiler(a, stream.kind, (*seed, axis, i)) for i, a in enumerate(touching)]
            for axis in range(len(stream.axes) if stream.kind in WEAKNESS else 0)
        ]
        self._jolts = [a for a in touching if a.kind == "motion"]
        silent = {"dropout", "contact"} if stream.kind in INTERVALS else {"dropout"}
        self._gaps = [(a.at, a.ends) for a in touching if a.kind in silent]
        self._held = [(a.at, a.ends) for a in touching if a.kind == "radio"]

    def take(self, body: Body, until: float) -> tuple[F64, F64]:
        """Return the samples since the last call: ``(n,)`` s and ``(n, axes)``.

        The body must have lived `engine.twin.waveforms.AHEAD` beyond ``until``.
        """
        if self.stream.kind in INTERVALS:
            t, x = self._intervals(body, until)
        else:
            t, x = self._samples(body, until)
        keep = np.ones(len(t), np.bool_)
        for begin, end in self._gaps:
            keep &= (t < begin) | (t >= end)
        return (t, x) if keep.all() else (t[keep], x[keep])

    def arrival(self, t: F64) -> F64:
        """Return when samples of body times ``t``, ``(n,)`` s, reach the engine, ``(n,)`` s."""
        sent = t.copy()
        for begin, end in self._held:
            sent[(t >= begin) & (t < end)] = end
        return sent + self.stream.latency

    def _samples(self, body: Body, until: float) -> tuple[F64, F64]:
        first, rate = self._next, self._rate
        n = max(math.floor(until * rate + 1e-6) + 1 - first, 0)
        self._next += n
        columns = np.empty((len(self.stream.axes), n))
        for axis, column in enumerate(columns):
            self._draw(body, first, axis, column)
            if self._spoilers:
                for spoiler in self._spoilers[axis]:
                    spoiler.spoil(first, rate, column)
        t = (first + np.arange(n)) / rate
        return t, np.ascontiguousarray((self._gain * columns).T)

    def _draw(self, body: Body, first: int, axis: int, out: F64) -> None:
        """Fill ``out``, ``(n,)``, with one axis in the body's own unit."""
        kind, rate = self.stream.kind, self._rate
        t = (first + np.arange(len(out))) / rate
        if kind is Kind.ECG:
            ecg(first, rate, body.rows, body.first_row, body.beats, self._noise,
                self._chance, out)  # fmt: skip
            out *= 0.8**axis  # further leads, if any, see it smaller
        elif kind is Kind.PPG:
            ppg(first, rate, body.rows, body.first_row, body.beats, body.person.pulse_delay,
                self._noise, self._chance, out)  # fmt: skip
            out *= 0.8**axis
        elif kind in COLUMN:
            sampled(first, rate, body.rows, body.first_row, COLUMN[kind], 1.0, self._noise,
                    self._chance, out)  # fmt: skip
        elif kind is Kind.ACC:
            # Upright on the breastbone: the chest tips a little with every breath.
            sampled(first, rate, body.rows, body.first_row, s.ROW_VOLUME,
                    (0.004, 0.012, 0.025)[axis % 3], self._noise, self._chance, out)  # fmt: skip
            out += (0.0, 0.97, 0.2)[axis % 3]
        elif kind is Kind.SPO2:
            sampled(first, rate, body.rows, body.first_row, s.ROW_AROUSAL, -0.3, 0.0,
                    self._chance, out)  # fmt: skip
            out[:] = np.round(97.6 + out)
        elif kind is Kind.BATTERY:
            out[:] = np.round(np.maximum(100.0 - BATTERY_PER_HOUR * t / 3600.0, 1.0))
        else:
            out[:] = RECLINE_DEG

    def _intervals(self, body: Body, until: float) -> tuple[F64, F64]:
        beats = body.beats
        t, interval = beats[:, s.BEAT_TIME], beats[:, s.BEAT_RR]
        if self.stream.kind is Kind.PPI:
            delay = body.person.pulse_delay
            feet = [
                r + 0.13 + pulse_foot(delay, row_at(body.rows, body.first_row, s.ROW_PULSE, r))
                for r in t.tolist()
            ]
            t = np.array(feet)
            interval = np.concatenate([[np.nan], np.diff(t)])[: len(t)]
        new = (t > self._seen) & (t <= until) & np.isfinite(interval)
        self._seen = max(self._seen, until)
        t, interval = t[new], interval[new]
        x = np.full((len(t), len(self.stream.axes)), np.nan)
        x[:, 0] = self._gain * interval
        for i, at in enumerate(t.tolist()):
            for jolt in self._jolts:
                if jolt.at <= at < jolt.ends:
                    x[i, 0] *= math.exp(0.3 * jolt.strength * normal(self._chance))
        return t, x


def waveform_for(
    stream: Stream,
    *,
    seed: tuple[int, ...] = (0,),
    noise: float = 1.0,
    artefacts: Sequence[Artefact] = (),
) -> Probe:
    """Return a sensor that delivers ``stream`` from any body; see `Probe`."""
    return Probe(stream, seed=seed, noise=noise, artefacts=artefacts)


class Wire:
    """A probe and what is still on its way from it, in order."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self._t = np.zeros(0)
        self._x = np.zeros((0, len(probe.stream.axes)))
        self._arrival = np.zeros(0)

    def read(self, body: Body, until: float) -> Chunk | None:
        """Return what has arrived by ``until``, s; None when nothing has."""
        t, x = self.probe.take(body, until)
        if len(t):
            self._t = np.concatenate([self._t, t])
            self._x = np.concatenate([self._x, x])
            arrival = np.concatenate([self._arrival, self.probe.arrival(t)])
            self._arrival = np.maximum.accumulate(arrival)
        n = int(np.searchsorted(self._arrival, until + 1e-9, side="right"))
        if n == 0:
            return None
        chunk = Chunk(self.probe.stream, self._t[:n], self._x[:n])
        self._t, self._x, self._arrival = self._t[n:], self._x[n:], self._arrival[n:]
        return chunk

    def skip(self, body: Body, until: float) -> None:
        """Lose everything up to ``until``, s."""
        self.probe.take(body, until)
        self._t, self._x, self._arrival = self._t[:0], self._x[:0], self._arrival[:0]


class Feed:
    """All the sensors one body wears, each with its own noise and latency.

    Parameters
    ----------
    body
        Who wears them.
    streams
        What they deliver; any driver's streams will do.
    seed
        Names their noise, zero or more.
    noise
        Multiplies it.
    artefacts
        What goes wrong; ``ectopy`` is given to the body itself.
    """

    def __init__(
        self,
        body: Body,
        streams: Iterable[Stream],
        *,
        seed: int = 0,
        noise: float = 1.0,
        artefacts: Sequence[Artefact] = (),
    ) -> None:
        self._body = body
        self._wires = [
            Wire(waveform_for(stream, seed=(seed, 4, i), noise=noise, artefacts=artefacts))
            for i, stream in enumerate(streams)
        ]
        for artefact in artefacts:
            if artefact.kind == "ectopy":
                for at in np.arange(artefact.at, artefact.ends, ECTOPIC_EVERY).tolist():
                    body.ectopic(at)

    def read(self, until: float) -> list[Chunk]:
        """Return what has reached the engine by ``until``, s, one chunk a stream at most.

        The body must have lived `engine.twin.waveforms.AHEAD` beyond ``until``.
        """
        chunks = (wire.read(self._body, until) for wire in self._wires)
        return [chunk for chunk in chunks if chunk is not None]

    def skip(self, until: float) -> None:
        """Lose everything up to ``until``, s: no one was connected."""
        for wire in self._wires:
            wire.skip(self._body, until)
