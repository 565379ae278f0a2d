"""What a voice is: a sound of nature or an instrument that a scene can ask for."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from engine.errors import SoundError
from engine.streams import F64

RATE = 48_000
"""Samples a second, of everything in this package."""
BLOCK = 256
"""Frames a voice renders at a time: 5.3 ms."""
TICK = 32
"""Frames between two settings of a filter inside a voice; gains ramp at every sample."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing about a voice a scene may move, 0..1; 0 is the quiet end."""

    name: str
    zh: str
    en: str
    default: float


class Sounding(Protocol):
    """A voice that is sounding: its state, and the one thing it does."""

    def render(self, out: F64, levels: F64) -> None:
        """Add the next block to ``out``.

        Parameters
        ----------
        out : (2, BLOCK) float64
            Left and right; add to it, full scale is 1.
        levels : (len(parameters),) float64
            Where the parameters stand at the end of the block, already smoothed
            (time constant 0.25 s), in the order the voice declares them.

        Notes
        -----
        Runs in the audio callback: allocate nothing, wait for nothing, draw nothing
        at random but from the seed. The mixer applies gains and cross-fades.
        """
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """A kind of sound, as a plugin registers it (`register_voices`).

    Attributes
    ----------
    id
        What a scene's `SoundBed` names.
    zh, en
        What a person reads.
    parameters
        What a scene may drive.
    make
        ``make(rate, seed)`` returns a fresh `Sounding`; may be slow, runs before the
        session. A class or function at the top of a module, so that the voice can be
        handed to the sound process. The same seed gives the same sound, bit for bit.
    nominal_lufs
        Loudness of the voice by itself at its default parameters; the mixer
        starts from here, so that nothing has to swell or sink at the beginning.
    """

    id: str
    zh: str
    en: str
    parameters: tuple[Parameter, ...]
    make: Callable[[int, int], Sounding]
    nominal_lufs: float = -23.0

    def __post_init__(self) -> None:
        names = [p.name for p in self.parameters]
        if len(set(names)) != len(names):
            raise SoundError(
                "two parameters have one name",
                where=f"voice {self.id!r}",
                hint="rename one of: " + ", ".join(names),
            )
        for p in self.parameters:
            if not (math.isfinite(p.default) and 0.0 <= p.default <= 1.0):
                raise SoundError(
                    f"parameter {p.name!r} begins at {p.default}",
                    where=f"voice {self.id!r}",
                    hint="a default lies within 0..1",
                )
