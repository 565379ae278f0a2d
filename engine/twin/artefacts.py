"""What goes wrong with sensors on purpose: when, how long, how badly."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import ConfigError

KINDS = {
    "motion": "the person moves: slow and quick swings, wrong intervals",
    "dropout": "samples never arrive",
    "radio": "samples are held back, then arrive all at once",
    "ectopy": "a ventricular beat every few seconds",
    "wander": "the baseline drifts",
    "noise": "white noise and mains hum",
    "saturation": "the amplifier hits its rails",
    "contact": "an electrode is off: flat or hum, no intervals",
}
"""Every kind of artefact, and what it does."""

USUAL_SECONDS = {
    "motion": 6.0, "dropout": 3.0, "radio": 2.0, "ectopy": 10.0,
    "wander": 30.0, "noise": 20.0, "saturation": 3.0, "contact": 8.0,
}  # fmt: skip

_SHARES = {"motion": 0.5, "noise": 0.15, "wander": 0.15, "contact": 0.08, "dropout": 0.07,
           "ectopy": 0.05}  # fmt: skip

ECTOPIC_EVERY = 4.0
"""Seconds between ventricular beats while ``ectopy`` lasts."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One thing that goes wrong.

    Attributes
    ----------
    kind
        One of `KINDS`.
    at, lasts
        When it begins on the session's clock and how long it stays, s.
    strength
        1 is usual.
    sensors
        Names of the streams it touches; none named means every one it can.
    """

    kind: str
    at: float
    lasts: float
    strength: float = 1.0
    sensors: tuple[str, ...] = ()

    @property
    def ends(self) -> float:
        """When it is over, s."""
        return self.at + self.lasts

    def touches(self, sensor: str) -> bool:
        """Tell whether it reaches the stream named ``sensor``."""
        return not self.sensors or sensor in self.sensors


def artefact_from(table: Mapping[str, Any], *, where: str) -> Artefact:
    """Return the artefact a rig file describes as ``{kind, at, lasts, strength, sensors}``.

    Raises
    ------
    ConfigError
        For an unknown key or kind, or an impossible number.
    """
    allowed = ("kind", "at", "lasts", "strength", "sensors")
    for key in table:
        if key not in allowed:
            raise ConfigError(f"unknown key {key!r}", where=where, hint=nearest(key, allowed))
    kind = str(table.get("kind", ""))
    if kind not in KINDS:
        raise ConfigError(
            f"unknown artefact {kind!r}", where=f"{where}.kind", hint=nearest(kind, KINDS)
        )
    if "at" not in table:
        raise ConfigError("does not say when", where=where, hint="add at = seconds")
    figures = {"at": table["at"], "lasts": table.get("lasts", USUAL_SECONDS[kind]),
               "strength": table.get("strength", 1.0)}  # fmt: skip
    for key, value in figures.items():
        if not _is_figure(value) or value < 0:
            raise ConfigError(
                f"{value!r} is not a number of zero or more",
                where=f"{where}.{key}",
                hint=f"give {key} as a number",
            )
    sensors = table.get("sensors", ())
    if not isinstance(sensors, (list, tuple)):
        raise ConfigError("is not a list", where=f"{where}.sensors", hint='write ["ecg"]')
    return Artefact(
        kind,
        float(figures["at"]),
        float(figures["lasts"]),
        float(figures["strength"]),
        tuple(str(sensor) for sensor in sensors),
    )


def scheduled(seed: int, per_hour: float, until: float) -> tuple[Artefact, ...]:
    """Return artefacts that come by chance, ``per_hour`` on average, up to ``until`` s."""
    rng = np.random.default_rng([seed, 3])
    kinds, shares = list(_SHARES), list(_SHARES.values())
    made: list[Artefact] = []
    at = 0.0
    while per_hour > 0.0:
        at += rng.exponential(3600.0 / per_hour)
        if at >= until:
            break
        kind = kinds[int(rng.choice(len(kinds), p=shares))]
        lasts = USUAL_SECONDS[kind] * math.exp(0.4 * rng.standard_normal())
        made.append(Artefact(kind, at, lasts, math.exp(0.3 * rng.standard_normal())))
    return tuple(made)


def nearest(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Return advice for a word that is not among ``known``."""
    close = difflib.get_close_matches(word, list(known), n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "one of " + ", ".join(known)


def _is_figure(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
