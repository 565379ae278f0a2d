"""What a variability index needs before it may be shown, and what each one is."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.show import Caption


@dataclass(frozen=True, slots=True)
class Index:
    """One index of heart rate variability.

    Attributes
    ----------
    unit
        As written beside the number.
    least
        Seconds of heartbeat without which there is no value.
    most_corrected
        Share of corrected intervals above which there is none; how far off each index is
        up to there was measured by putting artefacts in (see README-variability).
    needs_regular
        Whether it means nothing in an irregular rhythm.
    meaning
        How it is computed.
    doubtful
        How far corrections may have moved it where its quality is half, as a share of it; a
        third more, and it is withheld.
    relative
        Whether ``doubtful`` is such a share; else it is in the unit.
    """

    unit: str
    least: float
    most_corrected: float
    needs_regular: bool
    meaning: Caption
    doubtful: float = 0.30
    relative: bool = True


TIME, ORDER, SPECTRUM, FAST, RHYTHM, BREATH = 0.25, 0.10, 0.10, 0.05, 0.10, 0.40
"""Most corrected: indices of the time domain, of the sequence, of the spectrum, of its fast
part (small beside a slow breath, so the first to be spoilt), coherence, single breaths."""

FIVE_MINUTES = 280.0
"""s of judged heartbeat in a five-minute recording: the first beats go into learning."""


PEAK = 0.015
"""Hz by which a peak may be off at half its quality: half the width that 64 s show it with."""


def _spectral(unit: str, zh: str, en: str, most_corrected: float = SPECTRUM) -> Index:
    recipe = Caption(
        f"{zh}。正常间期以三次样条插值到 4 Hz，每段 64 秒、重叠一半，去均值，Hann 窗，取各段平均。",
        f"{en}. Normal intervals on a 4 Hz grid by cubic spline; 64 s stretches overlapping by "
        "half, mean removed, Hann window, averaged.",
    )
    if unit == "Hz":
        return Index(unit, 120.0, most_corrected, True, recipe, PEAK, relative=False)
    return Index(unit, 120.0, most_corrected, True, recipe)


INDICES: Mapping[str, Index] = {
    "hr_bpm": Index("1/min", 10.0, 1.0, False, Caption(
        "平均心率：60000 除以平均间期（毫秒）。",
        "Mean heart rate: 60000 over the mean interval in ms.")),
    "mean_nn_ms": Index("ms", 10.0, 1.0, False, Caption(
        "正常与已修正间期的平均值。", "Mean of normal and repaired intervals.")),
    "sdnn_ms": Index("ms", 60.0, TIME, True, Caption(
        "间期的标准差（n - 1）。", "Standard deviation of intervals (n - 1).")),
    "rmssd_ms": Index("ms", 30.0, TIME, True, Caption(
        "相邻正常间期之差的均方根；不足 60 秒为超短时。",
        "Root mean square of differences between successive normal intervals; "
        "ultra-short below 60 s.")),
    "pnn50_percent": Index("%", 60.0, TIME, True, Caption(
        "相邻正常间期之差超过 50 毫秒的比例，以差的个数为分母。",
        "Share of successive differences above 50 ms, of all such differences."),
        10.0, relative=False),
    "sd1_ms": Index("ms", 60.0, TIME, True, Caption(
        "庞加莱图短轴：RMSSD 除以根号 2。", "Poincare short axis: RMSSD over the root of 2.")),
    "sd2_ms": Index("ms", 60.0, TIME, True, Caption(
        "庞加莱图长轴：2 SDNN² 减 SD1² 的平方根。",
        "Poincare long axis: root of 2 SDNN^2 less SD1^2.")),
    "lf_ms2": _spectral("ms2", "0.04 至 0.15 Hz 的功率", "Power from 0.04 to 0.15 Hz"),
    "hf_ms2": _spectral(
        "ms2", "0.15 至 0.40 Hz 的功率", "Power from 0.15 to 0.40 Hz", FAST),
    "total_ms2": _spectral(
        "ms2", "0.40 Hz 以下的功率，不含慢于 64 秒的波动",
        "Power below 0.40 Hz, without swings slower than 64 s"),
    "lf_hf": _spectral(
        "1", "LF 功率与 HF 功率之比；只是比值，慢呼吸时全部呼吸波动都落在 LF",
        "LF power over HF power; only a ratio: with slow breathing the breath lies in LF", FAST),
    "lf_peak_hz": _spectral(
        "Hz", "0.04 至 0.15 Hz 内最高峰的频率；无峰则无值",
        "Where the spectrum peaks from 0.04 to 0.15 Hz; no value without a summit"),
    "hf_peak_hz": _spectral(
        "Hz", "0.15 至 0.40 Hz 内最高峰的频率；无峰则无值",
        "Where the spectrum peaks from 0.15 to 0.40 Hz; no value without a summit", FAST),
    "sampen": Index("1", 180.0, ORDER, True, Caption(
        "样本熵：m = 2，r = 0.2 倍标准差，间断处不跨越。",
        "Sample entropy, m 2, r 0.2 standard deviations, never across a break.")),
    "dfa_alpha1": Index("1", 180.0, ORDER, True, Caption(
        "去趋势波动分析短期指数：4 至 16 拍，各段相接，直线去趋势。",
        "Short-term exponent of detrended fluctuation analysis: 4 to 16 beats, stretches "
        "end to end, straight lines."), 0.15, relative=False),
    "stress_index": Index("%/s2", FIVE_MINUTES, ORDER, True, Caption(
        "Baevsky 指数 AMo / (2 Mo MxDMn)：50 毫秒分组，仅用正常间期。",
        "Baevsky's index AMo / (2 Mo MxDMn): 50 ms bins, normal intervals only.")),
    "coherence_ratio": Index("1", 64.0, RHYTHM, True, Caption(
        "0.04 至 0.26 Hz 内最高峰左右 0.015 Hz 的功率与其余功率之比，取每 5 秒一次、"
        "每次 64 秒（2 Hz）的中位数；完全规则的波约为 9。",
        "Power within 0.015 Hz of the highest peak from 0.04 to 0.26 Hz over all other power: "
        "the median of 64 s windows (2 Hz) every 5 s; a perfectly regular wave gives about 9.")),
    "coherence_hz": Index("Hz", 64.0, RHYTHM, True, Caption(
        "上述最高峰的频率，取各窗的中位数；无峰则无值。",
        "Where that highest peak lies, the median of the windows; no value without a summit."),
        PEAK, relative=False),
}  # fmt: skip
"""By the name of the index in `engine.dsp.hrv_whole` and in JSON."""

BY_BREATH: Mapping[str, Index] = {
    "rsa_ms": Index("ms", 0.0, BREATH, True, Caption(
        "每次呼吸中最长与最短正常间期之差的平均：实时取最近三次呼吸，录音取全部。",
        "Longest less shortest normal interval of a breath, mean of the newest three breaths; "
        "of a recording, of all its breaths.")),
    "paced_ms": Index("ms", 0.0, RHYTHM, True, Caption(
        "心搏间期随引导频率起伏的幅度，取最近三次引导呼吸。",
        "Swing of the intervals at the very rate of the guide, over its newest three breaths.")),
}  # fmt: skip
"""Those that need to know where breaths begin."""
