"""Why a number of an analysis is not told, in words a tired person understands."""

from collections.abc import Collection

from engine.dsp.hrv_limits import BY_BREATH, INDICES, Index
from engine.dsp.hrv_spectrum import BANDS
from engine.dsp.hrv_trust import MOST
from engine.dsp.metric import Metric, Why
from engine.report.phrases import duration, number, share
from engine.show import Caption

PEAKS = frozenset({"lf_peak_hz", "hf_peak_hz", "coherence_hz"})
NOTHING = Caption("", "")
UNTOLD = Caption("无法确定", "cannot be told")
WORDS = {
    Why.IRREGULAR: Caption("心律不够规则", "rhythm too irregular"),
    Why.MISSING: Caption("可用的时间不够", "not enough good time"),
    Why.FEW: Caption(
        "只有一段连续的心跳，看不出偶然的起伏有多大",
        "a single unbroken stretch, which does not show how much is chance",
    ),
}
NO_PEAK = Caption("没有稳定的峰", "no steady peak")
NO_BREATHS = Caption("可以计入的完整呼吸太少", "too few whole breaths that can be counted")
NO_BELT = Caption("需要呼吸传感器", "needs a breathing sensor")
UNSURE = Caption("由心跳推算，把握不够", "not certain enough from the heartbeats")
NO_RESPONSE = Caption("没有皮电反应", "there was no response")


def reason(name: str, metric: Metric, sources: Collection[str]) -> Caption:
    """Return why ``metric`` is not told; nothing if it is.

    Parameters
    ----------
    name
        Of the metric.
    sources
        Sensor groups that were recorded.
    """
    why = metric.why
    if metric.valid or why is None:
        return NOTHING
    index = INDICES.get(name) or BY_BREATH.get(name)
    if name in PEAKS and why in {Why.NONE, Why.FEW}:
        return NO_PEAK
    if name in BY_BREATH and why is Why.SHORT:
        return NO_BREATHS if "resp" in sources else NO_BELT
    if index is not None and why is Why.SHORT:
        return _too_short(name, index)
    if index is not None and why is Why.CORRECTED:
        most = share(index.most_corrected)
        return Caption(f"修正的心跳多于 {most}", f"more than {most} of the beats corrected")
    if index is not None and why is Why.DOUBTFUL:
        return _too_doubtful(index)
    if name == "rate_bpm" and "resp" not in sources:
        return UNSURE
    if name == "scr_amplitude_us" and why is Why.NONE:
        return NO_RESPONSE
    return WORDS.get(why, UNTOLD)


def _too_short(name: str, index: Index) -> Caption:
    least = duration(index.least)
    if name in BANDS:
        return Caption(
            f"需要 {least.zh}可用的心跳，且每段连续 64 秒以上",
            f"needs {least.en} of usable heartbeat, unbroken for 64 s at a time",
        )
    return Caption(f"需要 {least.zh}可用的心跳", f"needs {least.en} of usable heartbeat")


def _too_doubtful(index: Index) -> Caption:
    most = MOST * index.doubtful
    told = share(most) if index.relative else f"{number(most, 2)} {index.unit}".removesuffix(" 1")
    return Caption(
        f"太不确定：修正或缺失的心跳可能使它改变 {told} 以上",
        f"too uncertain: corrected or missing beats may have moved it by more than {told}",
    )
