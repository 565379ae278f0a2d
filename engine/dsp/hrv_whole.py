"""Every index of heart rate variability of one stretch of recording, each with its validity."""

import math
from collections.abc import Mapping

import numpy as np

from engine.dsp import hrv_coherence, hrv_spectrum
from engine.dsp.hrv_chance import chance_of
from engine.dsp.hrv_limits import INDICES, Index
from engine.dsp.hrv_retold import TELLINGS, WIDER, moved
from engine.dsp.hrv_sequence import level_and_spread, sequence_of
from engine.dsp.hrv_spectrum_beats import Tachogram, is_interval, tachogram
from engine.dsp.hrv_spectrum_told import bands_told, coherence_chance
from engine.dsp.hrv_spectrum_window import on_grids, pieces_told
from engine.dsp.hrv_steps import successive
from engine.dsp.hrv_trust import LITTLE, NOTHING, Share, Told, judged, told
from engine.dsp.metric import Metric
from engine.dsp.rr_layout import Beat
from engine.streams import F64

EVERY = 5.0
"""s between windows of coherence."""
LEAST_JOINED = 15.0
"""s of heartbeat that true differences must rest on."""


def whole_hrv(
    t: F64,
    nn_ms: F64,
    difference_ok: F64,
    corrected: float,
    quality: float,
    *,
    code: F64 | None = None,
    stands_for: F64 | None = None,
    may_be_ms: F64 | None = None,
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
        Mean quality of the beats, 0..1; that of a value is less by the share corrected, as live.
    code
        (n,) what each interval was (`Beat`); None takes all for normal.
    stands_for
        (n,) how many beats of that length each stands for; None is one each.
    may_be_ms
        (n,) an interval as it was measured where it was flagged but may be true, else NaN.
    irregular
        Whether the rhythm is too irregular for variability.
    """
    kinds = np.zeros(t.size) if code is None else code
    beats = np.ones(t.size) if stands_for is None else stands_for
    steady = not irregular
    # An interval that lacks a time can still be averaged, but has no place in a sequence.
    gram = tachogram(t, nn_ms, kinds, beats, may_be_ms)
    share = Share(quality * (1.0 - corrected), corrected)
    made = _time_domain(nn_ms, difference_ok, kinds, beats, may_be_ms, gram, share, steady=steady)
    made |= _spectrum(gram, share, steady=steady)
    made |= _coherence(gram, share, steady=steady)
    made |= sequence_of(gram, share, steady=steady)
    return {name: metric_of(INDICES[name], made.get(name, NOTHING), corrected) for name in INDICES}


def metric_of(index: Index, found: Told, corrected: float) -> Metric:
    """Return what was told with all that is needed to read it by itself."""
    return Metric(
        value=found.value,
        valid=math.isfinite(found.value),
        quality=found.quality,
        corrected=corrected,
        window_s=found.window_s,
        unit=index.unit,
        definition=index.meaning.en,
        doubt=found.doubt,
        why=found.why,
    )


def _time_domain(
    nn_ms: F64, difference_ok: F64, code: F64, stands_for: F64, may_be_ms: F64 | None,
    gram: Tachogram, share: Share, *, steady: bool,
) -> dict[str, Told]:  # fmt: skip
    """Return what needs no evenly spaced time."""
    judged_ = is_interval(nn_ms) & np.isfinite(stands_for)
    judged_ &= ~np.isin(code, (Beat.LEARN, Beat.GAP))
    n = np.where(judged_, stands_for, 0.0)
    nn = np.where(judged_, nn_ms, 0.0)
    length, beats = float(n @ nn) / 1000.0, float(n.sum())
    mean = 1000.0 * length / beats if beats > 0.0 else math.nan
    weight = np.where(code == Beat.FOREIGN, 0.0, n)
    varied = float(weight.sum())
    sdnn = math.nan
    if varied >= 2.0:
        about = nn - float(weight @ nn) / varied
        sdnn = math.sqrt(float(weight @ about**2) / (varied - 1.0))
    of_mean, of_sdnn = 0.0, math.inf
    if gram.t.size >= TELLINGS:
        of_mean, of_sdnn = (
            moved(np.log(np.maximum(one, LITTLE))) for one in level_and_spread(gram).T
        )
    steps = successive(nn, difference_ok, judged_, code, may_be_ms)
    of_rmssd, by_sdnn, of_pnn50, by_mean = chance_of(
        np.where(weight > 0.0, nn, np.nan), steps.of
    ).tolist()

    def tell(name: str, value: float, off: float, chance: float, wider: float = 1.0) -> Told:
        index = INDICES[name]
        # As live: a difference takes two sound intervals, the rate of the heart one.
        sound = 1.0 - share.corrected if index.needs_regular else 1.0
        rests = Share(share.quality * sound, share.corrected)
        return judged(index, value, off, chance, rests, length, steady=steady, wider=wider)

    known = steps.length >= 1000.0 * LEAST_JOINED
    rmssd = steps.rmssd if known else math.nan
    sd1 = rmssd / math.sqrt(2.0)
    sd2 = math.sqrt(max(0.0, 2.0 * sdnn**2 - sd1**2)) if rmssd >= 0.0 else math.nan
    ratio = 2.0 * (sdnn / sd2) ** 2 if sd2 > 0.0 else 1.0
    of_sd2 = math.hypot(ratio * of_sdnn, (ratio - 1.0) * steps.doubt)
    by_sd2 = math.hypot(ratio * by_sdnn, (ratio - 1.0) * of_rmssd)
    pnn50 = steps.pnn50 if known else math.nan
    return {
        "hr_bpm": tell("hr_bpm", 60000.0 / mean, of_mean, by_mean * 60000.0 / mean, WIDER),
        "mean_nn_ms": tell("mean_nn_ms", mean, of_mean, by_mean * mean, WIDER),
        "sdnn_ms": tell("sdnn_ms", sdnn, of_sdnn, by_sdnn * sdnn, WIDER),
        "rmssd_ms": tell("rmssd_ms", rmssd, steps.doubt, of_rmssd * rmssd),
        "pnn50_percent": tell("pnn50_percent", pnn50, steps.pnn50_doubt, 100.0 * of_pnn50),
        "sd1_ms": tell("sd1_ms", sd1, steps.doubt, of_rmssd * sd1),
        "sd2_ms": tell("sd2_ms", sd2, of_sd2, by_sd2 * sd2),
    }


def _spectrum(gram: Tachogram, share: Share, *, steady: bool) -> dict[str, Told]:
    """Return what the mean spectrum says."""
    size = round(hrv_spectrum.STRETCH * hrv_spectrum.RATE)
    long: list[F64] = []
    covered = 0.0
    for piece in pieces_told(gram):
        t, nn = piece[0]
        count = int((t[-1] - t[0]) * hrv_spectrum.RATE) + 1
        if count < size:
            continue
        long.append(on_grids(piece, float(t[0]), 1.0 / hrv_spectrum.RATE, count))
        # The whole piece has its say but for less than half a stretch at its end.
        covered += float(t[-1] - t[0]) + float(nn[0]) / 1000.0
    if not long:
        return {}
    # One after the other: those of a whole day, all at once, are half a gigabyte.
    spectra = (
        hrv_spectrum.density(series[:, i : i + size], hrv_spectrum.RATE)
        for series in long
        for i in range(0, series.shape[1] - size + 1, size // 2)
    )
    return bands_told(spectra, share, covered, steady=steady)


def _coherence(gram: Tachogram, share: Share, *, steady: bool) -> dict[str, Told]:
    """Return the median coherence of 64 s windows, and where its peak lies."""
    rate, size = hrv_coherence.RATE, hrv_coherence.SAMPLES
    ratios: list[F64] = []
    peaks: list[F64] = []
    alone: list[tuple[float, float]] = []
    covered = 0.0
    for piece in pieces_told(gram):
        t = piece[0][0]
        count = int((t[-1] - t[0]) * rate) + 1
        if count < size:
            continue
        series = on_grids(piece, float(t[0]), 1.0 / rate, count)
        alone += [
            coherence_chance(hrv_coherence.coherence(series[:, i : i + size]))
            for i in range(0, count - size + 1, size)
        ]
        for i in range(0, count - size + 1, round(EVERY * rate)):
            ratio, peak = hrv_coherence.rhythm_of(series[:, i : i + size])
            ratios.append(ratio)
            peaks.append(peak)
        covered += float(t[-1] - t[0]) + 1.0 / rate
    made: dict[str, Told] = {}
    for k, (name, every) in enumerate((("coherence_ratio", ratios), ("coherence_hz", peaks))):
        values = np.array([one for one in every if np.isfinite(one[0])]).reshape(-1, TELLINGS)
        if values.size:
            # Windows overlap: as many as lie side by side are new. The median of values that
            # scatter normally is 1.25 times as uncertain as their mean. A few scatter little
            # for sharing most of their time: no less than each alone leaves to chance.
            scatter = 1.25 * float(np.std(values[:, 0], ddof=1)) if len(values) > 1 else 0.0
            least = float(np.median([one[k] for one in alone]))
            chance = max(scatter, least) / math.sqrt(len(alone))
            median = (
                np.nanmedian(values, axis=0)
                if np.isfinite(values).any(axis=0).all()
                else (np.full(TELLINGS, np.nan))
            )
            made[name] = told(name, median, chance, share, covered, steady=steady)
    return made
