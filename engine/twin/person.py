"""Who the simulated officer is: every number of one body, and how people differ."""

import math
from dataclasses import astuple, dataclass, fields, replace

import numpy as np

from engine.streams import F64


@dataclass(frozen=True, slots=True)
class Person:
    """The parameters of one simulated body; the defaults are the median person.

    They were fitted together (not measured on one body) until the whole reproduces the
    published figures listed in the README beside this file. ``*_benefit`` are
    assumptions: how much paced breathing, a quiet scene and quiet sound take off arousal
    was put in, and is never a finding.
    """

    # -- who
    age: float = 35.0
    """Years."""
    height_cm: float = 172.0

    # -- heart: resting state and vagal control
    heart_rate: float = 63.3
    """At neutral arousal, 1/min."""
    gating_ms_per_l: float = 190.0
    """How much a breath in shortens the interval through the brain stem, ms per litre."""
    gating_tau: float = 0.9807047
    vagal_range_ms: float = 210.0
    """Largest change of the interval the vagus can make either way."""
    baroreflex_ms_per_mmhg: float = 12.0049
    baroreflex_tau: float = 0.7255966
    baroreflex_range_mmhg: float = 18.0
    """Where the reflex bends: gain falls with larger pressure swings."""
    fast_noise_ms: float = 21.0
    slow_noise_ms: float = 38.0
    """Standard deviation of the very slow wandering of the interval (below .04 Hz)."""
    jitter_ms: float = 10.0
    """Beat-to-beat noise of the pacemaker cell."""
    stress_speeds: float = 0.34
    """Share by which full stress raises heart rate."""
    calm_slows: float = 0.5
    """How much less of that works downward, below neutral."""
    stress_withdraws: float = 0.65
    """Exponent by which stress withdraws the vagus."""

    # -- vessels and pressure
    inspiration_mmhg_per_l: float = 3.3559857
    """Fall of blood pressure with a breath in; its sign makes resonance what it is."""
    volume_tau: float = 3.3613043
    """The lungs' slow part that pressure and gating no longer follow, s."""
    vessel_gain_ms: float = 0.0502473
    vessel_gain_mmhg: float = 0.6044449
    vessel_tau: float = 5.0
    vessel_delay: float = 2.45
    """Sympathetic delay, s; it sets the resonance frequency (taller: longer)."""
    mayer_mmhg: float = 1.95
    mayer_tau: float = 2.2321548

    # -- breathing
    breath_rate: float = 13.2
    """Own rate at neutral arousal, 1/min."""
    breath_variation: float = 0.13
    ventilation_l: float = 4.1823423
    """Alveolar ventilation, litres a minute: slower breaths are deeper."""
    dead_space_l: float = 0.15
    deepest_l: float = 0.85
    """Where tidal volume bends."""
    inspiration_share: float = 0.4
    sighs_per_hour: float = 6.0
    compliance: float = 0.8
    """Share of the time the guide is followed; 1 follows it always."""
    follow_lag: float = 0.35
    """Seconds the person is behind the guide."""
    follow_pull: float = 0.6
    """How strongly the guide pulls the breath's phase, rad/s."""
    fixed_volume_l: float = 0.0
    """Depth of every breath as asked for in a laboratory; 0 lets the person choose."""

    # -- arousal (0 neutral, 1 full stress)
    arousal: float = 0.1
    arousal_tau: float = 60.0
    arousal_sd: float = 0.10
    stress_gain: float = 1.0
    stress_tau: float = 90.0
    """Recovery from a stressor, s to 1/e."""
    habituation: float = 0.25
    habituation_tau: float = 1800.0
    breathing_benefit: float = 0.25
    scene_benefit: float = 0.20
    sound_benefit: float = 0.12
    benefit_tau: float = 60.0
    fatigue: float = 0.3
    """Share of the breathing benefit lost after twenty minutes of being paced."""
    sickness: float = 0.03
    """Share of full motion sickness a lively moving scene brings in the long run."""

    # -- skin and pulse
    scl_us: float = 6.0
    scl_gain: float = 0.45
    scr_per_min: float = 2.0
    scr_gain: float = 2.35
    scr_us: float = 0.25
    skin_temp_c: float = 32.5
    skin_temp_drop_c: float = 1.0
    pulse_delay: float = 0.20
    """From R peak to the foot of the finger's pulse, s."""

    def vector(self) -> F64:
        """Return every parameter as the kernels read them, in field order."""
        return np.array(astuple(self), np.float64)


MEDIAN = Person()
"""The person in the middle of the population."""

_PLACES = {field.name: i for i, field in enumerate(fields(Person))}


def place(name: str) -> int:
    """Return where parameter ``name`` stands in `Person.vector`."""
    return _PLACES[name]


def draw_person(seed: int, *, age: float | None = None) -> Person:
    """Return one person of the population, the same for the same ``seed``.

    Ages 20 to 58 unless ``age`` is given. One in ten does not respond to relaxation, one
    in ten hardly sweats; both exist among officers and software must bear them.
    """
    rng = np.random.default_rng([seed, 0x70657273])

    def spread(median: float, sd: float) -> float:
        return median * math.exp(sd * rng.standard_normal())

    def bounded(mean: float, sd: float, low: float, high: float) -> float:
        return min(max(mean + sd * rng.standard_normal(), low), high)

    m = MEDIAN
    years = float(rng.uniform(20.0, 58.0)) if age is None else age
    height = bounded(172.0, 8.0, 150.0, 198.0)
    # One factor all vagal figures share: it falls with age and differs between people.
    vagal = math.exp(-0.0135 * (years - 35.0) + 0.33 * rng.standard_normal())
    reflex = m.baroreflex_ms_per_mmhg * vagal**0.7 * spread(1.0, 0.15)
    relaxes = 0.15 if rng.uniform() < 0.10 else 1.0
    sweats = rng.uniform() >= 0.10
    return Person(
        age=years,
        height_cm=height,
        heart_rate=bounded(m.heart_rate, 5.6, 45.0, 88.0) * (1.0 - 0.05 * math.log(vagal)),
        gating_ms_per_l=m.gating_ms_per_l * vagal * spread(1.0, 0.33),
        gating_tau=spread(m.gating_tau, 0.12),
        vagal_range_ms=m.vagal_range_ms * vagal**0.5 * spread(1.0, 0.10),
        baroreflex_ms_per_mmhg=reflex,
        baroreflex_tau=spread(m.baroreflex_tau, 0.15),
        fast_noise_ms=m.fast_noise_ms * vagal**0.7 * spread(1.0, 0.25),
        slow_noise_ms=m.slow_noise_ms * vagal**0.35 * spread(1.0, 0.25),
        jitter_ms=m.jitter_ms * vagal**0.6 * spread(1.0, 0.25),
        stress_speeds=spread(m.stress_speeds, 0.22),
        stress_withdraws=spread(m.stress_withdraws, 0.20),
        inspiration_mmhg_per_l=spread(m.inspiration_mmhg_per_l, 0.20),
        volume_tau=spread(m.volume_tau, 0.15),
        vessel_gain_ms=m.vessel_gain_ms * (reflex / m.baroreflex_ms_per_mmhg) ** -0.5,
        vessel_tau=spread(m.vessel_tau, 0.08),
        vessel_delay=bounded(m.vessel_delay + 0.03 * (height - 172.0), 0.36, 1.4, 3.9),
        mayer_mmhg=spread(m.mayer_mmhg, 0.25),
        breath_rate=bounded(m.breath_rate, 2.1, 10.0, 20.0),
        breath_variation=spread(m.breath_variation, 0.30),
        ventilation_l=spread(m.ventilation_l, 0.12),
        deepest_l=spread(m.deepest_l, 0.15),
        sighs_per_hour=spread(m.sighs_per_hour, 0.40),
        compliance=float(rng.beta(4.2, 1.4)),
        follow_lag=spread(m.follow_lag, 0.40),
        follow_pull=spread(m.follow_pull, 0.25),
        arousal=bounded(m.arousal, 0.12, -0.1, 0.5),
        arousal_tau=spread(m.arousal_tau, 0.20),
        arousal_sd=spread(m.arousal_sd, 0.25),
        stress_gain=spread(m.stress_gain, 0.20),
        stress_tau=spread(m.stress_tau, 0.25),
        habituation=bounded(m.habituation, 0.10, 0.03, 0.6),
        breathing_benefit=relaxes * bounded(m.breathing_benefit, 0.10, 0.0, 0.6),
        scene_benefit=relaxes * bounded(m.scene_benefit, 0.09, 0.0, 0.5),
        sound_benefit=relaxes * bounded(m.sound_benefit, 0.06, 0.0, 0.4),
        benefit_tau=spread(m.benefit_tau, 0.30),
        fatigue=bounded(m.fatigue, 0.15, 0.0, 0.8),
        sickness=min(spread(m.sickness, 0.90), 0.6),
        scl_us=min(max(spread(m.scl_us, 0.5), 1.0), 20.0) * (1.0 if sweats else 0.4),
        scl_gain=bounded(m.scl_gain, 0.12, 0.1, 0.9) * (1.0 if sweats else 0.15),
        scr_per_min=spread(m.scr_per_min, 0.35),
        scr_gain=bounded(m.scr_gain, 0.3, 1.0, 3.2),
        scr_us=spread(m.scr_us, 0.6) * (1.0 if sweats else 0.02),
        skin_temp_c=bounded(m.skin_temp_c, 1.6, 27.0, 35.5),
        skin_temp_drop_c=spread(m.skin_temp_drop_c, 0.3),
    )


def session_of(person: Person, seed: int) -> Person:
    """Return ``person`` as they are on the day named by ``seed``.

    Resonance included: in people it changes between test and retest, so nothing may
    take it for a fixed trait.
    """
    rng = np.random.default_rng([seed, 0x64617973])

    def spread(sd: float) -> float:
        return math.exp(sd * rng.standard_normal())

    vagal = spread(0.12)
    return replace(
        person,
        vessel_delay=person.vessel_delay * spread(0.05),
        gating_ms_per_l=person.gating_ms_per_l * vagal,
        baroreflex_ms_per_mmhg=person.baroreflex_ms_per_mmhg * vagal**0.7,
        slow_noise_ms=person.slow_noise_ms * spread(0.12),
        heart_rate=person.heart_rate * spread(0.045) * vagal**-0.05,
        arousal=person.arousal + 0.08 * rng.standard_normal(),
        scl_us=person.scl_us * spread(0.20),
        breath_rate=person.breath_rate * spread(0.06),
        skin_temp_c=person.skin_temp_c + 0.8 * rng.standard_normal(),
    )
