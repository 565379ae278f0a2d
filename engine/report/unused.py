"""What came from a device and could not be used: signals nobody reads, messages without sense."""

from collections.abc import Iterator

from engine.events import Event, Fact
from engine.report.view import SessionView
from engine.show import Caption

FEW = 0.01
"""Share of messages without sense below which a device is none the worse for them."""


def unused_lines(view: SessionView) -> Iterator[Caption]:
    """Tell, a sentence each, what was left out of the figures and why."""
    for event in view.of_kind("stream_unused"):
        yield _unused(event)
    last = {str(event.facts.get("device")): event for event in view.of_kind("data_refused")}
    for event in last.values():
        yield from _refused(event)


def _unused(event: Event) -> Caption:
    stream, reason = (str(event.facts.get(key) or "") for key in ("stream", "reason"))
    remedy, zh = (str(event.facts.get(key) or "") for key in ("remedy", "reason_zh"))
    advice = f"; {remedy}" if remedy else ""
    return Caption(
        f"信号 {stream} 只作记录，没有用来计算：{zh or reason}",
        f"{stream} was recorded, but no figure was made of it: it {reason}{advice}",
    )


def _refused(event: Event) -> Iterator[Caption]:
    """Tell the counts of one device; a message it said in vain, a sample that was left out."""
    device = str(event.facts.get("device"))
    messages, heard, samples, dropped = (
        _count(event.facts.get(key)) for key in ("messages", "heard", "samples", "dropped")
    )
    told = messages + heard
    # Told while the session ran, a count is of what had come by then.
    least, least_zh = ("", "") if event.facts.get("whole") is True else ("at least ", "至少")
    if messages and heard:
        few = messages < FEW * told
        share = "<1%" if few else f"{100 * messages / told:.0f}%"
        yield Caption(
            f"设备 {device} 的 {told:,} 条消息中{least_zh}有 {messages:,} 条（{share}）"
            "无法理解，未采用",
            f"Of {told:,} messages of device {device} {least}{messages:,} ({share}) made no "
            "sense and were left out",
        )
    elif messages:
        yield Caption(
            f"设备 {device} {least_zh}有 {messages:,} 条消息无法理解，未采用",
            _sentence(
                f"{least}{messages:,} messages of device {device} made no sense and were left out"
            ),
        )
    if samples:
        yield Caption(
            f"设备 {device} {least_zh}有 {samples:,} 个数值重复、次序颠倒或时间不可信，未采用",
            f"Of device {device} {least}{samples:,} samples came twice, out of order or with a "
            "time that cannot be, and were left out",
        )
    if dropped:
        yield Caption(
            f"设备 {device} {least_zh}有 {dropped:,} 个数值来不及接收而丢失",
            f"Of device {device} {least}{dropped:,} samples were lost because the room was busy",
        )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _count(fact: Fact) -> int:
    """Return a count that a recording tells; 0 where it tells none."""
    return max(fact, 0) if isinstance(fact, int) else 0
