"""What warms a person is watched by a second pair of eyes: how warm it really is, how long."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.streams import Chunk, Output, Stream
from engine.units import Kind, Unit

HOTTEST = 43.0
"""Degrees Celsius no surface may reach, whatever is asked for."""
MARGIN = 3.0
"""Degrees Celsius by which a surface may exceed what was asked for, or, where that is more, what
it had when warming began: a seat somebody sits on is at 33 before anything warms it."""
LONGEST = 1200.0
"""Seconds of warmth in one session."""
BELIEVED = (-40.0, 150.0)
"""Degrees Celsius a surface in a room can have; anything else is no reading at all."""
BLIND = 3.0
"""Seconds of warmth without a temperature."""
NOTICED = (180.0, 0.5)
"""Within so many seconds in which it is colder than asked for, a surface has to rise by so
many degrees; otherwise the sensor does not touch what it should feel."""
MUST_RISE = 4.0
"""Degrees Celsius below the setpoint that make the rise worth waiting for."""


_SAYS_WARM = re.compile(r"warm|heat|hot(?![a-z])")


@dataclass(frozen=True, slots=True)
class HeatFault:
    """Why warmth was switched off, for programs and for people."""

    code: str
    zh: str
    en: str


class HeatGuard:
    """Switches one warming output off when the temperature or the clock says so.

    A trip latches: warmth stays off until `reset`, a person's doing.

    Parameters
    ----------
    output
        Its rest means "off". In degrees Celsius the surface is compared with what is asked for;
        of a mere strength ("half") nobody knows how warm it should be, only how hot it may.
    sees
        Whether the device measures the temperature it makes. If not, only the clock guards.
    """

    def __init__(self, output: Output, *, sees: bool) -> None:
        self.output = output
        self.fault: HeatFault | None = None
        self.warmed = 0.0
        """Seconds of warmth in all."""
        self._sees = sees
        self._has_setpoint = output.unit is Unit.CELSIUS
        self._temperature = math.nan
        self._seen_at = -math.inf
        self._warming = 0.0  # s, without a pause
        self._asked = output.rest  # the most since warming began, deg C
        self._cold_for = 0.0  # s, without a pause, much colder than asked for
        self._coldest = math.nan

    def feel(self, temperature: float, t: float) -> None:
        """Take note that the surface has ``temperature``, deg C, as of ``t``, s.

        What no surface can have (NaN, a wild value) leaves the guard blind.
        """
        if BELIEVED[0] <= temperature <= BELIEVED[1]:
            self._temperature, self._seen_at = temperature, t

    def allow(self, level: float, t: float, dt: float) -> float:
        """Return ``level``, deg C, or the rest if it may not be warm now."""
        rest = self.output.rest
        if level <= rest:
            self._warming, self._asked, self._cold_for = 0.0, rest, 0.0
            if self._is_hot():
                self._trip_hot()
            return level
        if not self._warming:
            if t - self._seen_at <= BLIND:
                self._asked = max(self._asked, self._temperature)
            self._seen_at = max(self._seen_at, t - dt)  # blindness counts from here
        self._warming += dt
        self.warmed += dt
        self._asked = max(self._asked, level)
        self._feel_cold(level, dt)
        if self.fault is None:
            self._judge(t)
        return rest if self.fault is not None else level

    def reset(self) -> None:
        """Allow warmth again: a person has looked."""
        self.fault = None
        self.warmed = self._warming = self._cold_for = 0.0
        self._asked = self.output.rest

    def _judge(self, t: float) -> None:
        if self._is_hot() or (self._has_setpoint and self._temperature > self._asked + MARGIN):
            self._trip_hot()
        elif self.warmed > LONGEST:
            minutes = LONGEST / 60
            self.fault = HeatFault(
                "heat_time",
                f"已累计加热 {minutes:.0f} 分钟，已停止加热",
                f"was warm for {minutes:.0f} min in all; warmth is off",
            )
        elif self._sees and t - self._seen_at > BLIND:
            self.fault = HeatFault(
                "heat_blind", "收不到温度，已停止加热", "tells no temperature; warmth is off"
            )
        elif self._sees and self._does_not_rise():
            self.fault = HeatFault(
                "heat_sensor",
                "加热时温度不上升，请检查温度传感器",
                "does not become warmer; warmth is off, check its temperature sensor",
            )

    def _is_hot(self) -> bool:
        return self._temperature >= HOTTEST

    def _trip_hot(self) -> None:
        self.fault = HeatFault(
            "heat_hot",
            f"表面温度 {self._temperature:.1f}℃，过热，已停止加热",
            f"is {self._temperature:.1f} deg C, too hot; warmth is off",
        )

    def _feel_cold(self, level: float, dt: float) -> None:
        """Count for how long the surface has been much colder than ``level``."""
        if self._has_setpoint and level - self._temperature > MUST_RISE:
            self._coldest = (
                min(self._temperature, self._coldest) if self._cold_for else self._temperature
            )
            self._cold_for += dt
        else:
            self._cold_for = 0.0

    def _does_not_rise(self) -> bool:
        within, rise = NOTICED
        return self._cold_for > within and self._temperature - self._coldest < rise


def heat_guards(outputs: Iterable[Output], streams: Iterable[Stream]) -> dict[str, HeatGuard]:
    """Return a guard for each output that warms, by its name."""
    sees = any(s.kind is Kind.TEMPERATURE for s in streams)
    return {o.name: HeatGuard(o, sees=sees) for o in outputs if warms(o)}


def warms(output: Output) -> bool:
    """Whether ``output`` makes something warm: by its unit, or by what it is called."""
    return output.unit is Unit.CELSIUS or _SAYS_WARM.search(output.name) is not None


def temperatures(chunks: Iterable[Chunk]) -> list[float]:
    """Return the hottest of the newest temperatures a device told, if any."""
    newest = [float(c.x[-1].max()) for c in chunks if c.stream.kind is Kind.TEMPERATURE]
    return [max(newest)] if newest else []
