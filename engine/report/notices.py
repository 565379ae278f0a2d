"""What happened besides the plan: losses, faults, stops, commands and notes, in words."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.events import Event
from engine.report.phrases import GROUP_NAMES, person, signal_name
from engine.report.view import SessionView
from engine.show import Caption


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, at ``t`` s."""

    t: float
    words: Caption


STATES = {
    "off": Caption("关闭", "off"),
    "connecting": Caption("正在连接", "connecting"),
    "live": Caption("正常", "working"),
    "stale": Caption("没有新数据", "sending nothing new"),
    "lost": Caption("连接中断", "connection lost"),
    "fault": Caption("故障", "faulty"),
    "ended": Caption("已结束", "ended"),
    "restarting": Caption("正在重新启动", "restarting"),
    "back": Caption("已恢复", "back"),
    "replaced": Caption("已被替代", "replaced"),
}
PARTS = {
    "stage": Caption("画面", "The picture"),
    "sound": Caption("声音", "The sound"),
    "recorder": Caption("记录", "The recording"),
}
LADDER = {
    "closed_loop": Caption("场景重新跟随信号", "The scene follows the signals again"),
    "hold": Caption("场景保持不动", "The scene holds still"),
    "rest": Caption("场景回到静息位置", "The scene goes to rest"),
    "open_loop": Caption("场景不再跟随信号", "The scene no longer follows the signals"),
    "pacer_only": Caption("只保留呼吸引导", "Only the breath guide goes on"),
}
COMMAND_WORDS = {
    "pause": Caption("暂停", "pause"),
    "resume": Caption("继续", "resume"),
    "hold": Caption("保持不动", "hold everything still"),
    "undo": Caption("撤销", "undo"),
    "set": Caption("手动设定", "set a control"),
    "skip": Caption("跳到下一段", "go to the next part"),
    "dizzy": Caption("感到头晕，恢复平常呼吸", "dizzy: back to normal breathing"),
    "stop": Caption("结束", "stop"),
}
"""Commands worth a line of their own; consent, ratings and notes have events."""


def machinery(view: SessionView) -> list[Line]:
    """Return what devices, signals and parts of the room did, in words.

    A device that comes up as it should is no news; one that is back after trouble is.
    """
    troubled: set[str] = set()
    news: list[Event] = []
    for event in view.events:
        if event.kind == "device_state":
            device, state = str(event.facts.get("device")), str(event.facts.get("state"))
            if state in {"off", "connecting"} or (state == "live" and device not in troubled):
                continue
            troubled |= {device} if state != "live" else set()
        news.append(event)
    return _lines(news, _MACHINERY)


def course(view: SessionView) -> list[Line]:
    """Return what people wished and noted, and how the session ended, in words."""
    return _lines(view.events, _COURSE)


def _lines(events: Iterable[Event], tellers: Mapping[str, "Teller"]) -> list[Line]:
    told = ((e.t, tellers[e.kind](e)) for e in events if e.kind in tellers)
    return [Line(t, words) for t, words in told if words is not None]


def _reason(event: Event) -> Caption:
    text = str(event.facts.get("reason") or "")
    return Caption(str(event.facts.get("reason_zh") or text), text)


def _with_reason(words: Caption, reason: Caption) -> Caption:
    if not reason.en:
        return words
    return Caption(f"{words.zh}（{reason.zh}）", f"{words.en} ({reason.en})")


def _device(event: Event) -> Caption:
    state = str(event.facts.get("state"))
    words = STATES.get(state, Caption(state, state))
    name = str(event.facts.get("device"))
    return _with_reason(
        Caption(f"设备 {name}：{words.zh}", f"Device {name}: {words.en}"), _reason(event)
    )


def _lost(event: Event) -> Caption:
    group = _group(event)
    return _with_reason(
        Caption(f"{group.zh}听不清了", f"The {group.en} could not be heard"), _quality(event)
    )


def _back(event: Event) -> Caption:
    group = _group(event)
    return _with_reason(
        Caption(f"{group.zh}恢复了", f"The {group.en} was heard again"), _quality(event)
    )


def _group(event: Event) -> Caption:
    group = str(event.facts.get("group"))
    return GROUP_NAMES.get(group, Caption(group, group))


def _quality(event: Event) -> Caption:
    reason = _reason(event)
    if reason.en.startswith("quality "):
        return Caption("质量 " + reason.en.removeprefix("quality "), reason.en)
    return reason


def _degraded(event: Event) -> Caption:
    step = str(event.facts.get("step"))
    reason = _signal_reason(str(event.facts.get("reason") or ""))
    return _with_reason(LADDER.get(step, Caption(step, step)), reason)


_SIGNAL = re.compile(r"(?P<name>[a-z_.]+): (?P<rest>.+)")
_QUALITY = re.compile(r"quality (?P<value>[\d.]+)")
_CORRECTED = re.compile(r"(?P<share>\d+)% of beats corrected")


def _signal_reason(text: str) -> Caption:
    """Translate why the feedback changed step; what is not known stays as it is."""
    if text == "the signal is good again":
        return Caption("信号恢复良好", text)
    found = _SIGNAL.fullmatch(text)
    if found is None:
        return Caption(text, text)
    name, rest = signal_name(found["name"]), found["rest"]
    if rest == "no signal":
        return Caption(f"{name.zh}：暂无数值", f"{name.en}: no value")
    if quality := _QUALITY.fullmatch(rest):
        return Caption(f"{name.zh}：质量 {quality['value']}", f"{name.en}: {rest}")
    if corrected := _CORRECTED.fullmatch(rest):
        words = f"{name.zh}：{corrected['share']} % 的心跳经过修正"
        return Caption(words, f"{name.en}: {rest}")
    return Caption(f"{name.zh}：{rest}", f"{name.en}: {rest}")


def _fault(event: Event) -> Caption:
    part = str(event.facts.get("part"))
    name = PARTS.get(part, Caption(part, part[:1].upper() + part[1:]))
    state = str(event.facts.get("state") or "")
    if state == "back":
        return Caption(f"{name.zh}：已恢复", f"{name.en}: back")
    words = STATES.get(state, Caption("出错，已隔离", "failed and was contained"))
    made = Caption(
        f"{name.zh}：{words.zh}，流程未中断", f"{name.en}: {words.en}; the session went on"
    )
    restarts = event.facts.get("restarts")
    reason = _reason(event)
    if isinstance(restarts, int) and restarts:
        reason = Caption(
            f"{reason.zh}；第 {restarts} 次重启" if reason.zh else f"第 {restarts} 次重启",
            f"{reason.en}; restart {restarts}" if reason.en else f"restart {restarts}",
        )
    return _with_reason(made, reason)


def _consent(event: Event) -> Caption:
    by = person(event.facts.get("by"))
    return Caption(f"同意开始（{by.zh}）", f"Consent was given ({by.en})")


def _command(event: Event) -> Caption | None:
    words = COMMAND_WORDS.get(str(event.facts.get("name")))
    if words is None:
        return None
    by = person(event.facts.get("by"))
    if event.facts.get("accepted"):
        return Caption(f"{by.zh}：{words.zh}", f"{by.en[:1].upper()}{by.en[1:]}: {words.en}")
    reason = str(event.facts.get("reason") or "")
    return Caption(
        f"{by.zh}：{words.zh}，未执行（{reason}）",
        f"{by.en[:1].upper()}{by.en[1:]}: {words.en}, not done ({reason})",
    )


def _note(event: Event) -> Caption:
    by = person(event.facts.get("by"))
    text = str(event.facts.get("text", ""))
    return Caption(f"备注（{by.zh}）：{text}", f"Note by {by.en}: {text}")


def _stop(event: Event) -> Caption:
    by = person(event.facts.get("by"))
    return _with_reason(
        Caption(f"提前结束，由{by.zh}提出", f"An early end was asked for by {by.en}"),
        _reason(event),
    )


def _closed(event: Event) -> Caption:
    if event.facts.get("reason") == "complete":
        return Caption("全程完成", "The session was completed")
    return _with_reason(Caption("流程结束", "The session was closed"), _reason(event))


Teller = Callable[[Event], Caption | None]
_MACHINERY: Mapping[str, Teller] = {
    "device_state": _device,
    "signal_lost": _lost,
    "signal_back": _back,
    "feedback_degraded": _degraded,
    "fault_contained": _fault,
}
_COURSE: Mapping[str, Teller] = {
    "consent_given": _consent,
    "command_received": _command,
    "note_taken": _note,
    "stop_requested": _stop,
    "session_closed": _closed,
}
