"""Small phrases both languages need everywhere: times, names, shares, numbers."""

import math
from collections.abc import Mapping

from engine import vocabulary
from engine.report.view import Device, Source
from engine.show import Caption
from engine.signals import SIGNALS
from engine.units import Kind

GROUP_NAMES = {
    "heart": Caption("心率传感器", "heart sensor"),
    "eda": Caption("皮电传感器", "skin conductance sensor"),
    "resp": Caption("呼吸传感器", "breathing sensor"),
}
KINDS: Mapping[Kind, Caption] = {
    kind: Caption(*names)
    for kind, names in vocabulary.KINDS.items()
    if kind not in {Kind.TEMPERATURE, Kind.BATTERY, Kind.STATUS}
}
"""What is measured; what a device says about itself alone is left out."""
SOURCES: dict[Source, Caption] = {
    "person": Caption("本人", "the person"),
    "simulated": Caption(
        "模拟（程序生成，不属于任何人）", "simulated (made by a program, no one's)"
    ),
    "replayed": Caption("回放（既有的记录）", "replayed (an older recording)"),
}
NBSP = "\u00a0"
FEW_DIGITS = 3.55
"""A doubt that begins with less keeps two digits."""
PEOPLE = {
    "officer": Caption("本人", "the officer"),
    "simulated officer": Caption("模拟来访者", "the simulated officer"),
    "counselor": Caption("咨询师", "the counselor"),
    "operator": Caption("操作员", "the operator"),
    "command line": Caption("命令行操作员", "the operator at the command line"),
    "room": Caption("系统", "the room"),
    "stop rule": Caption("安全规则", "a safety rule"),
}


def clock(seconds: float) -> str:
    """Return session time as minutes and seconds, e.g. ``4:05``; from an hour on ``1:04:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def hour(seconds: float) -> str:
    """Return time as hours and minutes, e.g. ``1:04``, for what lasts longer than an hour."""
    hours, minutes = divmod(round(seconds / 60.0), 60)
    return f"{hours}:{minutes:02d}"


def duration(seconds: float) -> Caption:
    """Return a length of time in words."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        hours, minutes = divmod(round(seconds / 60.0), 60)
        more = Caption(f" {minutes} 分", f" {minutes} min") if minutes else Caption("", "")
        return Caption(f"{hours} 小时{more.zh}", f"{hours} h{more.en}")
    if not minutes:
        return Caption(f"{rest} 秒", f"{rest} s")
    if not rest:
        return Caption(f"{minutes} 分钟", f"{minutes} min")
    return Caption(f"{minutes} 分 {rest} 秒", f"{minutes} min {rest} s")


def share(value: float) -> str:
    """Return a share 0..1 as a percentage, e.g. ``96 %``, which no line breaks apart."""
    return f"{100 * value:.0f}\u00a0%"


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with a real minus sign, or a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\u2212")


def give_or_take(value: float | None, doubt: float, decimals: int = 0) -> tuple[str, str]:
    """Return a number and how far it may be off, with no more digits than that leaves a meaning.

    The doubt keeps two digits below 3.55 of its first place and one above (as the Particle Data
    Group rounds), and is never rounded down to nothing; the number ends where its doubt does.
    """
    if value is None or not math.isfinite(value) or not (math.isfinite(doubt) and doubt > 0.0):
        return number(value, decimals), ""
    first = math.floor(math.log10(doubt))
    last = first - (1 if doubt < FEW_DIGITS * 10.0**first else 0)
    places = min(-last, decimals)
    off = max(round(doubt, places), 10.0**-places)
    shown = max(places, 0)
    return number(round(value, places), shown), f"\u00b1{NBSP}{off:.{shown}f}"


def signed(value: float, decimals: int = 1) -> str:
    """Return a number with its sign always shown."""
    text = number(value, decimals)
    return text if text.startswith("\u2212") or float(text) == 0 else f"+{text}"


def signal_name(name: str) -> Caption:
    """Return what people call a signal; an unknown one keeps its own name."""
    known = SIGNALS.get(name)
    return Caption(known.zh, known.en) if known else Caption(name, name)


def output_name(control: str) -> Caption:
    """Return what people call an output; an unknown one keeps its own name."""
    return Caption(*(vocabulary.output_names(control, "", "") or (control, control)))


def person(by: object) -> Caption:
    """Return who did something."""
    return PEOPLE.get(str(by), Caption(str(by), str(by)))


def join(*parts: Caption, between: Caption | None = None) -> Caption:
    """Return the parts in a row, in both languages."""
    mark = between or Caption("", "")
    return Caption(mark.zh.join(p.zh for p in parts), mark.en.join(p.en for p in parts))


def measured_by(device: Device) -> Caption:
    """Return what a device measures, in words."""
    kinds = [KINDS[kind] for kind in device.measures if kind in KINDS]
    return join(*kinds, between=Caption("、", ", ")) if kinds else Caption("–", "–")


def measures_a_person(device: Device) -> bool:
    """Tell whether a device measures anything of a person's body."""
    return any(kind in KINDS and kind not in {Kind.ANGLE, Kind.RATING} for kind in device.measures)
