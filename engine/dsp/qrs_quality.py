"""How far the heart signal can be trusted right now: `engine.dsp.cardiac_quality` as kernels."""

from engine.dsp.cardiac_quality import BETTER, MEMORY, MIDDLING, SILENCE
from engine.dsp.jit import kernel
from engine.streams import F64

KEPT = 32
"""Beats, and announcements taken back, that are remembered."""
BEATS, BACK = 0, 1
BEAT_AT, BEAT_QUALITY, BACK_AT = 2, 2 + KEPT, 2 + 2 * KEPT
SLOTS = 2 + 3 * KEPT
"""Two counts, then three rings."""


@kernel("void(float64[::1], float64, float64)")
def note_beat(trust: F64, t: float, quality: float) -> None:
    """Count a beat at ``t`` (s) of ``quality`` 0..1."""
    k = int(trust[BEATS]) % KEPT
    trust[BEAT_AT + k] = t
    trust[BEAT_QUALITY + k] = quality
    trust[BEATS] += 1.0


@kernel("void(float64[::1], float64)")
def note_retraction(trust: F64, t: float) -> None:
    """Count an announcement taken back at ``t`` (s)."""
    trust[BACK_AT + int(trust[BACK]) % KEPT] = t
    trust[BACK] += 1.0


@kernel("float64(float64[::1], float64, float64)")
def quality_of_second(trust: F64, t: float, present: float) -> float:
    """Return the quality at ``t`` (s) of a signal of which ``present`` was there."""
    seen = int(trust[BEATS])
    if seen == 0 or trust[BEAT_AT + (seen - 1) % KEPT] < t - SILENCE:
        return 0.0
    total = 0.0
    worst = 1.0
    n = 0
    for k in range(max(0, seen - KEPT), seen):
        if trust[BEAT_AT + k % KEPT] >= t - MEMORY:
            total += trust[BEAT_QUALITY + k % KEPT]
            worst = min(worst, trust[BEAT_QUALITY + k % KEPT])
            n += 1
    if n == 0:
        return 0.0
    back = 0
    taken = int(trust[BACK])
    for k in range(max(0, taken - KEPT), taken):
        if trust[BACK_AT + k % KEPT] >= t - MEMORY:
            back += 1
    return float(present * min((total / n) * n / (n + back), max(worst + BETTER, MIDDLING)))
