import gc
import time
import tracemalloc

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.sound.voice import BLOCK, RATE, Voice
from tests.sound_kit import DT, VOICES, mixer, needs_kernels, row

BUDGET = 0.5e-3
"""Seconds of processor time a block may take: a tenth of the 5.3 ms it lasts."""


@pytest.mark.parametrize("voice", VOICES.values(), ids=lambda v: v.id)
@needs_kernels
def test_one_block_of_a_voice(benchmark: BenchmarkFixture, voice: Voice) -> None:
    sounding = voice.make(RATE, 3)
    levels = np.array([p.default for p in voice.parameters])
    out = np.zeros((2, BLOCK))

    benchmark.pedantic(  # type: ignore[no-untyped-call]
        sounding.render, (out, levels), rounds=4000, warmup_rounds=200
    )


@needs_kernels
def test_one_block_of_the_whole_mix(benchmark: BenchmarkFixture) -> None:
    mix = mixer()
    out = np.zeros((2, BLOCK))
    shown = row(swell=0.8, wind=0.6)
    at = iter(range(1_000_000))

    benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: mix.render(out, next(at) * DT, shown), rounds=4000, warmup_rounds=200
    )


@needs_kernels
def test_99_of_100_blocks_take_a_tenth_of_their_time_at_most() -> None:
    mix = mixer()
    out = np.zeros((2, BLOCK))
    shown = row(swell=0.8, wind=0.6)
    costs = np.zeros(11_000)  # a minute

    gc.disable()
    try:
        for k in range(costs.size):
            # Processor time: what other programs do meanwhile is not our doing.
            began = time.thread_time()
            mix.render(out, k * DT, shown)
            costs[k] = time.thread_time() - began
    finally:
        gc.enable()

    assert np.percentile(costs[200:], 99) < BUDGET


@needs_kernels
def test_rendering_keeps_no_memory() -> None:
    mix = mixer()
    out = np.zeros((2, BLOCK))
    shown = row()
    for k in range(200):
        mix.render(out, k * DT, shown)

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for k in range(200, 1200):
        mix.render(out, k * DT, shown)
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert after - before < 2048
    assert peak - before < 16_384  # a few numbers at a time, never an array of a block
