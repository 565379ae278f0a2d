"""Entropy, scaling and stress index of a sequence of intervals, with their doubts."""

import itertools

import numpy as np

from engine.dsp.hrv_entropy import sample_entropy
from engine.dsp.hrv_fractal import dfa_alpha1
from engine.dsp.hrv_grain import entropy_off, grain_of
from engine.dsp.hrv_retold import (
    AGAIN,
    BELIEVED,
    TELLINGS,
    WITHOUT,
    but_oddest,
    chance_without,
    cut,
    filled,
    holes,
)
from engine.dsp.hrv_spectrum_beats import Tachogram
from engine.dsp.hrv_stress_index import stress_index
from engine.dsp.hrv_trust import Share, Told, told
from engine.streams import F64

PARTS = 5
"""Stretches of which each is left out in turn to see how much chance there is in a value."""
MANY = 3000
"""Beats from which the newest 3000 s stand for the doubt of all: entropy takes their square."""


def retold(gram: Tachogram) -> list[Tachogram]:
    """Return the sequence as it is and told again in `TELLINGS` - 1 ways, for its doubt.

    Where a telling has nothing to change it is the first one, the very same object.
    """
    made = [gram] * TELLINGS
    normal = gram.normal
    t, nn_ms = gram.t[normal], gram.nn_ms[normal]
    if t.size < 4:
        return made
    spans = holes(t, nn_ms)
    for k in range(AGAIN) if spans.size else ():
        made[1 + k] = _but(gram, cut(t, nn_ms, spans, (k + 0.618) / AGAIN))
    made[BELIEVED] = gram.believed or gram
    made[WITHOUT] = _but(gram, but_oddest(nn_ms))
    return made


def _but(gram: Tachogram, left: np.typing.NDArray[np.bool_]) -> Tachogram:
    """Return the sequence with normal intervals not ``left`` repaired."""
    if left.all():
        return gram
    kept = np.ones(gram.t.size, dtype=bool)
    kept[gram.normal] = left
    return Tachogram(
        gram.t, filled(gram.nn_ms, kept), gram.joined, gram.normal & kept, gram.may_be_ms
    )


def without_parts(gram: Tachogram) -> list[Tachogram]:
    """Return the sequence without each of its `PARTS` in turn."""
    edges = np.linspace(0, gram.t.size, PARTS + 1).astype(int).tolist()
    made: list[Tachogram] = []
    for begin, end in itertools.pairwise(edges):
        kept = np.ones(gram.t.size, dtype=bool)
        kept[begin:end] = False
        joined = gram.joined.copy()
        joined[end : end + 1] = 0.0
        made.append(
            Tachogram(
                gram.t[kept], gram.nn_ms[kept], joined[kept], gram.normal[kept],
                gram.may_be_ms[kept],
            )
        )  # fmt: skip
    return made


def sequence_values(gram: Tachogram) -> tuple[float, float, float]:
    """Return sample entropy, DFA alpha1 and Baevsky's index."""
    return (
        sample_entropy(gram.nn_ms, gram.joined),
        dfa_alpha1(gram.nn_ms, gram.joined),
        stress_index(gram.nn_ms[gram.normal]),
    )


def sequence_of(gram: Tachogram, share: Share, *, steady: bool = True) -> dict[str, Told]:
    """Return the three with how far they may be off, each nothing unless it may be shown."""
    value = np.array(sequence_values(gram))
    few = gram.newest(float(MANY)) if gram.t.size > MANY else gram
    first = value if few is gram else np.array(sequence_values(few))
    every = np.tile(first, (TELLINGS, 1))
    for k, one in enumerate(retold(few) if few.t.size >= TELLINGS else ()):
        if one is not few:
            every[k] = sequence_values(one)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Of a long recording the doubt of its newest part, as a share where the index has one.
        every = every * (value / first) if few is not gram else every
    parts = np.array([sequence_values(part) for part in without_parts(few)])
    normal = float(gram.nn_ms[gram.normal].sum()) / 1000.0
    lasts = {"sampen": gram.length, "dfa_alpha1": gram.length, "stress_index": normal}
    coarse = {"sampen": entropy_off(few.nn_ms, few.joined, grain_of(few.nn_ms[few.normal]))}
    return {
        name: told(
            name, every[:, k], chance_without(parts[:, k]), share, seconds,
            steady=steady, coarse=coarse.get(name, 0.0),
        )
        for k, (name, seconds) in enumerate(lasts.items())
    }  # fmt: skip


def level_and_spread(gram: Tachogram) -> F64:
    """Return (TELLINGS, 2) mean and standard deviation (n - 1) of the intervals, ms."""
    return np.array([(float(nn.mean()), spread(nn)) for nn in (one.nn_ms for one in retold(gram))])


def spread(nn_ms: F64) -> float:
    """Return the standard deviation (n - 1) of intervals, ms."""
    return float(np.std(nn_ms, ddof=1))
