"""The vibroacoustic channel: a chair's, bed's or cushion's transducer, felt and not heard."""

import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar

import numpy as np

from engine.clock import SystemClock
from engine.devices.source import Context, Source, StandIn
from engine.devices.transports.reasons import UnreachableError
from engine.errors import ConfigError, LinkError, SoundError
from engine.show import Show
from engine.sound.endurance import Endurance
from engine.sound.output import DeviceOutput, hurry, look_again, output_device
from engine.sound.stand_in import NAME, BenchOutput, SoundStandIn
from engine.sound.vibration import CLOSES_IN, HIGHEST, LOWEST, Vibration
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64, Chunk, Output, Stream
from engine.units import Unit

SHAPES = ("breath", "steady", "pulse")
NUMBERS: Mapping[str, tuple[float, float, float]] = {
    "low": (LOWEST, HIGHEST, 30.0),
    "high": (LOWEST, HIGHEST, 80.0),
    "ceiling_db": (-60.0, 0.0, -6.0),
    "depth": (0.0, 1.0, 0.7),
    "pulse": (0.05, 10.0, 0.25),
    "duty": (0.05, 1.0, 0.5),
    "longest": (10.0, 3600.0, 1800.0),
}
"""Options that are numbers: least, most, and what they are if the rig does not say."""
OPTIONS = ("device", "channels", "shape", *NUMBERS)
ALIVE = 0.3
"""Seconds a turn of the process vouches for the sound: it that hangs is silent soon after."""
ROOM_ALIVE = 0.6
"""Seconds the room's show may stand still: a room that froze is silent soon after."""


class VibroacousticChannel(Source):
    """A transducer at a sound device: strength 0..1 and frequency, governed like any output.

    ``shape`` is how the strength goes: with the guided breath, steady, or in slow pulses.
    A vendor's amplifier is a subclass that says its names and its ``usual`` options.
    """

    model = "vibroacoustic"
    zh = "体感音波（振动）"
    en = "Vibroacoustic channel"
    real_time = True
    follows_show = True
    usual: ClassVar[Mapping[str, Any]] = {}
    """Options that hold where the rig does not say otherwise."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__({**self.usual, **options})
        self._check_options()
        self._numbers = {key: self._number(key) for key in NUMBERS}
        low, high = self._numbers["low"], self._numbers["high"]
        if not low < high:
            raise ConfigError(f"is {low:g}, not below high, {high:g}", where="low")
        self._outputs = (
            Output("strength", Unit.LEVEL, low=0.0, high=1.0, slew=0.25, rest=0.0),
            Output("frequency", Unit.HERTZ, low, high, 5.0, min(max(40.0, low), high)),
        )
        # It outlives a lost device: a coil does not cool down by being unplugged.
        self._endurance = Endurance(self._numbers["duty"], self._numbers["longest"])
        self._playing: _Playing | None = None

    @classmethod
    def stand_in(cls) -> StandIn:
        """Return a sound device that nobody hears."""
        return SoundStandIn(cls.usual)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """None: it measures nothing."""
        return ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """How strong, and how deep."""
        return self._outputs

    def open(self, context: Context) -> None:
        """Open the sound device; nothing is felt before a level is wished."""
        self.close()
        hurry()  # before the device is opened: its thread inherits it
        try:
            name: str | None = self.options["device"]
            if name is not None and not name.startswith(NAME):
                look_again()
                name = output_device(name)
            if name is None:
                raise LinkError("has no sound device", hint="name one in the rig")
            self._playing = _Playing(name, self.options, self._numbers, self._endurance, context)
        except SoundError as error:
            raise UnreachableError(
                error.what,
                where=error.where,
                hint=error.hint,
                zh=f"打不开振动的声音设备（{self.options['device']}）：请检查连线和名称",
            ) from error

    def read(self, until: float) -> Iterable[Chunk]:  # noqa: ARG002 - it measures nothing
        """Vouch for the sound for a moment; raise `LinkError` if the device went."""
        if self._playing is None:
            raise LinkError("is not open")
        self._playing.vouch()
        return ()

    def write(self, levels: Mapping[str, float]) -> None:
        """Set strength and frequency."""
        if self._playing is not None:
            self._playing.strength = levels["strength"]
            self._playing.hertz = levels["frequency"]

    def halt(self) -> None:
        """Let it die away at once, until `reset`."""
        if self._playing is not None:
            self._playing.halted = True

    def reset(self) -> None:
        """Allow it again: a person has looked."""
        if self._playing is not None:
            self._playing.halted = False

    def close(self) -> None:
        """Let it die away, then let go of the device."""
        if self._playing is not None:
            self._playing.close()
        self._playing = None

    def _check_options(self) -> None:
        for key in self.options:
            if key not in OPTIONS:
                near = get_close_matches(key, OPTIONS, 1)
                hint = f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(OPTIONS)
                raise ConfigError("is no option of a vibroacoustic channel", where=key, hint=hint)
        device = self.options.get("device")
        if not isinstance(device, str) or not device:
            raise ConfigError(
                "does not say which sound device the transducer is at",
                where="device",
                hint="its name, or part of it; the vibration must not come out of headphones",
            )
        if self.options.get("shape", SHAPES[0]) not in SHAPES:
            raise ConfigError(
                f"is {self.options['shape']!r}", where="shape", hint="one of " + ", ".join(SHAPES)
            )
        channels = self.options.get("channels", [1])
        good = isinstance(channels, list | tuple) and bool(channels)
        if not good or not all(isinstance(c, int) and 1 <= c <= 32 for c in channels):
            raise ConfigError(f"is {channels!r}", where="channels", hint="numbers from 1: [1, 2]")

    def _number(self, key: str) -> float:
        least, most, usual = NUMBERS[key]
        value = self.options.get(key, usual)
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not least <= value <= most:
            raise ConfigError(f"is {value!r}", where=key, hint=f"{least:g} to {most:g}")
        return float(value)


class _Playing:
    """An open sound device and what is rendered for it, block by block, in its own thread."""

    def __init__(
        self,
        name: str,
        options: Mapping[str, Any],
        numbers: Mapping[str, float],
        endurance: Endurance,
        context: Context,
    ) -> None:
        self.strength, self.hertz, self.halted = 0.0, 40.0, False
        channels = tuple(c - 1 for c in options.get("channels", [1]))
        self._shape = str(options.get("shape", SHAPES[0]))
        self._numbers, self._show, self._clock = numbers, context.show, context.clock
        self._vibration = Vibration(numbers["high"], numbers["ceiling_db"])
        self._endurance = endurance
        self._now = Show()
        self._advanced_at = context.clock.now()
        self._vouched_until = -math.inf
        self._blocks = np.zeros((max(channels) + 1, BLOCK))
        self._rows = list(channels)
        clock = context.clock
        if not isinstance(clock, SystemClock):
            raise LinkError("plays in real time only")
        self._device: DeviceOutput | BenchOutput = (
            BenchOutput(name, self, clock)
            if name.startswith(NAME)
            else DeviceOutput(name, self, clock, channels=max(channels) + 1)
        )

    def vouch(self) -> None:
        """Say that this process and the room are alive; raise `LinkError` if the device is not."""
        fault = self._device.fault
        if fault is not None:
            raise UnreachableError(
                f"the sound device stopped: {fault}",
                hint="look at its cable",
                zh="振动的声音设备已停止：请检查连线",
            )
        now, show = self._clock.now(), self._show()
        if show.time != self._now.time:
            self._advanced_at = now
        self._now = show
        # A room that shows nothing (a test, a bench) is vouched for by its process alone.
        room = self._advanced_at + ROOM_ALIVE if show.time else math.inf
        self._vouched_until = min(now + ALIVE, room)

    def render(self, t: float) -> F64:
        """Return the next block, ``(channels, BLOCK)``, felt from session time ``t`` on."""
        dt = BLOCK / RATE
        wanted = self.strength * self._swell(t + dt)
        block, power = self._vibration.render(
            min(wanted, self._endurance.most), self.hertz,
            let_out=not self.halted and self._clock.now() <= self._vouched_until,
        )  # fmt: skip
        self._endurance.work(power, dt)
        self._blocks[self._rows] = block
        return self._blocks

    def close(self) -> None:
        """Let it die away, as far as there is time, and let go of the device."""
        self._vouched_until = -math.inf
        until = self._clock.now() + CLOSES_IN + 0.05
        while not self._vibration.silent and self._clock.now() < until and not self._device.fault:
            self._clock.wait(0.01)
        self._device.close()

    def _swell(self, t: float) -> float:
        """Return the share of the strength at ``t``, 0..1."""
        depth = self._numbers["depth"]
        if self._shape == "pulse":
            return 1.0 - depth * (0.5 + 0.5 * math.cos(2.0 * math.pi * self._numbers["pulse"] * t))
        pace = self._now.pace
        if self._shape == "breath" and pace.guide > 0.0:
            return 1.0 - depth * pace.guide * (1.0 - pace.breath(t))
        return 1.0
