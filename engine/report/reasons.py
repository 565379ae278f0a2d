"""Why something was done, in both languages: the engine writes its reasons in English."""

import re
from typing import TypeAlias

from engine.report.phrases import GROUP_NAMES, person, signal_name
from engine.show import Caption

_Pattern: TypeAlias = re.Pattern[str]

REASONS = (
    # Why the session went on to its next part.
    ("the session begins", "流程开始"),
    ("consent was given", "已得到同意"),
    ("the ratings were given", "已填写自评"),
    ("the sensors are heard well", "传感器信号良好"),
    ("the goal of the phase was held", "已达到这一段的目标并保持"),
    ("its time was over", "时间到"),
    ("{by} went on", "{by}选择继续"),
    ("skipped by {by}", "{by}跳过了上一段"),
    # Why it ended.
    ("complete", "全程完成"),
    ("no consent was given", "没有得到同意"),
    ("the recording ended", "回放的记录已经播完"),
    ("stopped", "要求结束"),
    ("stopped at once", "要求立即结束"),
    ("asked to end", "系统要求结束"),
    ("Ctrl-C", "按下了 Ctrl-C"),
    ("the terminal was closed", "终端窗口已关闭"),
    ("the room failed: {name}", "系统出错（{name}）"),
    ("heart rate above {n} /min for 30 s", "心率连续 30 秒高于每分钟 {n} 次"),
    ("heart rate below 40 /min for 15 s", "心率连续 15 秒低于每分钟 40 次"),
    ("{scale} at or above {n}", "{scale} 自评达到或超过 {n}"),
    ("{scale} rose by {n} or more", "{scale} 自评上升了 {n} 或更多"),
    # Why a wish was not granted.
    ("there is no such command; there are {names}", "没有这个指令；可用的有 {names}"),
    ("consent was already given", "已经同意过了"),
    ("the session begins with consent", "要先得到同意才能开始"),
    (
        "nothing waits for an answer; use skip to leave this part",
        "这一段没有等待回答的问题；要离开请用“跳到下一段”",
    ),
    ("the session is already paused", "已经暂停了"),
    ("nothing is paused or held", "没有暂停或保持不动的内容"),
    ("no automatic change to take back", "没有可以撤销的自动变化"),
    ("there is no control {name}", "没有 {name} 这个控制项"),
    ("breath.rate runs from {low} to {high} /min", "引导呼吸的范围是每分钟 {low} 至 {high} 次"),
    ("{name} runs from {low} to {high}", "{name} 的范围是 {low} 至 {high}"),
    ("consent cannot be skipped", "不能跳过征得同意"),
    ("the note is empty", "备注是空的"),
    ("there is no scale {name}; there are {names}", "没有 {name} 这个量表；可用的有 {names}"),
    ("the session is already ending", "已经在结束了"),
    ("{name} does nothing without the officer's consent", "没有本人同意，{name} 不会动作"),
    ("{name} is stopped; reset the emergency stop first", "{name} 已停下；请先解除紧急停止"),
    ("{name} is stopped; let the session go on first", "{name} 已停下；请先让流程继续"),
    ("{name} cannot be reached or reports a fault", "{name} 连接不上或报告故障"),
    ("this room has nothing that moves or warms", "这个房间没有会动或会发热的设备"),
    ("there is no emergency stop to reset", "没有需要解除的紧急停止"),
    ("{name} must be a number", "{name} 必须是数字"),
    # What became of a signal.
    ("the signal is good again", "信号恢复良好"),
    ("the picture is back", "画面已恢复"),
    ("there is no picture", "没有画面"),
    ("{group} is not heard", "{group}听不清"),
    ("quality {n}", "质量 {n}"),
    (
        "about {n} samples a second come, not as many as its driver declares",
        "每秒约传来 {n} 个采样，与驱动程序声明的不符，请检查设备的采样率",
    ),
    ("{signal}: quality {n}", "{signal}：质量 {n}"),
    ("{signal}: no signal", "{signal}：暂无数值"),
    ("{signal}: {n} of beats corrected", "{signal}：{n} 的心跳经过修正"),
)
"""English as it is recorded, and Chinese. A name in braces stands for what differs."""
_FIELDS = {
    "n": r"[\d.,]+ ?%?", "low": r"[-\d.]+", "high": r"[-\d.]+", "scale": r"[A-Z]+",
    "signal": r"[a-z_.]+",
    "group": "heart|eda|resp",
}  # fmt: skip


def reason(text: str) -> Caption:
    """Return a recorded reason in both languages; an unknown one stays as it is."""
    for pattern, en, zh in _KNOWN:
        found = pattern.fullmatch(text)
        if found is not None:
            words = {name: _named(name, value) for name, value in found.groupdict().items()}
            return Caption(
                zh.format_map({name: w.zh for name, w in words.items()}),
                en.format_map({name: w.en for name, w in words.items()}),
            )
    return Caption(text, text)


def _named(field: str, value: str) -> Caption:
    if field == "by":
        return person(value)
    if field == "group":
        return GROUP_NAMES.get(value, Caption(value, value))
    return signal_name(value) if field == "signal" else Caption(value, value)


def _compiled(en: str) -> _Pattern:
    """Return ``en`` as a pattern in which each name in braces is a group."""
    parts = re.split(r"\{(\w+)\}", en)
    fixed, fields = map(re.escape, parts[::2]), parts[1::2]
    groups = [f"(?P<{name}>{_FIELDS.get(name, '.+')})" for name in fields]
    return re.compile("".join(a + b for a, b in zip(fixed, [*groups, ""], strict=True)))


_KNOWN = tuple((_compiled(en), en, zh) for en, zh in REASONS)
