"""A simulated chair: it reclines, shakes and warms by the rules of a real one, and can fail."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from engine.devices.source import Context, Source
from engine.errors import ConfigError, LinkError
from engine.streams import Chunk, Output, Stream
from engine.twin.artefacts import nearest
from engine.units import Kind, Unit

RATE = 10.0
LATENCY = 0.02
AMBIENT, WARMING, COOLING = 22.0, 1.5, 0.02
"""Degrees Celsius; degrees a second with the heater on; share lost each second."""
HEARTBEAT = 0.8
"""Seconds without a word after which it stops by itself, as `drivers/modbus-chair.md` asks."""
RECLINE = Stream("recline_angle", Kind.ANGLE, Unit.DEGREE, RATE, LATENCY)
SURFACE = Stream("surface", Kind.TEMPERATURE, Unit.CELSIUS, RATE, LATENCY)
OUTPUTS = (
    Output("recline", Unit.DEGREE, 0.0, 55.0, slew=2.0, rest=0.0, position=RECLINE.name),
    Output("vibration", Unit.LEVEL, 0.0, 0.6, slew=0.2, rest=0.0),
    Output("warmth", Unit.CELSIUS, 20.0, 40.0, slew=0.5, rest=20.0),
)
FIGURES = {
    "speed": (0.1, 3.0), "recline": (0.0, 55.0), "drop_at": (0.0, 86400.0),
    "drop_for": (0.0, 86400.0),
}  # fmt: skip
"""What a rig may say of it: fastest motor, deg/s; where somebody left it, deg; when it is lost
and for how long, s."""


class SimulatedChair(Source):
    """A chair made of a few numbers; what it does depends on what it is told, and when.

    It moves at its own speed toward what it was told last, and stops where it is when nobody
    tells it anything for `HEARTBEAT`.
    """

    model: ClassVar[str] = "simulated-chair"
    zh: ClassVar[str] = "模拟躺椅"
    en: ClassVar[str] = "Simulated chair"
    simulated: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        figures = {key: _figure(key, value) for key, value in options.items()}
        self._speed = figures.get("speed", 3.0)
        self._drop_at = figures.get("drop_at", math.inf)
        self._drop_for = figures.get("drop_for", 15.0)
        self.recline = figures.get("recline", 0.0)
        """Where its back really is, deg."""
        self.surface = AMBIENT
        self._told: Mapping[str, float] = {}
        self._told_at = -math.inf
        self._lived = 0.0
        self._context: Context | None = None
        self._sent = 0

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Where its back is, and how warm its surface."""
        return (RECLINE, SURFACE)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What it can do."""
        return OUTPUTS

    def open(self, context: Context) -> None:
        """Connect; nothing moves by that.

        Raises
        ------
        LinkError
            While it is lost (``drop_at``).
        """
        now = context.clock.now()
        self._refuse_while_lost(now)
        self._live(now)
        self._context, self._sent = context, math.floor(now * RATE)

    def read(self, until: float) -> Iterable[Chunk]:
        """Live on and say where it is.

        Raises
        ------
        LinkError
            Before `open`, and while it is lost.
        """
        if self._context is None:
            raise LinkError("is not connected", where=self.model, hint="open it first")
        self._refuse_while_lost(until)
        self._live(until)
        n = math.floor((until - LATENCY) * RATE + 1e-9)
        if n <= self._sent:
            return
        self._sent = n
        t = np.array([n / RATE])
        yield Chunk(RECLINE, t, np.array([[round(self.recline, 1)]]))
        yield Chunk(SURFACE, t, np.array([[round(self.surface, 1)]]))

    def write(self, levels: Mapping[str, float]) -> None:
        """Take setpoints; they are a heartbeat too."""
        if self._context is None:
            raise LinkError("is not connected", where=self.model)
        now = self._context.clock.now()
        self._refuse_while_lost(now)
        self._live(now)
        self._told, self._told_at = dict(levels), now

    def halt(self) -> None:
        """Stop everything until it is told something again."""
        self._told = {}

    def close(self) -> None:
        """Stop and hang up."""
        self.halt()
        self._context = None

    def _live(self, now: float) -> None:
        dt, self._lived = max(now - self._lived, 0.0), max(now, self._lived)
        acts = min(max(self._told_at + HEARTBEAT - (now - dt), 0.0), dt) if self._told else 0.0
        if acts > 0.0:
            reach = self._speed * acts
            away = self._told["recline"] - self.recline
            self.recline += min(max(away, -reach), reach)
        cooled = AMBIENT + (self.surface - AMBIENT) * math.exp(-COOLING * dt)
        wanted = self._told.get("warmth", AMBIENT) if acts > 0.0 else AMBIENT
        self.surface = min(max(wanted, cooled), cooled + WARMING * acts)

    def _refuse_while_lost(self, t: float) -> None:
        if self._drop_at <= t < self._drop_at + self._drop_for:
            self._told = {}
            raise LinkError(
                "is out of reach, as its options ask",
                where=self._context.name if self._context else self.model,
                hint=f"it is back at {self._drop_at + self._drop_for:g} s",
            )


def _figure(key: str, value: object) -> float:
    where = f"{SimulatedChair.model}.{key}"
    if key not in FIGURES:
        raise ConfigError("unknown key", where=where, hint=nearest(key, FIGURES))
    low, high = FIGURES[key]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise ConfigError(
        f"{value!r} is impossible", where=where, hint=f"a number from {low:g} to {high:g}"
    )
