"""One child process of the room: started, watched, restarted, stopped."""

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

import numpy as np
import psutil

from engine.clock import SystemClock
from engine.log import logger
from engine.processes.block import SharedBlock
from engine.processes.child import HEART, WORKED, ChildLink, end_family, live
from engine.processes.failure import Failure, failure_of
from engine.processes.link import Message
from engine.processes.post import Post
from engine.processes.restarts import STORM, is_hopeless, wait_before_restart

Spec = TypeVar("Spec")

WEIGH_EVERY = 1.0
"""Seconds between two looks at how much memory a part uses."""
LAST_WORDS = 0.2
"""Seconds a dead child's messages may take to arrive."""
ROOM_PAUSE = 0.1
"""A room that itself paused longer than this blames nobody for the time it missed."""
WAIT = 0.005

_log = logger("processes")


class PartState(StrEnum):
    """What a part is doing."""

    OFF = "off"
    STARTING = "starting"
    """Its process is on its way to the first heartbeat."""
    RUNNING = "running"
    RESTARTING = "restarting"
    """It failed; the next attempt waits for its turn."""
    FAULT = "fault"
    """It failed too often; `Part.start` tries again."""
    ENDED = "ended"
    """Its work was done and it ended by itself."""


class Part:
    """One supervised child process.

    `poll` drives it and never blocks; whatever takes time happens in two threads.

    Parameters
    ----------
    name
        How people call it: ``stage``, ``sound``, a device's name.
    main
        What the child runs; it must be importable by name.
    spec
        Its argument; anything that pickles.
    clock
        The room's.
    patience
        Seconds without a heartbeat after which it counts as hung and is killed.
    ready_within
        Seconds it has for its first heartbeat: imports, shaders, a driver's set-up.
    most_memory
        Bytes it may hold; one that holds more is ended and started anew. None sets no limit.
    """

    def __init__(
        self,
        name: str,
        main: Callable[[Spec, ChildLink], None],
        spec: Spec,
        *,
        clock: SystemClock,
        patience: float,
        ready_within: float,
        most_memory: float | None = None,
    ) -> None:
        self.name = name
        self.state = PartState.OFF
        self.failure: Failure | None = None
        """Why it is not running; None while it does."""
        self.restarts = 0
        self.failures = 0
        """How often it failed since `start`."""
        self._work = pickle.dumps((main, spec))  # says here and now what cannot be sent
        self._clock = clock
        self._patience = patience
        self._ready_within = ready_within
        self._process: SpawnProcess | None = None
        self._post: Post | None = None
        self._heart: SharedBlock | None = None
        self._row = np.zeros(HEART)
        self._turns = 0.0
        self._heard_at = self._polled_at = self._retry_at = 0.0
        self._dead_at: float | None = None
        self._most_memory = most_memory
        self._weighed_at = 0.0
        self._verdict: Failure | None = None
        self._worked = False
        self._failed: deque[float] = deque(maxlen=STORM)
        self._messages: list[Message] = []

    @property
    def reason(self) -> str:
        """Why it is not running, in words; empty while it does."""
        return "" if self.failure is None else self.failure.en

    @property
    def pid(self) -> int | None:
        """The process's number while there is one."""
        return None if self._process is None else self._process.pid

    @property
    def rss(self) -> int:
        """Memory the process holds, bytes; 0 while there is none."""
        if self.pid is None or self._dead_at is not None:
            return 0
        try:
            return psutil.Process(self.pid).memory_info().rss
        except psutil.Error:
            return 0

    def start(self) -> None:
        """Start it, or start it again after a fault or an end."""
        if self.state in {PartState.STARTING, PartState.RUNNING, PartState.RESTARTING}:
            return
        if self._heart is None:
            self._heart = SharedBlock.create(HEART)
        self._failed.clear()
        self.failures = self.restarts = 0
        self._launch(self._clock.now())

    def poll(self, now: float) -> list[Message]:
        """Look after the process and return what there is to know since the last call.

        Besides the child's own messages: ``("part", {part, state, reason, restarts})`` at
        every change of state, ``("flooded", {lost})`` when it sent more than anyone
        could read. Call it about a hundred times a second; the part lives by its own
        clock, so a room that is catching up may pass a time that is past.
        """
        now = max(now, self._clock.now())
        if self.state is PartState.RESTARTING and now >= self._retry_at:
            self.restarts += 1
            self._launch(now)
        elif self._process is not None and self._post is not None:
            self._attend(self._process, self._post, now)
        self._polled_at = now
        messages, self._messages = self._messages, []
        return messages

    def send(self, verb: str, /, **facts: Any) -> bool:  # noqa: ANN401 - facts of any type
        """Send a message; False if there is nobody to send it to. Never blocks."""
        if self._post is None or self._dead_at is not None:
            return False
        self._post.give((verb, facts))
        return True

    def ask_to_end(self) -> None:
        """Ask the child to end, without waiting: several can then end together."""
        self.send("stop")

    def stop(self, within: float) -> bool:
        """End the process and give everything back; return whether it ended by itself.

        Waits up to ``within`` seconds for the child to obey, then kills it. The messages
        it sent meanwhile come with the next `poll`.
        """
        obeyed = True
        if self._process is not None and self._post is not None:
            self.ask_to_end()
            obeyed = self._wait_for_end(self._process, self._post, within)
            if not obeyed:
                self._process.kill()
                self._wait_for_end(self._process, self._post, 5.0)
            self._end_family()
            self._hear(self._post)
            self._let_go(within=1.0)
        if self._heart is not None:
            self._heart.close()
            self._heart.unlink()
            self._heart = None
        if self.state not in {PartState.ENDED, PartState.FAULT}:
            self._enter(PartState.OFF, None)
        return obeyed

    def _launch(self, now: float) -> None:
        context = multiprocessing.get_context("spawn")
        heart = self._heart
        if heart is None:
            raise ValueError("is stopped")
        heart.write(np.zeros(HEART))
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=live,
            name=f"anlan {self.name}",
            args=(self.name, self._work, theirs, heart.name, self._clock.origin),
            daemon=True,
        )
        self._turns, self._dead_at, self._verdict = 0.0, None, None
        self._worked = False
        self._heard_at = self._polled_at = now
        self._post = Post(self._process, ours, theirs)
        self._enter(PartState.STARTING, self.failure)

    def _attend(self, process: SpawnProcess, post: Post, now: float) -> None:
        self._hear(post)
        if post.failure is not None:
            self._verdict = failure_of(post.failure, "not_started")
            self._bury(1, now)
        elif not post.launched:
            return
        elif not process.is_alive():
            if self._dead_at is None:
                self._dead_at = now
            if post.emptied or now - self._dead_at > LAST_WORDS:
                self._hear(post)
                self._bury(process.exitcode or 0, now)
        elif self._verdict is None:
            self._listen_to_heart(process, now)
            self._weigh(process, now)

    def _hear(self, post: Post) -> None:
        for verb, facts in post.take():
            if verb == "died":
                self._verdict = Failure(str(facts["code"]), facts["facts"])
                _log.warning("part_died", part=self.name, trace=facts["trace"])
            elif verb == WORKED:
                self._worked = True
            else:
                self._messages.append((verb, facts))

    def _listen_to_heart(self, process: SpawnProcess, now: float) -> None:
        if self._heart is not None:
            self._heart.read(self._row)
        turns, allowed = self._row.tolist()
        if turns != self._turns:
            self._turns, self._heard_at = turns, now
            if self.state is PartState.STARTING:
                self._enter(PartState.RUNNING, None)
            return
        paused = now - self._polled_at - ROOM_PAUSE
        if paused > 0.0:
            self._heard_at += paused
        silent = now - self._heard_at
        starting = self.state is PartState.STARTING
        if silent > (self._ready_within if starting else self._patience + allowed):
            self._verdict = (
                Failure("not_ready", {"seconds": self._ready_within})
                if starting
                else Failure("silent", {"seconds": silent})
            )
            process.kill()

    def _weigh(self, process: SpawnProcess, now: float) -> None:
        """End a part that holds too much memory, before the computer runs out of it."""
        if self._most_memory is None or now - self._weighed_at < WEIGH_EVERY:
            return
        self._weighed_at = now
        held = self.rss
        if held > self._most_memory:
            mib = 2.0**20
            facts = {"mib": held / mib, "most": self._most_memory / mib}
            self._verdict = Failure("memory", facts)
            process.kill()

    def _bury(self, exit_code: int, now: float) -> None:
        """Say why the process is gone, and what follows from it."""
        self._end_family()
        self._let_go()
        if exit_code == 0 and self._verdict is None and self._worked:
            self._enter(PartState.ENDED, Failure("done"))
            return
        failure = self._verdict or _death(exit_code)
        self.failures += 1
        self._failed.append(now)
        if is_hopeless(self._failed, now):
            self._enter(PartState.FAULT, failure)
            return
        self._retry_at = now + wait_before_restart(self._failed, now)
        self._enter(PartState.RESTARTING, failure)

    def _end_family(self) -> None:
        """End whatever the process started itself."""
        if self._process is not None and self._process.pid is not None:
            end_family(self._process.pid)

    def _let_go(self, within: float = 0.0) -> None:
        if self._post is not None:
            self._post.close(within)
        if self._process is not None and self._process.exitcode is not None:
            self._process.close()
        self._process = self._post = None

    def _wait_for_end(self, process: SpawnProcess, post: Post, within: float) -> bool:
        until = self._clock.now() + within
        while post.failure is None and not (
            post.launched and not process.is_alive() and post.emptied
        ):
            if self._clock.now() >= until:
                return not process.is_alive()
            self._clock.wait(WAIT)
        return True

    def _enter(self, state: PartState, failure: Failure | None) -> None:
        if (state, failure) == (self.state, self.failure):
            return
        self.state, self.failure = state, failure
        told = failure.told() if failure else {"code": "", "reason": "", "reason_zh": ""}
        _log.info(
            "part_changed", part=self.name, state=state.value, reason=self.reason, pid=self.pid
        )
        facts = {"part": self.name, "state": state, "restarts": self.restarts, **told}
        self._messages.append(("part", facts))


def _death(exit_code: int) -> Failure:
    if exit_code >= 0:
        return Failure("exit", {"number": exit_code})
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    return Failure("killed", {"signal": name})
