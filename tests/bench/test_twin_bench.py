"""How much faster than life the twin lives, and what one read costs a live loop."""

import time
from typing import Any

import numpy as np
import pytest

from engine.clock import VirtualClock
from engine.devices.source import Context
from engine.dsp.jit import COMPILED
from engine.pace import Pace
from engine.show import Show
from engine.streams import Stream
from engine.twin.body import Body
from engine.twin.feed import waveform_for
from engine.twin.person import MEDIAN
from engine.twin.simulated import SimulatedPerson
from engine.twin.waveforms import AHEAD
from engine.units import Kind, Unit

pytestmark = pytest.mark.skipif(not COMPILED, reason="says nothing uncompiled")
SIX = Pace(0.0, 6.0, 0.4, 1.0)
HOUR = 3600.0


def hour_with_ecg() -> int:
    body = Body(MEDIAN, 1)
    body.advance(HOUR + AHEAD, SIX)
    t, _ = waveform_for(Stream("ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)).take(body, HOUR)
    return len(t)


def test_an_hour_of_body(benchmark: Any) -> None:
    benchmark(lambda: Body(MEDIAN, 1).advance(HOUR, SIX))


@pytest.mark.benchmark(timer=time.process_time)  # a busy computer makes the hour no dearer
def test_an_hour_of_body_and_ecg_runs_twenty_thousand_times_faster_than_life(
    benchmark: Any,
) -> None:
    assert benchmark(hour_with_ecg) == 900_001

    if benchmark.enabled:
        assert HOUR / benchmark.stats.stats.median > 20_000


def test_one_live_read_of_all_sensors_every_10_ms(benchmark: Any) -> None:
    person = SimulatedPerson({"sensors": ["ecg", "ppg", "rr", "eda", "resp", "temp"]})
    show = Show(pace=SIX, levels={"scene.swell": 0.2})
    person.open(Context("officer", VirtualClock(), 1, lambda: show))
    times = iter(np.arange(1, 10_000_000) * 0.01)

    benchmark(lambda: list(person.read(float(next(times)))))
