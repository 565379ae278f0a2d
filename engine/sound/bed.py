"""A voice at its place in a scene: what drives it, how loud it is, and that it may fail alone."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.dsp.jit import kernel
from engine.errors import SoundError
from engine.scene.api import SoundBed
from engine.show import FIXED, Script
from engine.sound.balance import TARGET_LUFS
from engine.sound.voice import BLOCK, RATE, Sounding, Voice
from engine.streams import F64

_SMOOTHING = BLOCK / RATE / 0.25


@kernel("b1(f8[:,::1],f8[:,::1],f8,f8)")
def add(out: F64, x: F64, before: float, after: float) -> bool:
    """Add ``x`` to ``out`` with a gain that ramps; add nothing and return False if not finite."""
    for ear in range(2):
        for n in range(x.shape[1]):
            if not math.isfinite(x[ear, n]):
                return False
    step = (after - before) / x.shape[1]
    for ear in range(2):
        for n in range(x.shape[1]):
            out[ear, n] += (before + step * n) * x[ear, n]
    return True


class Bed:
    """One voice of one scene.

    Parameters
    ----------
    bed
        What the scene asks for.
    voice
        The voice it names.
    script
        Where the scene's controls stand in a row.
    seed
        Seed of this voice at this place.
    """

    def __init__(self, bed: SoundBed, voice: Voice, script: Script, seed: int) -> None:
        self.voice = voice.id
        self._gain = 10.0 ** (bed.gain_db / 20.0)
        self.power = 10.0 ** ((voice.nominal_lufs + bed.gain_db) / 10.0)
        names = [p.name for p in voice.parameters]
        self.levels = np.array([p.default for p in voice.parameters], dtype=np.float64)
        self._drives: list[tuple[int, int, float, float]] = []
        for parameter, (control, low, high) in bed.drive.items():
            if parameter not in names:
                raise SoundError(
                    f"has no parameter {parameter!r}",
                    where=f"voice {voice.id!r}",
                    hint="it has " + (", ".join(names) or "none"),
                )
            column = f"scene.{control}"
            if column in script.controls:  # a control nobody moves leaves its default
                at = len(FIXED) + script.controls.index(column)
                self._drives.append((names.index(parameter), at, low, high))
        self._sounding: Sounding | None = voice.make(RATE, seed)
        self._own = np.zeros((2, BLOCK))
        self._began = False

    def render(self, out: F64, row: F64, before: float, after: float) -> str | None:
        """Add the next block to ``out`` and return why the voice fell silent, if it did.

        ``row`` is the moment shown, ``before`` and ``after`` the scene's gain at the
        first and after the last sample.
        """
        if self._sounding is None:
            return None
        for parameter, column, low, high in self._drives:
            level = row[column]
            if math.isfinite(level):
                goal = min(max(low + (high - low) * level, 0.0), 1.0)
                step = _SMOOTHING if self._began else 1.0
                self.levels[parameter] += (goal - self.levels[parameter]) * step
        self._began = True
        self._own[:] = 0.0
        try:
            self._sounding.render(self._own, self.levels)
        except Exception as error:  # noqa: BLE001 - a vendor's code; the others sound on
            self._sounding = None
            return f"{type(error).__name__}: {error}"
        if not add(out, self._own, before * self._gain, after * self._gain):
            self._sounding = None
            return "produced numbers that are not finite"
        return None


def beds_of(
    scene: str,
    beds: Sequence[SoundBed],
    voices: Mapping[str, Voice],
    script: Script,
    seeds: Iterable[int],
) -> tuple[Bed, ...]:
    """Return what sounds in ``scene``; a voice nobody registered is a `SoundError`."""
    made: list[Bed] = []
    for bed, seed in zip(beds, seeds, strict=False):
        if bed.voice not in voices:
            near = difflib.get_close_matches(bed.voice, voices, n=1)
            raise SoundError(
                f"asks for the voice {bed.voice!r}, which is not registered",
                where=f"scene {scene!r}",
                hint=f"did you mean {near[0]!r}?" if near else "there are " + ", ".join(voices),
            )
        made.append(Bed(bed, voices[bed.voice], script, seed))
    return tuple(made)


def trim(beds: Sequence[Bed]) -> float:
    """Return the factor that brings ``beds`` together to the target loudness."""
    power = sum(bed.power for bed in beds)
    return 10.0 ** ((TARGET_LUFS - 10.0 * math.log10(power)) / 20.0) if power > 0.0 else 1.0
