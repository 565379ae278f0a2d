"""The simulated heart: breath, pressure and nerves in one closed loop, and its beats."""

import math

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.chance import Chance, normal
from engine.twin.person import place

HEART_RATE = place("heart_rate")
GATING = place("gating_ms_per_l")
GATING_TAU = place("gating_tau")
VAGAL_RANGE = place("vagal_range_ms")
BAROREFLEX = place("baroreflex_ms_per_mmhg")
BAROREFLEX_TAU = place("baroreflex_tau")
BAROREFLEX_RANGE = place("baroreflex_range_mmhg")
FAST_NOISE = place("fast_noise_ms")
SLOW_NOISE = place("slow_noise_ms")
JITTER = place("jitter_ms")
STRESS_SPEEDS = place("stress_speeds")
CALM_SLOWS = place("calm_slows")
STRESS_WITHDRAWS = place("stress_withdraws")
INSPIRATION = place("inspiration_mmhg_per_l")
VOLUME_TAU = place("volume_tau")
VESSEL_GAIN_MS = place("vessel_gain_ms")
VESSEL_GAIN_MMHG = place("vessel_gain_mmhg")
VESSEL_TAU = place("vessel_tau")
VESSEL_DELAY = place("vessel_delay")
MAYER = place("mayer_mmhg")
MAYER_TAU = place("mayer_tau")

MECHANICAL_TAU = 0.3
FAST_TAU = 0.8
SHORTEST_MS, LONGEST_MS = 320.0, 1800.0
ECTOPIC_FROM, ECTOPIC_UNTIL = 0.6, 0.8
"""Share of a cycle between which a ventricular beat can break in."""


@kernel("void(float64[::1], float64[::1], int64[::1])")
def heart_second(person: F64, state: F64, chance: Chance) -> None:
    """Advance by one second what arousal makes of the resting interval and the vagus.

    Parameters
    ----------
    person, state, chance
        As for `engine.twin.arousal.arousal_second`.
    """
    # Four random walks with time constants an octave pair apart: about 1/f below .03 Hz.
    state[s.VERY_SLOW_1] += -state[s.VERY_SLOW_1] / 8.0 + 0.583 * 0.5 * normal(chance)
    state[s.VERY_SLOW_2] += -state[s.VERY_SLOW_2] / 32.0 + 0.510 * 0.25 * normal(chance)
    state[s.VERY_SLOW_3] += -state[s.VERY_SLOW_3] / 128.0 + 0.447 * 0.125 * normal(chance)
    state[s.VERY_SLOW_4] += -state[s.VERY_SLOW_4] / 512.0 + 0.447 * 0.0625 * normal(chance)
    x = state[s.FELT_BY_HEART]
    drive = x if x > 0.0 else person[CALM_SLOWS] * x
    state[s.RESTING_RR] = 60000.0 / person[HEART_RATE] / (1.0 + person[STRESS_SPEEDS] * drive)
    felt = x if x > 0.0 else 0.4 * x
    state[s.VAGUS] = min(max(math.exp(-person[STRESS_WITHDRAWS] * felt), 0.08), 1.35)


@kernel("float64(float64[::1], float64[::1], float64[::1], int64[::1])")
def heart_step(person: F64, state: F64, ring: F64, chance: Chance) -> float:
    """Advance the loop by one `STEP`; return where in the step a beat fell.

    A breath in lowers pressure and shortens the interval; the baroreflex answers at
    once, the vessels after a delay: together they resonate near 5.5 breaths a minute.

    Parameters
    ----------
    person, state, chance
        As for `engine.twin.arousal.arousal_second`.
    ring
        What drove the vessels in the last steps, ``(RING,)``.

    Returns
    -------
    float
        Share of the step at which a beat came, above 0 up to 1, or -1. Its kind is the sign of
        ``state[ECTOPIC_DUE]``: below 0 just after a ventricular beat.
    """
    dt = s.STEP
    quick = state[s.VOLUME] - state[s.LUNG_SLOW]
    state[s.LUNG_SLOW] += dt / person[VOLUME_TAU] * quick
    state[s.GATING] += dt / person[GATING_TAU] * (person[GATING] * quick - state[s.GATING])
    state[s.MECHANICAL] += (
        dt / MECHANICAL_TAU * (-person[INSPIRATION] * quick - state[s.MECHANICAL])
    )
    mayer_walk = person[MAYER] * math.sqrt(2.0 * dt / person[MAYER_TAU])
    state[s.MAYER] += -state[s.MAYER] * dt / person[MAYER_TAU] + mayer_walk * normal(chance)

    k = int(state[s.TICK])
    steps = person[VESSEL_DELAY] / dt
    whole = int(steps)
    between = steps - whole
    near, far = ring[(k - whole) % s.RING], ring[(k - whole - 1) % s.RING]
    delayed = (1.0 - between) * near + between * far
    state[s.VESSELS] += dt / person[VESSEL_TAU] * (-delayed - state[s.VESSELS])
    pressure = state[s.MECHANICAL] + state[s.VESSELS] + state[s.MAYER]
    state[s.PRESSURE] = pressure

    span = person[BAROREFLEX_RANGE]
    reflex = person[BAROREFLEX] * span * math.atan(pressure / span)
    state[s.BAROREFLEX] += dt / person[BAROREFLEX_TAU] * (reflex - state[s.BAROREFLEX])
    fast_walk = person[FAST_NOISE] * math.sqrt(2.0 * dt / FAST_TAU)
    state[s.FAST_NOISE] += -state[s.FAST_NOISE] * dt / FAST_TAU + fast_walk * normal(chance)
    vagus = state[s.VAGUS]
    wish = vagus * (-state[s.GATING] + state[s.BAROREFLEX] + state[s.FAST_NOISE])
    room = person[VAGAL_RANGE] * vagus + 20.0
    vagal = room * math.tanh(wish / room)
    ring[k % s.RING] = person[VESSEL_GAIN_MS] * vagal + person[VESSEL_GAIN_MMHG] * pressure
    very_slow = (
        state[s.VERY_SLOW_1] + state[s.VERY_SLOW_2] + state[s.VERY_SLOW_3] + state[s.VERY_SLOW_4]
    )
    wander = person[SLOW_NOISE] * very_slow * (0.35 + 0.65 * min(vagus, 1.0))
    rr = min(max(state[s.RESTING_RR] + vagal + wander, SHORTEST_MS), LONGEST_MS)
    state[s.RR] = rr

    # The pacemaker integrates its rate; noise belongs on the threshold, never on the
    # time of the beat (8 ms of timing noise alone would make 20 ms of RMSSD).
    pace = 1000.0 * dt / rr
    cycle = state[s.CYCLE] + pace
    share = -1.0
    state[s.ECTOPIC_DUE] = max(state[s.ECTOPIC_DUE], 0.0)
    if cycle >= 1.0:
        if state[s.BLOCKED] > 0.0:
            state[s.BLOCKED] = 0.0  # the pause after a ventricular beat
        else:
            share = 1.0 - (cycle - 1.0) / pace
        cycle -= 1.0 + person[JITTER] * (0.3 + 0.7 * vagus) / rr * normal(chance)
    elif (
        state[s.ECTOPIC_DUE] > 0.0
        and state[s.BLOCKED] == 0.0
        and ECTOPIC_FROM <= cycle < ECTOPIC_UNTIL
    ):
        share = 1.0
        state[s.ECTOPIC_DUE] = -1.0
        state[s.BLOCKED] = 1.0  # the next sinus beat finds the chambers still refractory
    state[s.CYCLE] = cycle
    return share
