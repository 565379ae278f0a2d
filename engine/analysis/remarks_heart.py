"""What to know of the heart of a recording: what was found, and how far it holds."""

import math
from collections.abc import Iterator

import numpy as np

from engine.analysis.passing import Heard
from engine.analysis.polarity import r_height
from engine.analysis.remark import Remark, Weight, remark
from engine.analysis.variability import MOST_CORRECTED, MOST_CORRECTED_ORDER, Stretch, Withheld
from engine.graph.standard import PREFERRED
from engine.report.phrases import share
from engine.show import Caption
from engine.store.recording import Recording, Track
from engine.units import Kind, Unit

MILD = frozenset({Withheld.CORRECTED_ORDER, Withheld.INTERRUPTED})
MOSTLY = 0.9
"""Share of usable heartbeat from which nothing needs to be said."""
SOUND = 0.7
"""Quality from which the heart signal needs no word of care."""
STEPS, LOOKED_AT = 40.0, 100_000
"""Steps an electrocardiogram needs from its lowest to its highest, and samples looked at."""
SEATED, ANYONE = (40.0, 130.0), (30.0, 180.0)
"""Heart rates of nearly everybody who sits quietly, and of anybody who does, 1/min."""
ECG_SIZE = (0.05, 10.0)
"""R peaks lie between these, mV; outside, the unit is probably wrong."""
PULSES = 0.05
"""Share of beats that may be pulses of a pacemaker instead, from which a person is told."""
LOW_RATE = 125.0
"""Hz below which the times of R peaks are coarse."""
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
    Withheld.CONSTANT: Caption(
        "所有心跳间期完全相同，真实的心脏不会这样：请检查文件的来源，心率变异性没有给出。",
        "Every heartbeat interval is exactly the same, which no heart does: check where the file "
        "comes from. Variability is left out.",
    ),
    Withheld.INTERRUPTED: Caption(
        "心跳有中断：中断前后的间期从不互相比较，频谱只取自连续的部分。",
        "The heartbeat is interrupted: intervals on both sides are never compared, and the "
        "spectrum is taken from unbroken parts only.",
    ),
}


def heart(heard: Heard, whole: Stretch) -> Iterator[Remark]:
    """Yield what to know of the heart signal and of what is left out."""
    source = heard.sources.get("heart")
    if source is None:
        yield remark("note" if heard.sources else "fault", "no_heart_signal",
                     "没有可以读出心跳的信号，因此没有心率及其变异性。",
                     "There is no signal a heartbeat can be read from, so there is no heart rate "
                     "and no variability.")  # fmt: skip
        return
    if source.stream.kind is Kind.ECG:
        yield from _coarse(source)
    if Withheld.NOTHING in whole.withheld:
        yield remark(
            "fault", "no_heartbeat",
            f"在“{source.stream.name}”中没有找到心跳：信号是平的、太弱，或者不是心脏的信号。",
            f"No heartbeat was found in {source.stream.name!r}: it is flat, too weak, or no signal "
            "of the heart.",
        )  # fmt: skip
        return
    for why in whole.withheld:
        yield Remark(Weight.CARE if why in MILD else Weight.FAULT, why.name.lower(), WHY[why])
    yield from _unusual(whole)
    if whole.covered < MOSTLY and Withheld.MISSING not in whole.withheld:
        yield remark("care", "partly_usable",
                     f"只有 {share(whole.covered)} 的时间有可用的心跳：其余时间有噪声、中断"
                     "或心律不规则，没有计入。",
                     f"Only {share(whole.covered)} of the time is usable heartbeat: the rest is "
                     "noise, missing or irregular, and was left out.")  # fmt: skip
    if whole.quality * whole.covered < SOUND:
        yield remark("care", "weak_heart_signal", "心脏信号质量一般，请谨慎使用这些数值。",
                     "The heart signal was of middling quality: use the numbers with care."
                     )  # fmt: skip
    if source.stream.kind is Kind.ECG:
        yield from _ecg(heard)
    elif source.stream.kind in {Kind.PPG, Kind.PPI}:
        yield remark("note", "pulse_not_ecg",
                     "心跳由脉搏读出：心率可信，心率变异性与心电图的结果会略有不同。",
                     "The beats were read from the pulse: heart rate holds, its variability "
                     "differs a little from that of an electrocardiogram.")  # fmt: skip


def _coarse(source: Track) -> Iterator[Remark]:
    """Tell that values are rounded so much that the signal stands still between beats."""
    x = source.x[np.isfinite(source.x[:, 0]), 0]
    values = np.unique(x[:LOOKED_AT])
    if len(values) < 2:
        return
    step = float(np.min(np.diff(values)))
    low, high = np.percentile(x, (0.1, 99.9))
    if high - low >= STEPS * step:
        return
    unit = "" if source.stream.unit is Unit.RAW else f" {source.stream.unit}"
    yield remark("care", "coarse_values",
                 f"“{source.stream.name}”的数值每级相差 {step:.3g}{unit}，太粗：请导出更多小数位，"
                 "或提高记录的分辨率。",
                 f"The values of {source.stream.name!r} come in steps of {step:.3g}{unit}, too "
                 "coarse: export more digits, or record with a finer resolution."
                 )  # fmt: skip


def _unusual(whole: Stretch) -> Iterator[Remark]:
    """Doubt the unit or the rate of a file that tells a heart rate no one has sitting quietly."""
    rate = whole.metrics["hr_bpm"]
    if not rate.valid or SEATED[0] <= rate.value <= SEATED[1]:
        return
    weight = "care" if ANYONE[0] <= rate.value <= ANYONE[1] else "fault"
    yield remark(weight, "unusual_heart_rate",
                 f"静坐时很少见到 {rate.value:.0f} 次/分的心率：使用数值前，请核对文件的采样率、"
                 "时间和单位。",
                 f"A heart rate of {rate.value:.0f} /min is seldom seen in quiet sitting: check "
                 "the file’s sampling rate, times and unit before any number is used."
                 )  # fmt: skip


def _ecg(heard: Heard) -> Iterator[Remark]:
    source = heard.sources["heart"].stream
    height = r_height(heard.sources["heart"], heard.rows["heart.beat"].t)
    low, high = ECG_SIZE
    wrong = math.isfinite(height) and not low <= abs(height) <= high
    if source.unit is Unit.MILLIVOLT and wrong:
        times = abs(height) / 1000.0 if abs(height) > high else abs(height) * 1000.0
        mixed = low <= times <= high
        zh = "可能混淆了 mV、uV 或 V" if mixed else "可能是没有换算的原始数值（raw）"
        en = "mV, uV or V may be mixed up" if mixed else "they may be raw counts"
        yield remark("care", "ecg_size",
                     f"R 波高 {abs(height):.3g} mV，不像心电图：{zh}，请核对单位。"
                     "心跳时间不受影响。",
                     f"The R peaks are {abs(height):.3g} mV high, unlike an electrocardiogram: "
                     f"{en}. The times of the beats do not suffer from it.")  # fmt: skip
    doubted = float(np.mean(heard.rows["heart.beat"].axis("pulse") > 0.5))
    if doubted >= PULSES:
        yield remark("care", "paced_pulses",
                     f"{share(doubted)} 的心跳可能是起搏器的脉冲，而不是其后的心搏："
                     "这些心跳时间不可信。提高采样率（250 Hz 以上、不加 40 Hz 低通）可以分清。",
                     f"{share(doubted)} of the beats may be pulses of a pacemaker "
                     "instead of the beats that follow them: do not trust their times. Record with "
                     "250 Hz or more and without a 40 Hz low-pass to tell them apart."
                     )  # fmt: skip
    if height < 0:
        yield remark("note", "ecg_upside_down",
                     "R 波朝下：电极可能接反。心跳时间不受影响。",
                     "The R peaks point down: the electrodes may be swapped. The times of the "
                     "beats do not suffer from it.")  # fmt: skip
    if source.rate is not None and source.rate < LOW_RATE:
        yield remark("note", "low_rate",
                     f"心电图采样率只有 {source.rate:g} Hz，心率变异性很小时误差较大"
                     "（建议 250 Hz 以上）。",
                     f"The electrocardiogram has only {source.rate:g} samples a second: small "
                     "variability is told less exactly (250 or more are better).")  # fmt: skip


def unused(recording: Recording, heard: Heard) -> Iterator[Remark]:
    """Tell which signals a heart could be read from as well were left aside."""
    source = heard.sources.get("heart")
    if source is None:
        return
    spare = [
        track.stream
        for track in recording.tracks
        if track.stream.kind in PREFERRED["heart"] and track.stream.name != source.stream.name
    ]
    if not spare:
        return
    name, others = source.stream.name, ", ".join(repr(stream.name) for stream in spare)
    others_zh = "、".join(f"“{stream.name}”" for stream in spare)
    zh, en = "", ""
    kinds = PREFERRED["heart"]
    hearts = [track.stream for track in recording.tracks if track.stream.kind in kinds]
    usual = min(hearts, key=lambda stream: (kinds.index(stream.kind), -(stream.rate or 0.0)))
    if usual.name != name:
        zh, en = "：那里读出的心跳太少", ": too little was read from it"
    if source.stream.kind is Kind.PPG and any(stream.kind is Kind.PPI for stream in spare):
        zh = "：设备自己的间期缺了太多心跳"
        en = ": the device's own intervals leave too many beats out"
    yield remark(
        "note", "heart_read_from",
        f"心跳取自“{name}”，没有使用{others_zh}{zh}。",
        f"The heart was read from {name!r}; {others} was not used for it{en}.",
    )  # fmt: skip
