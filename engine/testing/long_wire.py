"""What a long recording of the wire proves: rate, gaps, noise, measured latency."""

import math
from collections.abc import Iterator

import numpy as np

from engine.devices.driver import Driver
from engine.devices.keeper import patience
from engine.testing.wire import WireRecording
from engine.testing.wire_replay import replay
from engine.units import Kind

LONG = 1800.0
"""Seconds a recording has to last."""
RATE_OFF = 0.02
"""Share by which a rate may differ from the declared one."""
REFUSED = 0.01
"""Share of messages that may make no sense."""
UNTIMED = frozenset({Kind.BATTERY, Kind.STATUS})
"""Kinds nobody waits for: how late they come need not be measured."""
LATENCY_OFF = 0.02
"""Seconds by which a declared latency may differ from the measured one."""

STOPS_WITHIN = 1.0
"""Seconds after the last message within which a device with outputs is at rest by itself."""


def check_wire(driver: type[Driver], wire: WireRecording | None) -> Iterator[str]:
    """Yield what a long recording of the wire does not prove."""
    if wire is None or not wire.pieces:
        yield (
            f"no wire is recorded (transcripts/{driver.model}.wire): "
            f"anlan devices record {driver.model} --for {LONG:g}"
        )
        return
    lasts = wire.pieces[-1].t - wire.pieces[0].t
    if lasts < LONG:
        yield f"the wire is recorded for {lasts / 60:.1f} min; {LONG / 60:.0f} are needed"
    if not wire.how:
        yield "it is not told how the latency was measured"
    if driver.outputs and math.isnan(wire.stops_after):
        yield (
            "how long it moves on after its messages stop was not measured; say it in the first "
            'line of the recording: "stops_after": ...'
        )
    elif driver.outputs and not wire.stops_after <= STOPS_WITHIN:
        yield (
            f"stops {wire.stops_after:g} s after its messages stop; "
            f"{STOPS_WITHIN:g} s is the most, by a watchdog of its own"
        )
    for stream in driver.streams:
        measured = wire.latency.get(stream.name)
        if measured is None and stream.kind in UNTIMED:
            continue
        if measured is None:
            yield (
                f"the latency of stream {stream.name!r} was not measured; say it in the first "
                f'line of the recording: "latency": {{"{stream.name}": ...}}'
            )
        elif not abs(measured - stream.latency) <= LATENCY_OFF:
            yield (
                f"stream {stream.name!r} declares a latency of {stream.latency:g} s, "
                f"{measured:g} s was measured"
            )
    yield from _played(driver, wire, lasts)


def _played(driver: type[Driver], wire: WireRecording, lasts: float) -> Iterator[str]:
    played = replay(driver, wire)
    if played.refused > REFUSED * len(wire.pieces):
        yield f"{played.refused} of {len(wire.pieces)} pieces made no sense"
    for stream in driver.streams:
        times = played.times(stream)
        if not len(times):
            yield f"stream {stream.name!r} is not in the recording"
            continue
        if np.any(np.diff(times) <= 0.0):
            yield f"the times of stream {stream.name!r} do not increase"
        longest = float(np.max(np.diff(times), initial=0.0))
        if longest > patience(driver.streams):
            yield f"stream {stream.name!r} pauses for {longest:.1f} s"
        rate = len(times) / lasts if lasts > 0.0 else math.nan
        if stream.rate is not None and not abs(rate / stream.rate - 1.0) <= RATE_OFF:
            yield (
                f"stream {stream.name!r} has {rate:.2f} samples a second, {stream.rate:g} declared"
            )
