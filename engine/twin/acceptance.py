"""Is the twin credible? Its figures over many fresh persons, against published ones.

That a figure is met says the software is tested against a plausible body. It says
nothing about benefit to people: what breathing, scene and sound do was put in.
"""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from engine.pace import Pace
from engine.streams import F64
from engine.twin.body import Body
from engine.twin.measures import Hrv, dfa_alpha1, hinge, hrv, sample_entropy, swing
from engine.twin.person import MEDIAN, Person, draw_person
from engine.twin.transfer import loop_gain, resonance

RATES: F64 = np.array([3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 8, 10, 12, 14, 18, 24], np.float64)
"""Breaths a minute at which the swing is measured."""

SETTLE = 60.0
SIX = Pace(0.0, 6.0, 0.4, 1.0)
SWEATING_US = 0.05
"""People whose responses are smaller hardly sweat; skin figures leave them out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure and the band it should lie in."""

    name: str
    value: float
    low: float
    high: float
    source: str

    @property
    def met(self) -> bool:
        """Whether the figure lies in its band."""
        return self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True)
class Hour:
    """What one person did in one condition, after settling."""

    hrv: Hrv
    breath_rate: float
    scr_per_min: float
    scl_us: float


Group: TypeAlias = list[Hour]


def accept(persons: int = 60, first_seed: int = 100) -> list[Finding]:
    """Return the twin's figures over ``persons`` fresh persons, met or not."""
    people = [draw_person(first_seed + i) for i in range(persons)]
    return [*_at_rest(people), *_under_stress_and_pace(people), *_in_calm(people), *_of_swing()]


def report(findings: list[Finding]) -> str:
    """Return a table a person can read."""
    return "\n".join(
        f"{'ok  ' if f.met else 'MISS'} {f.name:<34} {f.value:9.2f}   {f.low:g} .. {f.high:g}"
        f"   {f.source}"
        for f in findings
    )


def live_through(
    person: Person,
    seed: int,
    lasts: float,
    *,
    after: float = SETTLE,
    **around: Any,  # noqa: ANN401
) -> Hour:
    """Return the figures of ``person`` between ``after`` and ``lasts`` seconds.

    ``around`` is what `Body.advance` takes: ``pace``, ``calm``, ``sound_calm``, ``stress``.
    """
    stretch = Body(person, seed).advance(lasts, **around)
    late = stretch.t > after
    return Hour(
        hrv=hrv(stretch.beat_t[stretch.beat_t > after]),
        breath_rate=float(stretch.breath_rate[late].mean()),
        scr_per_min=float((stretch.scr_t > after).sum() / ((lasts - after) / 60.0)),
        scl_us=float(stretch.scl_us[late].mean()),
    )


def swings(person: Person, *, litres: float, seeds: int, rates: F64 = RATES) -> F64:
    """Return how heart rate swings with each rate, as a laboratory measures it.

    The person follows always. Columns: peak to trough 1/min, fundamental 1/min, and by
    how many degrees heart rate leads lung volume; shape ``(len(rates), 3)``.

    Parameters
    ----------
    person
        Who breathes.
    litres
        Depth asked for; 0 lets the person choose.
    seeds
        Over how many hours the result is averaged.
    rates
        Breaths a minute.
    """
    asked = replace(person, compliance=1.0, fixed_volume_l=litres)
    found = np.zeros((seeds, len(rates), 3))
    for seed in range(seeds):
        for i, rate in enumerate(rates.tolist()):
            stretch = Body(asked, seed).advance(360.0, Pace(0.0, rate, 0.4, 1.0))
            late = stretch.t > SETTLE
            beats = stretch.beat_t[stretch.beat_t > SETTLE]
            found[seed, i] = swing(beats, stretch.t[late], stretch.volume_l[late], rate)
    mean: F64 = found.mean(axis=0)
    return mean


def _of(group: Group, name: str) -> F64:
    return np.array([getattr(hour.hrv, name, getattr(hour, name, np.nan)) for hour in group])


def _at_rest(people: list[Person]) -> list[Finding]:
    rest = [live_through(p, i, 360.0) for i, p in enumerate(people)]
    long = [Body(p, i).advance(760.0).beat_t for i, p in enumerate(people[:40])]
    series = [np.diff(beats[beats > SETTLE]) * 1e3 for beats in long]
    at_rest = [resonance(p, float(np.exp(-p.stress_withdraws * max(p.arousal, 0)))) for p in people]
    norm = "rest norms (Nunan 2010)"
    return [
        Finding("rest RR, ms", _median(_of(rest, "rr_ms")), 836, 1016, norm),
        Finding("rest SDNN, ms", _median(_of(rest, "sdnn_ms")), 34, 66, norm),
        Finding("rest RMSSD, ms", _median(_of(rest, "rmssd_ms")), 27, 57, norm),
        Finding("rest LF, ms2", _median(_of(rest, "lf")), 519 / 1.5, 519 * 1.5, norm),
        Finding("rest HF, ms2", _median(_of(rest, "hf")), 657 / 1.5, 657 * 1.5, norm),
        Finding("rest skin responses, 1/min", _median(_of(rest, "scr_per_min")), 1, 3, "ours"),
        Finding("rest breathing, 1/min", _median(_of(rest, "breath_rate")), 12, 16, "ours"),
        Finding(
            "DFA alpha1", _median([dfa_alpha1(rr) for rr in series]), 1.0, 1.3, "healthy range"
        ),
        Finding(
            "sample entropy",
            _median([sample_entropy(rr[:300]) for rr in series]),
            1.3,
            1.8,
            "healthy range",
        ),
        Finding("resonance, 1/min", _median([r.rate for r in at_rest]), 4.5, 6.5, "ours"),
        Finding(
            "phase at resonance, deg", _median([r.phase_deg for r in at_rest]), -10, 10, "ours"
        ),
        Finding("largest loop gain", max(loop_gain(p) for p in people), 0.0, 0.75, "ours"),
    ]


def _under_stress_and_pace(people: list[Person]) -> list[Finding]:
    rest = [live_through(p, i, 360.0) for i, p in enumerate(people)]
    slow = [live_through(p, i, 360.0, pace=SIX) for i, p in enumerate(people)]
    stress = [live_through(p, i, 420.0, after=120.0, stress=0.8) for i, p in enumerate(people)]
    rise = _of(stress, "heart_rate") - _of(rest, "heart_rate")
    fewer = float(np.mean(_of(stress, "rmssd_ms") < _of(rest, "rmssd_ms")))
    shao = "slow breathing, 31 studies (Shao 2024)"
    return [
        Finding("6/min: RMSSD, SMD", _smd(rest, slow, "rmssd_ms"), 0.17, 0.57, shao),
        Finding("6/min: SDNN, SMD", _smd(rest, slow, "sdnn_ms"), 0.47, 1.07, shao),
        Finding("6/min: heart rate, SMD", _smd(rest, slow, "heart_rate"), -0.25, 0.05, shao),
        Finding("stress: heart rate, 1/min more", _median(rise), 10, 25, "ours"),
        Finding(
            "stress: skin responses, 1/min", _median(_of(stress, "scr_per_min")), 8, 20, "ours"
        ),
        Finding("stress: share with less RMSSD", fewer, 0.9, 1.0, "ours"),
    ]


def _in_calm(people: list[Person]) -> list[Finding]:
    """Compare the last minute of twenty with and without a quiet scene, same hour."""
    scl: list[float] = []
    heart: list[float] = []
    for i, person in enumerate(people):
        with_scene = live_through(person, i, 1200.0, after=1140.0, calm=1.0, sound_calm=1.0)
        without = live_through(person, i, 1200.0, after=1140.0)
        heart.append(with_scene.hrv.heart_rate - without.hrv.heart_rate)
        if person.scr_us > SWEATING_US:
            scl.append(100.0 * (with_scene.scl_us / without.scl_us - 1.0))
    stressor = Body(replace(MEDIAN, arousal_sd=0.0), 0)
    stressor.advance(300.0, stress=0.8)
    recovery = stressor.advance(900.0)
    fallen = recovery.arousal - recovery.arousal[-1]
    lasted = float(recovery.t[int(np.argmax(fallen < fallen[0] / np.e))] - 300.0)
    return [
        Finding("calm scene: SCL, % (assumed)", _median(scl), -20, -3, "put in"),
        Finding("calm scene: heart rate (assumed)", _median(heart), -3, 0, "put in"),
        Finding("recovery from stress, s to 1/e", lasted, 70, 120, "put in"),
    ]


def _of_swing() -> list[Finding]:
    deep = swings(MEDIAN, litres=1.5, seeds=20)
    own = swings(MEDIAN, litres=0.0, seeds=20)
    bend = hinge(RATES, deep[:, 0])
    hirsch = "RSA against rate (Hirsch & Bishop 1981)"
    song = "slowest rates (Song & Lehrer 2003)"
    return [
        Finding("RSA plateau, 1/min", bend.plateau, 15, 25, hirsch),
        Finding("RSA corner, breaths/min", bend.corner, 5.7, 8.7, hirsch),
        Finding("RSA roll-off, dB/decade", bend.roll_off, 17.6, 24.4, hirsch),
        Finding("largest RSA at, breaths/min", float(RATES[np.argmax(own[:, 1])]), 4, 6, song),
        Finding("RSA at 3/min against largest", own[0, 1] / own[:, 1].max(), 0, 0.95, song),
        Finding("phase at 12/min, deg", float(deep[11, 2]), -50, -20, "ours"),
    ]


def _median(values: F64 | list[float]) -> float:
    return float(np.median(values))


def _smd(before: Group, after: Group, name: str) -> float:
    """Return the standardised mean difference between two conditions."""
    a, b = _of(before, name), _of(after, name)
    return float((b.mean() - a.mean()) / np.sqrt((a.var() + b.var()) / 2.0))
