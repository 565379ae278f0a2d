"""What a report says of sensors without a figure of their own, and of those that were not there."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.cli.installed import installed
from engine.cli.planning import make_plan
from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.devices.state import LIVE, SPENT
from engine.events import Event
from engine.report import Device, SessionView, Track
from engine.report.gaps import counted
from engine.report.measures import courses, qualities, rows
from engine.report.notices import machinery
from engine.report.opening import view_of
from engine.report.page import render
from engine.report.presence import absences, nothing_came
from engine.report.summary import sentences
from engine.report.timeline import plots
from engine.report.view import Gaps
from engine.runtime.attendants import Unattended
from engine.runtime.plan import load_protocol
from engine.runtime.room import Room
from engine.runtime.session_folder import SessionFolder
from engine.units import Kind
from tests.report_sessions import protocol_named, rehearsed

BAND = Device("band", "temperature-band", "person", (Kind.SKIN_TEMP,))


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(protocol_named("capsule-20"))


@pytest.fixture(scope="module")
def bare(view: SessionView) -> SessionView:
    """A session in which only a temperature was told: nothing the engine concludes from."""
    return replace(
        view, tracks={}, measured=(), devices=(BAND,), arousal_sd=None, responses=np.empty(0)
    )


def warming(view: SessionView, *, rate: float = 4.0, offset: float = 0.0) -> Track:
    """Skin that warms by a degree from the first minute to the last."""
    t = np.arange(0.0, view.duration, 1.0 / rate)
    value = 33.0 + offset + t / view.duration
    return Track(t, value, np.ones_like(t), np.zeros_like(t), max(5.0, 3.0 / rate))


def state(t: float, name: str, zh: str = "", en: str = "", device: str = "band") -> Event:
    code = "data" if name == "live" else "x"
    facts = {"device": device, "state": name, "code": code, "reason": en, "reason_zh": zh}
    return Event(t, "device_state", facts)


@pytest.mark.parametrize("rate", [4.0, 0.1])
def test_a_temperature_alone_has_its_plain_figure_however_seldom_it_is_told(
    bare: SessionView, rate: float
) -> None:
    view = replace(bare, temperatures={"band.skin": warming(bare, rate=rate)})
    (row,), (quality,), (course,) = rows(view), qualities(view), courses(view)
    body = sentences(view)[1]

    assert row.rest is not None
    assert row.recovery is not None
    assert row.rest.value == pytest.approx(33.2, abs=0.15)
    assert row.recovery.value == pytest.approx(33.9, abs=0.15)
    assert quality.good > 0.98
    assert course.whole == pytest.approx(33.5, abs=0.02)
    assert course.first == pytest.approx(33.03, abs=0.02)
    assert course.last == pytest.approx(33.97, abs=0.02)
    assert body.zh == "皮肤温度（传感器所给）中位数 33.5 ℃，开始时 33.0，结束时 34.0。"
    assert body.en.endswith("median 33.5 °C, 33.0 at the beginning and 34.0 at the end.")
    assert [p.id for p in plots(view) if p.id == "skin_temp"]


def test_a_temperature_stands_beside_what_the_signals_say(view: SessionView) -> None:
    alone = sentences(view)[1]
    both = sentences(replace(view, temperatures={"band.skin": warming(view)}))[1]

    assert both.zh.startswith(alone.zh)
    assert both.en == f"{alone.en} Skin temperature (as the sensor gave it): " + both.en[-58:]
    assert both.en.endswith("median 33.5 °C, 33.0 at the beginning and 34.0 at the end.")


def test_two_temperatures_are_told_apart_by_their_devices(bare: SessionView) -> None:
    told = {"band.skin": warming(bare), "toe.skin": warming(bare, offset=-4.0)}
    names = [row.definition.name for row in rows(replace(bare, temperatures=told))]

    assert [n.en for n in names] == ["Skin temperature (band)", "Skin temperature (toe)"]
    assert [n.zh for n in names] == ["皮肤温度（band）", "皮肤温度（toe）"]


def test_a_sensor_of_which_no_figure_is_made_was_connected_all_the_same(bare: SessionView) -> None:
    view = replace(bare, devices=(Device("cap", "lsl-inlet", "person", (Kind.EEG,)),))
    body = sentences(view)[1]

    assert body.en == (
        "Connected: cap (EEG (recorded only)); this report shows no figure made of it."
    )
    assert body.zh == "已连接 cap（脑电（只记录））；这份报告没有用它的数据得出数值。"


def test_a_chair_alone_is_no_sensor(bare: SessionView) -> None:
    view = replace(bare, devices=(Device("chair", "drift-chair", "person", (Kind.ANGLE,)),))

    assert sentences(view)[1].en == "No sensor was connected, so nothing was measured."


def test_a_device_lost_for_the_whole_session_is_told_with_how_long_and_why(
    bare: SessionView,
) -> None:
    events = [
        state(0.0, "connecting"),
        state(1.0, "lost", "连接不上，正在重试：没有插入", "trying again: not plugged in"),
    ]  # fmt: skip
    view = replace(bare, duration=92.0, events=events)
    (absence,) = absences(view)
    page, body = render(view), sentences(view)[1]

    assert absence.words.zh == "设备 band 全程没有数据（1 分 32 秒）：没有插入"
    assert absence.words.en == (
        "Device band sent nothing for the whole session (1 min 32 s): not plugged in"
    )
    assert absence.words.zh in page
    assert absence.words.en in page
    assert body.zh.startswith("传感器全程没有数据")
    assert body.en.startswith("The sensors sent nothing for the whole session")


def test_a_device_that_went_and_never_came_back_is_told_from_when_it_went(
    bare: SessionView,
) -> None:
    events = [state(0.0, "live"), state(60.0, "stale"), state(63.0, "lost", en="gone"),
              state(80.0, "fault", en="given up"), state(5.0, "live", device="other")]  # fmt: skip
    two = (BAND, Device("other", "eda-puck", "person", (Kind.EDA,)))
    (absence,) = absences(replace(bare, duration=180.0, events=events, devices=two))

    assert (absence.device, absence.since, absence.lasted) == ("band", 60.0, 120.0)
    assert absence.words.en == "Device band sent nothing for the last 2 min, to the end: given up"


def test_that_nothing_ever_came_is_known_only_where_no_device_gave_anything() -> None:
    silent = [state(0.0, "connecting"), state(5.0, "stale")]
    there = state(3.0, "live", device="chair")

    assert nothing_came(["band"], silent, 90.0)
    assert not nothing_came(["band", "chair"], [*silent, there], 90.0)
    assert not nothing_came(["band"], [state(0.0, "live"), state(1.0, "lost")], 90.0)
    assert not nothing_came([], [], 90.0)


def test_values_a_sensor_did_not_give_are_counted_whether_it_sent_nan_or_nothing() -> None:
    t = np.arange(0.0, 90.0, 0.25)
    third = np.arange(len(t)) % 3 == 2
    off = (t >= 20.0) & (t < 40.0)
    nan = np.where(third, np.nan, 33.0)

    assert counted(t, nan, 4.0) == pytest.approx((120, 30.0))
    assert counted(t[~third], nan[~third], 4.0) == pytest.approx((0, 29.75))
    assert counted(t[~off], np.full(280, 33.0), 4.0) == pytest.approx((0, 20.0))
    assert counted(t, np.full_like(t, np.nan), 4.0) == pytest.approx((1, 90.0))
    assert counted(t, np.where(t == 3.0, np.nan, 33.0), 4.0) is None
    assert counted(t[:0], t[:0], 4.0) is None


def test_a_sensor_that_gave_no_value_is_told_at_the_top_of_the_report(bare: SessionView) -> None:
    gaps = {
        "band.skin": Gaps(Kind.SKIN_TEMP, 120, 30.0, whole=False),
        "puck.eda": Gaps(Kind.EDA, 1, 92.0, whole=True),
    }
    page = render(replace(bare, gaps=gaps))
    about = replace(bare, gaps={"band.skin": Gaps(Kind.SKIN_TEMP, 0, 20.0, whole=False)})

    assert "gave no value of skin temperature for about 20 s altogether" in render(about)
    assert "Device band gave no value of skin temperature 120 times, together 30 s" in page
    assert "设备 band 有 120 次没有给出皮肤温度数值，共 30 秒" in page
    assert "Device puck was there, but never gave a value of skin conductance" in page


def test_a_sensor_that_went_is_not_told_as_one_that_is_connected(bare: SessionView) -> None:
    events = [state(0.0, "live"), state(30.0, "fault", en="given up")]
    body = sentences(replace(bare, duration=180.0, events=events))[1]

    assert body.en == (
        "band (skin temperature) sent data only until 0:30 (why is said above); no figure was "
        "made of it."
    )
    assert "已连接" not in body.zh


def test_a_quiet_sitting_that_was_left_out_is_told_with_its_reason(
    view: SessionView, bare: SessionView
) -> None:
    skipped = [
        replace(e, facts={**e.facts, "because": "skipped by counselor"})
        if a.facts.get("part") == "baseline"
        else e
        for a, e in pairwise(view.of_kind("phase_entered"))
    ]
    events = [view.of_kind("phase_entered")[0], *skipped]
    without = [b for b in bare.bands if b.part != "baseline"]
    no_use = replace(bare, demonstration=True, bands=without, events=())

    assert (
        "Sitting quietly was skipped by the counselor"
        in sentences(replace(view, events=events))[2].en
    )
    assert "There was no quiet sitting: that part is for" in sentences(no_use)[2].en
    assert "too little quiet sitting" in sentences(replace(view, demonstration=True))[2].en


@pytest.mark.parametrize(
    "events",
    [
        [],
        [state(0.0, "live")],
        [state(1.0, "lost"), state(9.0, "live")],
        [state(0.0, "live"), state(100.0, "ended")],
        [state(0.0, "live"), state(175.0, "lost")],
    ],
    ids=["old", "there", "back", "played", "taken off at the end"],
)
def test_a_device_that_was_there_at_the_end_is_not_told(
    bare: SessionView, events: list[Event]
) -> None:
    assert absences(replace(bare, duration=180.0, events=events)) == []


def test_what_a_device_at_work_has_to_say_is_told(bare: SessionView) -> None:
    said = SPENT.notice("pad", simulated=False).facts
    lost = {"device": "pad", "state": "lost", "reason": "gone", "reason_zh": "断开"}
    well = LIVE.notice("pad", simulated=False).facts
    view = replace(
        bare,
        events=[Event(t, "device_state", facts) for t, facts in
                [(0.0, well), (5.0, said), (9.0, well), (20.0, lost), (30.0, said)]],
    )  # fmt: skip
    lines = [line.words for line in machinery(view)]

    assert [line.en for line in lines] == [
        f"Device pad: {SPENT.en}",
        "Device pad: connection lost (gone)",
        f"Device pad: working again after 10 s; {SPENT.en}",
    ]
    assert lines[0].zh == f"设备 pad：{SPENT.zh}"


def test_a_whole_session_with_nothing_but_a_temperature_reports_it(tmp_path: Path) -> None:
    found = installed()
    person = DeviceSpec("band", "simulated-person", {"sensors": ["temp"], "answers": True})
    protocol = load_protocol("demo", found)
    plan = make_plan(
        protocol, Rig.default(), found, devices=(person,), folder=tmp_path, lang="zh",
        seed=1, headless=True, virtual=True, stage=False, sound=False,
    )  # fmt: skip
    Room(plan, Unattended("simulated officer")).run()
    view = view_of(SessionFolder(tmp_path).recording)
    track = view.temperatures["band.temp"]

    assert 30.0 < float(np.median(track.value)) < 36.0
    assert qualities(view)[0].good > 0.95
    assert re.match(r"皮肤温度（传感器所给）中位数 3\d\.\d ℃", sentences(view)[1].zh)
    assert absences(view) == []
