"""A sensor that sends at another rate than declared tells nothing, and the counselor why."""

import numpy as np
import pytest

from engine.graph.standard import standard_graph
from engine.report.reasons import reason
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.rehearsal import rehearsal
from tests.unit.test_conductor import GOOD, through_to_training

EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)
PPG = Stream("clip.ppg", Kind.PPG, Unit.RAW, 64.0)


def told(stream: Stream, t: F64, bundle: int = 7) -> F64:
    graph = standard_graph([stream]).graph
    x = 5.0 + 0.1 * np.sin(t)
    rows = [
        np.c_[made.t, made.x]
        for i in range(0, len(t), bundle)
        for made in graph.push(Chunk(stream, t[i : i + bundle], x[i : i + bundle, None]))
        if made.stream.name.endswith(".sample_rate")
    ]
    return np.vstack(rows) if rows else np.empty((0, 2))


@pytest.mark.parametrize("stream", [EDA, PPG])
@pytest.mark.parametrize("times", [0.5, 0.7, 1.4, 4.0])
def test_another_rate_than_declared_is_told_within_seven_seconds(
    stream: Stream, times: float
) -> None:
    rows = told(stream, np.arange(0.0, 20.0, 1.0 / (times * (stream.rate or 1.0))))

    assert rows[0, 0] <= 7.0
    assert rows[:, 1] == pytest.approx(times * (stream.rate or 1.0), rel=0.02)
    assert len(rows) >= 12


@pytest.mark.parametrize("times", [0.95, 1.0, 1.05])
def test_a_rate_as_declared_is_not_told_nor_a_pause(times: float) -> None:
    t = np.arange(0.0, 40.0, 1.0 / (8.0 * times))
    t[t.size // 2 :] += 30.0

    assert not len(told(EDA, t))


def test_how_samples_are_bundled_makes_no_difference() -> None:
    t = np.arange(0.0, 20.0, 1.0 / 90.0)

    assert told(PPG, t, 1).tobytes() == told(PPG, t, 1000).tobytes()


def test_the_counselor_is_told_once_and_in_both_languages() -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda _: {**GOOD, "resp.sample_rate": (12.5, 1.0)}

    room.run(20)

    lost = room.kinds("signal_lost")
    assert [e.facts["group"] for e in lost] == ["resp"]
    words = reason(str(lost[0].facts["reason"]))
    assert words.en == "about 12.5 samples a second come, not as many as its driver declares"
    assert words.zh == "每秒约传来 12.5 个采样，与驱动程序声明的不符，请检查设备的采样率"
