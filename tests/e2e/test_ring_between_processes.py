"""Shared memory under a real writer in another process, killed outright again and again."""

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from engine.clock import SystemClock
from engine.processes.block import SharedBlock
from engine.processes.part import Part, PartState
from engine.processes.ring import SampleRing
from tests.e2e.part_mains import write_rows

WIDTH, CAPACITY = 200, 999
KILLS = 3


@pytest.fixture
def shared() -> Iterator[tuple[SharedBlock, SampleRing]]:
    block, ring = SharedBlock.create(WIDTH), SampleRing.create(1, CAPACITY)
    yield block, ring
    for made in (block, ring):
        made.close()
        made.unlink()


@pytest.mark.slow
def test_no_row_is_ever_torn_lost_or_repeated(shared: tuple[SharedBlock, SampleRing]) -> None:
    block, ring = shared
    clock = SystemClock()
    spec = (block.name, WIDTH, ring.name, CAPACITY)
    part = Part("writer", write_rows, spec, clock=clock, patience=2.0, ready_within=20.0)
    part.start()
    row, rows, seen, newest = np.zeros(WIDTH), 0, 0, -1.0
    kills, killed_at = 0, 0.0
    try:
        while kills < KILLS or clock.now() < killed_at + 1.0:
            assert clock.now() < 60.0
            part.poll(clock.now())
            for _ in range(200):
                block.read(row)
                assert row[0] == row[-1]
                assert np.all(row == row[0])
                seen += 1
            t, x = ring.read()
            if len(t):
                rows += len(t)
                assert len(t) % 3 == 0  # a write is seen whole or not at all
                assert t[0] > newest
                assert np.all(np.diff(t) > 0)
                assert np.all(np.diff(t.reshape(-1, 3), axis=1) == 1.0)
                assert np.array_equal(x[:, 0], -t)
                newest = float(t[-1])
            if part.state is PartState.RUNNING and rows > 6000 * (kills + 1) and kills < KILLS:
                assert part.pid is not None
                os.kill(part.pid, signal.SIGKILL)
                kills, killed_at = kills + 1, clock.now()
    finally:
        part.stop(2.0)

    assert part.failures == KILLS
    assert seen > 10_000
    assert rows > 6000 * KILLS
    assert ring.dropped == 0
