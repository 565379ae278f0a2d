"""What recording costs: processor time a recorded second, and size an hour."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.events import Event
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.recording import read_recording
from engine.store.session_file import SessionFile
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

DEVICES = (
    Stream("belt.ecg", Kind.ECG, Unit.MILLIVOLT, 250.0),
    Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 32.0),
    Stream("belt.resp", Kind.RESP, Unit.RAW, 25.0),
    Stream("belt.acc", Kind.ACC, Unit.G, 50.0, axes=("x", "y", "z")),
)
AXES = ("value", "quality", "corrected")
NODES = (
    *(Stream(f"signal.{i}", Kind.DERIVED, Unit.LEVEL, 4.0, axes=AXES) for i in range(5)),
    Stream("ecg.clean", Kind.DERIVED, Unit.MILLIVOLT, 250.0),
)
SCRIPT = Script(("dusk-ocean",), tuple(f"scene.c{i}" for i in range(8)))
HEADER = Header("s", "2026-01-01T00:00:00+00:00", "p", "", SCRIPT, DEVICES)
NOISE = np.random.default_rng(1).normal(size=(4096, 3))


def samples(stream: Stream, start: int, n: int) -> tuple[F64, F64]:
    """Return what a 16-bit device would tell: noisy values of a limited resolution."""
    assert stream.rate is not None
    t: F64 = np.arange(start, start + n, dtype=np.float64) / stream.rate
    x = np.sin(t)[:, np.newaxis] + 0.05 * NOISE[(start + np.arange(n)) % 4096, : len(stream.axes)]
    return t, np.round(x * 3276.8) / 3276.8


def session(minutes: float) -> list[tuple[int, Stream, Chunk]]:
    """Return all chunks of a session: 25 batches a second, as devices deliver."""
    made: list[tuple[int, Stream, Chunk]] = []
    for step in range(0, round(minutes * 6000), 4):
        for stream in (*DEVICES, *NODES):
            rate = stream.rate or 0.0
            start, end = int(step / 100 * rate), int((step + 4) / 100 * rate)
            if end > start:
                made.append((step, stream, Chunk(stream, *samples(stream, start, end - start))))
    return made


def record(path: Path, chunks: list[tuple[int, Stream, Chunk]], row: F64) -> None:
    with Recorder(path, HEADER) as recorder:
        shown = -10
        for step, stream, chunk in chunks:
            if step - shown >= 10:
                recorder.show(step, row)
                shown = step
                if step % 100 == 0:
                    recorder.event(step, Event(step / 100, "level_changed", {"new": step / 7}))
            if stream.kind is Kind.DERIVED:
                recorder.derived(step, chunk)
            else:
                recorder.chunk(step, chunk)


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], Path]:
    made = iter(range(10_000))
    return lambda: tmp_path / str(next(made)) / "session.mcap"


@pytest.mark.slow
def test_twenty_minutes_are_recorded_in_well_under_three_seconds(tmp_path: Path) -> None:
    chunks = session(20.0)
    path = tmp_path / "session.mcap"
    before = time.process_time()
    record(path, chunks, np.zeros(SCRIPT.width))
    cost = time.process_time() - before

    assert cost < 3.0
    assert SessionFile.open(path).complete


def test_an_hour_of_four_devices_and_six_nodes_takes_under_sixty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    record(path, session(0.5), np.zeros(SCRIPT.width))

    assert path.stat().st_size * 120 < 60e6


def test_bench_recording_a_minute(benchmark: BenchmarkFixture, fresh: Callable[[], Path]) -> None:
    chunks, row = session(1.0), np.zeros(SCRIPT.width)
    benchmark(lambda: record(fresh(), chunks, row))


def test_bench_replaying_a_minute(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    record(path, session(1.0), np.zeros(SCRIPT.width))
    benchmark(lambda: sum(len(s.chunks) for s in SessionFile.open(path).steps()))


def test_bench_reading_a_table_of_a_minute_at_a_kilohertz(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    path = tmp_path / "p.csv"
    rows = "\n".join(f"{a!r}" for a in np.random.default_rng(2).normal(size=60_000).tolist())
    path.write_text("# rate=1000\necg[mV]\n" + rows)
    benchmark(lambda: read_recording(path))
