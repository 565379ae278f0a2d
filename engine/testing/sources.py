"""Checks of a source, in real time, with a stand-in for its device: a minute at most."""

import threading
from collections.abc import Iterator

import psutil

from engine.clock import SystemClock
from engine.devices.catalog import DeviceSpec, lacks
from engine.devices.declaration import faults
from engine.devices.keeper import patience, watched
from engine.devices.source import Context, Source, StandIn
from engine.devices.state import DeviceState
from engine.errors import AnlanError, ConfigError
from engine.testing import names
from engine.testing.acting import (
    NOTHING,
    STOPS_WITHIN,
    acting_checks,
    gathered,
)
from engine.testing.hosting import ENDS_WITHIN, ROUNDS, children, kill, managed, open_files
from engine.testing.naming import unnamed
from engine.testing.source_bench import SourceBench, acts_of
from engine.testing.verdict import Check, Tier, Verdict
from engine.vocabulary import is_chinese

TALKS = 4.0
BACK_WITHIN = 20.0
"""Seconds after which a device that is there again must send."""
WISHED = 2
"""Seconds its outputs are wished at their highest before its process is killed."""
BLOCKS = 0.05
"""Seconds a read may take."""
RATE_OFF = 0.05
OLDEST = 1.0
"""Seconds by which the newest sample may be old, besides its interval and its latency."""


def check_source(kind: type[Source]) -> None:
    """Raise AssertionError with everything that keeps ``kind`` from silver."""
    verdict = examine_source(kind)
    if verdict.tier.rank < Tier.SILVER.rank:
        raise AssertionError(verdict.text())


def examine_source(kind: type[Source], *, processes: bool = True) -> Verdict:
    """Return the verdict on ``kind``; what it can do is seen with its own `Source.stand_in`."""
    checks = [Check(Tier.BRONZE, names.NAMED, tuple(_unnamed(kind)))]
    try:
        if lacking := lacks(kind):
            raise ConfigError(f"{', '.join(lacking)} is not installed")
        stand_in = kind.stand_in()
    except NotImplementedError:
        missing = "has no stand_in(): nobody can try it without its device"
        checks.append(Check(Tier.BRONZE, names.OPENED, (missing,)))
    except AnlanError as error:
        checks.append(Check(Tier.BRONZE, names.OPENED, (str(error),)))
    else:
        try:
            checks += _checks(kind, stand_in, processes=processes)
        finally:
            stand_in.close()
    how = "half an hour with the real device is not recorded: sessions with it are the proof"
    checks.append(Check(Tier.GOLD, names.REAL, (how,)))
    return Verdict(kind.model, f"{kind.__module__}.{kind.__qualname__}", tuple(checks))


def _checks(kind: type[Source], stand_in: StandIn, *, processes: bool) -> Iterator[Check]:
    bronze, silver = Tier.BRONZE, Tier.SILVER
    table = (
        (bronze, names.DECLARED, _declared),
        (bronze, names.TALKS, _talks),
        (silver, names.QUIET, _is_silent),
        (silver, names.PULLED, _is_pulled),
        (silver, names.LEAKS, _leaks),
    )
    for tier, name, check in table:
        yield Check(tier, name, gathered(check(kind, stand_in)))
    yield from acting_checks(kind, stand_in)
    untried = ("was not tried with real processes",)
    found = gathered(_lives(kind, stand_in)) if processes else untried
    yield Check(silver, names.PROCESSES, found)


def _unnamed(kind: type[Source]) -> Iterator[str]:
    for language, name in (("zh", kind.zh), ("en", kind.en)):
        if not name:
            yield f"has no name for people: {language} is empty"
        elif language == "zh" and not is_chinese(name):
            yield f"is called {name!r} in Chinese, with no Chinese in it"


def _declared(kind: type[Source], stand_in: StandIn) -> Iterator[str]:
    source = kind(kind.look_up(stand_in.options))
    yield from faults(source.streams, source.outputs)
    yield from unnamed(source.outputs)
    again = kind(kind.look_up(stand_in.options))
    if again.streams != source.streams:
        yield "declares other streams the second time"
    try:
        kind(kind.look_up({**stand_in.options, "no_such_option": 1}))
    except ConfigError:
        return
    yield "does not refuse an option that does not exist (ConfigError)"


def _talks(kind: type[Source], stand_in: StandIn) -> Iterator[str]:
    bench = SourceBench(kind, stand_in)
    try:
        if not bench.run(BACK_WITHIN, DeviceState.LIVE):
            yield f"does not send: {bench.keeper.standing.en}"
            return
        bench.run(TALKS if bench.source.streams else 0.0)
        now, times = bench.clock.now(), bench.times()
    finally:
        bench.keeper.close()
    bench.source.close()  # a second time, as is allowed
    yield from bench.disorder("while it talks")
    if bench.slowest > BLOCKS:
        yield f"a read took {1e3 * bench.slowest:.0f} ms; {1e3 * BLOCKS:.0f} are allowed"
    for stream in bench.source.streams:
        t = times.get(stream.name)
        if t is None:
            if stream.rate is not None:
                yield f"stream {stream.name!r} sends nothing"
            continue
        if stream.rate is None:
            continue
        rate = (len(t) - 1) / (t[-1] - t[0]) if len(t) > 1 else 0.0
        if len(t) > 50 and not abs(rate / stream.rate - 1.0) <= RATE_OFF:
            yield f"stream {stream.name!r} has {rate:.1f} samples a second, not {stream.rate:g}"
        if not -0.1 <= now - t[-1] - stream.latency <= OLDEST + 1.0 / stream.rate:
            yield f"the newest sample of {stream.name!r} is {now - t[-1]:.2f} s old"


def _is_silent(kind: type[Source], stand_in: StandIn) -> Iterator[str]:
    bench = SourceBench(kind, stand_in)
    try:
        bench.run(BACK_WITHIN, DeviceState.LIVE)
        stand_in.silence(silent=True)
        if watched(bench.source.streams):
            waits = patience(watched(bench.source.streams)) + 2.0
            if not bench.run(waits, DeviceState.STALE):
                yield f"silent for long it counts as {bench.state()}, not as stale"
        stand_in.silence(silent=False)
        if not bench.run(BACK_WITHIN, DeviceState.LIVE):
            yield f"after a silence it counts as {bench.state()}"
        bench.run(1.0)
    finally:
        stand_in.silence(silent=False)
        bench.keeper.close()
    yield from bench.disorder("after a silence")


def _is_pulled(kind: type[Source], stand_in: StandIn) -> Iterator[str]:
    bench = SourceBench(kind, stand_in)
    try:
        bench.run(BACK_WITHIN, DeviceState.LIVE)
        stand_in.pull(out=True)
        if not bench.run(BACK_WITHIN, DeviceState.LOST):
            yield f"without its device it counts as {bench.state()}, not as lost"
        stand_in.pull(out=False)
        if not bench.run(BACK_WITHIN, DeviceState.LIVE):
            yield f"it does not come back: {bench.keeper.standing.en}"
        bench.run(1.0)
    finally:
        stand_in.pull(out=False)
        bench.keeper.close()
    yield from bench.disorder("after a reconnection")


def _leaks(kind: type[Source], stand_in: StandIn) -> Iterator[str]:
    bench, process = SourceBench(kind, stand_in), psutil.Process()

    def once() -> None:
        stand_in.turn(bench.clock.now())
        bench.source.open(Context("device", bench.clock))
        list(bench.source.read(bench.clock.now()))
        bench.source.close()

    once()
    bench.clock.wait(0.5)
    threads, native, files = threading.active_count(), process.num_threads(), open_files(process)
    for _ in range(ROUNDS):
        once()
    bench.clock.wait(0.5)
    if threading.active_count() > threads or process.num_threads() > native:
        yield f"leaves {process.num_threads() - native} threads behind"
    if open_files(process) > files:
        yield f"leaves {open_files(process) - files} open files behind"


def _lives(kind: type[Source], stand_in: StandIn) -> Iterator[str]:
    """Kill its process with SIGKILL, see it come back, and end it."""
    clock, before = SystemClock(), children()
    spec = DeviceSpec("device", kind.model, stand_in.options)
    outputs = kind(kind.look_up(stand_in.options)).outputs
    highest = {f"device.{o.name}": o.high for o in outputs}
    with managed(kind, spec, clock, stand_in.turn) as room:
        if not room.until(lambda: room.live):
            yield f"does not start: {room.reason}"
            return
        for _ in range(WISHED if highest else 0):
            room.wish(highest)
        kill(children() - before)
        if highest:
            clock.wait(STOPS_WITHIN)
        if acts_of(stand_in) > NOTHING:
            yield f"acts {STOPS_WITHIN:g} s after SIGKILL"
        if not room.until(lambda: "driver_failed" in room.codes and room.live):
            yield f"does not come back after SIGKILL: {room.reason}"
        if acts_of(stand_in) > NOTHING:
            yield "acts by itself when it is back after SIGKILL"
        asked = clock.now()
    if clock.now() - asked > ENDS_WITHIN:
        yield f"takes {clock.now() - asked:.1f} s to end"
    if left := children() - before:
        yield f"leaves {len(left)} processes behind"
