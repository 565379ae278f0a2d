"""What a session costs: the step of a live room, and a whole session in virtual time."""

import gc
import time
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine import plugins
from engine.clock import SystemClock
from engine.config import Rig
from engine.dsp.warmup import warmup
from engine.runtime.attendants import Unattended
from engine.runtime.core import Core, Sink, make_core
from engine.runtime.outcome import Outcome
from engine.runtime.plan import Plan, load_protocol, simulated
from engine.runtime.replaying import Verdict, verify
from engine.runtime.room import Room
from engine.runtime.session_folder import SessionFolder
from engine.session.setup import Setup
from engine.streams import Chunk, Stream
from engine.twin.body import Body
from engine.twin.feed import Feed
from engine.twin.options import SENSORS
from engine.twin.person import MEDIAN
from engine.twin.waveforms import AHEAD


def plan_of(folder: Path, protocol: str, *, virtual: bool = True) -> Plan:
    """Return a plan without stage and sound, with a simulated person."""
    found = plugins.load()
    return Plan(
        protocol=load_protocol(protocol, found), rig=Rig.default(),
        devices=(simulated(7, stress=0.5),), classes=found.drivers(), scenes=found.scenes(),
        voices=found.voices(), plugins=found, folder=folder, seed=7, virtual=virtual,
        stage=False, sound=False,
    )  # fmt: skip


def four_streams(seconds: float) -> tuple[tuple[Stream, ...], list[list[Chunk]]]:
    """Return ECG, EDA, belt and temperature as a live room gets them, 10 ms at a time."""
    streams = tuple(SENSORS[name] for name in ("ecg", "eda", "resp", "temp"))
    body = Body(MEDIAN, 7)
    feed = Feed(body, streams, seed=7)
    steps = []
    for k in range(round(seconds * 100)):
        body.advance(k / 100 + AHEAD)
        steps.append(list(feed.read(k / 100)))
    return streams, steps


def core_of(streams: tuple[Stream, ...]) -> Core:
    found = plugins.load()
    protocol = load_protocol("slow-paced-breathing", found)
    scenes = {s: {c.name: c.default for c in found.scenes()[s].controls} for s in [protocol.scene]}
    setup = Setup(protocol, scenes, groups=("heart", "eda", "resp"), sources=("x",))
    return make_core(setup, streams, Sink(lambda _k, _e: None, lambda _k, _c: None))


def test_room_step_with_four_streams_stays_under_a_millisecond(
    benchmark: BenchmarkFixture,
) -> None:
    """p99 of the deciding step, fed as live: 10 ms of ECG, EDA, belt and temperature each."""
    warmup()
    streams, steps = four_streams(120.0)
    attendant, clock = Unattended(), SystemClock()

    def live() -> list[float]:
        core, spent = core_of(streams), []
        gc.collect()
        gc.disable()
        try:
            for k, chunks in enumerate(steps):
                before = clock.now()
                wishes = attendant.commands(core.conductor) if k % 10 == 0 else []
                core.step(k, chunks, wishes)
                spent.append(clock.now() - before)
        finally:
            gc.enable()
        return spent

    spent = benchmark.pedantic(live, rounds=3, iterations=1)  # type: ignore[no-untyped-call]

    p50, p99 = np.percentile(np.array(spent) * 1e3, [50, 99])
    benchmark.extra_info.update(step_ms_p50=p50, step_ms_p99=p99)
    print(f"\nroom step: p50 {p50 * 1e3:.0f} us, p99 {p99 * 1e3:.0f} us")  # noqa: T201
    assert p99 < 1.0


def test_a_twenty_minute_session_runs_in_seconds(
    benchmark: BenchmarkFixture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """capsule-20, simulated, recorded, in virtual time, without rendering: processor time."""
    warmup()

    took: list[float] = []

    def session() -> Outcome:
        folder, before = tmp_path_factory.mktemp("bench") / "session", time.process_time()
        outcome = Room(plan_of(folder, "capsule-20"), Unattended()).run()
        took.append(time.process_time() - before)
        return outcome

    outcome = benchmark.pedantic(session, rounds=2, iterations=1, warmup_rounds=1)  # type: ignore[no-untyped-call]

    per_20_min = min(took) * 1200.0 / outcome.seconds
    memory = {name: round(n / 2**20) for name, n in outcome.memory.items()}
    benchmark.extra_info.update(seconds=outcome.seconds, per_20_min=per_20_min, memory_mib=memory)
    print(f"\n{outcome.seconds:.0f} s lived; 20 min take {per_20_min:.1f} s; MiB {memory}")  # noqa: T201
    assert per_20_min < 10.0


def test_replay_beside_the_session_itself(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """How much faster a session is replayed than it was simulated and recorded."""
    clock = SystemClock()
    before = clock.now()
    Room(plan_of(tmp_path / "s", "slow-paced-breathing"), Unattended()).run()
    made = clock.now() - before
    took: list[float] = []

    def replay() -> Verdict:
        before = clock.now()
        verdict = verify(SessionFolder(tmp_path / "s"))
        took.append(clock.now() - before)
        return verdict

    verdict = benchmark.pedantic(replay, rounds=2, iterations=1)  # type: ignore[no-untyped-call]

    ratio = min(took) / made
    benchmark.extra_info["of_the_session"] = ratio
    print(f"\nreplay takes {ratio:.2f} of the session itself")  # noqa: T201
    assert verdict.same, verdict
