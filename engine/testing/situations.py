"""What happens to every device one day: silence, a pulled cable, a session that falls silent."""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from engine.devices.driver import Driver
from engine.devices.governed import WISH_LASTS
from engine.devices.keeper import LONGEST_STEP, patience, watched
from engine.devices.state import DeviceState
from engine.streams import F64, Chunk, Output
from engine.testing.bench import Bench
from engine.testing.heard import Heard
from engine.units import Unit

RENEWED = 0.6
"""Longest pause between two messages to a device with outputs, s: its watchdog lives on them."""


def check_talk(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield how times or states go wrong while the device talks, is silent and talks again."""
    if not driver.streams or not heard:
        return
    bench = Bench(driver, heard)
    bench.run(_long_enough(driver))
    if bench.counts_as() != DeviceState.LIVE:
        yield f"while it talks it counts as {bench.counts_as()}"
        return
    yield from _time_faults(bench.chunks, "while it talks")
    bench.run(patience(driver.streams) + 1.0, talks=False)
    if bench.counts_as() != DeviceState.STALE and watched(driver.streams):
        yield f"silent for long it counts as {bench.counts_as()}, not as stale"
    bench.chunks.clear()
    bench.run(_long_enough(driver))
    if bench.counts_as() != DeviceState.LIVE:
        yield f"after a silence it counts as {bench.counts_as()}"
    yield from _time_faults(bench.chunks, "after a silence")


def check_reconnection(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield what goes wrong when the cable is pulled and put back."""
    bench = Bench(driver, heard)
    bench.run(_long_enough(driver))
    before, greeted = len(bench.chunks), [d for _, d in bench.wire.written]
    bench.wire.cut = True
    bench.run(1.0)
    if bench.counts_as() != DeviceState.LOST:
        yield f"without its cable it counts as {bench.counts_as()}, not as lost"
    pulled_at = len(bench.wire.written)
    bench.wire.cut = False
    bench.run(8.0 + _long_enough(driver))
    hello = list(driver().hello())
    again = [d for _, d in bench.wire.written[pulled_at:]]
    if bench.wire.opened != 2:
        yield f"was opened {bench.wire.opened} times where 2 were right"
    if again[: len(hello)] != hello or greeted[: len(hello)] != hello:
        yield "is not greeted again with hello() after a reconnection"
    if not driver.streams or not heard:
        return
    if bench.counts_as() != DeviceState.LIVE:
        yield f"connected again it counts as {bench.counts_as()}"
    yield from _time_faults(bench.chunks[before:], "after a reconnection")
    yield from _repeats(bench.chunks[:before], bench.chunks[before:])


def check_motion(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield how an output breaks its range, its slew, its rest or its time to live."""
    if not driver.outputs:
        return
    high = {o.name: o.high * 2.0 + 1.0 for o in driver.outputs}
    bench = Bench(driver, heard)
    bench.run(1.0)
    if bench.source.told:
        yield "is told levels before anybody wishes any"
    slowest = max((o.high - o.low) / o.slew for o in driver.outputs)
    bench.run(slowest + 1.0, wishes=high)
    bench.run(WISH_LASTS + slowest + 1.0)
    for output in driver.outputs:
        yield from motion_faults(output, bench.source.told, told_of(output, bench.chunks))
    times = [t for t, _ in bench.source.told]
    longest = max((b - a for a, b in itertools.pairwise(times)), default=math.inf)
    if longest > RENEWED:
        yield f"was not told anything for {longest:.2f} s; a watchdog would have stopped it"


def check_stop(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield how it fails to stop: at an emergency, and at the end."""
    if not driver.outputs:
        return
    moves = [o.name for o in driver.outputs if o.unit is Unit.DEGREE]
    fresh = driver()
    halt, emergency = fresh.halt(), fresh.emergency_stop()
    if moves and not halt:
        yield f"moves ({', '.join(moves)}) but has no halt()"
    high = {o.name: o.high for o in driver.outputs}
    bench = Bench(driver, heard)
    bench.run(2.0, wishes=high)
    bench.keeper.halt()
    if emergency and emergency not in [d for _, d in bench.wire.written]:
        yield "an emergency stop sends no emergency_stop()"
    stopped_at = len(bench.source.told)
    bench.run(2.0, wishes=high)
    after = [levels for _, levels in bench.source.told[stopped_at:]]
    for output in driver.outputs:
        told = {levels[output.name] for levels in after}
        if len(told) > 1 or (output.unit is not Unit.DEGREE and told - {output.rest}):
            yield f"output {output.name!r} goes on after an emergency stop"
    bench.keeper.close()
    if halt and bench.wire.written[-1][1] != halt:
        yield "the last message before the link is closed is not halt()"


def told_of(output: Output, chunks: Sequence[Chunk]) -> set[float]:
    """Return every place the device said ``output`` is at."""
    return {float(v) for c in chunks if c.stream.name == output.position for v in c.x[:, 0]}


def motion_faults(
    output: Output, told: Sequence[tuple[float, dict[str, float]]], places: set[float]
) -> Iterator[str]:
    """Yield how ``output`` broke its range, its slew or its rest in what it was ``told``."""
    levels = [(t, row[output.name]) for t, row in told]
    if not levels:
        yield f"output {output.name!r} is never told anything"
        return
    if any(not output.low <= level <= output.high for _, level in levels):
        yield f"output {output.name!r} leaves {output.low:g} to {output.high:g}"
    first = levels[0][1]
    # A position begins, and stops, where the device says it is.
    before = min(places, key=lambda place: abs(place - first), default=output.rest)
    at = levels[0][0] - LONGEST_STEP
    for t, level in levels:
        # Warmth is switched off at once when nothing tells how warm it is.
        off = (output.unit is Unit.CELSIUS and level == output.rest) or level in places
        if not off and abs(level - before) > output.slew * (t - at) + 1e-9:
            yield f"output {output.name!r} moves faster than {output.slew:g} per second"
            break
        at, before = t, level
    goes_on = levels[-1][1] != output.rest
    if output.unit is Unit.DEGREE:  # a position stops where it is
        goes_on = len({level for _, level in levels[-5:]}) > 1
    if goes_on:
        yield f"output {output.name!r} goes on after its wishes ended"


def _time_faults(chunks: Sequence[Chunk], when: str) -> Iterator[str]:
    for name, t in _times(chunks).items():
        if not np.isfinite(t).all():
            yield f"{when}, stream {name!r} has samples without a time"
        elif np.any(np.diff(t) <= 0.0):
            yield f"{when}, the times of stream {name!r} do not increase"


def _repeats(before: Sequence[Chunk], after: Sequence[Chunk]) -> Iterator[str]:
    known = _times(before)
    for name, t in _times(after).items():
        if name in known and np.any(t <= known[name][-1]):
            yield f"after a reconnection, stream {name!r} repeats what it has said"


def _times(chunks: Sequence[Chunk]) -> dict[str, F64]:
    names = {c.stream.name for c in chunks}
    return {n: np.concatenate([c.t for c in chunks if c.stream.name == n]) for n in names}


def _long_enough(driver: type[Driver]) -> float:
    """Return seconds in which every stream says something."""
    return 5.0 + 3.0 / min((s.rate for s in driver.streams if s.rate), default=1.0)
