"""Every index of heart rate variability of one stretch of recording, each with its validity."""

import math
from collections.abc import Mapping

import numpy as np

from engine.dsp import hrv_coherence, hrv_spectrum
from engine.dsp.hrv_entropy import sample_entropy
from engine.dsp.hrv_fractal import dfa_alpha1
from engine.dsp.hrv_limits import INDICES
from engine.dsp.hrv_spectrum_beats import Tachogram, is_interval, tachogram
from engine.dsp.hrv_spectrum_grid import on_grid
from engine.dsp.hrv_stress_index import stress_index
from engine.dsp.metric import Metric
from engine.dsp.rr_layout import Beat
from engine.streams import F64

EVERY = 5.0
"""s between windows of coherence."""
LEAST_JOINED = 15.0
"""s of heartbeat that true differences must rest on."""
LARGE_MS = 50.0
ROUNDING = 1e-6
"""A window is full up to this many seconds."""


def whole_hrv(
    t: F64,
    nn_ms: F64,
    difference_ok: F64,
    corrected: float,
    quality: float,
    *,
    code: F64 | None = None,
    stands_for: F64 | None = None,
    irregular: bool = False,
) -> Mapping[str, Metric]:
    """Return every index of `engine.dsp.hrv_limits.INDICES` for these intervals.

    What cannot be computed, or must not be shown, is NaN and not valid; nothing raises.
    Spectra, coherence, entropy and scaling never reach across a break: 5 s without a normal
    interval, or 1.2 s more between two intervals than the second lasts.

    Parameters
    ----------
    t
        (n,) s: when each interval ended, in order.
    nn_ms
        (n,) ms: repaired intervals; NaN where there is none.
    difference_ok
        (n,) 1 where the difference to the interval before may enter RMSSD.
    corrected
        Share of the intervals that were corrected, 0..1.
    quality
        Mean quality of the beats, 0..1.
    code
        (n,) what each interval was (`Beat`); None takes all for normal.
    stands_for
        (n,) how many beats of that length each stands for; None is one each.
    irregular
        Whether the rhythm is too irregular for variability.
    """
    kinds = np.zeros(t.size) if code is None else code
    beats = np.ones(t.size) if stands_for is None else stands_for
    values, windows = _time_domain(nn_ms, difference_ok, kinds, beats)
    # An interval that lacks a time can still be averaged, but has no place in a sequence.
    gram = tachogram(t, nn_ms, kinds, beats)
    for part, window in (_spectrum(gram), _sequence(gram), _coherence(gram)):
        values.update(part)
        windows.update(dict.fromkeys(part, window))
    normal = gram.nn_ms[gram.normal]
    values["stress_index"] = stress_index(normal)
    windows["stress_index"] = float(normal.sum()) / 1000.0
    return {
        name: _metric(name, values[name], windows[name], corrected, quality, irregular=irregular)
        for name in INDICES
    }


def _metric(
    name: str, value: float, window: float, corrected: float, quality: float, *, irregular: bool
) -> Metric:
    index = INDICES[name]
    valid = (
        math.isfinite(value)
        and window >= index.least - ROUNDING
        and corrected <= index.most_corrected
        and not (irregular and index.needs_regular)
    )
    return Metric(
        value=value if valid else math.nan,
        valid=valid,
        quality=quality if valid else 0.0,
        corrected=corrected,
        window_s=window,
        unit=index.unit,
        definition=index.meaning.en,
    )


def _time_domain(
    nn_ms: F64, difference_ok: F64, code: F64, stands_for: F64
) -> tuple[dict[str, float], dict[str, float]]:
    """Return values and windows of what needs no evenly spaced time."""
    judged = is_interval(nn_ms) & np.isfinite(stands_for)
    judged &= ~np.isin(code, (Beat.LEARN, Beat.GAP))
    n = np.where(judged, stands_for, 0.0)
    nn = np.where(judged, nn_ms, 0.0)
    length, beats = float(n @ nn) / 1000.0, float(n.sum())
    mean = 1000.0 * length / beats if beats > 0.0 else math.nan
    weight = np.where(code == Beat.FOREIGN, 0.0, n)
    varied = float(weight.sum())
    sdnn = rmssd = pnn50 = math.nan
    if varied >= 2.0:
        about = nn - float(weight @ nn) / varied
        sdnn = math.sqrt(float(weight @ about**2) / (varied - 1.0))
    true = np.zeros(nn.size, dtype=bool)
    true[1:] = (np.nan_to_num(difference_ok[1:]) > 0.0) & judged[1:] & judged[:-1]
    step = np.diff(nn, prepend=0.0)[true]
    if step.size and float(nn[true].sum()) >= 1000.0 * LEAST_JOINED:
        rmssd = math.sqrt(float(step @ step) / step.size)
        pnn50 = 100.0 * float(np.mean(np.abs(step) > LARGE_MS))
    sd1 = rmssd / math.sqrt(2.0)
    values = {
        "hr_bpm": 60000.0 / mean, "mean_nn_ms": mean, "sdnn_ms": sdnn, "rmssd_ms": rmssd,
        "pnn50_percent": pnn50, "sd1_ms": sd1,
        "sd2_ms": math.sqrt(max(0.0, 2.0 * sdnn**2 - sd1**2)) if rmssd >= 0.0 else math.nan,
    }  # fmt: skip
    return values, dict.fromkeys(values, length)


def _spectrum(gram: Tachogram) -> tuple[dict[str, float], float]:
    """Return what the mean spectrum says, and the seconds it covers."""
    size = round(hrv_spectrum.STRETCH * hrv_spectrum.RATE)
    found: list[F64] = []
    covered = 0.0
    for t, nn in gram.pieces():
        count = int((t[-1] - t[0]) * hrv_spectrum.RATE) + 1
        if count < size:
            continue
        series = on_grid(t, nn, float(t[0]), 1.0 / hrv_spectrum.RATE, count)
        starts = range(0, count - size + 1, size // 2)
        found += [hrv_spectrum.density(series[i : i + size], hrv_spectrum.RATE) for i in starts]
        # The whole piece has its say but for less than half a stretch at its end.
        covered += float(t[-1] - t[0]) + float(nn[0]) / 1000.0
    power = np.mean(found, axis=0) if found else np.full(0, np.nan)
    read = hrv_spectrum.bands(power) if found else hrv_spectrum.NOTHING
    names = ("lf_ms2", "hf_ms2", "total_ms2", "lf_hf", "lf_peak_hz", "hf_peak_hz")
    return {name: getattr(read, name) for name in names}, covered


def _sequence(gram: Tachogram) -> tuple[dict[str, float], float]:
    """Return what the order of the intervals says, and the seconds it rests on."""
    values = {
        "sampen": sample_entropy(gram.nn_ms, gram.joined),
        "dfa_alpha1": dfa_alpha1(gram.nn_ms, gram.joined),
    }
    return values, gram.length


def _coherence(gram: Tachogram) -> tuple[dict[str, float], float]:
    """Return the median coherence of 64 s windows, and the seconds they cover."""
    step = 1.0 / hrv_coherence.RATE
    lasts = (hrv_coherence.SAMPLES - 1) * step
    ratios: list[float] = []
    covered = 0.0
    for t, nn in gram.pieces():
        spare = float(t[-1] - t[0]) - lasts
        if spare < 0.0:
            continue
        for k in range(int(spare / EVERY) + 1):
            series = on_grid(t, nn, float(t[0]) + EVERY * k, step, hrv_coherence.SAMPLES)
            ratios.append(hrv_coherence.coherence(series).ratio)
        covered += float(t[-1] - t[0]) + step
    known = [ratio for ratio in ratios if math.isfinite(ratio)]
    return {"coherence_ratio": float(np.median(known)) if known else math.nan}, covered
