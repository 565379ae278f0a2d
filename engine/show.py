"""What the room shows: the numbers stage and sound read, and the script they load.

A `Script` is handed over once, before anyone sits down; it holds everything slow
(scenes to build, captions to draw). A `Show` is one moment of it: a row of float64 in
a shared block, written by the room at each step and read whenever a frame is due.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.pace import Pace
from engine.streams import F64

FIXED = (
    "time",  # session time this row was written, s
    "pace.start",
    "pace.rate",
    "pace.ratio",
    "pace.guide",
    "scene",  # index into Script.scenes
    "caption",  # index into Script.captions; -1 shows none
    "phase",  # running number of the phase, from 0
    "fade",  # picture: 0 black .. 1 full
    "volume",  # sound: 0 silent .. 1 full
    "paused",  # 1 while the session is paused
    "ended",  # 1 once the session is closed
    "sign",  # running number of the ladder's signs; below 0 for a step down
)


@dataclass(frozen=True, slots=True)
class Caption:
    """One thing said to the officer, in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return the wording in ``language`` (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Script:
    """Everything stage and sound prepare before the session.

    ``controls`` are qualified names (``scene.swell``, ``sound.volume``); their order is
    the order of the level columns in every row.
    """

    scenes: tuple[str, ...]
    controls: tuple[str, ...]
    captions: tuple[Caption, ...] = ()
    language: str = "zh"
    seed: int = 0

    @property
    def width(self) -> int:
        """How many float64 a row of this script has."""
        return len(FIXED) + len(self.controls)


@dataclass(frozen=True, slots=True)
class Show:
    """One moment of the session as stage and sound need it."""

    time: float = 0.0
    pace: Pace = field(default_factory=Pace)
    scene: int = 0
    caption: int = -1
    phase: int = 0
    fade: float = 1.0
    volume: float = 1.0
    paused: bool = False
    ended: bool = False
    sign: int = 0
    levels: Mapping[str, float] = field(default_factory=dict[str, float])

    def fill(self, script: Script, row: F64) -> None:
        """Write this moment into ``row``, ``(script.width,)``, in place."""
        p = self.pace
        row[: len(FIXED)] = (
            self.time, p.start, p.rate, p.ratio, p.guide, self.scene, self.caption,
            self.phase, self.fade, self.volume, self.paused, self.ended, self.sign,
        )  # fmt: skip
        for i, control in enumerate(script.controls, start=len(FIXED)):
            row[i] = self.levels.get(control, np.nan)

    @classmethod
    def from_row(cls, script: Script, row: F64) -> "Show":
        """Return the moment written in ``row``, ``(script.width,)``."""
        v = row.tolist()
        return cls(
            time=v[0], pace=Pace(v[1], v[2], v[3], v[4]), scene=int(v[5]),
            caption=int(v[6]), phase=int(v[7]), fade=v[8], volume=v[9],
            paused=v[10] > 0, ended=v[11] > 0, sign=int(v[12]),
            levels=dict(zip(script.controls, v[len(FIXED) :], strict=True)),
        )  # fmt: skip
