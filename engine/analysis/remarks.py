"""What a person must know before trusting the numbers of a recording, in both languages."""

import math
from collections.abc import Iterator

import numpy as np

from engine.analysis.breath import Breath
from engine.analysis.gaps import Gap
from engine.analysis.passing import Heard
from engine.analysis.remark import Remark, Weight, remark
from engine.analysis.remarks_heart import heart, unused
from engine.analysis.skin import Skin
from engine.analysis.variability import Stretch, Withheld
from engine.report.phrases import clock
from engine.store.left_out import LeftOut
from engine.store.recording import Recording
from engine.streams import AS_DECLARED

STANDARD = 300.0
"""s of the standard short recording (Task Force 1996)."""
SHORT = 60.0
USUAL_SIZE = (1.0, 40.0)
"""uS that most skins have: what a unit is guessed by."""
TINY = 0.001
"""uS below which a level is no number for people."""
EDA_SIZE = (0.05, 60.0)
"""Skin conductance lies between these, uS (as `engine.dsp.eda_gates` has it)."""
MOST_GAPS = 6
SLIGHT = 0.02
"""Share by which a rate may differ from the declared one: clocks do, by less."""
LITTLE, MANY_LOST = 0.001, 0.01
"""Shares of samples missing one by one: what is worth a number, and a word of care."""


def remarks(
    recording: Recording, heard: Heard, whole: Stretch, *,
    skin: Skin | None, breath: Breath | None, gaps: tuple[Gap, ...],
) -> tuple[Remark, ...]:  # fmt: skip
    """Return what to know, the gravest first."""
    found = [
        *heart(heard, whole), *_rates(heard), *_lost(heard), *_length(heard), *_holes(gaps),
        *_absurd(heard), *_skin(heard, skin), *_breath(breath, whole), *_refused(heard),
        *unused(recording, heard),
    ]  # fmt: skip
    if any(isinstance(said, LeftOut) and said.damage for said in recording.ignored):
        found.append(remark("care", "damaged_file", "文件已损坏或不完整：只分析了读得出的部分。",
                            "The file is damaged or cut short: only what could be read was "
                            "analysed."))  # fmt: skip
    if not any(one.weight is Weight.FAULT for one in found):
        found += _nothing(whole, skin, breath)
    order = list(Weight)
    return tuple(sorted(found, key=lambda one: order.index(one.weight)))


def _rates(heard: Heard) -> Iterator[Remark]:
    """Tell of streams whose samples come at another rate than declared."""
    for track in heard.sources.values():
        declared = track.stream.rate
        if declared is None or len(track.t) < 2:
            continue
        apart = float(np.median(np.diff(track.t)))
        name, true = track.stream.name, 1.0 / apart
        if AS_DECLARED[0] < apart * declared < AS_DECLARED[1]:
            if abs(apart * declared - 1.0) > SLIGHT:
                yield remark("care", "samples_too_few_or_many",
                             f"“{name}”应每秒 {declared:g} 个数值，实际约 {true:.4g} 个："
                             "可能丢失了数据，心率变异性会有误差。",
                             f"{name!r} should have {declared:g} samples a second and has about "
                             f"{true:.4g}: some may be lost, and variability less exact."
                             )  # fmt: skip
        else:
            yield remark("care", "rate_differs",
                         f"“{name}”声明每秒 {declared:g} 个数值，实际约 {true:.4g} 个："
                         "请在设备或驱动中改正采样率。",
                         f"{name!r} declares {declared:g} samples a second and sends about "
                         f"{true:.4g}: correct the rate in the device or its driver.")  # fmt: skip


def _lost(heard: Heard) -> Iterator[Remark]:
    """Tell of samples missing one by one; where many are, beats between them are less sure."""
    for name, part in heard.lost.items():
        some = f"{part:.1%}" if part >= LITTLE else f"< {LITTLE:.1%}"
        yield remark("care" if part >= MANY_LOST else "note", "lost_samples",
                     f"“{name}”中有 {some} 的数值零星缺失：计算时按缺失处理，"
                     "请检查无线连接。",
                     f"{some} of the samples of {name!r} are missing here and there; they were "
                     "taken for missing. Check the radio link.")  # fmt: skip


def _length(heard: Heard) -> Iterator[Remark]:
    if heard.lasts < SHORT:
        yield remark("fault", "too_short",
                     f"记录只有 {heard.lasts:.0f} 秒，太短；请安静地坐着记录五分钟。",
                     f"The recording lasts only {heard.lasts:.0f} s, too short: record five "
                     "minutes of quiet sitting.")  # fmt: skip
    elif heard.lasts < 0.97 * STANDARD:
        yield remark("note", "shorter_than_standard",
                     f"记录长 {clock(heard.lasts)}，短于标准的五分钟；"
                     "需要更长时间的数值没有给出。",
                     f"The recording lasts {clock(heard.lasts)}, less than the standard five "
                     "minutes; numbers that need longer are left out.")  # fmt: skip


def _holes(gaps: tuple[Gap, ...]) -> Iterator[Remark]:
    for gap in gaps[:MOST_GAPS]:
        zh, en = ("信号不变", "does not move") if gap.flat else ("没有数据", "is missing")
        span = f"{clock(gap.start)}–{clock(gap.end)}"
        yield remark("care", "flat" if gap.flat else "gap",
                     f"“{gap.stream}”在 {span} {zh}（{gap.end - gap.start:.1f} 秒）。",
                     f"{gap.stream!r} {en} at {span} ({gap.end - gap.start:.1f} s).")  # fmt: skip
    if len(gaps) > MOST_GAPS:
        more = len(gaps) - MOST_GAPS
        yield remark("care", "more_gaps", f"另有 {more} 处中断。", f"And {more} more gaps.")


def _absurd(heard: Heard) -> Iterator[Remark]:
    for name, count in heard.absurd.items():
        yield remark("care", "absurd_samples",
                     f"“{name}”中有 {count} 个数值不可能出自传感器，已作缺失处理。",
                     f"{count} samples of {name!r} cannot come from a sensor; they were taken for "
                     "missing.")  # fmt: skip


def _skin(heard: Heard, skin: Skin | None) -> Iterator[Remark]:
    if skin is None:
        return
    values = heard.sources["eda"].x[:, 0]
    usual = float(np.nanmedian(values)) if np.isfinite(values).any() else math.nan
    low, high = EDA_SIZE
    still = skin.still > 0.5
    # Beside a good heartbeat it is one part less; alone it is all there is.
    weight = "care" if "heart" in heard.sources else "fault"
    if not low <= usual <= high:
        zh, en = _skin_unit(usual)
        yield remark(weight, "eda_size",
                     f"皮电的中位数为 {_plain(usual)} 微西门子，不在皮肤的范围内：{zh}。",
                     f"Skin conductance is {_plain(usual)} uS in the median, outside what skin "
                     f"has: {en}.")  # fmt: skip
    elif still:
        yield remark(weight, "eda_still", "皮电信号长时间一动不动：不是测量值，没有给出数值。",
                     "Skin conductance did not move at all for most of the time: nothing was "
                     "measured, and no number is told.")  # fmt: skip
    elif skin.good < 0.5:
        yield remark(weight, "weak_skin_signal", "皮电信号质量不足，没有给出数值。",
                     "The skin conductance signal was not good enough for numbers.")  # fmt: skip
    elif skin.responder is False:
        yield remark("note", "no_skin_responses",
                     "这段时间里皮肤几乎没有反应；有些人一向如此，不说明什么。",
                     "The skin hardly responded during this time; with some people it never does, "
                     "and that says nothing.")  # fmt: skip


def _skin_unit(usual: float) -> tuple[str, str]:
    """Return what to check where ``usual``, uS, is no skin, in Chinese and English."""
    low, high = USUAL_SIZE
    sizes = {"S": 1e6 * usual, "nS": 1e-3 * usual, "kOhm": 1e3 / usual if usual > 0 else 0.0}
    fits = [unit for unit, size in sizes.items() if low <= size <= high]
    if len(fits) != 1:
        return "请检查单位与电极", "check the unit and the electrodes"
    return f"可能混淆了 uS 与 {fits[0]}，请核对单位", f"uS and {fits[0]} may be mixed up"


def _plain(value: float) -> str:
    return f"{value:.2g}" if value >= TINY or value <= 0 else f"< {TINY}"


def _breath(breath: Breath | None, whole: Stretch) -> Iterator[Remark]:
    if breath is None:
        return
    if not breath.belt and Withheld.IRREGULAR in whole.withheld:
        yield remark("note", "no_breath_from_heart",
                     "没有呼吸传感器，心律又不规则：无法由心跳推算呼吸。",
                     "No breathing sensor, and the rhythm is irregular: no breath can be read "
                     "from the heartbeats.")  # fmt: skip
    elif not breath.belt:
        yield remark("note", "breath_from_heart",
                     "没有呼吸传感器：呼吸频率由心跳推算，只在有把握时给出。",
                     "No breathing sensor: the rate is read from the heartbeats, and told only "
                     "where it is certain enough.")  # fmt: skip
    elif breath.known < 0.3:
        yield remark("note", "uneven_breath",
                     "呼吸不够均匀，大部分时间没有可靠的频率；静坐时这很常见。",
                     "Breathing was too uneven for a rate most of the time, which is common at "
                     "rest.")  # fmt: skip


def _nothing(whole: Stretch, skin: Skin | None, breath: Breath | None) -> Iterator[Remark]:
    """Tell that there is nothing to tell: such a recording is not good, whatever it lacks."""
    parts = [whole.metrics, *(part.metrics for part in (skin, breath) if part is not None)]
    if not any(metric.valid for metrics in parts for metric in metrics.values()):
        yield remark("fault", "nothing_told", "从这份记录中得不出任何数值。",
                     "No number can be told from this recording.")  # fmt: skip


def _refused(heard: Heard) -> Iterator[Remark]:
    for fault in heard.refused:
        yield remark(
            "care", "not_used", f"未使用：{fault.where}：{fault.zh or fault}", f"Not used: {fault}"
        )
