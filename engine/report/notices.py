"""What happened besides the plan: losses, faults, stops, commands and notes, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.events import Event, Fact
from engine.report.phrases import GROUP_NAMES, duration, join, output_name, person
from engine.report.reasons import reason
from engine.report.view import SessionView
from engine.session.contraindications import NAMES, named
from engine.session.format import Contraindication
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
IN_ORDER = frozenset({"data", "ready", ""})
"""Codes of a device at work that say nothing more; others tell a fault, heat, or a rest."""
AS_PLANNED = "its time was over"
"""Why most parts end; it goes without saying."""
PARTS = {
    "stage": Caption("画面", "The picture"),
    "sound": Caption("声音", "The sound"),
    "recording": Caption("记录", "The recording"),
}
LADDER = {
    "closed_loop": Caption("场景重新跟随信号", "The scene follows the signals again"),
    "hold": Caption("场景保持不动", "The scene holds still"),
    "rest": Caption("场景回到静息位置", "The scene goes to rest"),
    "open_loop": Caption("场景不再跟随信号", "The scene no longer follows the signals"),
    "slow_loop": Caption("场景跟得慢一些", "The scene follows more slowly"),
    "pacer_only": Caption("只保留呼吸引导", "Only the breath guide goes on"),
    "audio_only": Caption("只保留声音", "Only the sound goes on"),
}
COMMAND_WORDS = {
    "pause": Caption("暂停", "pause"),
    "resume": Caption("继续", "resume"),
    "hold": Caption("保持不动", "hold everything still"),
    "halt": Caption("紧急停止", "emergency stop"),
    "reset": Caption("解除紧急停止", "reset the emergency stop"),
    "undo": Caption("撤销", "undo"),
    "set": Caption("手动设定", "set a control"),
    "skip": Caption("跳到下一段", "go to the next part"),
    "dizzy": Caption("感到头晕，恢复平常呼吸", "dizzy: back to normal breathing"),
    "stop": Caption("结束", "stop"),
}
"""Commands worth a line of their own; consent, ratings and notes have events."""


def machinery(view: SessionView) -> list[Line]:
    """Return what devices, signals and parts of the room did, in words.

    A device that comes up as it should is no news; one that is back after trouble is, and
    for how long it was away.
    """
    since: dict[str, float] = {}
    made: list[Line] = []
    for event in view.events:
        if event.kind == "device_state":
            words = _device(event, since)
        else:
            words = _MACHINERY.get(event.kind, _nothing)(event)
        if words is not None:
            made.append(Line(event.t, words))
    return made


def course(view: SessionView) -> list[Line]:
    """Return which part followed on which and why, what people wished, and how it ended."""
    titles = {band.id: band.title for band in view.bands}
    made: list[Line] = []
    for event in view.events:
        if event.kind == "phase_entered":
            words: Caption | None = _entered(event, titles)
        elif event.kind == "wish_refused":
            words = _refused(event, view.controls)
        else:
            words = _COURSE.get(event.kind, _nothing)(event)
        if words is not None:
            made.append(Line(event.t, words))
    return made


def _nothing(_: Event) -> None:
    return None


def _reason(event: Event, key: str = "reason") -> Caption:
    """Return the reason of an event; a device says its own in both languages."""
    text = str(event.facts.get(key) or "")
    own = event.facts.get("reason_zh")
    return Caption(str(own), text) if own else reason(text)


def _with_reason(words: Caption, why: Caption) -> Caption:
    if not why.en:
        return words
    return Caption(f"{words.zh}（{why.zh}）", f"{words.en} ({why.en})")


def _entered(event: Event, titles: Mapping[str, Caption]) -> Caption:
    phase = str(event.facts.get("phase"))
    title = titles.get(phase, Caption(phase, phase))
    words = Caption(f"进入“{title.zh}”", f"“{title.en}” began")
    if event.facts.get("because") == AS_PLANNED:
        return words
    return _with_reason(words, _reason(event, "because"))


def _device(event: Event, since: dict[str, float]) -> Caption | None:
    """Tell a device's trouble and its return; ``since`` remembers when each was lost, s."""
    device, state = str(event.facts.get("device")), str(event.facts.get("state"))
    name = Caption(f"设备 {device}：", f"Device {device}: ")
    if state in {"off", "connecting"}:
        return None
    if state == "live":
        said = [name]
        if device in since:
            away = duration(event.t - since.pop(device))
            said.append(Caption(f"恢复正常（{away.zh}后）", f"working again after {away.en}"))
        if str(event.facts.get("code", "data")) not in IN_ORDER:
            said += [Caption("；", "; ")] if len(said) > 1 else []
            said.append(_reason(event))
        return join(*said) if len(said) > 1 else None
    since.setdefault(device, event.t)
    told = _reason(event)
    if "code" in event.facts:  # then the words before the colon are ours, the rest is the link's
        told = Caption(told.zh.partition("：")[0], told.en.partition(": ")[0])
        return join(name, told)
    return join(name, _with_reason(STATES.get(state, Caption(state, state)), told))


def _lost(event: Event) -> Caption:
    group = _group(event)
    return _with_reason(
        Caption(f"{group.zh}听不清了", f"The {group.en} could not be heard"), _reason(event)
    )


def _back(event: Event) -> Caption:
    group = _group(event)
    return _with_reason(
        Caption(f"{group.zh}恢复了", f"The {group.en} was heard again"), _reason(event)
    )


def _group(event: Event) -> Caption:
    group = str(event.facts.get("group"))
    return GROUP_NAMES.get(group, Caption(group, group))


def _degraded(event: Event) -> Caption:
    step = str(event.facts.get("step"))
    return _with_reason(LADDER.get(step, Caption(step, step)), _reason(event))


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
    told = _reason(event)
    if isinstance(restarts, int) and restarts:
        again = Caption(f"第 {restarts} 次重启", f"restart {restarts}")
        told = join(told, again, between=Caption("；", "; ")) if told.en else again
    return _with_reason(made, told)


def _consent(event: Event) -> Caption:
    by = person(event.facts.get("by"))
    said = Caption(f"同意开始（{by.zh}）", f"Consent was given ({by.en})")
    avoid = _states(event.facts.get("asked"))
    if avoid:
        names = named(avoid)
        asked = Caption(f"；之前询问过：{names.zh}", f"; asked before: {names.en}")
        said = join(said, asked)
    if event.facts.get("chair") is False:
        kept = Caption(
            "；座椅不动，那要本人同意",
            "; the chair stays still without the officer's own",
        )
        return join(said, kept)
    return said


def _states(fact: Fact) -> list[Contraindication]:
    """Return the states a recording tells; none where it tells something else."""
    return [state for state in NAMES if isinstance(fact, list | tuple) and state in fact]


def _command(event: Event) -> Caption | None:
    words = COMMAND_WORDS.get(str(event.facts.get("name")))
    if words is None:
        return None
    by = person(event.facts.get("by"))
    if event.facts.get("accepted"):
        return Caption(f"{by.zh}：{words.zh}", f"{by.en[:1].upper()}{by.en[1:]}: {words.en}")
    why = _reason(event)
    return Caption(
        f"{by.zh}：{words.zh}，未执行（{why.zh}）",
        f"{by.en[:1].upper()}{by.en[1:]}: {words.en}, not done ({why.en})",
    )


def _refused(event: Event, names: Mapping[str, Caption]) -> Caption:
    control = str(event.facts.get("control"))
    name = names.get(control) or output_name(control)
    return _with_reason(
        Caption(f"{name.zh}：没有按方案动作", f"{name.en}: not as the plan asked"), _reason(event)
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
