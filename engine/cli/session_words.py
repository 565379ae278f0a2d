"""What `anlan run` and `anlan demo` say at the terminal, in the language spoken there."""

import math
from collections.abc import Iterator, Mapping

from engine.report.phrases import GROUP_NAMES, signal_name
from engine.report.presence import absences_of
from engine.report.reasons import reason
from engine.runtime.core import Core
from engine.runtime.outcome import Outcome
from engine.runtime.plan import Plan
from engine.runtime.session_folder import SessionFolder
from engine.show import Caption

SHOWN = (("heart.rate", "/min"), ("resp.rate", "/min"), ("arousal", "sd"))

KEYS = Caption(
    """
  回车   同意，继续              0-9  紧张程度 0 到 90（SUDS）
  空格   暂停，继续              h    全部保持不动         u  撤销上一次自动变化
  n      下一段                  d    头晕：自由呼吸
  e      紧急停止                r    解除紧急停止
  q      平缓结束（Ctrl-C 也可以）
""",
    """
  Enter  consent, go on          0-9  tension from 0 to 90 (SUDS)
  Space  pause, resume           h    hold everything      u  undo the last change
  n      next part               d    dizzy: breathe freely
  e      emergency stop          r    reset it
  q      end gently (Ctrl-C too)
""",
)
WORK: Mapping[str, str] = {
    "session": "流程",
    "report": "报告",
    "getting ready": "准备中",
    "pictures": "画面",
    "stage and sound": "画面和声音",
    "pictures and sound": "画面和声音",
}
"""What the room calls what it does, in Chinese."""
PARTS: Mapping[str, str] = {"room": "主程序", "stage": "画面", "sound": "声音"}
NOTHING_CAME = Caption("没有一台设备送来数据", "no device of the rig sent anything")


def work(what: str, lang: str) -> str:
    """Return what is being done."""
    return WORK.get(what, what) if lang == "zh" else what


def values(core: Core, lang: str) -> str:
    """Return the signals that tell most, with their units; "-" where there is none now."""
    now = core.conductor.now
    shown: list[str] = []
    for name, unit in SHOWN:
        reading = core.board.get(name, now)
        value = "-" if math.isnan(reading.value) else f"{reading.value:.1f} {unit}"
        shown.append(f"{signal_name(name).zh if lang == 'zh' else name} {value}")
    for group in core.signals.groups:
        reading = core.board.get(f"{group}.sample_rate", now)
        if reading.valid:
            rate = f"{reading.value:.1f} Hz"
            told = Caption(f"采样率不符：{rate}", f"{rate}, not as declared")
            named = GROUP_NAMES.get(group, Caption(group, group))
            shown.append(f"{named.zh if lang == 'zh' else group}: {told.text(lang)}")
    return "  ".join(shown)


def last_words(plan: Plan, outcome: Outcome, lang: str) -> Iterator[str]:
    """Yield how the session ended and where everything lies, a line each."""
    folder = SessionFolder(plan.folder)
    minutes, seconds = divmod(round(outcome.seconds), 60)
    ended = reason(outcome.reason).text(lang)
    absences = absences_of([d.name for d in plan.devices], outcome.devices, outcome.seconds)
    rows = [(Caption("流程", "session"), f"{minutes}:{seconds:02d}, {ended}")]
    rows += [(Caption("设备", "devices"), absence.words.text(lang)) for absence in absences]
    rows.append((Caption("文件夹", "folder"), str(plan.folder)))
    if folder.report.is_file():
        rows.append((Caption("报告", "report"), str(folder.report)))
    if outcome.first_frame:
        after = f"{outcome.first_frame:.1f}"
        ready = Caption(f"画面和声音用了 {after} 秒", f"picture and sound after {after} s")
        rows.append((Caption("准备", "ready"), ready.text(lang)))
    memory = ", ".join(
        f"{PARTS.get(name, name) if lang == 'zh' else name} {n / 2**20:.0f} MiB"
        for name, n in outcome.memory.items()
    )
    rows.append((Caption("内存", "memory"), memory))
    for label, said in rows:
        name = label.text(lang)
        width = sum(2 if ord(sign) > 0xFF else 1 for sign in name)
        yield f"{name}{' ' * (9 - width)}{said}"
