"""What any recording of the wire proves, however short: it means what it meant, at what rate."""

from collections.abc import Iterator

from engine.devices.driver import Driver
from engine.devices.rates import RateMeter
from engine.testing.names import MEANING, RATE
from engine.testing.verdict import Check, Tier
from engine.testing.wire import WireRecording
from engine.testing.wire_replay import differences, replay

LONG_ENOUGH = 60.0
"""Seconds of a stream from which its rate can be told."""
RATE_OFF = 0.05
"""Share by which it may differ from the declared one: beyond it the stamps of samples go wrong."""


def meaning_of(driver: type[Driver], wire: WireRecording | None) -> Iterator[Check]:
    """Yield the check that ``driver`` still makes of ``wire`` what it made of it; none without."""
    if wire is None:
        return
    if wire.model not in {"", driver.model}:
        faults = (f"the recording is of a {wire.model!r}",)
        yield Check(Tier.BRONZE, MEANING, faults)
    elif not wire.readings:
        why = "the recording does not end with what the driver made of it"
        yield Check(Tier.BRONZE, MEANING, unexamined=why)
    else:
        off = tuple(differences(driver, wire))
        rates = _rates(driver, wire)[1] if off else ()  # at another rate all times are others
        yield Check(Tier.BRONZE, MEANING, (*rates, *off))


def rate_of(driver: type[Driver], wire: WireRecording | None) -> Iterator[Check]:
    """Yield the check of every declared rate against ``wire``; none without declared rates."""
    if any(s.rate is not None for s in driver.streams):
        why, faults = _rates(driver, wire)
        yield Check(Tier.SILVER, RATE, faults, "" if faults else why)


def _rates(driver: type[Driver], wire: WireRecording | None) -> tuple[str, tuple[str, ...]]:
    if wire is None or not wire.pieces:
        return "no wire is recorded (anlan devices record); a transcript has no times", ()
    why, faults = "", list[str]()
    played = replay(driver, wire)
    for stream in driver.streams:
        if stream.rate is None:
            continue
        meter = RateMeter(stream.rate)
        for arrival, chunk in zip(played.arrivals, played.chunks, strict=True):
            if chunk.stream == stream:
                meter.take(len(chunk.t), arrival)
        if meter.lasts < LONG_ENOUGH:
            why = f"the recording holds less than {LONG_ENOUGH:g} s of {stream.name!r}"
        elif not abs(meter.rate / stream.rate - 1.0) <= RATE_OFF:
            faults.append(
                f"stream {stream.name!r} has {meter.rate:.4g} samples a second in the "
                f"recording, {stream.rate:g} are declared"
            )
    return why, tuple(faults)
