"""A recording plays as a device does: each sample once, at its time, whatever the pace."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import plugins
from engine.clock import VirtualClock
from engine.devices.source import Context
from engine.errors import ConfigError, LinkError, RecordingError
from engine.store.replayed import ReplayedRecording


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "p.csv"
    rows = "".join(f"{5 + k / 10:.1f},{k},{'' if k % 8 else 800 + k}\n" for k in range(100))
    path.write_text("t,ppg[raw],rr[ms]\n" + rows)
    return path


def played(source: ReplayedRecording, untils: list[float], now: float = 0.0) -> dict[str, Any]:
    source.open(Context("rec", VirtualClock(now)))
    got: dict[str, list[tuple[float, float]]] = {s.name: [] for s in source.streams}
    for until in untils:
        for chunk in source.read(until):
            assert np.all(chunk.t <= until)
            got[chunk.stream.name] += zip(chunk.t.tolist(), chunk.x[:, 0].tolist(), strict=True)
    source.close()
    return got


def test_every_sample_comes_once_at_its_time_however_often_it_is_asked(file: Path) -> None:
    options = {"file": str(file)}
    often = played(ReplayedRecording(options), np.arange(0.0, 12.0, 0.03).tolist())
    seldom = played(ReplayedRecording(options), [0.0, 3.3, 12.0])

    assert often == seldom
    assert [v for _, v in often["ppg"]] == list(range(100))
    assert [round(t, 6) for t, _ in often["rr"][:3]] == [0.0, 0.8, 1.6]


def test_the_beginning_may_be_skipped(file: Path) -> None:
    got = played(ReplayedRecording({"file": str(file), "start": 2}), [20.0])

    assert got["ppg"][0] == (0.0, 20.0)


def test_a_device_opened_again_goes_on_where_the_recording_is_by_then(file: Path) -> None:
    source = ReplayedRecording({"file": str(file)})
    played(source, [1.0])

    assert played(source, [5.0], now=4.0)["ppg"][0] == (4.0, 40.0)


def test_only_the_chosen_streams_are_played(file: Path) -> None:
    source = ReplayedRecording({"file": str(file), "columns": ["rr"]})

    assert [s.name for s in source.streams] == ["rr"]


def test_it_says_when_the_recording_is_over(file: Path) -> None:
    source = ReplayedRecording({"file": str(file)})
    source.open(Context("rec", VirtualClock()))
    list(source.read(9.8))
    before = source.ended
    list(source.read(10.0))

    assert (before, source.ended) == (False, True)
    with pytest.raises(LinkError, match="the recording is over"):
        source.open(Context("rec", VirtualClock(11.0)))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "key 'file': needs a file"),
        ({"file": "{f}", "strat": 2}, "key 'strat': is not known (did you mean 'start'?)"),
        ({"file": "{f}", "start": "2"}, "key 'start': is not a number of seconds"),
        ({"file": "{f}", "start": 99.0}, "99 s lies outside the recording (it lasts 9.9 s)"),
        ({"file": "{f}", "columns": "ppg"}, "key 'columns': is not a list of names"),
        ({"file": "{f}", "columns": ["ecg"]}, "no 'ecg' in it (there are ppg, rr)"),
    ],
)
def test_a_wrong_option_is_refused_by_key(
    file: Path, options: Mapping[str, Any], expected: str
) -> None:
    given = {k: str(file) if v == "{f}" else v for k, v in options.items()}

    with pytest.raises(ConfigError) as caught:
        ReplayedRecording(given)
    assert expected in str(caught.value)


def test_a_recording_that_is_not_there_is_refused_before_anyone_sits_down(file: Path) -> None:
    with pytest.raises(RecordingError, match=r"did you mean 'p\.csv'"):
        ReplayedRecording({"file": str(file.with_name("q.csv"))})


def test_it_comes_in_by_the_same_door_as_a_vendors_driver() -> None:
    points = [p for p in entry_points(group=plugins.GROUP) if p.name == "builtin-recordings"]
    loaded = plugins.load(points)

    assert loaded.drivers() == {"replayed-recording": ReplayedRecording}
    assert loaded.broken == {}
