"""Where each figure stands in the arrays the twin's kernels share."""

STEP = 0.05
"""Seconds of one step of the body; slow states move once a second."""

STEPS_PER_SECOND = 20

(
    # time
    TICK,
    # arousal
    AROUSAL,
    SLOW_AROUSAL,
    FELT_BY_HEART,
    FELT,
    EVENT_FAST,
    EVENT_SLOW,
    EVENT_HABIT,
    STRESS,
    STRESS_HABIT,
    HARD_DAY,
    RELAXATION,
    PACED,
    SCENE_HABIT,
    SOUND_HABIT,
    NAUSEA,
    # breathing
    PHASE,
    RATE,
    RATE_FACTOR,
    RATE_MEMORY,
    DEPTH_FACTOR,
    DEPTH,
    DEPTH_NOW,
    INHALE,
    FOLLOWING,
    FOLLOWS,
    VOLUME,
    # heart
    VERY_SLOW_1,
    VERY_SLOW_2,
    VERY_SLOW_3,
    VERY_SLOW_4,
    RESTING_RR,
    VAGUS,
    FAST_NOISE,
    LUNG_SLOW,
    GATING,
    MECHANICAL,
    MAYER,
    VESSELS,
    BAROREFLEX,
    PRESSURE,
    RR,
    CYCLE,
    LAST_BEAT,
    BEATS,
    ECTOPIC_DUE,
    BLOCKED,
    # skin and pulse
    SWEAT,
    SCR_DECAY,
    SCR_RISE,
    SCR_PAUSE,
    SCR_DUE,
    SKIN_TEMP,
    PULSE,
    SLOTS,
) = range(55)
"""State of the body, ``(SLOTS,)``."""

(
    PACE_START,
    PACE_RATE,
    PACE_RATIO,
    PACE_ON,
    CALM,
    SOUND_CALM,
    MOTION,
    OUTER_STRESS,
    WORLD,
) = range(9)
"""What surrounds the person, ``(WORLD,)``."""

(
    ROW_VOLUME,
    ROW_AROUSAL,
    ROW_PRESSURE,
    ROW_EDA,
    ROW_SCL,
    ROW_SCR,
    ROW_SKIN_TEMP,
    ROW_RR,
    ROW_RATE,
    ROW_PHASE,
    ROW_PULSE,
    ROW,
) = range(12)
"""One row of what the body does, ``(ROW,)``, every `STEP`."""

(BEAT_TIME, BEAT_RR, BEAT_KIND, BEAT) = range(4)
"""One beat: R peak, s; interval before it, s; 0 sinus or 1 ventricular."""

RING = 256
"""Steps the vessels' delay may look back (12.8 s)."""

(BY_AROUSAL, BY_HEART, BY_FOLLOWING, BY_BREATH, BY_SKIN, GENERATORS) = range(6)
"""Every organ has a generator of its own: the same hour under another scene keeps the same
chance wherever the scene has no say, so two lives can be compared."""
