"""How the simulated person breathes: on their own, or with the guide, more or less."""

import math

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.chance import Chance, normal, uniform
from engine.twin.person import place

BREATH_RATE = place("breath_rate")
BREATH_VARIATION = place("breath_variation")
VENTILATION = place("ventilation_l")
DEAD_SPACE = place("dead_space_l")
DEEPEST = place("deepest_l")
INSPIRATION_SHARE = place("inspiration_share")
SIGHS_PER_HOUR = place("sighs_per_hour")
COMPLIANCE = place("compliance")
FOLLOW_LAG = place("follow_lag")
FOLLOW_PULL = place("follow_pull")
FIXED_VOLUME = place("fixed_volume_l")

TURN = 2.0 * math.pi
SLOWEST = 0.12
"""Slowest breathing possible, rad/s (1.15 a minute)."""


@kernel("void(float64[::1], float64[::1], float64[::1], int64[::1])")
def following_second(person: F64, state: F64, world: F64, chance: Chance) -> None:
    """Advance by one second how much the guide is followed: minds wander and come back.

    Parameters
    ----------
    person, state, world, chance
        As for `engine.twin.arousal.arousal_second`.
    """
    keen = person[COMPLIANCE]
    draw = uniform(chance)
    if state[s.FOLLOWS] > 0.5:
        if draw < (1.0 - keen) / 25.0:
            state[s.FOLLOWS] = 0.0
    elif draw < keen / 25.0 + 0.002:
        state[s.FOLLOWS] = 1.0
    wish = world[s.PACE_ON] * (1.0 if keen >= 0.999 else state[s.FOLLOWS])
    state[s.FOLLOWING] += (wish - state[s.FOLLOWING]) / 6.0


@kernel("void(float64[::1], float64[::1], float64[::1], int64[::1])")
def breathe_step(person: F64, state: F64, world: F64, chance: Chance) -> None:
    """Advance breathing by one `STEP`: phase, rate and lung volume.

    The guide pulls the phase like one oscillator pulls another; depth follows from
    keeping alveolar ventilation, so slower breaths are deeper.

    Parameters
    ----------
    person, state, world, chance
        As for `engine.twin.arousal.arousal_second`.
    """
    x = state[s.AROUSAL]
    follow = state[s.FOLLOWING]
    phase = state[s.PHASE]
    factor = state[s.RATE_FACTOR]
    urge = x if x > 0.0 else 0.25 * x
    own = person[BREATH_RATE] * (1.0 + 0.45 * urge) * factor
    guided = world[s.PACE_RATE]
    rate = (1.0 - follow) * own + follow * (guided + 0.25 * person[BREATH_RATE] * (factor - 1.0))
    turning = rate / 60.0 * TURN
    if follow > 0.01:
        t = state[s.TICK] * s.STEP
        lagging = (t - world[s.PACE_START] - person[FOLLOW_LAG]) * guided / 60.0
        aim = TURN * (lagging - math.floor(lagging))
        turning += follow * person[FOLLOW_PULL] * math.sin(aim - phase)
    turning = max(turning, SLOWEST)
    rate = turning / TURN * 60.0

    phase += turning * s.STEP
    if phase >= TURN:
        phase -= TURN
        memory = 0.45 * state[s.RATE_MEMORY] + 0.89 * person[BREATH_VARIATION] * normal(chance)
        state[s.RATE_MEMORY] = memory
        state[s.RATE_FACTOR] = math.exp(memory)
        depth_factor = math.exp(0.14 * (1.0 - 0.4 * follow) * normal(chance))
        if uniform(chance) < person[SIGHS_PER_HOUR] * (1.0 - 0.8 * follow) / (rate * 60.0):
            depth_factor = 2.3
        depth = person[VENTILATION] * (1.0 + 0.35 * max(x, 0.0)) / rate + person[DEAD_SPACE]
        depth /= (1.0 + (depth / person[DEEPEST]) ** 4) ** 0.25
        if person[FIXED_VOLUME] > 0.0:
            depth, depth_factor = person[FIXED_VOLUME], 1.0
        state[s.DEPTH] = depth * depth_factor
        state[s.INHALE] = (1.0 - follow) * person[INSPIRATION_SHARE] + follow * world[s.PACE_RATIO]
    state[s.PHASE] = phase
    state[s.RATE] += (rate - state[s.RATE]) * s.STEP / 6.0
    state[s.DEPTH_NOW] += (state[s.DEPTH] - state[s.DEPTH_NOW]) * s.STEP / 0.7
    turn_at = TURN * state[s.INHALE]
    if phase < turn_at:
        shape = -0.5 * math.cos(math.pi * phase / turn_at)
    else:
        shape = 0.5 * math.cos(math.pi * (phase - turn_at) / (TURN - turn_at))
    state[s.VOLUME] = shape * state[s.DEPTH_NOW]
