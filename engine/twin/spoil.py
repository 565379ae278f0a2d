"""How an artefact looks in the samples of each kind of sensor."""

import math
from dataclasses import dataclass

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin.artefacts import Artefact
from engine.twin.chance import Chance, chance, normal, uniform
from engine.units import Kind

MAINS = 50.0
TONES = 14
FADE = 0.25
"""Seconds an artefact takes to come and go."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """How one kind of sensor takes artefacts, in its natural unit (mV, uS, L, degC, g).

    Heights of motion and wander, standard deviation of noise, height of mains hum, the
    rails it can reach, and what it shows without contact.
    """

    motion: float
    wander: float
    noise: float
    hum: float
    rails: tuple[float, float]
    off: float


WEAKNESS = {
    Kind.ECG: Weakness(0.8, 0.5, 0.08, 0.10, (-1.6, 1.6), 0.0),
    Kind.PPG: Weakness(1.2, 0.4, 0.15, 0.0, (-0.4, 1.2), 0.0),
    Kind.EDA: Weakness(0.8, 0.3, 0.05, 0.0, (0.0, 60.0), 0.01),
    Kind.RESP: Weakness(0.35, 0.2, 0.05, 0.0, (-0.3, 0.3), 0.0),
    Kind.SKIN_TEMP: Weakness(0.05, 0.2, 0.05, 0.0, (0.0, 45.0), 24.0),
    Kind.ACC: Weakness(0.35, 0.0, 0.02, 0.0, (-2.0, 2.0), 0.0),
}


@kernel("void(int64, float64, float64, float64, float64[:, ::1], float64, float64, float64[::1])")
def add_tones(  # noqa: PLR0917 - a kernel takes its arguments by place
    first: int,
    rate: float,
    begins: float,
    ends: float,
    tones: F64,
    hum: float,
    height: float,
    out: F64,
) -> None:
    """Add ``tones``, ``(m, 3)`` (Hz, rad, height), and mains hum while an artefact lasts.

    Parameters
    ----------
    first, rate
        Number of the first sample of ``out``, ``(n,)``, and samples a second.
    begins, ends
        When the artefact lasts, s.
    hum
        Height of the mains hum.
    height
        Multiplies everything.
    """
    for i in range(out.shape[0]):
        t = (first + i) / rate
        if t < begins or t >= ends:
            continue
        near = min(t - begins, ends - t) / FADE
        fade = height * min(near, 1.0)
        total = hum * math.sin(2.0 * math.pi * MAINS * t)
        for m in range(tones.shape[0]):
            turn = 2.0 * math.pi * tones[m, 0] * (t - begins) + tones[m, 1]
            total += tones[m, 2] * math.sin(turn)
        out[i] += fade * total


@kernel("void(int64, float64, float64, float64, float64, int64[::1], float64[::1])")
def add_noise(  # noqa: PLR0917
    first: int, rate: float, begins: float, ends: float, sd: float, chance: Chance, out: F64
) -> None:
    """Add white noise of standard deviation ``sd`` while an artefact lasts; see `add_tones`."""
    for i in range(out.shape[0]):
        t = (first + i) / rate
        if begins <= t < ends:
            out[i] += sd * normal(chance)


class Spoiler:
    """One artefact on one stream, sample after sample.

    Parameters
    ----------
    artefact
        What happens.
    kind
        What the stream measures.
    seed
        Whole numbers that name this artefact on this stream.
    """

    def __init__(self, artefact: Artefact, kind: Kind, seed: tuple[int, ...]) -> None:
        self.artefact = artefact
        self._weak = WEAKNESS[kind]
        self._chance = chance(*seed)
        low, high = (0.05, 0.4) if artefact.kind == "wander" else (0.4, 9.0)
        self._tones = np.zeros((TONES, 3))
        for tone in self._tones:
            tone[0] = low * (high / low) ** uniform(self._chance)
            tone[1] = 2.0 * math.pi * uniform(self._chance)
            tone[2] = math.sqrt(2.0 / TONES)

    def spoil(self, first: int, rate: float, x: F64) -> None:
        """Change samples ``first``... at ``rate`` Hz in ``x``, ``(n,)``, in place."""
        a, weak = self.artefact, self._weak
        if (first + len(x)) / rate <= a.at or first / rate >= a.ends:
            return
        if a.kind == "motion":
            add_tones(first, rate, a.at, a.ends, self._tones, 0.0, a.strength * weak.motion, x)
        elif a.kind == "wander":
            add_tones(first, rate, a.at, a.ends, self._tones, 0.0, a.strength * weak.wander, x)
        elif a.kind == "noise":
            self._noise(first, rate, x, weak.noise, weak.hum)
        elif a.kind in {"saturation", "contact"}:
            t = (first + np.arange(len(x))) / rate
            within = (t >= a.at) & (t < a.ends)
            if a.kind == "saturation":
                x[within] = np.clip(8.0 * x[within], *weak.rails)
            else:
                x[within] = weak.off
                self._noise(first, rate, x, 0.02 * weak.noise, 2.0 * weak.hum)

    def _noise(self, first: int, rate: float, x: F64, sd: float, hum: float) -> None:
        a = self.artefact
        add_noise(first, rate, a.at, a.ends, a.strength * sd, self._chance, x)
        if hum > 0.0 and rate > 2.0 * MAINS:
            add_tones(first, rate, a.at, a.ends, np.zeros((0, 3)), hum, a.strength, x)
