"""The simulated skin and finger: sweat, skin responses, warmth, and the pulse's size."""

import math

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.chance import Chance, normal, uniform
from engine.twin.person import place

AROUSAL = place("arousal")
SCL = place("scl_us")
SCL_GAIN = place("scl_gain")
SCR_PER_MIN = place("scr_per_min")
SCR_GAIN = place("scr_gain")
SCR = place("scr_us")
SKIN_TEMP = place("skin_temp_c")
SKIN_TEMP_DROP = place("skin_temp_drop_c")

RISE, DECAY = 0.75, 2.0
"""Time constants of one skin response, s."""
PEAK = 2.06
"""Makes the difference of the two exponentials 1 at its peak."""
MOST_PER_SECOND = 0.42


@kernel("float64(float64[::1], float64[::1], int64[::1])")
def skin_second(person: F64, state: F64, chance: Chance) -> float:
    """Advance skin and pulse by one second; return the size of a new skin response, uS.

    Parameters
    ----------
    person, state, chance
        As for `engine.twin.arousal.arousal_second`.

    Returns
    -------
    float
        Peak of the response or responses that begin now, uS; 0 when none does.
    """
    x = max(state[s.AROUSAL], -1.0)
    t = state[s.TICK] * s.STEP
    drying = 0.12 * (1.0 - math.exp(-t / 900.0))
    state[s.SWEAT] += (math.exp(person[SCL_GAIN] * x) - drying - state[s.SWEAT]) / 45.0
    warm = person[SKIN_TEMP] - person[SKIN_TEMP_DROP] * max(x, -0.6)
    state[s.SKIN_TEMP] += (warm - state[s.SKIN_TEMP]) / 240.0
    state[s.PULSE] += (math.exp(-0.9 * x) - state[s.PULSE]) / 6.0

    size = 0.0
    hazard = person[SCR_PER_MIN] * math.exp(person[SCR_GAIN] * (x - person[AROUSAL])) / 60.0
    state[s.SCR_PAUSE] -= 1.0
    if uniform(chance) < min(hazard, MOST_PER_SECOND) and state[s.SCR_PAUSE] <= 0.0:
        size += person[SCR] * math.exp(0.7 * normal(chance) + 0.25 * x)
        state[s.SCR_PAUSE] = 1.0
    if state[s.SCR_DUE] > 0.0:
        state[s.SCR_DUE] -= 1.0
        if state[s.SCR_DUE] <= 0.0 and uniform(chance) < 0.85:
            size += person[SCR] * 2.0 * math.exp(0.5 * normal(chance))
    state[s.SCR_DECAY] += size
    state[s.SCR_RISE] += size
    return size
