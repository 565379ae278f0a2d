"""From a recording on the disk to the report people read."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError, RecordingError
from engine.events import Event
from engine.report import SessionView, write_report
from engine.report.opening import devices_of, view_of
from engine.report.page import render
from engine.show import Script
from engine.store.header import Header
from tests.report_recording import record
from tests.report_sessions import protocol_named, rehearsed


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(protocol_named("demo"))


@pytest.fixture(scope="module")
def session(view: SessionView, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("session")
    record(view, protocol_named("demo"), folder)
    return folder


def test_a_recording_gives_back_the_session_as_it_was(view: SessionView, session: Path) -> None:
    found = view_of(session)

    assert found.bands == view.bands
    assert [e.line() for e in found.events] == [e.line() for e in view.events]
    assert found.duration == pytest.approx(view.duration)
    assert found.devices == view.devices
    assert found.complete
    for name, track in view.tracks.items():
        np.testing.assert_array_equal(found.tracks[name].value, track.value)
    np.testing.assert_array_equal(found.responses, view.responses)
    assert found.arousal_sd is not None
    for name, doubt in view.doubts.items():
        np.testing.assert_allclose(found.doubts[name].value, doubt.value)
    assert found.controls["scene.swell"].zh == "海浪"


@pytest.mark.parametrize(
    ("models", "simulated", "sources"),
    [
        (["heart-rate-band", "eda-puck"], [False, False], ["person", "person"]),
        (["simulated-person"], [True], ["simulated"]),
        (["replayed-recording"], [True], ["replayed"]),
        (["heart-rate-band", "simulated-person"], [False, True], ["person", "simulated"]),
        ([], [], []),
    ],
)
def test_whose_values_they_are_is_told_by_each_device(
    models: list[str], simulated: list[bool], sources: list[str]
) -> None:
    names = [f"d{i}" for i in range(len(models))]
    header = Header(
        "s", "2026-03-02T10:15:00+00:00", "p", "", Script((), ()),
        rig={"devices": [{"name": n, "model": m} for n, m in zip(names, models, strict=True)]},
        setup={"sources": names}, simulated=any(simulated),
    )  # fmt: skip
    told = [
        Event(0.0, "device_state", {"device": name, "state": "live", "simulated": value})
        for name, value in zip(names, simulated, strict=True)
    ]

    assert [device.source for device in devices_of(header, told)] == sources


def test_the_report_is_written_whole(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"

    write_report(session, out)

    assert out.read_text(encoding="utf-8") == render(view_of(session / "session.mcap"))
    assert list(tmp_path.iterdir()) == [out]


def test_a_damaged_recording_still_gives_a_report_that_says_so(
    session: Path, tmp_path: Path
) -> None:
    data = bytearray((session / "session.mcap").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    (tmp_path / "session.mcap").write_bytes(bytes(data))

    write_report(tmp_path, tmp_path / "report.html")

    assert "Incomplete recording" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_recording_cut_short_still_gives_a_report_that_says_so(
    session: Path, tmp_path: Path
) -> None:
    data = (session / "session.mcap").read_bytes()
    (tmp_path / "session.mcap").write_bytes(data[: len(data) // 3])

    write_report(tmp_path, tmp_path / "report.html")

    assert "cut off" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_missing_recording_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        write_report(tmp_path / "nowhere", tmp_path / "report.html")


def test_a_place_that_cannot_be_written_is_told(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.report.page.plots", lambda _view: [])

    with pytest.raises(AnlanError, match="choose another place with --out"):
        write_report(session, tmp_path / "no" / "such" / "report.html")
