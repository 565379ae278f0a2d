"""What a device is doing and why, in words for the people in the room."""

from dataclasses import dataclass
from enum import StrEnum

from engine.devices.heat import HeatFault
from engine.events import Fact, Facts, Notice


class DeviceState(StrEnum):
    """What a device is doing."""

    OFF = "off"
    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    """Connected, but nothing comes."""
    LOST = "lost"
    """Not connected; the engine keeps trying."""
    FAULT = "fault"
    """Given up; somebody has to look."""
    ENDED = "ended"
    """Nothing will ever come again: a recording played to its end."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A state with its reason.

    Attributes
    ----------
    code
        The reason as a word for programs; two standings with the same state and code are
        the same to a reader, whatever the figures in the text.
    zh, en
        The reason for people.
    """

    state: DeviceState
    code: str
    zh: str
    en: str

    def same_as(self, other: "Standing") -> bool:
        """Whether a reader learns nothing new from ``other``."""
        return (self.state, self.code) == (other.state, other.code)

    def facts(self) -> dict[str, Fact]:
        """Return this as plain values, as it is sent and recorded."""
        return {
            "state": self.state.value,
            "code": self.code,
            "reason": self.en,
            "reason_zh": self.zh,
        }

    def notice(self, device: str, *, simulated: bool) -> Notice:
        """Return this as the event ``device_state`` of ``device``."""
        facts = {"device": device, **self.facts(), "simulated": simulated}
        return Notice("device_state", facts)


OFF = Standing(DeviceState.OFF, "off", "未启用", "is switched off")
CONNECTING = Standing(DeviceState.CONNECTING, "connecting", "正在连接", "is being connected")
LIVE = Standing(DeviceState.LIVE, "data", "数据正常", "sends data")
READY = Standing(DeviceState.LIVE, "ready", "已连接", "is connected")
ENDED = Standing(DeviceState.ENDED, "end", "数据已全部播完", "has nothing more to send")


def _with(words: str, zh: str) -> str:
    """Return ``words`` with the reason, if it has a Chinese wording."""
    return f"{words}：{zh}" if zh else words


def stale(age: float) -> Standing:
    """Return "no data for ``age`` s"."""
    return Standing(
        DeviceState.STALE, "silent", f"已 {age:.0f} 秒没有数据", f"has sent no data for {age:.0f} s"
    )


def garbled(check: str, zh: str) -> Standing:
    """Return "what it sends makes no sense", with what to check."""
    return Standing(
        DeviceState.STALE,
        "garbled",
        f"有数据传来但无法识别，请检查{zh}",
        f"sends bytes, but none of them makes sense; check {check}",
    )


def unreachable(detail: str, zh: str = "", code: str = "") -> Standing:
    """Return "cannot be reached", with the link's own words (``zh`` where it has them)."""
    return Standing(
        DeviceState.LOST,
        code or "unreachable",
        _with("连接不上，正在重试", zh),
        f"cannot be reached, trying again: {detail}",
    )


def lost(detail: str, zh: str = "") -> Standing:
    """Return "the connection is lost", with the link's own words."""
    return Standing(
        DeviceState.LOST,
        "link_lost",
        _with("连接中断，正在重连", zh),
        f"lost its connection, connecting again: {detail}",
    )


def failed(detail: str, zh: str = "") -> Standing:
    """Return "its driver failed and is restarted", with the driver's last words."""
    return Standing(
        DeviceState.LOST,
        "driver_failed",
        _with("驱动程序出错，正在重启", zh),
        f"is restarted, its driver failed: {detail}",
    )


def faulty(detail: str, zh: str = "") -> Standing:
    """Return "its driver keeps failing and is given up"."""
    return Standing(
        DeviceState.FAULT,
        "driver_faulty",
        _with("驱动程序反复出错，已停用，请检查设备", zh),
        f"is given up, its driver keeps failing: {detail}",
    )


def off_for_heat(fault: HeatFault) -> Standing:
    """Return "sends data, but its warmth was switched off"."""
    return Standing(DeviceState.LIVE, fault.code, fault.zh, fault.en)


SPENT = Standing(
    DeviceState.LIVE,
    "duty_spent",
    "振动或按摩已连续工作 20 分钟，需停歇 5 分钟",
    "works, but rests for five minutes: it has been on for twenty",
)
"""A strength was on for so long that it has to pause (`engine.devices.duty`)."""


def off_rate(stream: str, rate: float, declared: float) -> Standing:
    """Return "sends data, but ``stream`` slower or faster than declared", samples a second."""
    en = f"sends {rate:.3g} samples a second of {stream!r}, its driver says {declared:g}"
    zh = f"“{stream}”每秒传来 {rate:.3g} 个采样，驱动程序声明 {declared:g} 个"
    if rate < declared:
        return Standing(
            DeviceState.LIVE,
            "rate_slow",
            f"{zh}：有数据丢失，或设备的采样率设置不同，请检查信号和设置",
            f"{en}: samples are lost or it is set to another rate; check its range and settings",
        )
    return Standing(
        DeviceState.LIVE,
        "rate_fast",
        f"{zh}：设备的采样率设置不同，请检查设置",
        f"{en}: it is set to another rate; check its settings",
    )


def complaining(bits: int) -> Standing:
    """Return "sends data, and says that something is wrong with it"; ``bits`` are its own."""
    return Standing(
        DeviceState.LIVE,
        f"fault_{bits}",
        f"设备报告故障（代码 {bits}），请检查设备",
        f"reports fault {bits}; look after it, its manual tells what that is",
    )


def impossible(zh: str, en: str) -> Standing:
    """Return "this build cannot reach it"."""
    return Standing(
        DeviceState.FAULT, "no_transport", f"无法连接：{zh}", f"cannot be reached: {en}"
    )


def from_facts(facts: Facts) -> Standing:
    """Return the standing whose `Standing.facts` these are."""
    return Standing(
        DeviceState(facts["state"]),
        str(facts["code"]),
        str(facts["reason_zh"]),
        str(facts["reason"]),
    )
