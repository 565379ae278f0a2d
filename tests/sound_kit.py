"""What the sound's tests share: a scene, a room one can wind forward, and ways to listen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from engine.clock import SystemClock
from engine.dsp.jit import COMPILED
from engine.pace import Pace
from engine.processes.link import Message
from engine.scene.api import SoundBed
from engine.show import Script, Show
from engine.sound.mixer import Mixer
from engine.sound.plugin import register_voices
from engine.sound.voice import BLOCK, RATE, Voice
from engine.streams import F64

VOICES: dict[str, Voice] = {voice.id: voice for voice in register_voices()}
SHORE = Script(("shore", "hill", "void"), ("scene.swell", "scene.wind", "sound.volume"))
BEDS: dict[str, tuple[SoundBed, ...]] = {
    "shore": (
        SoundBed("sea", 0.0, {"size": ("swell", 0.1, 0.9), "roughness": ("wind", 0.1, 0.9)}),
        SoundBed("wind", -10.0, {"strength": ("wind", 0.05, 0.9)}),
    ),
    "hill": (SoundBed("wind", 0.0, {"strength": ("wind", 0.05, 0.9)}),),
}
DT = BLOCK / RATE

needs_kernels = pytest.mark.skipif(
    not COMPILED, reason="minutes of sound take hours without compiled kernels"
)


def row(
    *, swell: float = 0.4, wind: float = 0.3, guide: float = 1.0, pace: Pace | None = None,
    **shown: Any,
) -> F64:  # fmt: skip
    """Return a row of the show."""
    p = pace or Pace(0.0, 6.0, 0.4)
    made = np.zeros(SHORE.width)
    levels = {"scene.swell": swell, "scene.wind": wind}
    Show(pace=Pace(p.start, p.rate, p.ratio, guide), levels=levels, **shown).fill(SHORE, made)
    return made


def mixer(seed: int = 5) -> Mixer:
    """Return a mixer for the shore and the hill."""
    return Mixer(SHORE, BEDS, VOICES, seed=seed)


def play(
    mix: Mixer, seconds: float, shown: F64 | Callable[[float], F64], start: float = 0.0
) -> F64:
    """Return what ``mix`` makes of a moment, or of a function of time, ``(2, n)``."""
    n = round(seconds / DT)
    heard = np.empty((2, n * BLOCK))
    out = np.zeros((2, BLOCK))
    for k in range(n):
        t = start + k * DT
        mix.render(out, t, shown(t) if callable(shown) else shown)
        heard[:, k * BLOCK : (k + 1) * BLOCK] = out
    return heard


def solo(
    voice: Voice, seconds: float, seed: int = 3, levels: Mapping[str, float] | None = None
) -> F64:
    """Return one voice by itself at fixed levels, ``(2, n)``."""
    sounding = voice.make(RATE, seed)
    at = np.array([(levels or {}).get(p.name, p.default) for p in voice.parameters])
    n = round(seconds / DT)
    heard = np.empty((2, n * BLOCK))
    out = np.zeros((2, BLOCK))
    for k in range(n):
        out[:] = 0.0
        sounding.render(out, at)
        heard[:, k * BLOCK : (k + 1) * BLOCK] = out
    return heard


def edge_ratio(x: F64) -> float:
    """Return how rough the seams between blocks are against everything else; 1 is seamless."""
    second = np.abs(np.diff(x, 2))
    seams = np.concatenate([second[BLOCK - 2 :: BLOCK], second[BLOCK - 1 :: BLOCK]])
    return float(seams.mean() / second.mean())


class RoomClock(SystemClock):
    """A clock that moves when told to, or when someone waits."""

    def __init__(self, start: float = 0.0) -> None:
        super().__init__(0.0)
        self.time = start

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += max(seconds, 0.0)


@dataclass
class RoomLink:
    """The tie to a room that stops the part at ``until`` and has a script of messages."""

    clock: RoomClock
    until: float
    coming: list[Message] = field(default_factory=list)
    said: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    beats: int = 0
    meanwhile: Callable[[float], None] = lambda _t: None

    @property
    def stopping(self) -> bool:
        return self.clock.now() >= self.until

    def beat(self) -> None:
        self.beats += 1
        self.meanwhile(self.clock.now())

    def allow(self, seconds: float) -> None:
        self.beat()

    def received(self) -> list[Message]:
        now, self.coming = self.coming, []
        return now

    def send(self, verb: str, /, **facts: Any) -> None:
        self.said.append((verb, facts))

    def all(self, verb: str) -> list[Mapping[str, Any]]:
        """Return the facts of every message of one verb."""
        return [facts for v, facts in self.said if v == verb]
