"""Every change the session made, with its reason in words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from engine.events import Event
from engine.report.phrases import number, output_name, person, share, signal_name, signed
from engine.report.view import SessionView
from engine.session.captions import TITLES
from engine.show import Caption
from engine.units import Unit

BY_HAND = {
    "set by ": Caption("由{by}手动设定", "Set by {by}"),
    "paused by ": Caption("{by}暂停：座椅停在原处", "Paused by {by}: stopped"),
    "held by ": Caption("{by}要求保持不动：座椅停在原处", "Held by {by}: stopped"),
    "dizzy said by ": Caption("{by}感到头晕：座椅停在原处", "Dizzy, said {by}: stopped"),
    "emergency stop by ": Caption("{by}按下紧急停止", "Emergency stop by {by}"),
    "resumed by ": Caption("{by}让流程继续", "Resumed by {by}"),
}
"""What a person did by hand, by how its rule begins."""
UNIT_SIGNS = {Unit.DEGREE: "°", Unit.CELSIUS: " ℃", Unit.PERCENT: "\u00a0%"}
PACER = Caption("引导呼吸", "Guided breath")


class Move(NamedTuple):
    """What went from where to where, as the report writes it: only the new value has its unit.

    What only begins has no old value.
    """

    control: Caption
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the table: what changed at one moment for one reason.

    Attributes
    ----------
    start, end
        When it was decided; ``end`` is later where ``steps`` breaths are told as one.
    by_rule
        Whether the person's signals led to it (not the plan, not a hand, not that nothing was
        heard).
    """

    start: float
    end: float
    moves: tuple[Move, ...]
    why: Caption
    steps: int = 1
    by_rule: bool = False


def changes(view: SessionView) -> list[Change]:
    """Return every change of scene, sound, device and guided breath, in order of time.

    What changed at once and for the same reason is one line, and so are steps of the
    guide in a row.
    """
    told = [*_levels(view), *_runs(view.of_kind("pacer_changed"), view)]
    return sorted(told, key=lambda change: change.start)


def _levels(view: SessionView) -> Iterator[Change]:
    levels = (_level(view, event) for event in view.of_kind("level_changed"))
    for (start, _), alike in groupby(levels, lambda change: (change.start, change.why)):
        together = list(alike)
        moves = tuple(move for change in together for move in change.moves)
        yield Change(start, start, moves, together[0].why, by_rule=together[0].by_rule)


def _level(view: SessionView, event: Event) -> Change:
    facts, because = event.facts, _because(event)
    control = str(facts.get("control"))
    name = view.controls.get(control) or output_name(control)
    old, new = _number(facts.get("old")), _number(facts.get("new"))
    unit = view.outputs.get(control, Unit.LEVEL)
    if unit is Unit.LEVEL:
        move = Move(name, number(100 * old), share(new))
    else:
        move = Move(name, number(old, 1), number(new, 1) + UNIT_SIGNS.get(unit, ""))
    rule = str(because.get("rule"))
    why = _why_level(rule, because)
    return Change(event.t, event.t, (move,), why, by_rule=rule == "follow")


def _why_level(rule: str, because: Mapping[str, Any]) -> Caption:
    signal = because.get("signal")
    name = signal_name(str(signal)) if signal else Caption("", "")
    if rule == "follow":
        return _why_follow(name, because, str(signal))
    if rule == "signal_lost":
        quality = share(_number(because.get("quality")))
        return Caption(
            f"{name.zh}听不清（质量 {quality}），慢慢回到静息位置",
            f"{name.en} could not be heard (quality {quality}): slowly back to rest",
        )
    if rule == "upright" and because.get("signal") is None:
        return Caption("最后一段，慢慢坐起", "The last part: coming upright")
    if rule in TITLES:
        title = TITLES[rule]
        return Caption(f"进入“{title.zh}”，回到静息位置", f"At rest for “{title.en}”")
    for begins, words in BY_HAND.items():
        if rule.startswith(begins):
            by = person(rule.removeprefix(begins))
            return Caption(words.zh.format(by=by.zh), words.en.format(by=by.en))
    known = {
        "protocol": Caption("方案为这一段的设定", "What the protocol sets for this part"),
        "undo": Caption("手动撤销上一步", "The last change was taken back by hand"),
        "closing": Caption(
            "流程结束：座椅停在原处，其余回到静息位置",
            "The end: what moves stops where it is, the rest goes to rest",
        ),
        "device lost": Caption(
            "设备断开或报告故障：停在原处", "The device was lost or faulty: stopped"
        ),
        "part ended": Caption("这一段结束，松开按键", "The part ended: the key is let go"),
    }
    return known.get(rule, Caption(f"规则：{rule}", f"Rule: {rule}"))


def _why_follow(name: Caption, because: Mapping[str, Any], signal: str) -> Caption:
    value = _number(because.get("smoothed", because.get("value")))
    shown = f"{signed(value)} SD" if signal == "arousal" else number(value, 1)
    quality = share(_number(because.get("quality")))
    base = because.get("baseline")
    low, high = base if isinstance(base, list) and len(base) == 2 else (-1.0, 1.0)
    place = _place(value, float(low), float(high))
    return Caption(
        f"跟随{name.zh}：近期平均 {shown}（{place.zh}；质量 {quality}）",
        f"Follows {name.en.lower()}: mean {shown} ({place.en}, quality {quality})",
    )


def _place(value: float, low: float, high: float) -> Caption:
    if not math.isfinite(value):
        return Caption("无数值", "no value")
    if value <= low:
        return Caption("低于所用范围", "below range")
    if value >= high:
        return Caption("高于所用范围", "above range")
    where = (value - low) / (high - low)
    return Caption(f"范围的 {share(where)}", f"{share(where)} of range")


def _runs(events: Sequence[Event], view: SessionView) -> Iterator[Change]:
    """Join the guide's steps that follow each other within a part and for one reason."""
    run: list[Event] = []
    for event in events:
        if run and _kin(run[-1], event, view):
            run.append(event)
            continue
        if run:
            yield _pacer(run)
        run = [event]
    if run:
        yield _pacer(run)


def _kin(one: Event, other: Event, view: SessionView) -> bool:
    first, second = _because(one), _because(other)
    rule = first.get("rule")
    return (
        rule in {"toward_target", "toward_person"}
        and rule == second.get("rule")
        and view.band_at(one.t) == view.band_at(other.t)
        and other.t - one.t < 60.0
    )


def _pacer(run: Sequence[Event]) -> Change:
    first, last = run[0], run[-1]
    because = _because(first)
    old, new = _number(first.facts.get("old")), _number(last.facts.get("new"))
    rule, value = str(because.get("rule")), _number(because.get("value"))
    followed = _span([_number(_because(e).get("value")) for e in run])
    known = {
        "protocol": Caption("方案设定的起点", "Where the protocol begins"),
        "begin_at_own_rate": Caption(
            f"从本人的呼吸开始：每分钟 {number(value, 1)} 次",
            f"Begins at the person's own breathing, {number(value, 1)} /min",
        ),
        "toward_person": Caption(
            f"跟随度 {followed}，偏低：引导朝本人的呼吸靠近",
            f"Following was low ({followed}): the guide came to meet the person",
        ),
        "toward_target": Caption(
            f"逐次呼吸走向方案的每分钟 {number(value, 1)} 次",
            f"Breath by breath toward the protocol's {number(value, 1)} /min",
        ),
    }
    why = known.get(rule, Caption(f"规则：{rule}", f"Rule: {rule}"))
    unit = " /min"
    before = "" if math.isnan(old) else number(old, 1)
    return Change(
        first.t, last.t, (Move(PACER, before, number(new, 1) + unit),), why,
        steps=len(run), by_rule=rule in {"toward_person", "begin_at_own_rate"},
    )  # fmt: skip


def _span(values: Sequence[float]) -> str:
    """Return the least and the greatest of ``values``, or the one they all are."""
    low, high = number(min(values), 2), number(max(values), 2)
    return low if low == high else f"{low}–{high}"


def _because(event: Event) -> Mapping[str, Any]:
    because = event.facts.get("because")
    return because if isinstance(because, Mapping) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan
