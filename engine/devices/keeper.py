"""Keeps one source going: connects, reads, watches, reconnects, governs its outputs."""

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from engine.devices import state
from engine.devices.governed import GovernedOutputs
from engine.devices.rates import RateWatch
from engine.devices.source import Context, Source
from engine.devices.state import DeviceState, Standing
from engine.devices.wear import Wear
from engine.errors import AnlanError, DriverError, LinkError, WireError
from engine.streams import Chunk, Stream
from engine.units import Kind

RETRY = (0.5, 1.0, 2.0, 5.0)
"""Seconds before the first, second ... attempt to connect again; the last repeats."""
LOOK_EVERY = 0.1
"""Seconds between two looks whether a missing device was plugged in."""
SILENCE = 2.0
"""Seconds without data that no device may exceed unnoticed ..."""
SILENT_INTERVALS = 5
"""... unless so many of its sampling intervals are longer."""
BEAT = 1.0
"""Expected interval of streams without a rate (heart beats), s."""
RENEW = 0.5
"""Seconds after which unchanged levels are sent again, for the device's own watchdog."""
SEND_EVERY = 0.0499
"""Seconds between two messages while levels change: 50 ms, with room for rounding."""
PAUSED = 0.5
"""Seconds between two turns after which the computer was asleep, or the process frozen."""
LONGEST_STEP = 0.1
"""Longest step a governor makes, s: after a pause outputs go on slowly, not at once."""


@dataclass(slots=True)
class Keeper:
    """One source in the care of the engine; the same live and in virtual time.

    What goes wrong with the link is handled here and becomes a state. What goes wrong in
    the source's code is raised: the process that holds it starts anew.

    Parameters
    ----------
    source
        Not yet opened.
    context
        What it is told when it is.
    before_open
        Called before each attempt to connect, which may be slow.
    """

    source: Source
    context: Context
    before_open: Callable[[], None] = lambda: None
    standing: Standing = state.CONNECTING
    halted: bool = False
    """Whether an emergency stop is latched."""
    _wire_errors: int = 0
    _outputs: GovernedOutputs = field(init=False)
    _rates: RateWatch = field(init=False)
    _begun: bool = False
    _connected: bool = False
    _release_due: bool = False
    _complaint: int = 0
    _attempts: int = 0
    _retry_at: float = -math.inf
    _looked_at: float = -math.inf
    _heard_at: float = 0.0
    _turned_at: float = 0.0
    _sent_at: float = -math.inf
    _sent: dict[str, float] = field(default_factory=dict[str, float])
    _patience: float = field(init=False)
    _measures: bool = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what depends on the declaration."""
        self._outputs = GovernedOutputs(self.source.outputs, self.source.streams)
        measured = watched(self.source.streams)
        self._measures = bool(measured)
        self._patience = patience(measured)

    @property
    def resting(self) -> bool:
        """Whether every output is at rest, or stopped."""
        return self._outputs.resting

    @property
    def heard(self) -> int:
        """How many messages of the device made sense so far; 0 if its source does not count."""
        return int(getattr(self.source, "heard", 0))

    @property
    def refused(self) -> int:
        """How many messages of the device made no sense so far."""
        return self._wire_errors + int(getattr(self.source, "refused", 0))

    def begin_at(self, levels: Mapping[str, float]) -> None:
        """Take ``levels`` as where positions are: the device outlived its process."""
        self._outputs.begin_at(levels)

    def wear(self) -> dict[str, Wear]:
        """Return what the person has had of each strength so far."""
        return self._outputs.wear()

    def resume(self, worn: Mapping[str, Wear]) -> None:
        """Go on from what another keeper of this device said in `wear`."""
        self._outputs.resume(worn)

    def wish(self, levels: Mapping[str, float], t: float, *, still: bool = False) -> None:
        """Note what the session wants the outputs to be, as of ``t``.

        ``still`` means that nothing may move a person, whatever is wished.
        """
        if self.halted:
            return
        self._outputs.wish(levels, t, still=still)
        self._begun = True

    def halt(self) -> None:
        """Stop all outputs now and until `reset`."""
        self.halted = True
        self._outputs.halt()
        self._sent_at = -math.inf
        if self._connected:
            with suppress(LinkError, OSError):
                self.source.halt()

    def reset(self) -> None:
        """Release the emergency stop, and what was switched off for its heat."""
        self._outputs.reset_heat()
        if self.halted:
            self.halted = False
            self._release_due = True
            with suppress(LinkError, OSError):
                self._release()
            self._outputs.reset()

    def turn(self, now: float) -> list[Chunk]:
        """Do what is due at ``now`` and return what came."""
        if self.standing.state is DeviceState.ENDED:
            return []
        if not self._connected and not self._connect(now):
            return []
        if now - self._turned_at > PAUSED:
            self._outputs.wake(now)
        dt = min(now - self._turned_at, LONGEST_STEP)
        self._turned_at = now
        try:
            chunks = self._read(now)
            self._outputs.feel(chunks, now)
            for chunk in chunks:
                if chunk.stream.kind is Kind.STATUS and math.isfinite(chunk.x[-1, 0]):
                    self._complaint = int(chunk.x[-1, 0])
            self._move(now, dt)
        except (LinkError, OSError) as error:
            self._lose(now, state.lost(words(error), getattr(error, "in_chinese", "")))
            return []
        self._rates.take(chunks, now)
        self._watch(now, heard=bool(watched(c.stream for c in chunks)))
        if self.source.ended:
            self.close()
            self.standing = state.ENDED
        return chunks

    def settle(self, dt: float) -> None:
        """Move the outputs towards rest for ``dt`` s, whatever was wished; never raises."""
        if self._connected and self._begun:
            with suppress(LinkError, OSError):
                self._send(self._outputs.step(math.inf, dt, self._turned_at))

    def close(self) -> None:
        """Let go of the source; never raises for a link that is gone."""
        self._connected = False
        self._complaint = 0
        self._outputs.disconnect()
        with suppress(LinkError, OSError):
            self.source.close()

    def _connect(self, now: float) -> bool:
        if now < self._retry_at and not self._has_come(now):
            return False
        self.before_open()
        try:
            self.source.open(self.context)
            if self.halted:  # a device that was switched off and on has forgotten it
                self.source.halt()
            self._connected = True
            self._release()
        except (LinkError, OSError) as error:
            self._lose(now, _unreachable(error))
            return False
        self._heard_at = self._turned_at = now
        self._sent_at = -math.inf
        self._rates = RateWatch(self.source.streams)
        self.standing = state.CONNECTING if self._measures else state.READY
        return True

    def _has_come(self, now: float) -> bool:
        """Whether somebody plugged it in just now: then nobody waits for the next attempt."""
        if now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        if not self.source.has_come():
            return False
        self._attempts = 0
        return True

    def _release(self) -> None:
        """Release the device's own latch, now or when it is there again."""
        if self._release_due and self._connected and not self.halted:
            self.source.reset()
            self._release_due = False

    def _read(self, now: float) -> list[Chunk]:
        try:
            return [c for c in map(self._checked, self.source.read(now)) if len(c.t)]
        except WireError:
            self._wire_errors += 1
            return []

    def _lose(self, now: float, standing: Standing) -> None:
        self.close()
        self._retry_at = now + RETRY[min(self._attempts, len(RETRY) - 1)]
        self._attempts += 1
        if standing.code in _SAYS_LITTLE and self.standing.code == "link_lost":
            return  # what happened first tells more than that it is still so
        self.standing = standing

    def _watch(self, now: float, *, heard: bool) -> None:
        if not self._measures:
            if now - self._heard_at > SILENCE:
                self._attempts = 0  # it has held for a while
            self.standing = self._well_or_not(state.READY)
            return
        if heard:
            self._heard_at, self._attempts = now, 0
            self.standing = self._well_or_not(state.LIVE)
        elif now - self._heard_at > self._patience:
            check = self.source.nonsense()
            self.standing = (
                state.stale(now - self._heard_at)
                if check is None
                else state.garbled(zh=check[0], check=check[1])
            )

    def _well_or_not(self, well: Standing) -> Standing:
        """Return how a device is doing, by its own account and by ours; ``well`` if it is."""
        fault = self._outputs.fault
        if fault is not None:
            return state.off_for_heat(fault)
        if self._complaint:
            return state.complaining(self._complaint)
        if self._rates.off is not None:
            stream, rate = self._rates.off
            return state.off_rate(stream.name, rate, stream.rate or math.nan)
        return state.SPENT if self._outputs.spent else well

    def _move(self, now: float, dt: float) -> None:
        if not (self._begun and self._outputs.placed):
            return  # nothing moves before somebody wishes it, nor from an unknown place
        levels = self._outputs.step(now, dt, now)
        since = now - self._sent_at
        if since >= RENEW or (levels != self._sent and since >= SEND_EVERY):
            self._sent_at = now
            self._send(levels)

    def _send(self, levels: dict[str, float]) -> None:
        if levels:
            self._sent = levels
            self.source.write(levels)

    def _checked(self, chunk: Chunk) -> Chunk:
        """Refuse what the source's own declaration does not allow."""
        where = self.context.name
        declared = {s.name: s for s in self.source.streams}.get(chunk.stream.name)
        if declared is None:
            raise DriverError(
                f"read() gave samples of {chunk.stream.name!r}, which is not declared", where=where
            )
        if chunk.t.ndim != 1 or chunk.x.shape != (len(chunk.t), len(declared.axes)):
            raise DriverError(
                f"read() gave {chunk.x.shape} values and {chunk.t.shape} times for "
                f"{declared.name!r}; ({len(chunk.t)}, {len(declared.axes)}) are declared",
                where=where,
            )
        return chunk


def watched(streams: Iterable[Stream]) -> list[Stream]:
    """Return the streams whose silence means something.

    A battery's means nothing, nor an angle's that is told only while it changes.
    """
    return [
        s
        for s in streams
        if s.kind is not Kind.BATTERY and (s.kind is not Kind.ANGLE or s.rate is not None)
    ]


_SAYS_LITTLE = {"unreachable", "not_found", "not_plugged", "no_port"}


def _unreachable(error: Exception) -> Standing:
    """Return why there is no connection; Bluetooth's own reasons come in both languages."""
    code, zh = getattr(error, "code", ""), getattr(error, "in_chinese", "")
    return state.unreachable(words(error), zh, code if isinstance(error, LinkError) else "")


def patience(streams: Iterable[Stream]) -> float:
    """Return the seconds without data after which a device is stale."""
    expected = [BEAT if s.rate is None else 1.0 / s.rate for s in streams]
    return max(SILENCE, SILENT_INTERVALS * min(expected, default=0.0))


def words(error: Exception) -> str:
    """Return a link's fault in its own words."""
    if isinstance(error, AnlanError):
        return str(error)
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
