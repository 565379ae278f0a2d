import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.clock import SystemClock
from engine.processes.link import Message
from engine.processes.part import Part, PartState
from engine.processes.post import MOST_WAITING
from engine.processes.restarts import BACKOFF, FAILURES
from tests.e2e import part_mains as mains

pytestmark = pytest.mark.slow

PATIENCE = 0.3
SHM = Path("/dev/shm")  # noqa: S108


class Watch:
    """Drives parts the way the room does, and gives up after a deadline."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.parts: list[Part] = []
        self.heard: list[Message] = []

    def part(self, main: Callable[..., None], spec: Any, **options: Any) -> Part:
        part = Part(
            main.__name__,
            main,
            spec,
            clock=self.clock,
            patience=options.get("patience", PATIENCE),
            ready_within=options.get("ready_within", 10.0),
        )
        self.parts.append(part)
        return part

    def until(self, is_so: Callable[[], bool], within: float = 10.0) -> float:
        """Poll until ``is_so``; return how long it took, s."""
        start = self.clock.now()
        while not is_so():
            assert self.clock.now() - start < within, (self.states(), self.heard)
            for part in self.parts:
                before = self.clock.now()
                self.heard += part.poll(before)
                assert self.clock.now() - before < 0.1, "poll blocked"
            self.clock.wait(0.005)
        return self.clock.now() - start

    def verbs(self, verb: str) -> list[Any]:
        return [facts for v, facts in self.heard if v == verb]

    def states(self) -> list[tuple[str, str]]:
        return [(str(f["state"]), str(f["reason"])) for f in self.verbs("part")]


def segments() -> set[str]:
    return {p.name for p in SHM.glob(f"anlan-{os.getpid():x}-*")}


@pytest.fixture
def watch() -> Iterator[Watch]:
    threads, memory = set(threading.enumerate()), segments()
    made = Watch()
    yield made
    pids = [p.pid for p in made.parts if p.pid is not None]
    for part in made.parts:
        part.stop(1.0)
    assert set(threading.enumerate()) <= threads
    assert segments() <= memory
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_part_answers_and_ends_when_asked(watch: Watch) -> None:
    part = watch.part(mains.echo, "spec")
    part.start()
    watch.until(lambda: part.state is PartState.RUNNING)
    part.send("question", n=[1, 2])
    watch.until(lambda: bool(watch.verbs("echo")))
    rss = part.rss
    obeyed = part.stop(2.0)
    last = part.poll(watch.clock.now())

    assert watch.verbs("hello") == [{"spec": "spec"}]
    assert watch.verbs("echo") == [{"verb": "question", "n": [1, 2]}]
    assert 5e6 < rss < 200e6
    assert obeyed
    assert ("goodbye", {}) in last
    assert part.state is PartState.OFF
    assert part.pid is None
    assert not part.send("anyone")


def test_a_part_whose_work_is_done_ends_without_restart(watch: Watch) -> None:
    part = watch.part(mains.finish, 0)
    part.start()
    watch.until(lambda: part.state is PartState.ENDED)

    assert watch.verbs("finished") == [{"n": 0}]
    assert part.restarts == 0


@pytest.mark.parametrize(
    ("main", "spec", "reason"),
    [
        (mains.raise_error, "oops", "KeyError: 'oops'"),
        (mains.raise_error, "ours", "chair: went away (plug it in)"),
        (mains.finish, 3, "ended with exit code 3"),
        (mains.kill_itself, signal.SIGSEGV.value, "was killed by SIGSEGV"),
        (mains.kill_itself, signal.SIGKILL.value, "was killed by SIGKILL"),
    ],
)
def test_a_failure_is_told_in_words_and_restarted(
    watch: Watch, main: Callable[..., None], spec: Any, reason: str
) -> None:
    part = watch.part(main, spec)
    part.start()
    watch.until(lambda: part.state is PartState.RESTARTING)

    assert part.reason == reason
    assert part.failures == 1
    watch.until(lambda: part.restarts == 1)


@pytest.mark.parametrize("main", [mains.hang, mains.spin])
def test_a_hang_is_noticed_within_the_patience_and_killed(
    watch: Watch, main: Callable[..., None]
) -> None:
    part = watch.part(main, 0.05)
    part.start()
    watch.until(lambda: part.state is PartState.RUNNING)
    pid = part.pid
    took = watch.until(lambda: part.state is PartState.RESTARTING)

    assert part.reason.startswith("did not answer for 0.3")
    assert took < 0.05 + PATIENCE + 0.3
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_one_that_is_never_ready_is_killed(watch: Watch) -> None:
    part = watch.part(mains.never_ready, None, ready_within=0.5)
    part.start()
    watch.until(lambda: part.state is PartState.RESTARTING)

    assert part.reason == "was not ready within 0.5 s"


def test_an_announced_slow_step_is_waited_for(watch: Watch) -> None:
    part = watch.part(mains.think, 3 * PATIENCE)
    part.start()
    watch.until(lambda: bool(watch.verbs("hello")))

    assert part.failures == 0


def test_a_room_that_paused_itself_blames_nobody(watch: Watch) -> None:
    part = watch.part(mains.echo, "")
    part.start()
    watch.until(lambda: part.state is PartState.RUNNING)
    part.poll(watch.clock.now() + 100.0)
    part.poll(watch.clock.now() + 200.0)

    assert part.state is PartState.RUNNING


def test_a_part_that_recovers_says_so(watch: Watch, tmp_path: Path) -> None:
    part = watch.part(mains.fail_once, str(tmp_path / "mark"))
    part.start()
    watch.until(lambda: bool(watch.verbs("hello")))

    assert [state for state, _ in watch.states()] == [
        "starting",
        "restarting",
        "starting",
        "running",
    ]
    assert watch.states()[1][1] == "ValueError: not today"
    assert part.restarts == 1
    assert part.reason == ""


def test_a_message_no_one_can_read_is_reported_not_raised(watch: Watch) -> None:
    part = watch.part(mains.send_nonsense, None)
    part.start()
    watch.until(lambda: bool(watch.verbs("unsendable")))

    assert watch.verbs("unsendable")[0]["verb"] == "bad"


def test_a_flood_is_bounded_and_counted(watch: Watch) -> None:
    part = watch.part(mains.flood, MOST_WAITING + 5_000)
    part.start()
    pause = watch.clock.now() + 3.0
    while watch.clock.now() < pause and not part.pid:
        watch.clock.wait(0.01)
    post = part._post
    assert post is not None
    while watch.clock.now() < pause and not post._lost:
        watch.clock.wait(0.01)
    watch.until(lambda: bool(watch.verbs("hello")))

    assert len(watch.verbs("drop")) + sum(f["lost"] for f in watch.verbs("flooded")) == (
        MOST_WAITING + 5_000
    )
    assert watch.verbs("flooded")


def test_what_cannot_be_sent_to_a_child_is_refused_at_once(watch: Watch) -> None:
    with pytest.raises(Exception, match=r"pickle|local object"):
        watch.part(mains.echo, lambda: None)


def test_children_never_hear_ctrl_c(watch: Watch) -> None:
    part = watch.part(mains.report_signals, None)
    part.start()
    watch.until(lambda: bool(watch.verbs("signals")))
    assert part.pid is not None
    psutil.Process(part.pid).send_signal(signal.SIGINT)
    part.send("still there")
    watch.until(lambda: bool(watch.verbs("echo")))

    assert watch.verbs("signals") == [{"ignored": True}]
    assert part.failures == 0


def test_a_part_that_does_not_obey_is_killed_in_time(watch: Watch) -> None:
    part = watch.part(mains.hang, 60.0, patience=60.0)
    part.start()
    watch.until(lambda: part.state is PartState.RUNNING)
    start = watch.clock.now()
    obeyed = part.stop(0.3)

    assert not obeyed
    assert watch.clock.now() - start < 1.0
    assert part.state is PartState.OFF


def test_stopping_a_part_that_is_still_starting_leaves_nothing(watch: Watch) -> None:
    part = watch.part(mains.echo, "")
    part.start()
    part.stop(2.0)

    assert part.state is PartState.OFF
    assert part.pid is None


def test_a_stopped_part_can_start_again(watch: Watch) -> None:
    part = watch.part(mains.echo, "")
    for _ in range(2):
        part.start()
        watch.until(lambda: part.state is PartState.RUNNING)
        part.stop(2.0)

    assert part.state is PartState.OFF


@pytest.mark.slow
def test_one_that_keeps_failing_is_a_fault_and_may_be_tried_again(watch: Watch) -> None:
    part = watch.part(mains.raise_error, "always")
    part.start()
    took = watch.until(lambda: part.state is PartState.FAULT, within=30.0)

    assert part.failures == FAILURES
    assert part.reason == "KeyError: 'always'"
    assert took > sum(BACKOFF[: FAILURES - 1])
    part.start()
    watch.until(lambda: part.state is PartState.RESTARTING)
