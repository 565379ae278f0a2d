"""The mixer: every scene's voices, the breath, one stereo stream, block by block."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from engine.pace import Pace
from engine.scene.api import SoundBed
from engine.show import FIXED, Script
from engine.sound.balance import Balance
from engine.sound.bed import Bed, add, beds_of, trim
from engine.sound.breath import BreathCue
from engine.sound.limiter import DELAY, Limiter
from engine.sound.noise import seeded
from engine.sound.sign import StepSign
from engine.sound.voice import BLOCK, RATE, Voice
from engine.streams import F64

_DT = BLOCK / RATE
_START, _RATE, _RATIO, _GUIDE = (
    FIXED.index(f"pace.{n}") for n in ("start", "rate", "ratio", "guide")
)
_SCENE, _VOLUME = FIXED.index("scene"), FIXED.index("volume")
_PAUSED, _ENDED, _SIGN = (FIXED.index(n) for n in ("paused", "ended", "sign"))


class Mixer:
    """Turns moments of the show into sound.

    Parameters
    ----------
    script
        Scenes and columns of the rows.
    beds
        What sounds in each scene, by its id; a scene without an entry is silent
        but for the breath.
    voices
        Registered voices by id.
    seed
        The same seed and rows give the same samples, bit for bit.

    Raises
    ------
    SoundError
        If a scene asks for what does not exist.
    """

    CROSS_FADE = 4.0
    """Seconds one scene takes to give way to the next."""
    OPENING, CLOSING, ENDING = 1.0, 0.25, 3.0
    """Seconds to fade in, to fade out at a stop, and at the end of a session."""
    PAUSED_DB = -4.0
    """How much quieter than the room asks it is while paused."""

    def __init__(
        self,
        script: Script,
        beds: Mapping[str, Sequence[SoundBed]],
        voices: Mapping[str, Voice],
        *,
        seed: int,
    ) -> None:
        self._scenes: list[tuple[Bed, ...]] = []
        self._trims: list[float] = []
        for i, scene in enumerate(script.scenes):
            wanted = beds.get(scene, ())
            seeds = [int(seeded(seed, 11, i, j)[0]) for j in range(len(wanted))]
            made = beds_of(scene, wanted, voices, script, seeds)
            self._scenes.append(made)
            self._trims.append(trim(made))
        self._places = np.zeros(len(script.scenes))  # 0 absent .. 1 present
        self._cue = BreathCue(seed)
        self._balance = Balance()
        self._limiter = Limiter()
        self._guide = np.zeros((2, BLOCK))
        self._sign, self._signed = StepSign(), np.zeros((2, BLOCK))
        self._pace = Pace()
        self._volume, self._paused_db = -1.0, 0.0
        self._door = 0.0  # 0 shut .. 1 open
        self._master = 0.0
        self.closing = False
        """Set to fade out within `CLOSING`; clear to fade in again."""
        self.silenced: list[tuple[str, str]] = []
        """Voices that failed and fell silent, and why; whoever reads takes them out."""

    @property
    def silent(self) -> bool:
        """Whether the sound has been faded out completely."""
        return self._door == 0.0

    @property
    def rider_db(self) -> float:
        """How far the loudness has been ridden, dB."""
        return self._balance.rider_db

    def render(self, out: F64, t: float, row: F64) -> None:
        """Write the next block.

        Parameters
        ----------
        out : (2, BLOCK) float64
            Overwritten; full scale is 1.
        t
            Session time at which the first sample is heard, s.
        row : (script.width,) float64
            The moment as the room shows it (`engine.show`).
        """
        out[:] = 0.0
        v = row.tolist()
        sounding = self._beds(out, row, v[_SCENE])
        paused = v[_PAUSED] > 0.0
        pace = self._pace_of(v)
        presence = 0.0 if paused or not math.isfinite(v[_GUIDE]) else min(max(v[_GUIDE], 0.0), 1.0)
        # The limiter holds everything back by DELAY: what goes in now is heard later.
        self._cue.render(self._guide, t + DELAY / RATE, pace, presence)
        master = self._master_of(v, paused=paused, ended=v[_ENDED] > 0.0)
        # While the mix is on its way from one level to another, its loudness says nothing.
        ride = sounding and not paused and self._door == 1.0
        self._balance.mix(out, self._guide, self._cue.gain, (self._master, master), ride=ride)
        # Over the place as it is mixed: its level is its own, no rider lifts it.
        self._sign.render(self._signed, v[_SIGN])
        add(out, self._signed, self._master, master)
        self._master = master
        self._limiter.limit(out)

    def _beds(self, out: F64, row: F64, scene: float) -> bool:
        """Add every scene that is to be heard; tell whether one is fully there."""
        full = False
        for i, beds in enumerate(self._scenes):
            before = self._places[i]
            step = _DT / self.CROSS_FADE
            self._places[i] = min(max(before + (step if i == scene else -step), 0.0), 1.0)
            after = self._places[i]
            if before == 0.0 and after == 0.0:
                continue
            full = full or (after == 1.0 and bool(beds))
            gain = self._trims[i]
            g0 = gain * math.sin(0.5 * math.pi * before)
            g1 = gain * math.sin(0.5 * math.pi * after)
            for bed in beds:
                fault = bed.render(out, row, g0, g1)
                if fault is not None:
                    self.silenced.append((bed.voice, fault))
        return full

    def _pace_of(self, v: list[float]) -> Pace:
        """Return the pace of a row; numbers that make no breath leave it as it was."""
        start, rate, ratio = v[_START], v[_RATE], v[_RATIO]
        if math.isfinite(start) and 0.5 <= rate <= 60.0 and 0.05 <= ratio <= 0.95:
            p = self._pace
            if (start, rate, ratio) != (p.start, p.rate, p.ratio):
                self._pace = Pace(start, rate, ratio)
        return self._pace

    def _master_of(self, v: list[float], *, paused: bool, ended: bool) -> float:
        """Return the gain at the end of this block."""
        asked = min(max(v[_VOLUME], 0.0), 1.0) if math.isfinite(v[_VOLUME]) else self._volume
        if self._volume < 0.0:
            self._volume = asked
        self._volume += (asked - self._volume) * _DT / 0.25
        if asked == 0.0 and self._volume < 1e-5:
            self._volume = 0.0
        goal = self.PAUSED_DB if paused else 0.0
        self._paused_db += (goal - self._paused_db) * _DT / 0.5
        shut = self.closing or ended
        seconds = (self.CLOSING if self.closing else self.ENDING) if shut else self.OPENING
        self._door = min(max(self._door + (-_DT if shut else _DT) / seconds, 0.0), 1.0)
        door = self._door * self._door * (3.0 - 2.0 * self._door)
        return math.pow(self._volume, 1.5) * math.pow(10.0, self._paused_db / 20.0) * door
