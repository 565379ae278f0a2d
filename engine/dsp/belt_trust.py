"""How far a breathing belt can be believed: how it sits, its phase and its rate."""

import math

from engine.dsp.belt_layout import (
    A_POWER,
    ABSENT,
    BREATHS,
    CONFIDENCE,
    CYCLE_RATE,
    NOISE,
    ONSETS,
    QUALITY,
    RATE,
    RATE_CONFIDENCE,
    SHARE,
    SPREAD,
    SWINGS,
    UNEVEN,
    UNLIKE,
    UNSTEADY,
    USUAL,
    F,
)
from engine.dsp.jit import kernel
from engine.dsp.resonators import B_F, B_LOG
from engine.streams import F64

BELIEVED_ABSENT = 1.0
"""So long without a valid sample and the breath is not known any more, s."""
LIKE_NOISE = 0.9
"""How unlike each other breaths are when they may as well be noise."""
FASTEST = 0.62
"""Breaths a second the belt believes; above are only shorter movements."""


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], b1)")
def trust(s: F64, table: F64, power: F64, silent: bool) -> None:  # noqa: FBT001 - kernels take no keywords
    """Say how well the belt sits and how far phase and rate can be believed, 0..1.

    The belt: smooth swings. The phase, and the rate right now: one clear line in the spectrum,
    breaths of like length, swings of like size, resonators and single breaths telling the
    same rate. The rate over half a minute is a count: it asks only whether what is counted
    is breaths, most of them of like length and size, which noise is not; one sigh is let pass.
    """
    near = 0.0
    total = 0.0
    for k in range(power.shape[0]):
        p = power[k, A_POWER] * table[B_F, k]
        total += p
        if abs(table[B_LOG, k] - math.log(s[F])) < 0.33:
            near += p
    share = near / (total + 1e-300)
    s[SHARE] += (1.0 - math.exp(-s[F] / s[RATE])) * (share - s[SHARE])
    s[CONFIDENCE] = s[RATE_CONFIDENCE] = s[QUALITY] = 0.0
    if s[SWINGS] >= 2.0 and not silent and s[ABSENT] <= BELIEVED_ABSENT:
        rough = 8.0 * math.sqrt(s[NOISE]) / (s[USUAL] + 1e-300)
        s[QUALITY] = 1.0 / (1.0 + rough * rough)
    if s[CYCLE_RATE] > 0.0 and s[CYCLE_RATE] < FASTEST and not silent:
        sits = min(1.0, max(0.0, (s[QUALITY] - 0.1) / 0.3))
        c = min(1.0, max(0.0, (s[SHARE] - 0.15) / 0.35))
        c /= 1.0 + (s[SPREAD] / 0.36) ** 4
        c /= 1.0 + (s[UNEVEN] / 0.45) ** 4
        c *= min(1.0, (s[ONSETS] - 1.0) / 3.0)
        c /= 1.0 + (math.log(s[F] / s[CYCLE_RATE]) / 0.5) ** 4
        s[CONFIDENCE] = c * sits
        unlike = (s[UNSTEADY] / 0.30) ** 2 + (s[UNLIKE] / 0.40) ** 2
        unlike *= 1.0 + 4.0 / s[BREATHS]  # few are alike by chance more often
        unlike += max(0.0, 0.45 - s[SHARE])
        known = min(1.0, max(0.0, s[ONSETS] - 2.0) / 2.0)
        s[RATE_CONFIDENCE] = sits * known / (1.0 + (unlike / LIKE_NOISE) ** 2)
