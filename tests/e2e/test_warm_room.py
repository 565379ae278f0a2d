"""Nothing compiles while someone is in the chair, and both clocks of a live room agree."""

import numpy as np
import pytest

from engine.clock import SystemClock, VirtualClock
from engine.dsp.jit import COMPILED, KERNELS
from engine.dsp.warmup import warmup
from engine.pace import Pace
from engine.runtime.timeline import Timeline
from engine.show import Script, Show
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

BELT = Stream("belt.resp", Kind.RESP, Unit.RAW, 25.0)


@pytest.mark.skipif(not COMPILED, reason="compilation is switched off")
def test_no_kernel_has_more_than_the_one_signature_it_was_written_for() -> None:
    warmup()

    assert KERNELS
    assert all(len(k.signatures) <= 1 for k in KERNELS)


def test_virtual_time_is_not_shifted() -> None:
    timeline = Timeline(VirtualClock())
    chunk = Chunk(BELT, np.array([1.0]), np.array([[0.0]]))

    timeline.begin()
    timeline.keep(250)

    assert timeline.clock.now() == 2.5
    assert timeline.chunk(chunk) is chunk


def test_what_crosses_the_border_of_a_live_room_is_shifted_once_each_way() -> None:
    timeline = Timeline(SystemClock(), begun=4.0)
    chunk = Chunk(BELT, np.array([5.0, 5.04]), np.zeros((2, 1)))
    script = Script(scenes=("sea",), controls=())
    show = Show(time=1.0, pace=Pace(0.5, 6.0, 0.4, 1.0))
    row = np.zeros(script.width)
    show.fill(script, row)

    shown = Show.from_row(script, timeline.row(row))

    assert timeline.chunk(chunk).t.tolist() == [1.0, 1.04]
    assert shown == timeline.show(show)
    assert (shown.time, shown.pace.start) == (5.0, 4.5)
    assert shown.pace.phase(timeline.in_room(1.0)) == show.pace.phase(1.0)
    assert timeline.in_room(1.0) == 5.0
