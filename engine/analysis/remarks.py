"""What a person must know before trusting the numbers of a recording, in both languages."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from engine.analysis.breath import Breath
from engine.analysis.gaps import Gap
from engine.analysis.passing import Heard
from engine.analysis.polarity import r_height
from engine.analysis.skin import Skin
from engine.analysis.variability import (
    MOST_CORRECTED,
    MOST_CORRECTED_ORDER,
    Stretch,
    Withheld,
)
from engine.graph.standard import PREFERRED
from engine.report.phrases import clock
from engine.show import Caption
from engine.store.recording import Recording
from engine.streams import AS_DECLARED
from engine.units import Kind, Unit

STANDARD = 300.0
"""s of the standard short recording (Task Force 1996)."""
SHORT = 60.0
MILD = frozenset({Withheld.CORRECTED_ORDER, Withheld.INTERRUPTED})
MOSTLY = 0.9
"""Share of usable heartbeat from which nothing needs to be said."""
SOUND = 0.7
"""Quality from which the heart signal needs no word of care."""
ECG_SIZE = (0.05, 10.0)
"""R peaks lie between these, mV; outside, the unit is probably wrong."""
EDA_SIZE = (0.05, 60.0)
"""Skin conductance lies between these, uS (as `engine.dsp.eda_gates` has it)."""
LOW_RATE = 125.0
"""Hz below which the times of R peaks are coarse."""
MOST_GAPS = 6


class Weight(StrEnum):
    """How much a remark weighs."""

    FAULT = "fault"
    CARE = "care"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know: ``code`` for programs, ``words`` for people."""

    weight: Weight
    code: str
    words: Caption


WHY = {
    Withheld.IRREGULAR: Caption(
        "心律不够规则，不能计算心率变异性（心率仍然可信）。这是对数值的说明，不是对心脏的判断。",
        "The rhythm is too irregular for heart rate variability (heart rate still holds). This is "
        "a remark about the numbers, not about the heart.",
    ),
    Withheld.CORRECTED: Caption(
        f"超过 {MOST_CORRECTED:.0%} 的心跳间期需要修正，不能计算心率变异性。"
        "请检查电极或传感器的接触。",
        f"More than {MOST_CORRECTED:.0%} of the intervals had to be corrected, too many for heart "
        "rate variability. Check how the electrodes or the sensor sit.",
    ),
    Withheld.MISSING: Caption(
        "记录中可用的心跳太少，不能计算心率变异性。",
        "Too little of the recording is usable heartbeat for heart rate variability.",
    ),
    Withheld.CORRECTED_ORDER: Caption(
        f"超过 {MOST_CORRECTED_ORDER:.0%} 的心跳间期经过修正：对此敏感的数值没有给出，"
        "其余心率变异性的误差会增大。",
        f"More than {MOST_CORRECTED_ORDER:.0%} of the intervals were corrected: numbers that "
        "suffer from it are left out, expect larger errors in the other variability.",
    ),
    Withheld.INTERRUPTED: Caption(
        "心跳有中断：中断前后的间期从不互相比较，频谱只取自连续的部分。",
        "The heartbeat is interrupted: intervals on both sides are never compared, and the "
        "spectrum is taken from unbroken parts only.",
    ),
}


def remarks(
    recording: Recording, heard: Heard, whole: Stretch, *,
    skin: Skin | None, breath: Breath | None, gaps: tuple[Gap, ...],
) -> tuple[Remark, ...]:  # fmt: skip
    """Return what to know, the gravest first."""
    found = [
        *_heart(heard, whole), *_rates(heard), *_length(heard), *_holes(gaps), *_absurd(heard),
        *_skin(heard, skin), *_breath(breath, whole), *_refused(heard), *_unused(recording, heard),
    ]  # fmt: skip
    order = list(Weight)
    return tuple(sorted(found, key=lambda remark: order.index(remark.weight)))


def _heart(heard: Heard, whole: Stretch) -> Iterator[Remark]:
    source = heard.sources.get("heart")
    if source is None:
        yield _remark("note" if heard.sources else "fault", "no_heart_signal",
                      "没有可以读出心跳的信号，因此没有心率及其变异性。",
                      "There is no signal a heartbeat can be read from, so there is no heart rate "
                      "and no variability.")  # fmt: skip
        return
    if Withheld.NOTHING in whole.withheld:
        yield _remark(
            "fault", "no_heartbeat",
            f"在“{source.stream.name}”中没有找到心跳：信号是平的、太弱，或者不是心脏的信号。",
            f"No heartbeat was found in {source.stream.name!r}: it is flat, too weak, or no signal "
            "of the heart.",
        )  # fmt: skip
        return
    for why in whole.withheld:
        yield Remark(Weight.CARE if why in MILD else Weight.FAULT, why.name.lower(), WHY[why])
    if whole.covered < MOSTLY and Withheld.MISSING not in whole.withheld:
        yield _remark("care", "partly_usable",
                      f"只有 {whole.covered:.0%} 的时间有可用的心跳：其余时间有噪声、中断"
                      "或心律不规则，没有计入。",
                      f"Only {whole.covered:.0%} of the time is usable heartbeat: the rest is "
                      "noise, missing or irregular, and was left out.")  # fmt: skip
    if whole.quality * whole.covered < SOUND:
        yield _remark("care", "weak_heart_signal", "心脏信号质量一般，请谨慎使用这些数值。",
                      "The heart signal was of middling quality: use the numbers with care."
                      )  # fmt: skip
    if source.stream.kind is Kind.ECG:
        yield from _ecg(heard)
    elif source.stream.kind in {Kind.PPG, Kind.PPI}:
        yield _remark("note", "pulse_not_ecg",
                      "心跳由脉搏读出：心率可信，心率变异性与心电图的结果会略有不同。",
                      "The beats were read from the pulse: heart rate holds, its variability "
                      "differs a little from that of an electrocardiogram.")  # fmt: skip


def _ecg(heard: Heard) -> Iterator[Remark]:
    source = heard.sources["heart"].stream
    height = r_height(heard.sources["heart"], heard.rows["heart.beat"].t)
    low, high = ECG_SIZE
    wrong = math.isfinite(height) and not low <= abs(height) <= high
    if source.unit is Unit.MILLIVOLT and wrong:
        yield _remark("care", "ecg_size",
                      f"R 波高 {abs(height):.3g} mV，不像心电图：请检查单位（mV 还是 uV、V）。",
                      f"The R peaks are {abs(height):.3g} mV high, unlike an electrocardiogram: "
                      "check the unit (mV, or uV or V).")  # fmt: skip
    if height < 0:
        yield _remark("note", "ecg_upside_down",
                      "R 波朝下：电极可能接反。心跳时间不受影响。",
                      "The R peaks point down: the electrodes may be swapped. The times of the "
                      "beats do not suffer from it.")  # fmt: skip
    if source.rate is not None and source.rate < LOW_RATE:
        yield _remark("note", "low_rate",
                      f"心电图采样率只有 {source.rate:g} Hz，心率变异性很小时误差较大"
                      "（建议 250 Hz 以上）。",
                      f"The electrocardiogram has only {source.rate:g} samples a second: small "
                      "variability is told less exactly (250 or more are better).")  # fmt: skip


def _unused(recording: Recording, heard: Heard) -> Iterator[Remark]:
    """Tell which signals a heart could be read from as well were left aside."""
    source = heard.sources.get("heart")
    spare = [
        repr(track.stream.name)
        for track in recording.tracks
        if source is not None
        and track.stream.kind in PREFERRED["heart"]
        and track.stream.name != source.stream.name
    ]
    if source is not None and spare:
        name, others = source.stream.name, ", ".join(spare)
        yield _remark("note", "heart_read_from",
                      f"心跳取自“{name}”，没有使用 {others}。",
                      f"The heart was read from {name!r}; {others} was not used for it."
                      )  # fmt: skip


def _rates(heard: Heard) -> Iterator[Remark]:
    """Tell of streams whose samples come at another rate than declared."""
    for track in heard.sources.values():
        declared = track.stream.rate
        if declared is None or len(track.t) < 2:
            continue
        apart = float(np.median(np.diff(track.t)))
        if not AS_DECLARED[0] < apart * declared < AS_DECLARED[1]:
            name, true = track.stream.name, 1.0 / apart
            yield _remark("care", "rate_differs",
                          f"“{name}”声明每秒 {declared:g} 个数值，实际约 {true:.4g} 个："
                          "请在设备或驱动中改正采样率。",
                          f"{name!r} declares {declared:g} samples a second and sends about "
                          f"{true:.4g}: correct the rate in the device or its driver.")  # fmt: skip


def _length(heard: Heard) -> Iterator[Remark]:
    if heard.lasts < SHORT:
        yield _remark("fault", "too_short",
                      f"记录只有 {heard.lasts:.0f} 秒，太短；请安静地坐着记录五分钟。",
                      f"The recording lasts only {heard.lasts:.0f} s, too short: record five "
                      "minutes of quiet sitting.")  # fmt: skip
    elif heard.lasts < 0.97 * STANDARD:
        yield _remark("note", "shorter_than_standard",
                      f"记录长 {clock(heard.lasts)}，短于标准的五分钟；"
                      "需要更长时间的数值没有给出。",
                      f"The recording lasts {clock(heard.lasts)}, less than the standard five "
                      "minutes; numbers that need longer are left out.")  # fmt: skip


def _holes(gaps: tuple[Gap, ...]) -> Iterator[Remark]:
    for gap in gaps[:MOST_GAPS]:
        zh, en = ("信号不变", "does not move") if gap.flat else ("没有数据", "is missing")
        span = f"{clock(gap.start)}–{clock(gap.end)}"
        yield _remark("care", "flat" if gap.flat else "gap",
                      f"“{gap.stream}”在 {span} {zh}（{gap.end - gap.start:.1f} 秒）。",
                      f"{gap.stream!r} {en} at {span} ({gap.end - gap.start:.1f} s).")  # fmt: skip
    if len(gaps) > MOST_GAPS:
        more = len(gaps) - MOST_GAPS
        yield _remark("care", "more_gaps", f"另有 {more} 处中断。", f"And {more} more gaps.")


def _absurd(heard: Heard) -> Iterator[Remark]:
    for name, count in heard.absurd.items():
        yield _remark("care", "absurd_samples",
                      f"“{name}”中有 {count} 个数值不可能出自传感器，已作缺失处理。",
                      f"{count} samples of {name!r} cannot come from a sensor; they were taken for "
                      "missing.")  # fmt: skip


def _skin(heard: Heard, skin: Skin | None) -> Iterator[Remark]:
    if skin is None:
        return
    values = heard.sources["eda"].x[:, 0]
    usual = float(np.nanmedian(values)) if np.isfinite(values).any() else math.nan
    low, high = EDA_SIZE
    # Beside a good heartbeat it is one part less; alone it is all there is.
    weight = "care" if "heart" in heard.sources else "fault"
    if not low <= usual <= high:
        yield _remark(weight, "eda_size",
                      f"皮电的中位数为 {usual:.3g} 微西门子，不在皮肤的范围内：请检查单位与电极。",
                      f"Skin conductance is {usual:.3g} uS in the median, outside what skin has: "
                      "check the unit and the electrodes.")  # fmt: skip
    elif skin.good < 0.5:
        yield _remark(weight, "weak_skin_signal", "皮电信号质量不足，没有给出数值。",
                      "The skin conductance signal was not good enough for numbers.")  # fmt: skip
    elif skin.responder is False:
        yield _remark("note", "no_skin_responses",
                      "这段时间里皮肤几乎没有反应；有些人一向如此，不说明什么。",
                      "The skin hardly responded during this time; with some people it never does, "
                      "and that says nothing.")  # fmt: skip


def _breath(breath: Breath | None, whole: Stretch) -> Iterator[Remark]:
    if breath is None:
        return
    if not breath.belt and Withheld.IRREGULAR in whole.withheld:
        yield _remark("note", "no_breath_from_heart",
                      "没有呼吸传感器，心律又不规则：无法由心跳推算呼吸。",
                      "No breathing sensor, and the rhythm is irregular: no breath can be read "
                      "from the heartbeats.")  # fmt: skip
    elif not breath.belt:
        yield _remark("note", "breath_from_heart",
                      "没有呼吸传感器：呼吸频率由心跳推算，只在有把握时给出。",
                      "No breathing sensor: the rate is read from the heartbeats, and told only "
                      "where it is certain enough.")  # fmt: skip
    elif breath.known < 0.3:
        yield _remark("note", "uneven_breath",
                      "呼吸不够均匀，大部分时间没有可靠的频率；静坐时这很常见。",
                      "Breathing was too uneven for a rate most of the time, which is common at "
                      "rest.")  # fmt: skip


def _refused(heard: Heard) -> Iterator[Remark]:
    for fault in heard.refused:
        yield _remark(
            "care", "not_used", f"未使用：{fault.where}：{fault.zh or fault}", f"Not used: {fault}"
        )


def _remark(weight: str, code: str, zh: str, en: str) -> Remark:
    return Remark(Weight(weight), code, Caption(zh, en))
