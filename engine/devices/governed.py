"""The outputs of one device under government: range, speed, heat, and standing still."""

import math
from collections.abc import Iterable, Mapping

from engine.devices.duty import Duty
from engine.devices.governor import Governor
from engine.devices.heat import HeatFault, heat_guards, temperatures
from engine.devices.wear import Wear
from engine.streams import Chunk, Output, Stream

WISH_LASTS = 0.2
"""Seconds after which a wish the room does not renew is no longer followed; it renews them ten
times a second. What moves has then stopped within a second of the room's last word even if this
process freezes too: a chair's own watchdog takes 0.8 s from the last it heard."""
OLD_NEWS = 0.25
"""Seconds after a pause of the computer in which what a device says may be from before it."""
BLIND = 1.0
"""Seconds without word of where a position is after which it moves no further."""


class GovernedOutputs:
    """Everything one device can do to a person, each kept in bounds.

    A position that stops, and one that goes on, is told the place where the device says it
    is: a chair that lags behind would otherwise go on to where it should have been by now.

    Parameters
    ----------
    outputs, streams
        As the device declares them.
    """

    def __init__(self, outputs: Iterable[Output], streams: Iterable[Stream]) -> None:
        outputs = tuple(outputs)
        self._governors = {o.name: Governor(o, o.low, o.high, WISH_LASTS) for o in outputs}
        self._heat = heat_guards(outputs, streams)
        self._told = {o.position: o for o in outputs if o.position}
        """Which position each stream of angles tells."""
        self._duties = {o.name: Duty(o) for o in outputs if not o.places}
        self._places: dict[str, tuple[float, float]] = {}
        self._standing: set[str] = set()
        self._unplaced: set[str] = set(self._governors)
        self._unreleased: set[str] = set()
        """Held keys of a link that was lost: none is held again before it was let go."""
        self._trusts_from = -math.inf

    @property
    def resting(self) -> bool:
        """Whether every output is at rest, or stopped."""
        return all(g.resting or g.halted for g in self._governors.values())

    @property
    def fault(self) -> HeatFault | None:
        """Why warmth was switched off, if it was."""
        return next((g.fault for g in self._heat.values() if g.fault is not None), None)

    @property
    def spent(self) -> bool:
        """Whether a strength was on for so long that it has to rest, whatever is wished."""
        return any(duty.spent for duty in self._duties.values())

    @property
    def placed(self) -> bool:
        """Whether the device has said where each position is that it tells."""
        told = (g.output.position for g in self._governors.values())
        return all(not p or p in self._places for p in told)

    def begin_at(self, levels: Mapping[str, float]) -> None:
        """Take ``levels`` as where positions already are: the device outlived its process.

        A strength begins at rest, as after a lost link: its device stopped by itself, or it died
        with the process (a sound does), and nothing may act that nobody wishes.
        """
        for name, governor in self._governors.items():
            if governor.output.places:
                governor.begin_at(levels.get(name, math.nan))

    def wear(self) -> dict[str, Wear]:
        """Return what the person has had of each strength so far."""
        worn: dict[str, Wear] = {}
        for name, duty in self._duties.items():
            heat = self._heat.get(name)
            warmed, fault = (0.0, None) if heat is None else (heat.warmed, heat.fault)
            worn[name] = Wear(duty.on, duty.spent, warmed, fault)
        return worn

    def resume(self, worn: Mapping[str, Wear]) -> None:
        """Go on from what `wear` of a process that died said: no limit begins anew with it."""
        for name, wear in worn.items():
            self._duties[name].on, self._duties[name].spent = wear.on, wear.spent
            if name in self._heat:
                self._heat[name].warmed, self._heat[name].fault = wear.warmed, wear.fault

    def feel(self, chunks: Iterable[Chunk], now: float) -> None:
        """Take note of how warm and where the device says it is."""
        chunks = tuple(chunks)
        for temperature in temperatures(chunks):
            for guard in self._heat.values():
                guard.feel(temperature, now)
        for chunk in chunks:
            output = self._told.get(chunk.stream.name)
            place = float(chunk.x[-1, 0])
            # A chair that stops "at" a place it cannot be at would be sent to its limit.
            if output is not None and now >= self._trusts_from and output.can_be_at(place):
                self._places[chunk.stream.name] = (place, now)

    def disconnect(self) -> None:
        """Know no longer where anything is: the link is gone, and the device stopped by itself."""
        self._places.clear()
        self._standing.clear()
        self._unplaced.update(self._governors)
        self._unreleased.update(n for n, g in self._governors.items() if g.output.motion)
        for governor in self._governors.values():
            if not governor.output.places:  # it comes back as slowly as it came
                governor.begin_at(governor.output.rest)

    def wake(self, now: float) -> None:
        """Begin anew after a pause of the computer: places told before it are no longer true."""
        self.disconnect()
        self._trusts_from = now + OLD_NEWS

    def wish(self, levels: Mapping[str, float], t: float, *, still: bool) -> None:
        """Note what the session wants, as of ``t``; ``still``: nothing may move a person."""
        for name, governor in self._governors.items():
            governor.still = still
            if name not in levels:
                continue
            if levels[name] == governor.output.rest:
                self._unreleased.discard(name)
            governor.wish(governor.output.rest if name in self._unreleased else levels[name], t)

    def halt(self) -> None:
        """Latch an emergency stop."""
        for governor in self._governors.values():
            self._stand(governor)
            governor.halt()

    def reset(self) -> None:
        """Release the emergency stop; earlier wishes are forgotten."""
        for governor in self._governors.values():
            governor.reset()

    def reset_heat(self) -> None:
        """Allow warmth again: a person has looked."""
        for guard in self._heat.values():
            guard.reset()

    def step(self, t: float, dt: float, now: float) -> dict[str, float]:
        """Return the levels as of ``t``: within range and slew, and no warmer than is safe.

        ``t`` infinite means the end; ``now`` is the time all the same.
        """
        levels = {name: self._step(g, t, dt, now) for name, g in self._governors.items()}
        for name, guard in self._heat.items():
            allowed = guard.allow(levels[name], now, dt)
            if allowed != levels[name]:
                self._governors[name].begin_at(allowed)
                levels[name] = allowed
        return levels

    def _step(self, governor: Governor, t: float, dt: float, now: float) -> float:
        name = governor.output.name
        if governor.output.places:
            if name in self._unplaced:  # whatever is wished, it begins where it really is
                self._stand(governor)
                self._unplaced.discard(name)
            if governor.stops(t) or self._is_blind(governor, now):
                if name not in self._standing:
                    self._stand(governor)
                    self._standing.add(name)
                return governor.level
            if name in self._standing:
                self._stand(governor)
                self._standing.discard(name)
            return governor.step(t, dt)
        duty = self._duties[name]
        if duty.spent:
            governor.wish(governor.output.rest, now)
        level = governor.step(t, dt)
        duty.take(level, dt)
        return level

    def _is_blind(self, governor: Governor, now: float) -> bool:
        """Whether the device no longer says where a position is that it tells."""
        position = governor.output.position
        if not position:
            return False
        _, seen = self._places.get(position, (math.nan, -math.inf))
        return now - seen > BLIND

    def _stand(self, governor: Governor) -> None:
        if governor.output.places:
            place, _ = self._places.get(governor.output.position, (math.nan, 0.0))
            governor.begin_at(place)
