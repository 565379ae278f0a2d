"""Picks the stretch of heartbeat each index looks at, and says how far to trust it."""

import math
from dataclasses import dataclass

import numpy as np

from engine.dsp import hrv_coherence
from engine.dsp.hrv_coherence import Coherence, coherence
from engine.dsp.hrv_entropy import sample_entropy
from engine.dsp.hrv_fractal import dfa_alpha1
from engine.dsp.hrv_limits import INDICES, ORDER
from engine.dsp.hrv_spectrum import RATE, STRETCH, density
from engine.dsp.hrv_spectrum_beats import Tachogram
from engine.dsp.hrv_spectrum_grid import on_grid
from engine.dsp.hrv_stress_index import stress_index
from engine.dsp.rr_layout import Beat
from engine.streams import F64

FRESH = 8.0
"""s the newest normal interval may be old: judged two beats late, with a pause or two."""
SUPPORT = 10.0
"""s before a window that still shape its curve."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a window rests on: mean quality of its beats times the share not corrected."""

    quality: float
    corrected: float


NO_SHARE = Share(0.0, 0.0)


def share_of(rows: F64, seconds: float) -> Share:
    """Return what the newest ``seconds`` rest on."""
    if not rows.size:
        return NO_SHARE
    judged = rows[(rows[:, 0] > rows[-1, 0] - seconds) & (rows[:, 2] != Beat.LEARN)]
    if not judged.size:
        return NO_SHARE
    corrected = float(np.mean(judged[:, 2] != Beat.NORMAL))
    return Share(float(judged[:, 4].mean()) * (1.0 - corrected), corrected)


def window_of(gram: Tachogram, t: float) -> tuple[F64, F64] | None:
    """Return the normal intervals of the newest 64 s, if they are whole and new."""
    pieces = gram.pieces()
    if not pieces:
        return None
    times, nn_ms = pieces[-1]
    end = float(times[-1])
    if t - end > FRESH or times[0] > end - STRETCH:
        return None
    first = int(np.searchsorted(times, end - STRETCH - SUPPORT))
    return times[first:], nn_ms[first:]


def spectrum_of(window: tuple[F64, F64] | None) -> F64 | None:
    """Return the density of the window's last 64 s."""
    if window is None:
        return None
    step = 1.0 / RATE
    count = round(STRETCH * RATE)
    power = density(on_grid(*window, float(window[0][-1]) - step * (count - 1), step, count), RATE)
    return power if np.isfinite(power).all() else None


def coherence_of(window: tuple[F64, F64]) -> Coherence:
    """Return the coherence of the window's last 64 s."""
    step = 1.0 / hrv_coherence.RATE
    count = hrv_coherence.SAMPLES
    return coherence(on_grid(*window, float(window[0][-1]) - step * (count - 1), step, count))


def sequence_of(late: Tachogram, share: Share) -> tuple[float, float, float, Share]:
    """Return entropy, scaling and stress index, each NaN unless it may be shown."""
    sampen = dfa = stress = math.nan
    if share.corrected <= ORDER:
        if late.length >= INDICES["sampen"].least:
            sampen = sample_entropy(late.nn_ms, late.joined)
            dfa = dfa_alpha1(late.nn_ms, late.joined)
        normal = late.nn_ms[late.normal]
        if float(normal.sum()) / 1000.0 >= INDICES["stress_index"].least:
            stress = stress_index(normal)
    known = any(math.isfinite(value) for value in (sampen, dfa, stress))
    return sampen, dfa, stress, share if known else NO_SHARE
