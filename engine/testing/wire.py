"""A long recording of the wire, and what it proves: rate, gaps, noise, measured latency."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.clock import VirtualClock
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.keeper import patience
from engine.devices.source import Context
from engine.errors import ConfigError
from engine.streams import Chunk
from engine.testing.bench import HeldWire
from engine.testing.heard import Heard, transcript_of

LONG = 1800.0
"""Seconds a recording has to last."""
RATE_OFF = 0.02
"""Share by which a rate may differ from the declared one."""
REFUSED = 0.01
"""Share of messages that may make no sense."""
LATENCY_OFF = 0.02
"""Seconds by which a declared latency may differ from the measured one."""

STOPS_WITHIN = 1.0
"""Seconds after the last message within which a device with outputs is at rest by itself."""


@dataclass(frozen=True, slots=True)
class WireRecording:
    """What one device said, with when.

    Attributes
    ----------
    latency
        Seconds from body to arrival, measured, by stream.
    how
        How that was measured, for whoever doubts it.
    stops_after
        Seconds until the device was at rest after its messages stopped, measured; NaN if not.
    pieces
        Arrival, s, and what arrived.
    """

    latency: dict[str, float]
    how: str
    stops_after: float
    pieces: tuple[tuple[float, Heard], ...]


def wire_of(driver: type[Driver]) -> WireRecording | None:
    """Return the wire recording of ``driver`` (``transcripts/<model>.wire``), if there is one.

    Its first line is ``{"latency": {"eda": 0.015}, "how": "..."}``, with
    ``"stops_after"`` for what moves; each further one ``{"t": 1.25, "hex": "a55a..."}``, on BLE
    with ``"source"``.
    """
    file = transcript_of(driver, ".wire")
    return read_wire(file) if file.is_file() else None


def read_wire(file: Path) -> WireRecording:
    """Read a wire recording; raise `ConfigError` naming the line that is wrong."""
    head: dict[str, Any] = {}
    pieces: list[tuple[float, Heard]] = []
    for n, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            facts = json.loads(line)
            if n == 1:
                head = facts
            else:
                heard = Heard(bytes.fromhex(facts["hex"]), (), str(facts.get("source", "")))
                pieces.append((float(facts["t"]), heard))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"cannot be read: {error}", where=f"{file.name}:{n}", hint="see drivers/README.md"
            ) from error
    latency = {str(k): float(v) for k, v in dict(head.get("latency", {})).items()}
    stops_after = float(head.get("stops_after", math.nan))
    return WireRecording(latency, str(head.get("how", "")), stops_after, tuple(pieces))


def check_wire(driver: type[Driver], wire: WireRecording | None) -> Iterator[str]:
    """Yield what a long recording of the wire does not prove."""
    if wire is None or not wire.pieces:
        yield f"no wire is recorded (transcripts/{driver.model}.wire)"
        return
    lasts = wire.pieces[-1][0] - wire.pieces[0][0]
    if lasts < LONG:
        yield f"the wire is recorded for {lasts / 60:.1f} min; {LONG / 60:.0f} are needed"
    if not wire.how:
        yield "it is not told how the latency was measured"
    if driver.outputs and not wire.stops_after <= STOPS_WITHIN:
        yield (
            f"stops {wire.stops_after:g} s after its messages stop; "
            f"{STOPS_WITHIN:g} s is the most, by a watchdog of its own"
        )
    for stream in driver.streams:
        measured = wire.latency.get(stream.name, math.nan)
        if not abs(measured - stream.latency) <= LATENCY_OFF:
            yield (
                f"stream {stream.name!r} declares a latency of {stream.latency:g} s, "
                f"{measured:g} s was measured"
            )
    yield from _played(driver, wire, lasts)


def _played(driver: type[Driver], wire: WireRecording, lasts: float) -> Iterator[str]:
    clock, held = VirtualClock(), HeldWire()
    source = DrivenSource(driver, {}, lambda _link, _options: held)
    source.open(Context("device", clock))
    begin, messages = wire.pieces[0][0], 0
    chunks: list[Chunk] = []
    for t, heard in wire.pieces:
        clock.advance_to(max(t - begin, clock.now()))
        held.say(clock.now(), heard)
        chunks += source.read(clock.now())
        messages += 1
    source.close()
    if source.refused > REFUSED * messages:
        yield f"{source.refused} of {messages} pieces made no sense"
    for stream in driver.streams:
        mine = [c for c in chunks if c.stream == stream]
        if not mine:
            yield f"stream {stream.name!r} is not in the recording"
            continue
        times = np.concatenate([c.t for c in mine])
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
