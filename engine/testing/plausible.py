"""Whether recorded messages say what a person, or the device beside them, can be like."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from engine.devices.heat import BELIEVED
from engine.devices.reading import Reading
from engine.streams import F64
from engine.units import Kind, Unit

POSSIBLE: Mapping[tuple[Kind, Unit], tuple[float, float]] = {
    (Kind.ECG, Unit.MILLIVOLT): (0.0, 500.0),
    (Kind.EEG, Unit.MILLIVOLT): (0.0, 500.0),
    (Kind.EMG, Unit.MILLIVOLT): (0.0, 500.0),
    (Kind.RRI, Unit.MILLISECOND): (200.0, 4000.0),
    (Kind.PPI, Unit.MILLISECOND): (200.0, 4000.0),
    (Kind.EDA, Unit.MICROSIEMENS): (0.0, 500.0),
    (Kind.SKIN_TEMP, Unit.CELSIUS): (5.0, 50.0),
    (Kind.TEMPERATURE, Unit.CELSIUS): BELIEVED,
    (Kind.ACC, Unit.G): (0.1, 8.0),
    (Kind.SPO2, Unit.PERCENT): (20.0, 100.0),
    (Kind.ANGLE, Unit.DEGREE): (-360.0, 360.0),
    (Kind.BATTERY, Unit.PERCENT): (0.0, 100.0),
}
"""Wide enough for any person; narrow enough for volts, seconds, tenths, shares and milli-g to fall
out. Of voltages and acceleration the magnitude: nobody rests at 1000 g."""
MAGNITUDE = frozenset({Kind.ECG, Kind.EEG, Kind.EMG, Kind.ACC})
RATE_OFF = 0.05
"""Share by which times that come with the samples may differ from the declared rate."""


def implausible(readings: Iterable[Reading]) -> Iterator[str]:
    """Yield each stream of which not a single recorded value can be right."""
    by_stream = itertools.groupby(sorted(readings, key=_name), key=_name)
    for name, told in by_stream:
        mine = [r for r in told if len(r.values)]
        if not mine:
            continue
        stream = mine[0].stream
        limits = POSSIBLE.get((stream.kind, stream.unit))
        if limits is None:
            continue
        rows = [np.array(r.values, dtype=float).reshape(len(r.values), -1) for r in mine]
        x = np.concatenate([_size(row) if stream.kind in MAGNITUDE else row[:, 0] for row in rows])
        x = x[np.isfinite(x)]
        if len(x) and not np.any((x >= limits[0]) & (x <= limits[1])):
            yield (
                f"every recorded value of stream {name!r} lies within {x.min():g} to {x.max():g} "
                f"{stream.unit}; possible are {limits[0]:g} to {limits[1]:g}: "
                "is the device's unit another one?"
            )


def _name(reading: Reading) -> str:
    return reading.stream.name


def _size(rows: F64) -> F64:
    size: F64 = np.linalg.norm(rows, axis=1)
    return size


def off_rate(readings: Iterable[Reading]) -> Iterator[str]:
    """Yield streams whose samples bring times of another rate than the declared one."""
    for reading in readings:
        stream, times = reading.stream, reading.times
        if stream.rate is None or times is None or len(times) < 3:
            continue
        lasts = float(times[-1]) - float(times[0])
        rate = (len(times) - 1) / lasts if lasts > 0.0 else math.inf
        if not abs(rate / stream.rate - 1.0) <= RATE_OFF:
            yield (
                f"the times of stream {stream.name!r} are those of {rate:g} samples a second; "
                f"{stream.rate:g} are declared"
            )
            return
