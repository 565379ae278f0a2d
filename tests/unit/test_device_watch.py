"""What `anlan devices --watch` shows: rate, age, quality, sparkline, and what changed."""

import io
import math

import numpy as np
import pytest
from rich.console import Console

from engine.cli.watched import BLOCKS, NOTHING, RoomWatch, StreamWatch, sparkline
from engine.cli.watching import STATES, TITLES, Board
from engine.devices import state
from engine.devices.state import DeviceState
from engine.devices.status import DeviceStatus
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)
ANGLE = Stream("chair.angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
ACC = Stream("strap.acc", Kind.ACC, Unit.G, rate=50.0, axes=("x", "y", "z"))
RRI = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND)
BATTERY = Stream("strap.battery", Kind.BATTERY, Unit.PERCENT)
RAW = Stream("board.ppg", Kind.PPG, Unit.RAW, rate=3.0)


def chunk(stream: Stream, t: list[float], x: list[float]) -> Chunk:
    return Chunk(stream, np.array(t), np.tile(np.array(x)[:, None], (1, len(stream.axes))))


def filled(stream: Stream, seconds: float, drop: float = 0.0) -> StreamWatch:
    """Return a watch that saw ``seconds`` of ``stream``, a share ``drop`` of it missing."""
    watch = StreamWatch(stream)
    n = int(seconds * (stream.rate or 1.0))
    for i in range(n):
        missing = drop and i % round(1 / drop) == 0
        value = math.nan if missing else 1.0 + 0.1 * math.sin(i / 3)
        watch.take(chunk(stream, [i / (stream.rate or 1.0)], [value]))
    return watch


def test_a_sparkline_rises_and_falls_with_the_signal() -> None:
    t = np.arange(0.0, 8.0)

    assert sparkline(t, t, 8.0, 8.0, 8) == BLOCKS
    assert sparkline(t, -t, 8.0, 8.0, 8) == BLOCKS[::-1]


def test_no_beat_hides_between_two_cells() -> None:
    t = np.arange(0.0, 4.0, 0.01)
    x = np.where(np.arange(400) == 203, 1.0, 0.0)
    line = sparkline(t, x, 4.0, 4.0, 20)

    assert line.count(BLOCKS[-1]) == 1
    assert line[10] == BLOCKS[-1]


def test_what_is_missing_is_drawn_as_missing() -> None:
    t = np.array([0.5, 3.5])

    assert (
        sparkline(t, np.array([1.0, 2.0]), 4.0, 4.0, 4) == f"{BLOCKS[0]}{NOTHING * 2}{BLOCKS[-1]}"
    )
    assert sparkline(t, np.array([math.nan, math.nan]), 4.0, 4.0, 4) == NOTHING * 4
    assert sparkline(np.zeros(0), np.zeros(0), 4.0, 4.0, 4) == NOTHING * 4


def test_a_last_digit_that_flickers_is_no_wave() -> None:
    t = np.arange(0.0, 8.0)
    line = sparkline(t, 100.0 + 1e-3 * (t % 2), 8.0, 8.0, 8)

    assert set(line) <= set(BLOCKS[3:6])


@pytest.mark.parametrize("drop", [0.0, 0.1, 0.5])
def test_the_quality_of_what_nobody_judges_is_the_share_that_arrived(drop: float) -> None:
    watch = filled(ANGLE, 20.0, drop)

    assert watch.judge(20.0) == pytest.approx(1.0 - drop, abs=0.03)
    assert watch.rate(20.0) == pytest.approx(10.0)


def test_the_quality_of_a_body_signal_is_the_engines_own() -> None:
    watch = filled(EDA, 30.0)

    assert watch.judge(30.0) == watch.quality
    assert 0.0 <= watch.quality <= 1.0


def test_a_signal_no_node_can_use_is_still_shown() -> None:
    watch = filled(RAW, 30.0)

    assert watch.judge(30.0) == pytest.approx(1.0, abs=0.1)


def test_what_stopped_coming_has_no_rate_and_no_quality() -> None:
    watch = filled(ANGLE, 20.0)

    assert watch.judge(40.0) == 0.0
    assert watch.rate(40.0) == 0.0
    assert watch.age(40.0) == pytest.approx(20.1)
    assert watch.spark(8, 80.0) == NOTHING * 8


def test_three_axes_are_shown_as_their_magnitude() -> None:
    watch = StreamWatch(ACC)
    watch.take(Chunk(ACC, np.array([0.0]), np.array([[2.0, 3.0, 6.0]])))

    assert watch.last == pytest.approx(7.0)


def test_only_some_seconds_are_kept() -> None:
    watch = filled(ANGLE, 600.0)

    assert len(watch._t) <= 210


def status(name: str, standing: state.Standing) -> DeviceStatus:
    return DeviceStatus(name, "model", False, standing, None, {})


def drawn(board: Board, *statuses: DeviceStatus, now: float = 20.0, width: int = 140) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(board.draw(statuses, now, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_says_each_device_with_its_state_battery_and_signals(lang: str) -> None:
    room = RoomWatch([EDA, RRI, BATTERY])
    board = Board(room, lang)
    for i in range(200):
        room.take(chunk(EDA, [i / 10], [1.5]))
    room.take(chunk(BATTERY, [1.0], [87.0]))
    room.take(chunk(RRI, [19.0], [812.0]))
    said = drawn(board, status("puck", state.LIVE), status("strap", state.stale(3.0)))

    assert all(title in said for title in TITLES[lang])
    assert "87 %" in said
    assert "10/10 Hz" in said
    assert "1.5 uS" in said
    assert "812 ms" in said
    for shown in (DeviceState.LIVE, DeviceState.STALE):
        assert STATES[shown][0 if lang == "zh" else 1] in said


def test_a_pulled_cable_and_its_return_stay_to_be_read() -> None:
    board = Board(RoomWatch([EDA]), "zh")
    board.hear(state.lost("unplugged", "被拔下").notice("puck", simulated=False), 61.0)
    board.hear(state.LIVE.notice("puck", simulated=False), 64.5)
    said = drawn(board, status("puck", state.LIVE))

    assert "01:01  puck  已断开  连接中断，正在重连：被拔下" in said
    assert "01:04  puck  正常  数据正常" in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_a_narrow_terminal_nothing_is_cut_off(lang: str) -> None:
    room = RoomWatch([EDA, BATTERY])
    board = Board(room, lang)
    for i in range(200):
        room.take(chunk(EDA, [i / 10], [1.234]))
    reason = state.unreachable(
        "no such USB device is plugged in: 2e8a:10c1 (plug it in now)", "请插好"
    )
    board.hear(reason.notice("chair", simulated=False), 61.0)
    said = drawn(board, status("puck", state.CONNECTING), status("chair", reason), width=80)

    assert "…" not in said
    assert "1.234 uS" in said
    assert "10/10 Hz" in said
    assert ("请插好" if lang == "zh" else "plug it in now") in " ".join(said.split())


def test_the_same_is_told_in_lines_where_nobody_draws() -> None:
    room = RoomWatch([EDA, BATTERY])
    for i in range(100):
        room.take(chunk(EDA, [i / 10], [1.5]))
    (line,) = Board(room, "en").lines([status("puck", state.LIVE)], 10.0)

    assert line.startswith("00:10  puck  live  eda: 10/10 Hz, 100 ms, quality ")
    assert line.endswith(", 1.5 uS")


def test_every_state_has_a_word_in_both_languages() -> None:
    assert set(STATES) == set(DeviceState)
    assert len(TITLES["zh"]) == len(TITLES["en"])
