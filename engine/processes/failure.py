"""Why a part of the room failed: a word for programs, facts, and words for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import AnlanError
from engine.show import Caption

PHRASES: Mapping[str, Caption] = {
    "done": Caption("工作已完成", "its work was done"),
    "exception": Caption("程序出错（{kind}）", "{message}"),
    "not_started": Caption("无法启动（{kind}）", "could not be started: {message}"),
    "not_ready": Caption("{seconds:g} 秒内没有准备好", "was not ready within {seconds:g} s"),
    "silent": Caption("{seconds:.1f} 秒没有回应", "did not answer for {seconds:.2f} s"),
    "exit": Caption("意外退出，代码 {number}", "ended with exit code {number}"),
    "killed": Caption("被系统结束（{signal}）", "was killed by {signal}"),
    "memory": Caption(
        "占用内存 {mib:.0f} MiB，超过上限 {most:.0f} MiB",
        "used {mib:.0f} MiB of memory, more than {most:.0f} MiB",
    ),
    "scene_failed": Caption("场景“{scene}”出错，已换成简单的画面", "{message}"),
    "no_window": Caption("打不开窗口，画面只在后台绘制", "{message}"),
    "picture_not_kept": Caption("一张画面没有存下来", "a picture could not be kept: {message}"),
    "voice_silent": Caption("声部“{voice}”没有声音了", "voice {voice!r} fell silent: {message}"),
    "sound_device": Caption("声音设备出错", "{message}"),
}
"""What each code means to a reader. A vendor's or the system's own words are English."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason.

    Attributes
    ----------
    code
        One of `PHRASES`; a word for programs.
    facts
        What its phrases are filled with.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def en(self) -> str:
        """The reason in English."""
        return PHRASES[self.code].en.format_map(self.facts)

    @property
    def zh(self) -> str:
        """The reason in Chinese."""
        return PHRASES[self.code].zh.format_map(self.facts)

    def told(self) -> dict[str, Any]:
        """Return it as an event's facts."""
        return {"code": self.code, "reason": self.en, "reason_zh": self.zh}


def describe(error: BaseException) -> str:
    """Return an error as one line: our own speak for themselves, others bring their type."""
    if isinstance(error, AnlanError):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def failure_of(error: BaseException, code: str = "exception") -> Failure:
    """Return ``error`` as a reason."""
    return Failure(code, {"kind": type(error).__name__, "message": describe(error)})
