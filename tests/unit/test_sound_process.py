import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

import engine.sound.output as sound_output
from engine.errors import SoundError
from engine.pace import Pace
from engine.processes.block import SharedBlock
from engine.scene.api import SoundBed
from engine.show import FIXED, Script
from engine.sound.live import Live
from engine.sound.offline import OfflineRender
from engine.sound.output import DeviceOutput, output_device
from engine.sound.process import SoundSpec, run
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64
from tests.sound_kit import (
    BEDS,
    DT,
    SHORE,
    VOICES,
    RoomClock,
    RoomLink,
    mixer,
    needs_kernels,
    row,
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def keep_collecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound process changes its collector and priority for good; a test run must not."""
    monkeypatch.setattr("engine.sound.live.settle", lambda: None)
    monkeypatch.setattr("engine.sound.live.hurry", lambda: None)
    monkeypatch.setattr("engine.sound.process.settle", lambda: None)


@pytest.fixture
def room() -> Iterator[SharedBlock]:
    block = SharedBlock.create(SHORE.width)
    yield block
    block.close()
    block.unlink()


def spec(block: str | None, wav: Path | None, **changed: Any) -> SoundSpec:
    return SoundSpec(
        SHORE, block=block, wav=wav, device=changed.pop("device", "none"),
        beds=changed.pop("beds", tuple(BEDS.items())), voices=tuple(VOICES.values()), seed=5,
    )  # fmt: skip


def heard(path: Path) -> F64:
    rate, frames = wavfile.read(path)
    assert rate == RATE
    made: F64 = frames.T / 32767.0
    return made


def timed(seconds: float, rate: float = 10.0, **shown: Any) -> F64:
    return np.stack([row(time=k / rate, **shown) for k in range(round(seconds * rate) + 1)])


@needs_kernels
def test_without_a_device_the_sound_goes_to_a_file_in_time_with_the_session(
    room: SharedBlock, tmp_path: Path
) -> None:
    room.write(row())
    link = RoomLink(RoomClock(2.5), until=12.5)

    run(spec(room.name, tmp_path / "sound.wav"), link)

    x = heard(tmp_path / "sound.wav")
    assert not x[:, : round(2.5 * RATE)].any()
    assert x[:, round(3.5 * RATE) : round(12.4 * RATE)].std() > 0.005
    assert x.shape[1] / RATE == pytest.approx(12.5 + 0.3, abs=0.1)
    assert np.abs(x[:, -64:]).max() <= 4 / 32767  # -78 dB
    assert link.all("ready") == [{"device": None, "latency_ms": 50.0}]


@needs_kernels
def test_the_file_holds_the_same_samples_as_the_mixer_makes(
    room: SharedBlock, tmp_path: Path
) -> None:
    room.write(row())
    link = RoomLink(RoomClock(0.0), until=3.0)

    run(spec(room.name, tmp_path / "sound.wav"), link)

    mix = mixer()
    out = np.zeros((2, BLOCK))
    expected = np.empty((2, 400 * BLOCK))
    for k in range(400):
        mix.render(out, k * DT, row())
        expected[:, k * BLOCK : (k + 1) * BLOCK] = out
    x = heard(tmp_path / "sound.wav")[:, : 400 * BLOCK]
    assert np.abs(x - expected).max() <= 1.51 / 32767


@needs_kernels
def test_a_stall_becomes_silence_and_the_rest_stays_in_time(
    room: SharedBlock, tmp_path: Path
) -> None:
    room.write(row())
    clock = RoomClock(0.0)
    link = RoomLink(clock, until=9.0)

    def stall(now: float) -> None:
        if 4.0 < now < 6.0:
            clock.time = 6.0

    link.meanwhile = stall

    run(spec(room.name, tmp_path / "sound.wav"), link)

    x = heard(tmp_path / "sound.wav")
    assert not x[:, round(4.2 * RATE) : round(5.9 * RATE)].any()
    assert x[:, round(6.1 * RATE) : round(8.9 * RATE)].any()
    assert x.shape[1] / RATE == pytest.approx(9.3, abs=0.1)


@needs_kernels
def test_every_ten_seconds_it_tells_how_well_it_does(room: SharedBlock) -> None:
    room.write(row())
    link = RoomLink(RoomClock(0.0), until=25.0)

    run(spec(room.name, None), link)

    reports = link.all("stats")
    assert len(reports) == 2
    assert set(reports[0]) == {"load", "underflows", "gaps", "lufs", "rider_db", "rss"}
    assert -35.0 < reports[1]["lufs"] < -12.0
    assert reports[1]["rss"] > 2**20


def test_the_heart_beats_at_every_turn(room: SharedBlock) -> None:
    link = RoomLink(RoomClock(0.0), until=0.1)

    run(spec(room.name, None, beds=()), link)

    assert link.beats >= 5


@needs_kernels
def test_a_virtual_session_is_rendered_complete(tmp_path: Path) -> None:
    rows = timed(40.0)
    link = RoomLink(RoomClock(), until=1.0)
    link.coming = [("rows", {"rows": rows[:200]}), ("rows", {"rows": rows[200:]}), ("finish", {})]

    run(spec(None, tmp_path / "sound.wav"), link)

    (finished,) = link.all("finished")
    x = heard(tmp_path / "sound.wav")
    assert finished["seconds"] == pytest.approx(40.3, abs=0.1)
    assert x.shape[1] / RATE == pytest.approx(finished["seconds"], abs=1e-6)
    assert -26.0 < finished["lufs"] < -20.0
    assert finished["peak_db"] <= -1.5
    assert [round(m["seconds"]) for m in link.all("progress")] == [10, 20, 30, 40]
    assert np.abs(x[:, -64:]).max() <= 4 / 32767  # -78 dB


@needs_kernels
def test_a_process_started_afresh_renders_the_same_file_again(tmp_path: Path) -> None:
    files: list[bytes] = []
    for _ in range(2):
        link = RoomLink(RoomClock(), until=1.0)
        link.coming = [("rows", {"rows": timed(5.0)}), ("finish", {})]
        run(spec(None, tmp_path / "sound.wav"), link)
        files.append((tmp_path / "sound.wav").read_bytes())

    assert files[0] == files[1]


def test_levels_run_straight_from_one_row_to_the_next() -> None:
    seen: list[tuple[float, float, float]] = []

    class Watching:
        closing = silent = False

        def render(self, out: F64, t: float, shown: F64) -> None:
            seen.append((t, float(shown[len(FIXED)]), float(shown[5])))

    render = OfflineRender(Watching(), None)  # type: ignore[arg-type]
    render.take(np.stack([row(time=0.0, swell=0.0), row(time=1.0, swell=1.0, scene=1)]))

    list(render.advance())

    t, swell, scene = np.array(seen).T
    assert np.allclose(swell, t, atol=1e-9)
    assert not scene.any()
    assert t[-1] == pytest.approx(1.0, abs=2 * DT)


@pytest.mark.parametrize("sizes", [[51], [1, 50], [7] * 8])
def test_the_sound_does_not_depend_on_how_the_rows_are_cut(sizes: list[int]) -> None:
    rows = timed(0.05, rate=1000.0)
    whole, cut = (OfflineRender(mixer(), None) for _ in range(2))
    got: dict[int, list[F64]] = {0: [], 1: []}
    for i, render in enumerate((whole, cut)):
        record(render, got[i])

    whole.take(rows)
    list(whole.advance())
    at = 0
    for size in sizes:
        cut.take(rows[at : at + size])
        at += size
        list(cut.advance())

    assert len(got[0]) == len(got[1]) > 5
    assert all(np.array_equal(a, b) for a, b in zip(got[0], got[1], strict=True))


def record(render: OfflineRender, into: list[F64]) -> None:
    real = render._mixer.render

    def keep(out: F64, t: float, row: F64) -> None:
        real(out, t, row)
        into.append(out.copy())

    render._mixer.render = keep  # type: ignore[method-assign]


def test_rows_that_go_back_in_time_are_refused() -> None:
    render = OfflineRender(mixer(), None)

    with pytest.raises(SoundError, match="go back in time"):
        render.take(timed(1.0)[::-1])


def test_a_scene_with_an_unknown_voice_ends_the_process_before_it_is_ready() -> None:
    link = RoomLink(RoomClock(), until=1.0)
    wrong = (("shore", (SoundBed("see"),)),)

    with pytest.raises(SoundError, match="did you mean 'sea'"):
        run(spec(None, None, beds=wrong), link)

    assert not link.all("ready")


class FakeStream:
    """An output stream of a PortAudio that plays when the test says so."""

    def __init__(self, callback: Callable[..., None], **facts: Any) -> None:
        self.callback, self.facts = callback, facts
        self.active, self.latency, self.closed = False, 0.01, False

    def start(self) -> None:
        self.active = True

    def close(self, *, ignore_errors: bool) -> None:
        self.active, self.closed = False, True

    def pull(self, *, underflow: bool = False) -> F64:
        out = np.ones((BLOCK, 2))
        times = SimpleNamespace(outputBufferDacTime=5.02, currentTime=5.0)
        try:
            self.callback(out, BLOCK, times, SimpleNamespace(output_underflow=underflow))
        except FakePortAudio.CallbackAbort:
            self.active = False
        return out


class FakePortAudio(SimpleNamespace):
    """As much of sounddevice as we use."""

    class PortAudioError(Exception):
        """What PortAudio raises."""

    class CallbackAbort(Exception):  # noqa: N818 - its name there
        """What ends a stream from within."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = list(names)
        self.streams: list[FakeStream] = []

    def query_devices(self, wanted: str | None = None, kind: str | None = None) -> Any:
        found = [{"name": n, "max_output_channels": 2} for n in self.names]
        if kind is None:
            return found
        matching = [d for d in found if wanted is None or wanted in str(d["name"])]
        if not matching:
            raise ValueError("no such device")
        return matching[0]

    def OutputStream(self, **facts: Any) -> FakeStream:  # noqa: N802 - its name there
        if facts["device"] not in self.names:
            raise self.PortAudioError("device unavailable")
        self.streams.append(FakeStream(**facts))
        return self.streams[-1]

    def _terminate(self) -> None:
        pass

    def _initialize(self) -> None:
        pass


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakePortAudio:
    fake = FakePortAudio("Headset", "Speakers")
    monkeypatch.setattr(sound_output, "_portaudio", lambda: fake)
    return fake


def test_a_device_gets_the_sound_of_the_moment_it_is_heard(card: FakePortAudio) -> None:
    clock = RoomClock(100.0)
    times: list[float] = []

    def render(t: float) -> F64:
        times.append(t)
        return np.vstack((np.full(BLOCK, 0.25), np.full(BLOCK, -0.25)))

    player: Any = SimpleNamespace(render=render)
    output = DeviceOutput("Headset", player, clock)
    (stream,) = card.streams

    out = stream.pull(underflow=True)

    assert stream.facts["samplerate"] == RATE
    assert stream.facts["blocksize"] == BLOCK
    assert times == [pytest.approx(100.02)]
    assert out[:, 0].tolist() == [0.25] * BLOCK
    assert output.underflows == 1
    assert output.fault is None


def test_an_error_in_the_callback_is_seen_and_heard_as_silence(card: FakePortAudio) -> None:
    def render(t: float) -> F64:
        raise ZeroDivisionError("no sea")

    output = DeviceOutput("Headset", SimpleNamespace(render=render), RoomClock())

    out = card.streams[0].pull()

    assert not out.any()
    assert output.fault == "ZeroDivisionError: no sea"


def test_a_device_that_goes_is_told_replaced_by_the_file_and_taken_back(
    card: FakePortAudio, room: SharedBlock, tmp_path: Path
) -> None:
    clock = RoomClock(0.0)
    link = RoomLink(clock, until=3.0)

    def pull_out_and_back(now: float) -> None:
        if 1.0 <= now < 1.02:
            card.names.remove("Headset")
            card.streams[0].active = False
        if 2.0 <= now < 2.02:
            card.names.insert(0, "Headset")

    link.meanwhile = pull_out_and_back

    run(spec(room.name, tmp_path / "sound.wav", device="Head", beds=()), link)

    assert [f["message"] for f in link.all("fault")] == ["Headset: the sound device stopped"]
    assert len(card.streams) == 2
    assert all(s.closed for s in card.streams)
    assert (tmp_path / "sound.wav").exists()
    assert link.all("ready")[0]["device"] == "Headset"


def test_a_callback_that_fails_again_and_again_ends_the_process(
    card: FakePortAudio, room: SharedBlock
) -> None:
    link = RoomLink(RoomClock(0.0), until=60.0)

    def break_it(now: float) -> None:
        for stream in card.streams:
            if stream.active:
                stream.facts["player"] = None
                stream.pull()

    link.meanwhile = break_it

    def fail(self: object, t: float) -> F64:
        raise ZeroDivisionError("no sea")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.sound.player.Player.render", fail)
        patch.setattr("engine.sound.live.PacedOutput.turn", lambda self: None)
        with pytest.raises(ZeroDivisionError):
            run(spec(room.name, None, device=None, beds=()), link)

    assert len(link.all("fault")) == len(Live.RETRY)


def test_a_named_device_that_is_not_there_is_refused_with_what_is_there(
    card: FakePortAudio,
) -> None:
    with pytest.raises(SoundError, match="Headset, Speakers"):
        output_device("Tuba")


def test_no_device_at_all_is_no_fault(card: FakePortAudio) -> None:
    card.names.clear()

    assert output_device(None) is None
    assert output_device("none") is None


def test_importing_the_sound_starts_no_portaudio() -> None:
    code = (
        "import sys, engine.sound, engine.sound.process, engine.sound.plugin;"
        "sys.exit('sounddevice' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=120)

    assert done.returncode == 0


def test_a_spec_names_a_script_and_nothing_else_is_needed() -> None:
    link = RoomLink(RoomClock(), until=0.5)
    link.coming = [("rows", {"rows": np.zeros((2, len(FIXED)))}), ("finish", {})]

    run(SoundSpec(Script(("shore",), ()), voices=tuple(VOICES.values())), link)

    assert len(link.all("finished")) == 1


def test_the_pace_in_a_row_is_the_one_that_is_heard() -> None:
    mix = mixer()
    out = np.zeros((2, BLOCK))

    mix.render(out, 3.0, row(pace=Pace(1.0, 5.5, 0.45)))

    assert mix._pace == Pace(1.0, 5.5, 0.45)
