"""What a source does to a person: within its limits, to rest, and never after its end."""

import math
from collections.abc import Iterator

from engine.clock import Clock
from engine.devices.governed import WISH_LASTS
from engine.devices.source import Source, StandIn
from engine.devices.state import DeviceState
from engine.testing import names
from engine.testing.situations import motion_faults, told_of
from engine.testing.source_bench import SourceBench, acts_of
from engine.testing.verdict import Check, Tier

STARTS_WITHIN = 20.0
LONGEST_RISE = 3.0
"""Seconds of the way from rest to the highest levels that are waited for."""
STOPS_WITHIN = 1.0
"""Seconds after which nothing may act that was stopped, closed or killed."""
NOTHING = 1e-3
"""Strength below which a device is at rest."""
UNSEEN = "its stand-in has no acts(), so what it does cannot be seen"


def acting_checks(kind: type[Source], stand_in: StandIn) -> Iterator[Check]:
    """Yield the checks of what ``kind`` does, if it does anything."""
    if not kind(kind.look_up(stand_in.options)).outputs:
        return
    blind = UNSEEN if math.isnan(acts_of(stand_in)) else ""
    for name, check in ((names.MOTION, check_acting), (names.STOP, check_stopping)):
        found = () if blind else gathered(check(kind, stand_in))
        yield Check(Tier.SILVER, name, found, blind)


def gathered(faults: Iterator[str]) -> tuple[str, ...]:
    """Return all faults; what is raised, or cannot be tried, is one more."""
    found: list[str] = []
    try:
        found.extend(faults)
    except NotImplementedError:
        found.append("was not tried: the stand-in cannot do it")
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        found.append(f"raises {type(error).__name__}: {error}")
    return tuple(found)


def check_acting(
    kind: type[Source], stand_in: StandIn, clock: Clock | None = None
) -> Iterator[str]:
    """Yield how an output breaks its range, its slew, its rest or its time to live."""
    bench = SourceBench(kind, stand_in, clock)
    high = {o.name: o.high * 2.0 + 1.0 for o in bench.source.outputs}
    rise = _rise(bench)
    try:
        if not bench.run(STARTS_WITHIN, DeviceState.LIVE):
            yield f"does not start: {bench.keeper.standing.en}"
            return
        bench.run(0.5)
        if bench.told:
            yield "is told levels before anybody wishes any"
        if bench.acts() > NOTHING:
            yield "acts before anybody wishes it"
        bench.run(rise, wishes=high)
        if bench.acts() <= NOTHING:
            yield "does nothing at its highest levels"
        bench.run(WISH_LASTS + rise + 1.0)  # a wish that lasts a moment longer rises that much more
        if bench.acts() > NOTHING:
            yield "acts after its wishes ended"
    finally:
        bench.keeper.close()
    for output in bench.source.outputs:
        yield from motion_faults(output, bench.told, told_of(output, bench.chunks))


def check_stopping(
    kind: type[Source], stand_in: StandIn, clock: Clock | None = None
) -> Iterator[str]:
    """Yield how it fails to stop: at an emergency, and when it is closed."""
    bench = SourceBench(kind, stand_in, clock)
    high = {o.name: o.high for o in bench.source.outputs}
    try:
        if not bench.run(STARTS_WITHIN, DeviceState.LIVE):
            yield f"does not start: {bench.keeper.standing.en}"
            return
        bench.run(2.0, wishes=high)
        bench.keeper.halt()
        bench.run(STOPS_WITHIN, wishes=high)
        if bench.acts() > NOTHING:
            yield f"acts {STOPS_WITHIN:g} s after an emergency stop"
        bench.run(1.0, wishes=high)
        if bench.acts() > NOTHING:
            yield "acts again although nobody released the emergency stop"
        bench.keeper.reset()
        bench.run(3.0, wishes=high)
        if bench.acts() <= NOTHING:
            yield "does nothing after its emergency stop was released"
    finally:
        bench.keeper.close()
    bench.clock.wait(STOPS_WITHIN)
    if bench.acts() > NOTHING:
        yield f"acts {STOPS_WITHIN:g} s after it was closed"


def _rise(bench: SourceBench) -> float:
    slowest = max((o.high - o.low) / o.slew for o in bench.source.outputs)
    return min(slowest, LONGEST_RISE) + 1.0
