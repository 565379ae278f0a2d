"""One life at twenty steps a second: the kernel that moves every organ on."""

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.arousal import arousal_second
from engine.twin.breathing import TURN, breathe_step, following_second
from engine.twin.chance import Chance
from engine.twin.heart import heart_second, heart_step
from engine.twin.skin import DECAY, PEAK, RISE, SCL, skin_second


@kernel(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], int64[:, ::1],"
    " float64[:, ::1], float64[:, ::1])"
)
def live(  # noqa: PLR0917 - a kernel takes its arguments by place
    person: F64, state: F64, ring: F64, world: F64, chance: Chance, rows: F64, beats: F64
) -> None:
    """Advance the body by ``len(rows)`` steps; any split into calls gives the same bits.

    Parameters
    ----------
    person
        ``Person.vector()``.
    state, ring, world
        ``(SLOTS,)``, ``(RING,)`` and ``(WORLD,)`` of `engine.twin.slots`; the first two are
        changed.
    chance
        The body's generators, ``(GENERATORS, 6)``.
    rows
        ``(n, ROW)``, filled: the body at the end of each step.
    beats
        ``(m, BEAT)``, filled with the beats of these steps; their number goes to
        ``state[BEATS]``.
    """
    state[s.BEATS] = 0.0
    for i in range(rows.shape[0]):
        scr = 0.0
        if int(state[s.TICK]) % s.STEPS_PER_SECOND == 0:
            arousal_second(person, state, world, chance[s.BY_AROUSAL])
            heart_second(person, state, chance[s.BY_HEART])
            following_second(person, state, world, chance[s.BY_FOLLOWING])
            scr = skin_second(person, state, chance[s.BY_SKIN])
        breathe_step(person, state, world, chance[s.BY_BREATH])
        share = heart_step(person, state, ring, chance[s.BY_HEART])
        if share >= 0.0:
            t = (state[s.TICK] + share) * s.STEP
            n = int(state[s.BEATS])
            if n < beats.shape[0]:
                beats[n, s.BEAT_TIME] = t
                beats[n, s.BEAT_RR] = t - state[s.LAST_BEAT]
                beats[n, s.BEAT_KIND] = 1.0 if state[s.ECTOPIC_DUE] < 0.0 else 0.0
                state[s.BEATS] = n + 1.0
            state[s.LAST_BEAT] = t
        state[s.SCR_DECAY] -= state[s.SCR_DECAY] * s.STEP / DECAY
        state[s.SCR_RISE] -= state[s.SCR_RISE] * s.STEP / RISE
        state[s.TICK] += 1.0
        scl = person[SCL] * state[s.SWEAT]
        rows[i, s.ROW_VOLUME] = state[s.VOLUME]
        rows[i, s.ROW_AROUSAL] = state[s.AROUSAL]
        rows[i, s.ROW_PRESSURE] = state[s.PRESSURE]
        rows[i, s.ROW_EDA] = scl + (state[s.SCR_DECAY] - state[s.SCR_RISE]) * PEAK
        rows[i, s.ROW_SCL] = scl
        rows[i, s.ROW_SCR] = scr
        rows[i, s.ROW_SKIN_TEMP] = state[s.SKIN_TEMP]
        rows[i, s.ROW_RR] = state[s.RR]
        rows[i, s.ROW_RATE] = state[s.RATE]
        rows[i, s.ROW_PHASE] = state[s.PHASE] / TURN
        rows[i, s.ROW_PULSE] = state[s.PULSE]
