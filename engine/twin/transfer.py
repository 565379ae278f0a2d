"""What a person's heart must do with each breathing rate, by mathematics alone.

The linear closed loop of `engine.twin.heart`: it predicts resonance, swing and phase
without simulating, and so checks the simulation.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.streams import F64
from engine.twin.heart import MECHANICAL_TAU
from engine.twin.person import Person

C128: TypeAlias = NDArray[np.complex128]


class Resonance(NamedTuple):
    """Where a person's heart swings most."""

    rate: float
    """Breaths a minute."""
    phase_deg: float
    """How far heart rate leads lung volume there, degrees."""
    ms_per_l: float
    """Swing of the interval per litre breathed, ms."""


def vessels(frequency: F64, person: Person, vagus: float = 1.0) -> C128:
    """Return the loop gain at ``frequency``, ``(n,)`` Hz; below 1 at -180 degrees is stable."""
    s = _s(frequency)
    inner = person.vessel_gain_ms * _reflex(s, person, vagus) + person.vessel_gain_mmhg
    gain: C128 = np.multiply(_delay(s, person), inner)
    return gain


def interval_per_volume(frequency: F64, person: Person, vagus: float = 1.0) -> C128:
    """Return what one litre of lung volume makes of the interval, ms, ``(n,)``.

    Parameters
    ----------
    frequency
        ``(n,)`` Hz.
    person
        Whose loop.
    vagus
        Vagal tone, 1 at neutral arousal.
    """
    s = _s(frequency)
    quick = s * person.volume_tau / (1.0 + s * person.volume_tau)
    gating = -vagus * person.gating_ms_per_l * quick / (1.0 + s * person.gating_tau)
    reflex = _reflex(s, person, vagus)
    mechanical = -person.inspiration_mmhg_per_l * quick / (1.0 + MECHANICAL_TAU * s)
    slow = _delay(s, person)
    driven = mechanical - slow * person.vessel_gain_ms * gating
    pressure = driven / (1.0 + vessels(frequency, person, vagus))
    answer: C128 = gating + reflex * pressure
    return answer


def resonance(person: Person, vagus: float = 1.0, low: float = 3.0, high: float = 9.0) -> Resonance:
    """Return where the interval swings most between ``low`` and ``high`` breaths a minute."""
    rates = np.linspace(low, high, 1201)
    answer = interval_per_volume(rates / 60.0, person, vagus)
    k = int(np.argmax(np.abs(answer)))
    phase = float(np.degrees(np.angle(-answer[k])))
    return Resonance(float(rates[k]), phase, float(np.abs(answer[k])))


def loop_gain(person: Person, vagus: float = 1.0) -> float:
    """Return the loop's gain where it has turned by 180 degrees; 1 would ring for ever."""
    frequency = np.linspace(0.02, 0.6, 4000)
    gain = vessels(frequency, person, vagus)
    turned = np.flatnonzero(np.unwrap(np.angle(gain)) <= -np.pi)
    return float(np.abs(gain[turned[0]])) if len(turned) else 0.0


def _s(frequency: F64) -> C128:
    return (2j * np.pi * frequency).astype(np.complex128)


def _delay(s: C128, person: Person) -> C128:
    slow: C128 = np.exp(-s * person.vessel_delay) / (1.0 + s * person.vessel_tau)
    return slow


def _reflex(s: C128, person: Person, vagus: float) -> C128:
    reflex: C128 = vagus * person.baroreflex_ms_per_mmhg / (1.0 + s * person.baroreflex_tau)
    return reflex
