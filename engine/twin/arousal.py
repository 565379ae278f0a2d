"""Inner arousal of the simulated person: 0 is neutral, 1 is full stress."""

import math

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.chance import Chance, normal
from engine.twin.person import place

AROUSAL = place("arousal")
AROUSAL_TAU = place("arousal_tau")
AROUSAL_SD = place("arousal_sd")
STRESS_GAIN = place("stress_gain")
STRESS_TAU = place("stress_tau")
HABITUATION = place("habituation")
HABITUATION_TAU = place("habituation_tau")
BREATHING_BENEFIT = place("breathing_benefit")
SCENE_BENEFIT = place("scene_benefit")
SOUND_BENEFIT = place("sound_benefit")
BENEFIT_TAU = place("benefit_tau")
FATIGUE = place("fatigue")
SICKNESS = place("sickness")

HARD_DAY_TAU = 900.0
"""How long what a person brings along takes to wear off by itself, s to 1/e."""


@kernel("void(float64[::1], float64[::1], float64[::1], int64[::1])")
def arousal_second(person: F64, state: F64, world: F64, chance: Chance) -> None:
    """Advance arousal by one second.

    Stress (sustained, and single events that habituate) adds to a slow random level;
    slow breathing, a quiet scene and quiet sound each take a share off, and each wears
    out with use. The shares are assumptions, see `engine.twin.person`.

    Parameters
    ----------
    person, state, world
        ``Person.vector()``, ``(SLOTS,)`` and ``(WORLD,)`` of `engine.twin.slots`.
    chance
        The organ's generator, ``(6,)``.
    """
    asked = min(world[s.OUTER_STRESS] + state[s.HARD_DAY], 1.0)
    state[s.HARD_DAY] -= state[s.HARD_DAY] / HARD_DAY_TAU
    level = asked * person[STRESS_GAIN] * (1.0 - 0.35 * state[s.STRESS_HABIT])
    state[s.STRESS_HABIT] += (asked - state[s.STRESS_HABIT]) / 600.0
    tau = 15.0 if level > state[s.STRESS] else person[STRESS_TAU]
    state[s.STRESS] += (level - state[s.STRESS]) / tau
    state[s.EVENT_SLOW] -= state[s.EVENT_SLOW] / person[STRESS_TAU]
    state[s.EVENT_FAST] += (state[s.EVENT_SLOW] - state[s.EVENT_FAST]) / 5.0
    state[s.EVENT_HABIT] -= state[s.EVENT_HABIT] / person[HABITUATION_TAU]

    on = world[s.PACE_ON]
    slowness = min(max((10.5 - state[s.RATE]) / 4.5, 0.0), 1.0)
    if state[s.RATE] <= 3.6:
        slowness *= 0.6  # so slow that it is work
    tired = max(0.0, 1.0 - person[FATIGUE] * state[s.PACED])
    by_breath = person[BREATHING_BENEFIT] * slowness * state[s.FOLLOWING] * tired
    state[s.PACED] += on / 1200.0 - state[s.PACED] * (1.0 - on) / 600.0
    by_scene = person[SCENE_BENEFIT] * world[s.CALM] * (1.0 - 0.5 * state[s.SCENE_HABIT])
    by_sound = person[SOUND_BENEFIT] * world[s.SOUND_CALM] * (1.0 - 0.5 * state[s.SOUND_HABIT])
    state[s.SCENE_HABIT] += (world[s.CALM] - state[s.SCENE_HABIT]) / 900.0
    state[s.SOUND_HABIT] += (world[s.SOUND_CALM] - state[s.SOUND_HABIT]) / 900.0
    together = 1.0 - (1.0 - by_breath) * (1.0 - by_scene) * (1.0 - by_sound)
    state[s.RELAXATION] += (together - state[s.RELAXATION]) / person[BENEFIT_TAU]

    relaxed = state[s.RELAXATION]
    rest = person[AROUSAL] * (1.0 - relaxed) - 0.5 * relaxed
    walk = person[AROUSAL_SD] * math.sqrt(2.0 / person[AROUSAL_TAU]) * normal(chance)
    state[s.SLOW_AROUSAL] += (rest - state[s.SLOW_AROUSAL]) / person[AROUSAL_TAU] + walk
    pushed = (state[s.EVENT_FAST] + state[s.STRESS]) * (1.0 - relaxed)
    x = state[s.SLOW_AROUSAL] + pushed
    state[s.AROUSAL] = x
    # Relaxation reaches the skin more than the heart.
    state[s.FELT_BY_HEART] += (x + 0.12 * relaxed - state[s.FELT_BY_HEART]) / 8.0
    state[s.FELT] += (x - state[s.FELT]) / 30.0
    state[s.NAUSEA] += (person[SICKNESS] * world[s.MOTION] - state[s.NAUSEA]) / 240.0
