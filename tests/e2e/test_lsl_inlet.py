"""The LSL inlet against real liblsl outlets in other processes, on loopback."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from drivers.lsl_inlet import LslInlet
from engine.clock import SystemClock
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.source import Context
from engine.errors import ConfigError, LinkError
from engine.streams import F64, Chunk
from engine.units import Kind, Unit
from tests.lsl_room import Sender, loopback, outlet

pytest.importorskip("pylsl", reason="pylsl is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("loopback")]
__all__ = ["loopback"]


def opened(options: Mapping[str, Any], clock: SystemClock) -> LslInlet:
    source = LslInlet(LslInlet.look_up(options))
    source.open(Context("lab", clock))
    return source


def listen(
    source: LslInlet, clock: SystemClock, seconds: float, ages: list[float] | None = None
) -> list[Chunk]:
    chunks: list[Chunk] = []
    took: list[float] = []
    until = clock.now() + seconds
    while clock.now() < until:
        before = clock.now()
        heard = list(source.read(before))
        chunks += heard
        if ages is not None:
            ages += [clock.now() - float(c.t[-1]) for c in heard]
        took.append(clock.now() - before)
        clock.wait(0.01)
    # Not the slowest: that one waited for a busy computer, not for the device.
    assert np.percentile(took, 95) < 0.05
    return chunks


def joined(chunks: Sequence[Chunk]) -> tuple[F64, F64]:
    return np.concatenate([c.t for c in chunks]), np.concatenate([c.x for c in chunks])


@pytest.mark.quiet
@pytest.mark.parametrize(
    ("kind", "unit", "channels", "rate", "factor"),
    [
        ("EDA", "microsiemens", 1, 4.0, 1.0),
        ("ECG", "microvolts", 1, 500.0, 1e-3),
        ("EEG", "uV", 8, 1000.0, 1e-3),
    ],
)
def test_every_sample_comes_once_in_our_unit_at_the_time_it_was_made(
    kind: str, unit: str, channels: int, rate: float, factor: float
) -> None:
    clock = SystemClock()
    labels = ",".join(f"{kind}{n + 1}" for n in range(channels))
    sent = ["--type", kind, "--unit", unit, "--channels", str(channels), "--labels", labels,
            "--rate", str(rate), "--signal", "count", "--jitter", "0.001"]  # fmt: skip
    with outlet(*sent):
        source = opened({"type": kind}, clock)
        (stream,) = source.streams
        ages: list[float] = []
        t, x = joined(listen(source, clock, 3.0, ages))
        source.close()

    assert (stream.kind, stream.rate, len(stream.axes)) == (Kind(kind.lower()), rate, channels)
    numbers = x / factor
    assert (np.abs(numbers - numbers[:, :1]) < 1e-6).all()
    assert np.allclose(np.diff(numbers[:, 0]), 1.0, atol=1e-6)
    assert len(t) > 2.5 * rate
    # On the line of the outlet's clock, once the regression has settled.
    settled = slice(len(t) // 2, None)
    off = t - numbers[:, 0] / rate
    assert np.ptp(off[settled]) < 0.003
    assert (np.diff(t) > 0.0).all()
    assert 0.0 <= np.median(ages) < 0.1  # when it came, as a rule


class Room:
    """A room with one LSL device: what it is told, and every sample that enters."""

    def __init__(self, options: Mapping[str, Any], clock: SystemClock) -> None:
        spec = DeviceSpec("lab", "lsl-inlet", options)
        self.clock = clock
        self.manager = DeviceManager(
            [spec], classes={"lsl-inlet": LslInlet}, clock=clock, live=True
        )
        self.chunks: list[Chunk] = []
        self.states: list[str] = []

    def run(self, seconds: float, until: str = "") -> bool:
        deadline = self.clock.now() + seconds
        while self.clock.now() < deadline:
            self.chunks += self.manager.drain(self.clock.now())
            for notice in self.manager.notices():
                self.states.append(str(notice.facts["state"]))
            if until and self.states and self.states[-1] == until:
                return True
            self.clock.wait(0.01)
        return not until


@pytest.mark.quiet
def test_an_outlet_that_comes_late_dies_and_comes_back_is_taken_up_without_repeats() -> None:
    sent = ["--type", "ECG", "--source-id", "amp-7", "--unit", "mV", "--labels", "ECG1",
            "--signal", "count"]  # fmt: skip
    # Everything the room has to know is in the rig: it can begin without the outlet.
    rig = {"source_id": "amp-7", "rate": 500.0, "channels": {"ecg": {"take": "ECG1"}}}
    room = Room(rig, SystemClock())
    with room.manager:
        assert room.run(10.0, until="lost")  # tried, and said why it is not there
        first = Sender(*sent)
        assert room.run(12.0, until="live")
        room.run(2.0)
        first.kill()
        assert room.run(5.0, until="lost")
        before = len(room.chunks)
        second = Sender(*sent)
        try:
            assert room.run(12.0, until="live")
            room.run(2.0)
        finally:
            second.kill()

    for part in (room.chunks[:before], room.chunks[before:]):
        _, x = joined(part)
        assert len(x) > 500
        assert (np.diff(x[:, 0]) == 1.0).all()
    t, _ = joined(room.chunks)
    assert (np.diff(t) > 0.0).all()
    assert room.states == ["connecting", "lost", "live", "lost", "live"]


@pytest.mark.quiet
def test_intervals_without_a_rate_keep_their_own_stamps() -> None:
    clock = SystemClock()
    with outlet("--type", "RR", "--unit", "s", "--rate", "0", "--signal", "count"):
        source = opened({"type": "RR"}, clock)
        (stream,) = source.streams
        t, x = joined(listen(source, clock, 3.0))
        source.close()

    assert (stream.kind, stream.rate, stream.unit) == (Kind.RRI, None, Unit.MILLISECOND)
    assert np.allclose(np.diff(x[:, 0]), 1000.0)
    assert np.allclose(np.diff(t), 0.5, atol=0.002)


def test_a_stream_of_words_is_refused_in_words() -> None:
    with outlet("--type", "Markers", "--words"), pytest.raises(ConfigError, match="sends words"):
        LslInlet.look_up({"type": "Markers"})


def test_two_streams_that_fit_are_not_guessed_between() -> None:
    both = ["--type", "ECG", "--source-id"]
    with (
        outlet(*both, "a"),
        outlet(*both, "b"),
        pytest.raises(LinkError, match=r"2 LSL streams have type 'ECG'.*source_id"),
    ):
        LslInlet.look_up({"type": "ECG"})


def test_who_looks_for_what_is_not_there_is_told_what_is() -> None:
    with (
        outlet("--type", "EDA", "--name", "wristband"),
        pytest.raises(LinkError, match=r"no LSL stream with type 'ECG'.*wristband") as told,
    ):
        LslInlet.look_up({"type": "ECG"})
    assert "找不到 LSL 数据流" in getattr(told.value, "zh", "")


@pytest.mark.quiet
def test_stamps_of_another_clock_are_refused_and_arrivals_taken_instead() -> None:
    clock = SystemClock()
    with outlet("--type", "ECG", "--signal", "count", "--ahead", "1.7e9"):
        source = opened({"type": "ECG"}, clock)
        with pytest.raises(LinkError, match="not of LSL's clock"):
            listen(source, clock, 2.0)
        source.close()
        source = opened({"type": "ECG", "times": "arrival"}, clock)
        t, x = joined(listen(source, clock, 2.0))
        age = clock.now() - t[-1]
        source.close()

    assert (np.diff(x[:, 0]) == 1.0).all()
    assert (np.diff(t) > 0.0).all()
    assert abs(age) < 0.1


@pytest.mark.quiet
def test_a_silent_outlet_goes_on_at_the_right_time() -> None:
    clock = SystemClock()
    sent = ["--signal", "count", "--silent-from", "4", "--silent-to", "6"]
    with outlet("--type", "ECG", "--unit", "mV", "--labels", "ECG", *sent):
        source = opened({"type": "ECG"}, clock)
        t, x = joined(listen(source, clock, 5.0))
        source.close()

    # The outlet lost nothing: what it kept back comes at once, and is as old as it is.
    off = t - x[:, 0] / 500.0
    assert (np.diff(x[:, 0]) == 1.0).all()
    assert np.ptp(off[-250:]) < 0.003
    assert abs(np.median(off[-250:]) - np.median(off[250:500])) < 0.005
