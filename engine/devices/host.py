"""The process of one device: reads it, passes its samples on, sets its outputs."""

import gc
import math
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.devices.catalog import make_source
from engine.devices.keeper import Keeper
from engine.devices.source import Context
from engine.devices.state import CONNECTING, DeviceState
from engine.processes.block import SharedBlock
from engine.processes.child import ChildLink
from engine.processes.ring import SampleRing
from engine.show import Script, Show
from engine.streams import Output

PERIOD = 0.01
"""Seconds of one turn."""
OPEN_WITHIN = 30.0
"""Seconds a source may take to connect."""
SETTLE_WITHIN = 0.5
"""Seconds the outputs have to come nearer to rest when the process is asked to end."""
ORPHANED_WITHIN = 0.15
"""Seconds they have when the room is gone; then they are put to rest at once. Should this process
die right after that, a chair's own watchdog (0.8 s) still brings it to rest within a second."""
AT_ONCE = 3600.0
"""Seconds of slew in one step: as much as any output needs."""
TELL_EVERY = 2.0
WORN, RESUME = "worn", "resume"
"""What the process says of its outputs (`engine.devices.wear`), and the room to the process that
takes its place: no limit on warmth or duration begins anew because a driver crashed."""
LEVEL_HEAD = 3
"""Numbers before the levels in an output row: when it was written, whether to halt, whether
to keep still."""


@dataclass(frozen=True, slots=True)
class RingSpec:
    """A ring the room made for one stream."""

    stream: str
    name: str
    columns: int
    capacity: int


@dataclass(frozen=True, slots=True)
class HostSpec:
    """What the process of one device is told.

    Attributes
    ----------
    levels
        Block of output rows: ``LEVEL_HEAD`` numbers, then a level for each output.
    open_within
        Seconds a connect may take before the process counts as hung.
    show, script
        Block of rows of `Show` and how to read them; for what follows the show.
    """

    device: str
    kind: type[Any]
    options: Mapping[str, Any]
    seed: int
    rings: tuple[RingSpec, ...]
    levels: str | None = None
    show: str | None = None
    script: Script | None = None
    open_within: float = OPEN_WITHIN


def run(spec: HostSpec, link: ChildLink) -> None:
    """Keep one device going until the room wants no more of it, or it has ended."""
    link.allow(spec.open_within)  # the imports of a driver may be slow
    source = make_source(spec.kind, spec.options)
    with _showing(spec) as show, _rings(spec) as rings, _levels(spec, source.outputs) as wishes:
        context = Context(spec.device, link.clock, spec.seed, show)
        keeper = Keeper(source, context, before_open=lambda: link.allow(spec.open_within))
        gc.collect()
        gc.freeze()
        try:
            _turn(keeper, link, rings, wishes)
            _settle(keeper, link)
        finally:
            keeper.close()


def _turn(
    keeper: Keeper,
    link: ChildLink,
    rings: Mapping[str, SampleRing],
    wishes: Callable[[Keeper], None],
) -> None:
    told, heard, refused, told_at = CONNECTING, 0, 0, 0.0
    worn = keeper.wear()
    worn_at = due = link.clock.now()
    while not link.stopping:
        link.beat()
        for verb, facts in link.received():
            if verb == RESUME:
                keeper.resume(facts["worn"])
        wishes(keeper)
        now = link.clock.now()
        for chunk in keeper.turn(now):
            rings[chunk.stream.name].write(chunk.t, chunk.x)
        if not keeper.standing.same_as(told):
            told = keeper.standing
            link.send("device", **told.facts())
            worn_at = -math.inf  # perhaps its warmth was switched off just now
        if now - worn_at >= TELL_EVERY:
            before, worn, worn_at = worn, keeper.wear(), now
            if worn != before:
                link.send(WORN, worn=worn)
        if now - told_at >= TELL_EVERY and keeper.refused != refused:
            link.send("refused", n=keeper.refused - refused, heard=keeper.heard - heard)
            heard, refused, told_at = keeper.heard, keeper.refused, now
        if told.state is DeviceState.ENDED:
            break
        due = max(due + PERIOD, now)
        link.clock.wait(due - link.clock.now())
    if keeper.refused != refused:
        link.send("refused", n=keeper.refused - refused, heard=keeper.heard - heard)


def _settle(keeper: Keeper, link: ChildLink) -> None:
    """Bring outputs towards rest as far as their slew allows in the time there is."""
    clock = link.clock
    until = clock.now() + (ORPHANED_WITHIN if link.orphaned else SETTLE_WITHIN)
    while not keeper.resting and clock.now() < until:
        keeper.settle(5 * PERIOD)
        clock.wait(5 * PERIOD)
    # Even at rest: the message that said so may still have been waiting for its turn.
    keeper.settle(AT_ONCE if link.orphaned and not keeper.resting else 0.0)


@contextmanager
def _rings(spec: HostSpec) -> Generator[dict[str, SampleRing]]:
    rings = {r.stream: SampleRing.attach(r.name, r.columns, r.capacity) for r in spec.rings}
    try:
        yield rings
    finally:
        for ring in rings.values():
            ring.close()


@contextmanager
def _showing(spec: HostSpec) -> Generator[Callable[[], Show]]:
    script = spec.script
    if spec.show is None or script is None:
        yield Show
        return
    block, row = SharedBlock.attach(spec.show, script.width), np.zeros(script.width)

    def show() -> Show:
        block.read(row)
        return Show.from_row(script, row)

    try:
        yield show
    finally:
        block.close()


@contextmanager
def _levels(spec: HostSpec, outputs: tuple[Output, ...]) -> Generator[Callable[[Keeper], None]]:
    if spec.levels is None:
        yield lambda _keeper: None
        return
    width = LEVEL_HEAD + len(outputs)
    block, row = SharedBlock.attach(spec.levels, width), np.zeros(width)
    names = [o.name for o in outputs]
    # Levels that are older than this process: another one died, the device did not.
    succeeding = [True] if block.writes else []

    def wish(keeper: Keeper) -> None:
        if not block.writes:
            return
        block.read(row)
        written, halted, still, *levels = row.tolist()
        wanted = dict(zip(names, levels, strict=True))
        if succeeding:
            keeper.begin_at(wanted)
            succeeding.clear()
        if halted and not keeper.halted:
            keeper.halt()
        elif not halted and keeper.halted:
            keeper.reset()
        keeper.wish(wanted, written, still=bool(still))

    try:
        yield wish
    finally:
        block.close()
