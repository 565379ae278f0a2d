"""What came from a device and could not be used is counted, recorded and told in the report."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli.installed import installed
from engine.cli.planning import make_plan
from engine.config import Rig
from engine.devices import Driver, Frame, Kind, Lines, Reading, SerialLink, Stream, Unit, WireError
from engine.devices.catalog import DeviceSpec, declare
from engine.devices.driven import DrivenSource
from engine.devices.inline import InlineDevice
from engine.devices.intake import Intake
from engine.devices.tended import Desk
from engine.errors import GraphError
from engine.events import Event
from engine.graph.standard import standard_graph
from engine.report import SessionView
from engine.report.opening import view_of
from engine.report.page import render
from engine.report.unused import unused_lines
from engine.runtime.attendants import Unattended
from engine.runtime.plan import load_protocol
from engine.runtime.replaying import verify
from engine.runtime.room import Room
from engine.runtime.session_folder import SessionFolder
from engine.show import Show
from engine.store.session_file import SessionFile
from engine.testing import Heard
from engine.testing.bench import HeldWire
from tests.report_sessions import protocol_named, rehearsed

COUNTS = Stream("eda", Kind.EDA, Unit.RAW, rate=10.0)


class Counts(Driver):
    """Skin conductance in counts, a line each."""

    model = "counts"
    zh = "皮电板"
    en = "Skin conductance board"
    link = SerialLink(Lines(b"\n"))
    streams = (COUNTS,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        if not frame.data.isdigit():
            raise WireError("no number")
        yield Reading(COUNTS, [float(frame.data)])


class Talking(HeldWire):
    """Ten lines a second, of which each tenth is none."""

    said = 0

    def received(self) -> list[Any]:
        assert self._clock is not None
        while self.said / 10.0 <= self._clock.now():
            data = b"%d\n" % self.said if self.said % 10 else b"%%!\n"
            self.say(self.said / 10.0, Heard(data, []))
            self.said += 1
        return super().received()


class Board(DrivenSource):
    """The driver on a wire that we hold."""

    model = "counts"
    zh = "皮电板"
    en = "Skin conductance board"
    simulated = True
    fails_at = float("inf")

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(Counts, {}, lambda _link, _options: Talking())

    def read(self, until: float) -> Iterable[Any]:
        if until >= self.fails_at:
            type(self).fails_at = float("inf")
            raise ValueError("a mistake")
        return super().read(until)


def board() -> InlineDevice:
    (declared,) = declare([DeviceSpec("board", "counts", {})], {"counts": Board}, live=False)
    return InlineDevice(declared, 0.0, 1, Show)


def told(device: InlineDevice, until: float) -> list[tuple[float, dict[str, Any]]]:
    device.start()
    found: list[tuple[float, dict[str, Any]]] = []
    for tenth in range(round(until * 10)):
        device.drain(tenth / 10.0)
        found += [
            (tenth / 10.0, dict(n.facts)) for n in device.desk.notices() if n.kind == "data_refused"
        ]
    return found


def test_messages_that_make_no_sense_are_counted_beside_those_that_do() -> None:
    counts = told(board(), 60.0)
    last = counts[-1][1]

    assert 10 <= len(counts) <= 13  # one in five seconds, however many there are
    assert last["device"] == "board"
    assert last["messages"] == pytest.approx(58, abs=3)
    assert last["heard"] == pytest.approx(9 * last["messages"], abs=10)
    assert last["samples"] == last["dropped"] == 0


def test_the_counts_go_on_when_its_driver_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Board, "fails_at", 30.0)
    counts = [facts["messages"] for _, facts in told(board(), 60.0)]

    assert counts == sorted(counts)
    assert counts[-1] >= 50


def test_a_device_that_is_understood_tells_no_counts() -> None:
    (declared,) = declare([DeviceSpec("board", "counts", {})], {"counts": Board}, live=False)
    desk = Desk(declared)
    desk.count(1.0, heard=1000, refused=0)

    assert desk.notices() == []


def test_samples_that_came_twice_are_counted_too() -> None:
    (declared,) = declare([DeviceSpec("board", "counts", {})], {"counts": Board}, live=False)
    desk = Desk(declared)
    intake: Intake = desk.intakes["eda"]
    rows = np.array([1.0, 2.0, 3.0]), np.zeros((3, 1))
    for _ in range(2):
        intake.take(*rows, 9.0)
    desk.count(9.0, heard=2, refused=0, dropped=7)
    (notice,) = desk.notices()

    assert notice.facts["samples"] == 3
    assert notice.facts["dropped"] == 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole session with a board whose counts nobody can read."""
    path = tmp_path_factory.mktemp("unused") / "session"
    found = installed()
    plan = make_plan(
        load_protocol("demo", found), Rig.default(), found,
        devices=(DeviceSpec("board", "counts", {}),), folder=path, lang="zh", seed=1,
        headless=True, virtual=True, stage=False, sound=False,
    )  # fmt: skip
    plan = replace(plan, classes={**plan.classes, "counts": Board})
    Room(plan, Unattended("simulated officer")).run()
    return path


def test_a_whole_session_records_and_tells_both(folder: Path) -> None:
    view = view_of(SessionFolder(folder).recording)
    unused, refused = unused_lines(view)
    page = render(view)

    assert unused.en == (
        "board.eda was recorded, but no figure was made of it: it is eda in raw, not skin "
        "conductance in uS; a driver must convert counts to microsiemens"
    )
    assert unused.zh == (
        "信号 board.eda 只作记录，没有用来计算：单位是 raw，不是以微西门子（uS）计的皮电，"
        "请在驱动中换算"
    )
    assert re.fullmatch(
        r"Of \d{3} messages of device board \d\d \(10%\) made no sense and were left out",
        refused.en,
    )
    assert "条（10%）无法理解，未采用" in refused.zh
    assert unused.zh in page
    assert refused.en in page


def test_the_last_count_is_of_the_whole_session(folder: Path) -> None:
    file = SessionFile.open(SessionFolder(folder).recording)
    events = file.events()
    told = [e for e in events if e.kind == "data_refused"]
    came = sum(len(c.t) for step in file.steps() for c in step.chunks)

    assert [e.facts["whole"] for e in told] == [False] * (len(told) - 1) + [True]
    assert events[-1] is told[-1]
    assert events[-2].kind == "session_closed"
    assert told[-1].facts["heard"] == came, "each message that made sense is one sample here"


def test_the_recording_decides_the_same(folder: Path) -> None:
    assert verify(SessionFolder(folder)).same


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(protocol_named("demo"))


def test_a_session_in_which_all_was_used_says_nothing_of_it(view: SessionView) -> None:
    assert list(unused_lines(view)) == []
    assert "没有用上" not in render(view)


def test_counts_of_a_device_that_cannot_tell_its_messages_and_of_lost_samples(
    view: SessionView,
) -> None:
    facts = {"device": "inlet", "messages": 2, "heard": 0, "samples": 5, "dropped": 1200}
    lines = list(unused_lines(replace(view, events=[Event(5.0, "data_refused", facts)])))

    assert [line.en for line in lines] == [
        "At least 2 messages of device inlet made no sense and were left out",
        (
            "Of device inlet at least 5 samples came twice, out of order or with a time that "
            "cannot be, and were left out"
        ),
        "Of device inlet at least 1,200 samples were lost because the room was busy",
    ]
    assert all(line.zh.startswith("设备 inlet 至少有") for line in lines)


def test_a_few_messages_without_sense_are_told_as_few(view: SessionView) -> None:
    facts = {"device": "band", "messages": 3, "heard": 4997, "samples": 0, "dropped": 0}
    early = Event(5.0, "data_refused", {**facts, "messages": 1})
    late = Event(9.0, "data_refused", facts)
    (line,) = unused_lines(replace(view, events=[early, late]))

    assert line.en == (
        "Of 5,000 messages of device band at least 3 (<1%) made no sense and were left out"
    )
    assert line.zh == "设备 band 的 5,000 条消息中至少有 3 条（<1%）无法理解，未采用"
    whole = Event(10.0, "data_refused", {**facts, "whole": True})
    (line,) = unused_lines(replace(view, events=[early, late, whole]))
    assert line.en == "Of 5,000 messages of device band 3 (<1%) made no sense and were left out"
    assert line.zh == "设备 band 的 5,000 条消息中有 3 条（<1%）无法理解，未采用"


@pytest.mark.parametrize(
    "stream",
    [
        Stream("a.eda", Kind.EDA, Unit.RAW, 10.0),
        Stream("a.eda", Kind.EDA, Unit.MICROSIEMENS),
        Stream("a.eda", Kind.EDA, Unit.MICROSIEMENS, 1.0),
        Stream("a.ecg", Kind.ECG, Unit.RAW),
        Stream("a.ecg", Kind.ECG, Unit.RAW, 50.0),
        Stream("a.ppg", Kind.PPG, Unit.RAW),
        Stream("a.ppg", Kind.PPG, Unit.RAW, 5.0),
        Stream("a.resp", Kind.RESP, Unit.RAW),
        Stream("a.resp", Kind.RESP, Unit.RAW, 1.0),
    ],
    ids=lambda s: f"{s.kind}-{s.unit}-{s.rate}",
)
def test_why_a_stream_cannot_be_used_is_known_in_both_languages(stream: Stream) -> None:
    (fault,) = standard_graph([stream]).refused

    assert isinstance(fault, GraphError)
    assert fault.where == stream.name
    assert fault.what
    assert any("\u4e00" <= letter <= "\u9fff" for letter in fault.zh)
