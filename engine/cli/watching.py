"""Shows the devices of a room while they work: a live table, or plain lines in a file."""

import math
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from engine.cli.progress import Bar
from engine.cli.watched import RoomWatch, StreamWatch
from engine.clock import SystemClock
from engine.devices.manager import DeviceManager
from engine.devices.state import DeviceState
from engine.devices.status import DeviceStatus
from engine.dsp.warmup import warmup
from engine.events import Notice
from engine.log import LogFile

LOOK_EVERY = 0.05
DRAW_EVERY = 0.25
TELL_EVERY = 5.0
"""Seconds between two lines about each device where nobody draws a table."""
CELLS, FEWEST_CELLS = 24, 8
"""Width of a sparkline, where there is room and where there is not."""
OTHERS = 70
"""Columns of a terminal that all but the sparkline take."""
REMEMBERED = 6
"""Changes of state shown below the table."""

TITLES = {
    "zh": ("设备", "状态", "电量", "信号", "频率", "距今", "质量", "数值", "最近"),
    "en": ("device", "state", "battery", "signal", "rate", "age", "quality", "value", "lately"),
}
STATES = {
    DeviceState.OFF: ("未启用", "off", "dim"),
    DeviceState.CONNECTING: ("连接中", "connecting", "yellow"),
    DeviceState.LIVE: ("正常", "live", "green"),
    DeviceState.STALE: ("无数据", "stale", "yellow"),
    DeviceState.LOST: ("已断开", "lost", "red"),
    DeviceState.FAULT: ("故障", "fault", "red bold"),
    DeviceState.ENDED: ("已结束", "ended", "dim"),
}
HINT = {"zh": "按 Ctrl-C 结束", "en": "Ctrl-C ends"}


@dataclass(slots=True)
class Board:
    """What is drawn: the devices, their signals, and what changed lately.

    Parameters
    ----------
    lang
        ``zh`` or ``en``.
    """

    room: RoomWatch
    lang: str
    changes: deque[str] = field(default_factory=lambda: deque[str](maxlen=REMEMBERED))

    def hear(self, notice: Notice, now: float) -> str:
        """Take note of a change; return it in words, "" if it is none for people."""
        if notice.kind != "device_state":
            return ""
        facts = notice.facts
        state = DeviceState(str(facts["state"]))
        reason = facts["reason_zh"] if self.lang == "zh" else facts["reason"]
        line = f"{minutes(now)}  {facts['device']}  {self.word(state)}  {reason}"
        self.changes.append(line)
        return line

    def word(self, state: DeviceState) -> str:
        """Return the word for a state."""
        zh, en, _ = STATES[state]
        return zh if self.lang == "zh" else en

    def draw(self, statuses: Sequence[DeviceStatus], now: float, width: int = 120) -> Group:
        """Return the picture of ``now`` for a terminal of ``width`` columns."""
        cells = min(max(width - OTHERS, FEWEST_CELLS), CELLS)
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
        right = {2, 4, 5, 6, 7}
        for n, title in enumerate(TITLES[self.lang]):
            table.add_column(title, justify="right" if n in right else "left", no_wrap=True)
        for status in statuses:
            for row in self._rows(status, now, cells):
                table.add_row(*row)
        below = [Text(line, style="dim") for line in self.changes]  # whole: the remedy is last
        return Group(
            table, Text(""), *below, Text(f"{minutes(now)}  {HINT[self.lang]}", style="dim")
        )

    def _rows(
        self, status: DeviceStatus, now: float, cells: int
    ) -> Iterator[tuple[Text | str, ...]]:
        state = status.standing.state
        style = STATES[state][2]
        first: tuple[Text | str, ...] = (
            Text(status.name, style="bold"),
            Text(self.word(state), style=style),
            percent(self.room.battery(status.name)),
        )
        streams = list(self.room.of(status.name))
        for watch in streams:
            yield (*first, *self._signal(watch, status.name, now, cells))
            first = ("", "", "")
        if not streams:
            yield (*first, "", "", "", "", "", "")

    def _signal(
        self, watch: StreamWatch, device: str, now: float, cells: int
    ) -> tuple[Text | str, ...]:
        quality = watch.judge(now)
        stream = watch.stream
        return (
            stream.name.removeprefix(f"{device}."),
            rate(watch.rate(now), stream.rate),
            age(watch.age(now)),
            Text("-" if math.isnan(quality) else f"{quality:.2f}", style=shade(quality)),
            "-" if math.isnan(watch.last) else f"{watch.last:.4g} {stream.unit}",
            Text(watch.spark(cells, now), style="cyan"),
        )

    def lines(self, statuses: Sequence[DeviceStatus], now: float) -> Iterator[str]:
        """Yield a line for each device: the same in plain text."""
        for status in statuses:
            parts = [status.name, self.word(status.standing.state)]
            battery = self.room.battery(status.name)
            if math.isfinite(battery):
                parts.append(f"{TITLES[self.lang][2]} {percent(battery)}")
            for watch in self.room.of(status.name):
                name, speed, old, quality, value, _ = self._signal(watch, status.name, now, CELLS)
                parts.append(f"{name}: {speed}, {old}, {TITLES[self.lang][6]} {quality}, {value}")
            yield f"{minutes(now)}  " + "  ".join(map(str, parts))


def watch(manager: DeviceManager, clock: SystemClock, lang: str, seconds: float = math.inf) -> bool:
    """Show the devices of ``manager`` until Ctrl-C, or for so long.

    Nothing is written to a device that moves: nobody wishes anything.

    Returns
    -------
    bool
        Whether at the end every device sent data.
    """
    with Bar("devices") as bar:  # before anything comes: the first second is not to wait for it
        warmup(lambda name, k, n: bar.share("loading the signals", k / n, name))
    board = Board(RoomWatch(manager.streams), lang)
    is_drawn = sys.stdout.isatty()
    log = LogFile(Path(os.devnull))  # all that matters to a person stands in the table
    try:
        with manager, Live(console=Console(), auto_refresh=False) as live:
            with suppress(KeyboardInterrupt):  # that is how one ends it
                _look(manager, clock, board, live if is_drawn else None, clock.now() + seconds)
            if is_drawn:
                width = live.console.width
                live.update(board.draw(manager.status(), clock.now(), width), refresh=True)
            return all(s.standing.state is DeviceState.LIVE for s in manager.status())
    finally:
        log.close()


def _look(
    manager: DeviceManager, clock: SystemClock, board: Board, live: Live | None, end: float
) -> None:
    """Draw, or tell in lines where ``live`` is None, until ``end``."""
    drawn_at = -math.inf
    while (now := clock.now()) < end:
        for chunk in manager.drain(now):
            board.room.take(chunk)
        for notice in manager.notices():
            line = board.hear(notice, now)
            if line and live is None:
                click.echo(line)
        if live is not None and now - drawn_at >= DRAW_EVERY:
            drawn_at = now
            live.update(board.draw(manager.status(), now, live.console.width), refresh=True)
        elif live is None and now - drawn_at >= TELL_EVERY:
            drawn_at = now
            for line in board.lines(manager.status(), now):
                click.echo(line)
        clock.wait(LOOK_EVERY)


def minutes(seconds: float) -> str:
    """Return minutes and seconds."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def percent(value: float) -> str:
    """Return a percentage; "-" if there is none."""
    return "-" if math.isnan(value) else f"{value:.0f} %"


def rate(measured: float, declared: float | None) -> str:
    """Return a rate beside the declared one."""
    if declared is None:
        return f"{measured:.1f} /s"
    return f"{measured:.4g}/{declared:g} Hz"


def age(seconds: float) -> str:
    """Return an age."""
    if math.isinf(seconds):
        return "-"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1.0 else f"{seconds:.0f} s"


def shade(quality: float) -> str:
    """Return the colour of a quality."""
    if math.isnan(quality):
        return "dim"
    return "green" if quality >= 0.8 else "yellow" if quality >= 0.5 else "red"
