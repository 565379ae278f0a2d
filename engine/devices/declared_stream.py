"""What is wrong with one declared stream."""

import math
from collections.abc import Iterator
from typing import TypeGuard

from engine.devices.written import written
from engine.streams import Stream
from engine.units import BEATS, UNITS, Kind, Unit

MOST_LATENCY = 10.0
"""Seconds a device may take from the body to the message. The slowest that are any use, oximeters,
average over up to 16 s, so tell what was 8 s ago; more is mostly a number of milliseconds."""
LEAST_RATE, MOST_RATE = 0.01, 10_000.0
"""Samples a second. Silence is told after five intervals, and nobody waits longer for a session;
the room keeps 20 s of every stream in memory."""
SINGLE = BEATS | {Kind.SPO2, Kind.BATTERY, Kind.STATUS, Kind.SKIN_TEMP}
"""Kinds of which the engine reads one value a sample."""


def stream_faults(stream: Stream) -> Iterator[str]:
    """Yield every fault of ``stream``."""
    yield from _measure_faults(stream)
    yield from _rate_faults(stream)
    yield from _latency_faults(stream)
    axes = written(stream.axes)
    if not isinstance(axes, tuple) or not axes or len(set(axes)) < len(axes):
        yield f"stream {stream.name!r} needs axes, a tuple with a name of its own for each"
    elif stream.kind in SINGLE and len(axes) > 1:
        yield (
            f"stream {stream.name!r} is Kind.{stream.kind.name} with {len(axes)} axes; it has one: "
            "make several streams of it"
        )


def _measure_faults(stream: Stream) -> Iterator[str]:
    kind, unit = written(stream.kind), written(stream.unit)
    if not isinstance(kind, Kind):
        known = ", ".join(Kind.__members__)
        yield f"stream {stream.name!r} measures {kind!r}, which is no Kind; there are: {known}"
    elif kind is Kind.DERIVED:
        yield f"stream {stream.name!r} is Kind.DERIVED, which never comes from a device"
    elif not isinstance(unit, Unit):
        yield (
            f"stream {stream.name!r} is in {unit!r}, which is no Unit; "
            f"Kind.{kind.name} goes with {_units(kind)}"
        )
    elif unit not in UNITS[kind]:
        yield (
            f"stream {stream.name!r} is Kind.{kind.name} in Unit.{unit.name} ({unit}); "
            f"Kind.{kind.name} goes with {_units(kind)}"
        )


def _units(kind: Kind) -> str:
    return " or ".join(f"Unit.{u.name} ({u})" for u in Unit if u in UNITS[kind])


def _rate_faults(stream: Stream) -> Iterator[str]:
    rate: object = stream.rate
    if rate is None:
        return
    if not _is_number(rate):
        yield f"stream {stream.name!r} has rate {rate!r}, not a number of samples a second"
        return
    if stream.kind in BEATS:
        yield f"stream {stream.name!r} comes once a beat, so it has no rate: rate=None"
    elif not LEAST_RATE <= rate <= MOST_RATE:
        yield (
            f"stream {stream.name!r} has rate {rate:g}, outside {LEAST_RATE:g} to {MOST_RATE:g} "
            "samples a second; None is for irregular ones"
        )


def _latency_faults(stream: Stream) -> Iterator[str]:
    latency: object = stream.latency
    if not _is_number(latency):
        yield f"stream {stream.name!r} has latency {latency!r}, not a number of seconds"
    elif not 0.0 <= latency <= MOST_LATENCY:
        yield (
            f"stream {stream.name!r} has latency {latency:g} s, outside 0 to {MOST_LATENCY:g}; "
            "it is in seconds, not in milliseconds"
        )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
