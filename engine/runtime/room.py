"""The room: puts everything together and keeps it moving. The only file that knows all."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
import psutil

from engine.clock import SystemClock, VirtualClock
from engine.devices.manager import DeviceManager
from engine.dsp.jit import ready
from engine.dsp.warmup import warmup
from engine.errors import AnlanError
from engine.events import Command, Event, Notice
from engine.graph.standard import standard_graph
from engine.log import LogFile, logger
from engine.processes.block import SharedBlock
from engine.runtime.attendants import Attendant
from engine.runtime.core import Core, Sink, make_core
from engine.runtime.crew import Crew, LiveCrew, NoCrew, OfflineCrew, Watch, make_parts
from engine.runtime.outcome import Outcome
from engine.runtime.papers import recording_header, session_setup
from engine.runtime.plan import Plan
from engine.runtime.session_folder import SessionFolder
from engine.runtime.stills import Stills
from engine.runtime.timeline import Timeline
from engine.session.conductor import SHOW_EVERY, STEPS_A_SECOND
from engine.show import Show
from engine.store.recorder import Recorder
from engine.streams import Chunk

DRAIN_EVERY = 10
"""Steps between two looks at the devices in virtual time (100 ms)."""

PATIENCE = 30.0
"""s a live session waits for its picture and its devices before it begins without them."""
POLL_EVERY = 2
"""Steps between two looks after the child processes (20 ms)."""


@dataclass(slots=True)
class Room:
    """One session with everything it needs, from the first step to the last byte.

    Parameters
    ----------
    plan
        What to run.
    attendant
        Who gives the commands.
    watch
        Called at every moment of the show with the core, for progress.
    """

    plan: Plan
    attendant: Attendant
    watch: Callable[[Core], None] = lambda _: None
    interruptions: list[str] = field(default_factory=list[str])
    """Filled by a signal handler; the first ends the session gently, the second at once."""
    folder: SessionFolder = field(init=False)
    core: Core = field(init=False)
    crew: Crew = field(init=False)
    devices: DeviceManager = field(init=False)
    outcome: Outcome = field(default_factory=Outcome)
    _timeline: Timeline = field(init=False)
    _real: SystemClock = field(default_factory=SystemClock)
    _recorder: Recorder = field(init=False)
    _stills: Stills = field(init=False)
    _log: LogFile = field(init=False)
    _row: np.ndarray = field(init=False)
    _asked_to_stop: int = 0
    _halted: bool = False
    _recording_fault: AnlanError | None = None
    _waiting: list[Notice] = field(default_factory=list[Notice])

    def run(self, tell: Callable[[str, float], None] = lambda _what, _share: None) -> Outcome:
        """Run the whole session; return how it ended.

        Raises
        ------
        AnlanError
            If it cannot begin, or (after outputs are at rest and the recording is
            closed) if the loop itself failed.
        """
        self.folder = SessionFolder.create(self.plan.folder)
        self._log = LogFile(self.folder.log)
        try:
            self._build()
            try:
                self._get_ready(tell)
                self._live_through()
            finally:
                self._close(tell)
        finally:
            self._log.close()
            self.folder.release()
        return self.outcome

    # -- before ------------------------------------------------------------------------

    def _build(self) -> None:
        plan, began = self.plan, self._real.now()
        if not plan.virtual:
            sys.setswitchinterval(0.0005)
        warmup()
        self._timeline = Timeline(VirtualClock() if plan.virtual else SystemClock())
        self.devices = DeviceManager(
            plan.devices, classes=plan.classes, clock=self._timeline.clock, seed=plan.seed,
            show=self._shown, live=not plan.virtual,
        )  # fmt: skip
        signals = standard_graph(self.devices.streams)
        self._waiting += signals.notices()
        setup = session_setup(plan, self.devices, signals.groups)
        self.core = make_core(
            setup, self.devices.streams, Sink(self._event, self._derived), plan.plugins.add_nodes
        )
        ready()  # what the devices and a vendor's nodes brought along
        script = self.core.conductor.script
        self._row = np.zeros(script.width)
        header = recording_header(plan, setup, self.devices, self.folder.path.name)
        self._recorder = Recorder(self.folder.recording, header)
        self.crew = self._make_crew()
        self._stills = Stills(self.crew.still)
        self._publish()
        with ExitStack() as undo:  # what was started must not outlive a room nobody enters
            undo.callback(self._recorder.close, "the room could not be built")
            undo.callback(self.crew.finish, lambda _what, _share: None)
            undo.callback(self.devices.stop)
            self.crew.start()
            self.devices.start()
            undo.pop_all()
        logger("room").info("room_built", protocol=plan.protocol.id, virtual=plan.virtual)
        plan.plugins.tell("session_started", protocol=plan.protocol.id)
        self.outcome.started_in = self._real.now() - began

    def _make_crew(self) -> Crew:
        plan, script = self.plan, self.core.conductor.script
        if not (plan.stage or plan.sound):
            return NoCrew()
        clock = self._timeline.clock
        if isinstance(clock, VirtualClock):
            parts = make_parts(plan, self.folder, script, self._real, None)
            return OfflineCrew(plan, self.folder, Watch(parts), self._real)
        block = SharedBlock.create(script.width)
        parts = make_parts(plan, self.folder, script, clock, block.name)
        return LiveCrew(plan, self.folder, block, Watch(parts), clock)

    def _get_ready(self, tell: Callable[[str, float], None]) -> None:
        """Live, wait until the picture is there and the devices send; nobody sits before black.

        What happens meanwhile is told at the first step.
        """
        if self.plan.virtual:
            return
        clock = self._real
        began = clock.now()
        while not self.interruptions and clock.now() - began < PATIENCE:
            self._waiting += self._look_after_children()
            self.devices.drain(self._timeline.clock.now())
            crew, devices = self.crew.ready, self.devices.settled
            if crew and not self.outcome.first_frame:
                self.outcome.first_frame = clock.now()
            if crew and devices:
                break
            tell("getting ready", min(1.0, (clock.now() - began) / PATIENCE))
            clock.wait(0.02)
        self._timeline.begin()
        self._publish()

    # -- during ------------------------------------------------------------------------

    def _live_through(self) -> None:
        if not self.plan.virtual:
            gc.collect()
            gc.freeze()
            gc.disable()
        try:
            step = 0
            while not self.core.over:
                self._timeline.keep(step)
                before = self._real.now()
                self._step(step)
                spent = self._real.now() - before
                self.outcome.step_times.append(spent)
                step += 1
        except Exception as error:
            self.core.conductor.close_at_once(f"the room failed: {type(error).__name__}")
            logger("room").error("loop_failed", error=f"{type(error).__name__}: {error}")
            if isinstance(error, AnlanError):
                raise
            raise AnlanError(
                f"the session's loop failed: {type(error).__name__}: {error}", where="room",
                hint="outputs are at rest and the recording is closed; please report this",
            ) from error  # fmt: skip
        finally:
            if not self.plan.virtual:
                gc.unfreeze()
                gc.enable()

    def _step(self, step: int) -> None:
        now = step / STEPS_A_SECOND
        recorder, core = self._recorder, self.core
        looks = step % DRAIN_EVERY == 0 or not self.plan.virtual
        # Stamped on the room's clock, which ran while everyone got ready.
        chunks = [self._timeline.chunk(c) for c in self.devices.drain(now)] if looks else []
        moment = step % SHOW_EVERY == 0
        commands: list[Command] = []
        notices: list[Notice] = []
        if step % POLL_EVERY == 0:
            notices = [*self._waiting, *self._look_after_children()]
            self._waiting.clear()
        if moment:
            commands = [*self._interrupted(), *self.attendant.commands(core.conductor)]
        for chunk in chunks:
            recorder.chunk(step, chunk)
        for command in commands:
            recorder.command(step, command)
        for notice in notices:
            recorder.notice(step, notice)
        core.step(step, chunks, commands, notices)
        if moment:
            self._govern()
            self._publish()
            recorder.show(step, self._row)
            self._stills.look(core.conductor)
            self.watch(core)
        self.outcome.seconds = now

    def _govern(self) -> None:
        """Pass the governed levels on; nothing is told anything before the officer's consent."""
        core = self.core
        if core.halted != self._halted:
            self._halted = core.halted
            (self.devices.halt if core.halted else self.devices.reset)()
        if core.outputs and core.conductor.actuators.allowed:
            self.devices.write(core.outputs, still=core.still)

    def _look_after_children(self) -> list[Notice]:
        notices = [*self.devices.notices(), *self.crew.poll(self._timeline.clock.now())]
        fault = self._recorder.fault
        if (fault is None) != (self._recording_fault is None):
            self._recording_fault = fault
            back = fault is None
            facts = {
                "part": "recording", "state": "back" if back else "fault",
                "code": "on_disk" if back else "not_written",
                "reason": "everything is on the disk again" if back else str(fault),
                "reason_zh": "数据都已写入磁盘" if back else "数据暂时写不进磁盘",
                "restarts": 0,
            }  # fmt: skip
            notices.append(Notice("fault_contained", facts))
        return notices

    def _shown(self) -> Show:
        return self._timeline.show(self.core.show)

    def _publish(self) -> None:
        self.core.show.fill(self.core.conductor.script, self._row)
        self.crew.publish(self.core.show, self._timeline.row(self._row))

    def _interrupted(self) -> Iterable[Command]:
        if len(self.interruptions) > self._asked_to_stop:
            self._asked_to_stop += 1
            reason = self.interruptions[self._asked_to_stop - 1]
            at_once = self._asked_to_stop > 1
            return [Command("stop", "operator", {"reason": reason, "at_once": at_once})]
        return []

    def _derived(self, step: int, chunk: Chunk) -> None:
        self._recorder.derived(step, chunk)

    def _event(self, step: int, event: Event) -> None:
        self._recorder.event(step, event)
        if event.kind == "session_closed":
            self.outcome.reason = str(event.facts["reason"])
        elif event.kind == "device_state":
            self.outcome.devices.append(event)

    # -- after -------------------------------------------------------------------------

    def _close(self, tell: Callable[[str, float], None]) -> None:
        self.outcome.memory = {"room": psutil.Process(os.getpid()).memory_info().rss}
        self.outcome.memory |= self.devices.memory() | self.crew.memory()
        # Each of these, from the last to the first, whatever becomes of the others.
        with ExitStack() as last:
            last.callback(
                self.plan.plugins.tell, "session_ended",
                protocol=self.plan.protocol.id, reason=self.outcome.reason,
            )  # fmt: skip
            last.callback(self._finish_showing, tell)
            last.callback(self._close_recording)
            last.callback(self._stills.finish)
            last.callback(self._count_last)
            last.callback(self.devices.stop)

    def _count_last(self) -> None:
        """Record what could not be used in the whole session: only now is all of it known."""
        notices = self.devices.notices()
        if not (notices and self.core.over):
            return
        step = round(self.outcome.seconds * STEPS_A_SECOND) + 1
        for notice in notices:
            self._recorder.notice(step, notice)
        self.core.step(step, notices=notices)
        self.outcome.seconds = step / STEPS_A_SECOND

    def _close_recording(self) -> None:
        self._recorder.close(self.outcome.reason, step=round(self.outcome.seconds * STEPS_A_SECOND))
        self.outcome.recording_fault = str(self._recorder.fault or "")

    def _finish_showing(self, tell: Callable[[str, float], None]) -> None:
        self.crew.finish(tell)
        self.outcome.memory |= {n: rss for n, rss in self.crew.memory().items() if rss}
