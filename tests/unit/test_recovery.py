"""Whatever happens to a recording's file, no wrong value is ever read from it."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import RecordingError
from engine.events import Command, Event, Notice
from engine.show import Script
from engine.store import container, durable
from engine.store.container import is_closed
from engine.store.events_file import events_path, read_events
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.recovery import recover, recover_all
from engine.store.session_file import SessionFile, Step
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

ECG = Stream("belt.ecg", Kind.ECG, Unit.MILLIVOLT, 130.0)
EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 4.0)
HEADER = Header("s-2", "2026-01-02T03:04:05+00:00", "p", "text", Script(("a",), ("b.c",)))
SECONDS = 10


def record(path: Path, seconds: int = SECONDS) -> bytes:
    """Make a recording with something of every kind; return its bytes."""
    rng = np.random.default_rng(1)
    recorder = Recorder(path, HEADER)
    for step in range(0, seconds * 100, 10):
        t: F64 = (step * 1.3 + np.arange(13, dtype=np.float64)) / 130.0
        recorder.chunk(step, Chunk(ECG, t, rng.normal(size=(13, 1))))
        recorder.show(step, np.full(13, float(step)))
        if step % 50 == 0:
            recorder.chunk(step, Chunk(EDA, t[:2], rng.normal(size=(2, 1))))
            recorder.event(step, Event(step / 100, "level_changed", {"new": rng.normal()}))
        if step % 70 == 0:
            recorder.command(step, Command("set", "counselor", {"value": rng.normal()}))
            recorder.notice(step, Notice("device_state", {"state": "live", "n": step}))
    recorder.close("done")
    return path.read_bytes()


def plain(step: Step) -> tuple[object, ...]:
    """Return a step as values that can be compared, samples as their bytes."""
    chunks = tuple((c.stream, c.t.tobytes(), c.x.tobytes()) for c in step.chunks)
    return (step.step, chunks, step.commands, step.notices)


def all_of(path: Path) -> dict[int, tuple[object, ...]]:
    return {s.step: plain(s) for s in SessionFile.open(path).steps()}


def check(path: Path, truth: dict[int, tuple[object, ...]], events: set[str]) -> SessionFile | None:
    """Read a damaged file: everything that comes out must be true."""
    try:
        session = SessionFile.open(path)
    except RecordingError:
        return None
    for step in session.steps():
        assert truth[step.step] == plain(step)
    assert set(session.event_lines()) <= events
    t, rows = session.shows()
    assert np.array_equal(rows[:, 0], np.rint(t * 100))
    return session


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "session.mcap"
    record(path)
    return path


def cut(sound: Path, folder: Path, size: int) -> Path:
    """Return a copy of the file that ends after ``size`` bytes, as after a power cut."""
    path = folder / "session.mcap"
    path.write_bytes(sound.read_bytes()[:size])
    return path


def ends(sound: Path) -> list[int]:
    """Return where each block ends, found independently of our reader."""
    data, at, found = sound.read_bytes(), len(container.MAGIC), list[int]()
    while at < len(data) - len(container.MAGIC):
        length = int.from_bytes(data[at + 1 : at + 9], "little")
        if data[at] == container.CHUNK:
            found.append(at + 9 + length)
        at += 9 + length
    return found


def test_every_place_to_cut_a_file_leaves_only_true_values(sound: Path, tmp_path: Path) -> None:
    truth = all_of(sound)
    events = set(SessionFile.open(sound).event_lines())
    size = sound.stat().st_size
    front = sound.read_bytes().index(b"\x04\x00\x00\x00zstd") - 37  # the first block begins
    sizes = {0, 1, 7, 8, 9, 60, size - 1, size - 8, size - 37, size - 38}
    sizes |= {e + d for e in ends(sound) for d in (-20, -1, 0, 1, 9, 15, 40)}
    sizes |= {front - 1, front, front + 1} | set(range(0, size, 197))

    for n in sorted(s for s in sizes if 0 <= s < size):
        session = check(cut(sound, tmp_path, n), truth, events)
        whole = [e for e in ends(sound) if e <= n]
        assert (session is None) == (n < front)
        if session is not None and len(whole) > 1:
            assert sum(1 for _ in session.steps()) >= (len(whole) - 2) * 5


def test_a_recovered_file_is_whole_and_mending_it_again_changes_nothing(
    sound: Path, tmp_path: Path
) -> None:
    truth = all_of(sound)
    blocks = ends(sound)
    path = cut(sound, tmp_path, blocks[5] + 100)
    report = recover(path)
    session = SessionFile.open(path)
    mended = path.read_bytes()

    assert report is not None
    assert report.fault is None
    assert is_closed(path)
    assert session.recovered
    assert not session.complete
    assert all(truth[s.step] == plain(s) for s in session.steps())
    assert recover(path) is None
    assert path.read_bytes() == mended


def test_bytes_that_had_to_be_dropped_are_kept_beside_the_mended_file(
    sound: Path, tmp_path: Path
) -> None:
    blocks = ends(sound)
    path = cut(sound, tmp_path, blocks[5] - 10)
    torn = path.read_bytes()
    report = recover(path)

    assert report is not None
    assert report.kept == tmp_path / "session.mcap.damaged"
    assert report.kept.read_bytes() == torn
    assert "a block that was not finished" in str(report)


def test_a_file_cut_exactly_after_a_block_has_no_damage(sound: Path, tmp_path: Path) -> None:
    data = sound.read_bytes()
    end = ends(sound)[5]
    while data[end] == container.MESSAGE_INDEX:
        end += 9 + int.from_bytes(data[end + 1 : end + 9], "little")
    report = recover(cut(sound, tmp_path, end))

    assert report is not None
    assert (report.damage, report.kept) == ((), None)


def test_a_sound_closed_recording_is_left_alone(tmp_path: Path) -> None:
    before = record(tmp_path / "session.mcap")

    assert recover(tmp_path / "session.mcap") is None
    assert (tmp_path / "session.mcap").read_bytes() == before


def test_pages_of_zeros_at_the_end_are_no_blocks(sound: Path, tmp_path: Path) -> None:
    truth = all_of(sound)
    path = cut(sound, tmp_path, ends(sound)[6])
    with path.open("ab") as file:
        file.write(bytes(8192))
    report = recover(path)

    assert report is not None
    assert all(truth[s.step] == plain(s) for s in SessionFile.open(path).steps())


def test_a_lost_block_is_told_with_its_time_and_the_rest_is_kept(
    sound: Path, tmp_path: Path
) -> None:
    truth = all_of(sound)
    data = bytearray(sound.read_bytes())
    end = ends(sound)[3]
    data[end - 30 : end - 10] = bytes(20)
    path = tmp_path / "session.mcap"
    path.write_bytes(data)
    session = SessionFile.open(path)
    (lost,) = session.damage
    left = {s.step for s in session.steps()}

    assert session.complete
    assert "are missing" in str(lost)
    assert truth.keys() - left == {k for k in truth if lost.first <= k <= lost.last}
    assert 0 < lost.last - lost.first + 1 <= 100


def test_events_newer_than_the_last_block_are_kept_apart_from_what_can_be_replayed(
    sound: Path, tmp_path: Path
) -> None:
    path = cut(sound, tmp_path, ends(sound)[4] + 400)
    known = SessionFile.open(path).event_lines()
    newer = Event(4.99, "stop_requested", {"by": "officer"})
    log = events_path(path)
    lines = (*known, newer.line())
    log.write_text("".join(line + "\n" for line in lines) + '{"t":5.0,"ki', encoding="utf-8")
    report = recover(path)
    session = SessionFile.open(path)

    assert report is not None
    assert report.later_events == 1
    assert session.later_events == (newer,)
    assert session.event_lines() == known
    assert [e.line() for e in read_events(log)] == list(known)


def test_a_text_file_that_disagrees_with_the_recording_is_rebuilt_from_it(
    sound: Path, tmp_path: Path
) -> None:
    path = cut(sound, tmp_path, ends(sound)[4] + 400)
    known = SessionFile.open(path).event_lines()
    events_path(path).write_text(known[0].replace("0.0", "9.9") + "\n")
    recover(path)

    assert [e.line() for e in read_events(events_path(path))] == list(known)


def test_a_recording_in_use_is_not_touched(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "session.mcap", HEADER)

    with pytest.raises(RecordingError, match="being recorded right now"):
        recover(tmp_path / "session.mcap")
    recorder.close("done")


def test_starting_up_mends_every_recording_of_a_folder_and_tells_of_each(
    sound: Path, tmp_path: Path
) -> None:
    for name, size in (("a", ends(sound)[3]), ("b", 0), ("c", sound.stat().st_size)):
        (tmp_path / name).mkdir()
        cut(sound, tmp_path / name, size)
    reports = recover_all(tmp_path)

    assert [r.path.parent.name for r in reports] == ["a", "b"]
    assert reports[0].duration > 0.9
    assert reports[1].fault is not None
    assert (tmp_path / "b" / "session.mcap.damaged").exists()
    assert recover_all(tmp_path) == ()


def test_a_disk_that_fails_while_mending_leaves_the_old_file_as_it_was(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cut(sound, tmp_path, ends(sound)[5] - 10)
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "write", refuse)

    with pytest.raises(RecordingError, match="no space left"):
        recover(path)
    assert path.read_bytes() == before


def test_a_declared_length_beyond_reason_is_refused_without_reserving_memory(
    sound: Path, tmp_path: Path
) -> None:
    data = bytearray(sound.read_bytes())
    start = ends(sound)[2]
    while data[start] == container.MESSAGE_INDEX:
        start += 9 + int.from_bytes(data[start + 1 : start + 9], "little")
    data[start + 25 : start + 33] = (1 << 60).to_bytes(8, "little")
    path = tmp_path / "session.mcap"
    path.write_bytes(data)

    assert len(SessionFile.open(path).damage) == 1


def flips(size: int, every: int) -> list[tuple[int, int]]:
    rng = np.random.default_rng(5)
    return [(at, 1 << int(rng.integers(8))) for at in range(0, size, every)]


def flip_all(sound: Path, folder: Path, every: int) -> int:
    """Flip one bit at a time; return how many flips were noticed."""
    truth = all_of(sound)
    events = set(SessionFile.open(sound).event_lines())
    data = bytearray(sound.read_bytes())
    path = folder / "session.mcap"
    noticed = 0
    for at, bit in flips(len(data), every):
        data[at] ^= bit
        path.write_bytes(data)
        data[at] ^= bit
        session = check(path, truth, events)
        assert session is not None, f"unreadable after a flip at byte {at}"
        lost = truth.keys() - {s.step for s in session.steps()}
        told = any(True for _ in session.damage) or not session.complete
        assert not lost or told, f"a silent loss after a flip at byte {at}"
        assert len(lost) <= 10, f"more than a second lost after a flip at byte {at}"
        noticed += told
    return noticed


def test_single_flipped_bits_never_make_a_wrong_value(sound: Path, tmp_path: Path) -> None:
    assert flip_all(sound, tmp_path, every=211) > 50


@pytest.mark.slow
def test_a_flip_at_every_fifth_byte_never_makes_a_wrong_value(sound: Path, tmp_path: Path) -> None:
    assert flip_all(sound, tmp_path, every=5) > 3000


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    path.write_bytes(b"\x89MCAP0\r\n" + bytes(500))

    with pytest.raises(RecordingError, match="is it a recording of anlan"):
        SessionFile.open(path)
    with pytest.raises(RecordingError, match="cannot be read"):
        SessionFile.open(tmp_path / "none.mcap")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [("format", "2", "format 2"), ("cipher", '"aes-256-gcm"', "encrypted with 'aes-256-gcm'")],
)
def test_a_recording_of_a_newer_version_is_refused_with_the_reason(
    key: str, value: str, told: str
) -> None:
    text = HEADER.to_json()
    old = '"none"' if key == "cipher" else "1"

    with pytest.raises(RecordingError, match=told):
        Header.from_json(text.replace(f'"{key}":{old}', f'"{key}":{value}'))
