"""What is recorded comes back exactly, and a failing disk never stops the session."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap.stream_reader import StreamReader

from engine.clock import wait_for
from engine.errors import RecordingError
from engine.events import Command, Event, Notice
from engine.show import Caption, Script, Show
from engine.store import durable
from engine.store.container import is_closed
from engine.store.events_file import read_events
from engine.store.header import Header
from engine.store.journal import show_stream
from engine.store.recorder import Recorder
from engine.store.session_file import SessionFile, columns
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 32.0, latency=0.05)
BEATS = Stream("belt.rri", Kind.RRI, Unit.MILLISECOND)
RATE = Stream("heart.rate", Kind.DERIVED, Unit.PER_MINUTE, 4.0, axes=("value", "quality", "c"))
SCRIPT = Script(("dusk-ocean",), ("scene.swell", "sound.volume"), (Caption("吸气", "Breathe in"),))
HEADER = Header(
    session="s-1",
    started="2026-01-02T03:04:05.678901+00:00",
    protocol="evening-unwind",
    protocol_text='format = 1\nid = "evening-unwind"\n标题',
    script=SCRIPT,
    streams=(EDA, BEATS),
    rig={"device": [{"name": "puck", "model": "eda-puck", "gain": 0.1}]},
    seed=7,
    versions={"anlan": "0.1.0", "numpy": np.__version__},
)


def eda(step: int, n: int = 8) -> Chunk:
    t = (step + np.arange(n)) / 32.0
    return Chunk(EDA, t, np.sin(t)[:, np.newaxis])


def fill(recorder: Recorder, steps: int, start: int = 0) -> None:
    for step in range(start, start + steps):
        recorder.chunk(step, eda(step))


def test_inputs_come_back_step_by_step_in_the_order_they_were_recorded(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    first, beat = eda(3), Chunk(BEATS, np.array([0.01, 0.9]), np.array([[812.5], [np.nan]]))
    empty = Chunk(EDA, np.empty(0), np.empty((0, 1)))
    set_swell = Command("set", "counselor", {"control": "scene.swell", "value": 0.1 + 0.2})
    lost = Notice("device_state", {"device": "belt", "state": "lost"})
    with Recorder(path, HEADER) as recorder:
        recorder.chunk(3, first)
        recorder.notice(3, lost)
        recorder.chunk(3, beat)
        recorder.derived(3, Chunk(RATE, np.array([0.03]), np.array([[60.0, 1.0, 0.0]])))
        recorder.command(70, set_swell)
        recorder.chunk(70, empty)

    steps = list(SessionFile.open(path).steps())

    assert [s.step for s in steps] == [3, 70]
    assert [c.stream for c in steps[0].chunks] == [EDA, BEATS]
    assert steps[0].chunks[0].x.tobytes() == first.x.tobytes()
    assert steps[0].chunks[1].x.tobytes() == beat.x.tobytes()
    assert steps[0].notices == (lost,)
    assert steps[1].commands == (set_swell,)
    assert steps[1].chunks[0].x.shape == (0, 1)


def test_header_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    Recorder(path, HEADER).close("done")

    assert SessionFile.open(path).header == HEADER


def test_events_are_in_the_recording_and_in_a_text_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    events = [
        Event(k / 100, "level_changed", {"control": "scene.swell", "new": 0.1 * k, "zh": "浪"})
        for k in range(200)
    ]
    with Recorder(path, HEADER) as recorder:
        for k, event in enumerate(events):
            recorder.event(k, event)

    assert list(SessionFile.open(path).events()) == events
    assert list(read_events(tmp_path / "events.jsonl")) == events


def test_series_joins_all_chunks_of_devices_and_nodes(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    with Recorder(path, HEADER) as recorder:
        fill(recorder, 300)
        for k in range(300, 340):
            recorder.derived(k, Chunk(RATE, np.array([k / 4]), np.full((1, 3), float(k))))
    session = SessionFile.open(path)

    t, x = session.series("puck.eda")
    assert np.array_equal(t, np.concatenate([eda(k).t for k in range(300)]))
    assert np.array_equal(x, np.concatenate([eda(k).x for k in range(300)]))
    assert session.series("heart.rate")[1][:, 2].tolist() == list(range(300, 340))
    assert session.streams == (EDA, BEATS, RATE)
    assert session.series("belt.rri")[0].shape == (0,)


def test_an_unknown_series_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    Recorder(path, HEADER).close("done")

    with pytest.raises(RecordingError, match=r"did you mean 'puck\.eda'"):
        SessionFile.open(path).series("puck.edda")


def test_show_rows_come_back_with_their_times(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    row = np.empty(SCRIPT.width)
    with Recorder(path, HEADER) as recorder:
        for k in range(0, 300, 10):
            Show(time=k / 100, levels={"scene.swell": k / 300}).fill(SCRIPT, row)
            recorder.show(k, row)

    t, rows = SessionFile.open(path).shows()

    assert t.tolist() == [k / 100 for k in range(0, 300, 10)]
    assert Show.from_row(SCRIPT, rows[7]).levels["scene.swell"] == 70 / 300


def test_a_closed_recording_is_complete_and_says_why_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    recorder = Recorder(path, HEADER)
    fill(recorder, 120)
    recorder.close("stopped by the officer", step=157)
    recorder.close("twice")
    session = SessionFile.open(path)

    assert is_closed(path)
    assert (session.complete, session.damage, session.reason) == (
        True,
        (),
        "stopped by the officer",
    )
    assert (session.last_step, session.duration) == (157, 1.57)
    assert recorder.acknowledged >= 157


def test_an_error_inside_the_session_closes_the_recording_as_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"

    def fail(recorder: Recorder) -> None:
        with recorder:
            recorder.command(1, Command("start", "counselor"))
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail(Recorder(path, HEADER))

    assert SessionFile.open(path).reason == "fault"


def test_any_mcap_tool_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    with Recorder(path, HEADER) as recorder:
        fill(recorder, 200)
        recorder.event(200, Event(2.0, "session_closed", {"reason": "done"}))

    with path.open("rb") as file:
        records = list(StreamReader(file, validate_crcs=True).records)
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        events = [json.loads(m.data) for _, _, m in reader.iter_messages(topics=["events"])]
        facts = next(iter(reader.iter_metadata())).metadata
    assert len(records) > 10
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.chunk_count == len(summary.chunk_indexes)
    assert events == [{"t": 2.0, "kind": "session_closed", "reason": "done"}]
    assert facts["session"] == "s-1"
    assert facts["cipher"] == "none"


def test_arrays_may_be_used_again_after_the_call(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    chunk = eda(0)
    with Recorder(path, HEADER) as recorder:
        recorder.chunk(0, chunk)
        chunk.x[:] = -1.0

    assert np.array_equal(SessionFile.open(path).series("puck.eda")[1], eda(0).x)


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    Recorder(path, HEADER).close("done")
    before = path.read_bytes()

    with pytest.raises(RecordingError, match="another id"):
        Recorder(path, HEADER)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_is_refused_before_anyone_sits_down(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(RecordingError, match="a file stands where a folder is needed"):
        Recorder(tmp_path / "file" / "session.mcap", HEADER)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EROFS, "the disk is read-only"), (errno.EACCES, "give this user the right")],
)
def test_a_read_only_folder_is_refused_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(RecordingError, match=remedy):
        Recorder(tmp_path / "session.mcap", HEADER)


def test_steps_never_go_back(tmp_path: Path) -> None:
    with Recorder(tmp_path / "session.mcap", HEADER) as recorder:
        recorder.chunk(10, eda(10))

        with pytest.raises(ValueError, match="step 9 comes after step 10"):
            recorder.chunk(9, eda(9))


def test_nothing_can_be_recorded_after_closing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "session.mcap", HEADER)
    recorder.close("done")

    with pytest.raises(ValueError, match="closed"):
        recorder.chunk(1, eda(1))


def test_a_chunk_of_impossible_shape_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    recorder = Recorder(path, HEADER)
    recorder.chunk(0, Chunk(EDA, np.zeros(3), np.zeros((2, 1))))
    fill(recorder, 10, start=1)
    recorder.close("done")

    assert recorder.fault is not None
    assert recorder.fault.where == "puck.eda"
    assert len(SessionFile.open(path).series("puck.eda")[0]) == 80


class Disk:
    """Stands between the store and the disk and fails when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: int | None = None
        self.half = False
        self.only_sync = False
        self._write, self._sync = durable.write, durable.sync
        monkeypatch.setattr(durable, "write", self._guard(self._written))
        monkeypatch.setattr(durable, "sync", self._guard(self._sync))

    def _written(self, file: IO[bytes], data: bytes) -> None:
        self._write(file, data)

    def _guard(self, call: Callable[..., None]) -> Callable[..., None]:
        def guarded(file: IO[bytes], *data: bytes) -> None:
            if self.error is None or (self.only_sync and data):
                call(file, *data)
                return
            if self.half and data:
                self._write(file, data[0][: len(data[0]) // 2])
            raise OSError(self.error, os.strerror(self.error))

        return guarded


@pytest.mark.parametrize(
    ("number", "only_sync"),
    [(errno.ENOSPC, False), (errno.EROFS, False), (errno.EIO, False), (errno.EIO, True)],
)
def test_a_failing_disk_is_told_and_nothing_is_lost_once_it_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, only_sync: bool
) -> None:
    path = tmp_path / "session.mcap"
    disk = Disk(monkeypatch)
    disk.only_sync = only_sync
    recorder = Recorder(path, HEADER)
    fill(recorder, 100)
    wait_until(lambda: recorder.acknowledged >= 49)
    disk.error, disk.half = number, True
    fill(recorder, 400, start=100)
    wait_until(lambda: recorder.fault is not None)
    told = str(recorder.fault)
    recorder.event(500, Event(5.0, "note_taken", {"text": "während"}))
    disk.error = None
    fill(recorder, 100, start=501)
    recorder.close("done")
    session = SessionFile.open(path)

    assert "session.mcap: cannot be written" in told
    assert recorder.fault is None
    assert (session.complete, session.damage) == (True, ())
    assert len(list(session.steps())) == 600
    assert len(session.events()) == len(read_events(tmp_path / "events.jsonl")) == 1


def test_a_disk_that_stays_full_leaves_what_was_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "session.mcap"
    disk = Disk(monkeypatch)
    recorder = Recorder(path, HEADER)
    fill(recorder, 200)
    wait_until(lambda: recorder.acknowledged >= 149)
    disk.error, disk.half = errno.ENOSPC, True
    fill(recorder, 300, start=200)
    recorder.close("done")
    session = SessionFile.open(path)

    assert recorder.fault is not None
    assert "make room" in str(recorder.fault)
    assert not session.complete
    assert [s.step for s in session.steps()][: recorder.acknowledged + 1] == list(
        range(recorder.acknowledged + 1)
    )


def test_a_disk_full_for_long_costs_the_oldest_blocks_and_the_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.recorder.MOST_WAITING", 20_000)
    path = tmp_path / "session.mcap"
    disk = Disk(monkeypatch)
    recorder = Recorder(path, HEADER)
    disk.error = errno.ENOSPC
    fill(recorder, 3000)
    wait_until(lambda: recorder.fault is not None)
    disk.error = None
    fill(recorder, 100, start=3000)
    recorder.close("done")
    session = SessionFile.open(path)

    assert "could not be kept" in str(recorder.fault)
    assert session.complete
    assert "are missing" in str(session.damage[0])
    for step in session.steps():
        assert np.array_equal(step.chunks[0].x, eda(step.step).x)


def wait_until(true: Callable[[], bool]) -> None:
    """Yield to the writer's thread until ``true``; the test's own time limit ends it."""
    while not true():
        wait_for(NEVER, 0.001)


NEVER = threading.Event()


FULL = """
import resource, sys
from pathlib import Path
from tests.unit.test_store_recorder import HEADER, fill
from engine.store.recorder import Recorder
path = Path(sys.argv[1])
recorder = Recorder(path, HEADER)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
fill(recorder, 4000)
recorder.close("done")
print(recorder.fault, "|", recorder.acknowledged)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of the operating system")
def test_the_operating_systems_own_refusal_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        capture_output=True, text=True, check=True, timeout=60,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    told, acknowledged = ran.stdout.strip().rsplit(" | ", 1)
    session = SessionFile.open(path)

    assert "cannot be written: file too large" in told
    assert int(acknowledged) > 100
    assert [s.step for s in session.steps()] == list(range(int(acknowledged) + 1))


def test_a_recording_without_a_later_column_of_the_show_is_read_by_the_names_of_the_others() -> (
    None
):
    wanted = show_stream(Script(("sea",), ("scene.swell", "sound.volume")))
    older = replace(wanted, axes=tuple(a for a in wanted.axes if a != "sign"))
    rows = np.arange(2.0 * len(older.axes)).reshape(2, -1)
    read = columns(rows, older, wanted)

    assert read.shape == (2, len(wanted.axes))
    assert np.isnan(read[:, wanted.axes.index("sign")]).all()
    for axis in older.axes:
        np.testing.assert_array_equal(
            read[:, wanted.axes.index(axis)], rows[:, older.axes.index(axis)]
        )


def test_a_disk_that_is_full_before_anyone_sits_down_leaves_no_session_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    disk.error, disk.half = errno.ENOSPC, True
    with pytest.raises(RecordingError, match="no space left"):
        Recorder(tmp_path / "s" / "session.mcap", HEADER)

    assert list((tmp_path / "s").iterdir()) == []
