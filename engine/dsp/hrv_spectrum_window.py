"""Picks the stretch of heartbeat each index looks at, and says how far to trust it."""

import math

import numpy as np

from engine.dsp import hrv_coherence
from engine.dsp.hrv_coherence import Coherence, coherence
from engine.dsp.hrv_retold import Series, once, tellings
from engine.dsp.hrv_spectrum import RATE, STRETCH, density
from engine.dsp.hrv_spectrum_beats import Tachogram
from engine.dsp.hrv_spectrum_grid import on_grid
from engine.dsp.hrv_spectrum_paced import BREATHS
from engine.dsp.hrv_trust import NO_SHARE, Share
from engine.dsp.rr_layout import Beat
from engine.pace import Pace
from engine.streams import F64

FRESH = 8.0
"""s the newest normal interval may be old: judged two beats late, with a pause or two."""
SUPPORT = 10.0
"""s before a window that still shape its curve."""


def share_of(rows: F64, seconds: float) -> Share:
    """Return what the newest ``seconds`` rest on."""
    if not rows.size:
        return NO_SHARE
    judged = rows[(rows[:, 0] > rows[-1, 0] - seconds) & (rows[:, 2] != Beat.LEARN)]
    if not judged.size:
        return NO_SHARE
    corrected = float(np.mean(judged[:, 2] != Beat.NORMAL))
    return Share(float(judged[:, 4].mean()) * (1.0 - corrected), corrected)


def window_of(gram: Tachogram, t: float, seconds: float = STRETCH) -> tuple[F64, F64] | None:
    """Return the normal intervals of the newest ``seconds``, if they are whole and new."""
    pieces = gram.pieces()
    if not pieces:
        return None
    times, nn_ms = pieces[-1]
    end = float(times[-1])
    if t - end > FRESH or times[0] > end - seconds:
        return None
    first = int(np.searchsorted(times, end - seconds - SUPPORT))
    return times[first:], nn_ms[first:]


def tellings_of(gram: Tachogram, t: float, seconds: float = STRETCH) -> list[Series] | None:
    """Return the window's normal intervals, as told and told again for their doubt."""
    told = window_of(gram, t, seconds)
    if told is None:
        return None
    believed = gram.believed
    # What is believed may be newer than the newest normal interval, and is never too old.
    may = window_of(believed, -math.inf, seconds) if believed is not None else None
    return tellings(told, may)


def spectra_of(told: list[Series]) -> F64 | None:
    """Return the density (TELLINGS, n) of the last 64 s of every telling."""
    own, place = once(_newest(told, RATE, round(STRETCH * RATE)))
    power = density(own, RATE)
    return power[place] if np.isfinite(power[0]).all() else None


def coherence_of(told: list[Series]) -> Coherence:
    """Return the coherence of the window's last 64 s, with the doubt all tellings leave."""
    return coherence(_newest(told, hrv_coherence.RATE, hrv_coherence.SAMPLES))


def swings_of(told: list[Series], pace: Pace) -> F64:
    """Return how far every telling (TELLINGS,) swings, ms, over the guide's newest breaths.

    As `engine.dsp.hrv_spectrum_paced` follows it sample by sample.
    """
    count = round(BREATHS * pace.period * RATE)
    series = _newest(told, RATE, count)
    end = float(told[0][0][-1])
    at = np.array([pace.cycles(end - k / RATE) for k in reversed(range(count))])
    about = series - series.mean(axis=1, keepdims=True)
    swings: F64 = 4.0 / count * np.abs(about @ np.exp(2j * math.pi * at))
    return swings


def pieces_told(gram: Tachogram) -> list[list[Series]]:
    """Return every stretch without a hole of 5 s, as told and told again for its doubt."""
    believed = gram.believed
    made: list[list[Series]] = []
    for told in gram.pieces():
        may = None
        if believed is not None:
            inside = (believed.t >= told[0][0]) & (believed.t <= told[0][-1]) & believed.normal
            may = believed.t[inside], believed.nn_ms[inside]
        made.append(tellings(told, may))
    return made


def on_grids(told: list[Series], start: float, step: float, count: int) -> F64:
    """Return (TELLINGS, count) ms on an even grid, NaN throughout where a telling lacks some."""
    made = np.empty((len(told), count))
    for k, series in enumerate(told):
        again = k > 0 and series is told[0]
        made[k] = made[0] if again else on_grid(*series, start, step, count)
    return made


def _newest(told: list[Series], rate: float, count: int) -> F64:
    """Return (TELLINGS, count) ms up to the end of the first telling."""
    return on_grids(told, float(told[0][0][-1]) - (count - 1) / rate, 1.0 / rate, count)
