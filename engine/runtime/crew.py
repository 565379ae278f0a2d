"""Stage and sound as the room sees them: two child processes that may fail and come back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from engine.clock import SystemClock
from engine.events import Notice
from engine.processes.block import SharedBlock
from engine.processes.failure import Failure
from engine.processes.part import Part
from engine.runtime.plan import Plan
from engine.runtime.session_folder import SessionFolder
from engine.show import Script, Show
from engine.sound.process import SoundSpec
from engine.sound.process import run as run_sound
from engine.stage.process import StageSpec
from engine.stage.process import run as run_stage
from engine.streams import F64

LAST_PICTURES = 20.0
"""Seconds the last pictures may take after a live session: with a graphics card, none."""
BACK = {"code": "back", "reason": "it is back", "reason_zh": "已恢复"}
BATCH = 100
"""Rows of the show sent to the sound at once in virtual time (10 s)."""


class Crew(Protocol):
    """Whoever shows the session: live processes, processes that render later, or no one."""

    @property
    def ready(self) -> bool:
        """Whether everyone is at work, or has failed for good."""
        ...

    def start(self) -> None:
        """Begin to build; returns at once."""
        ...

    def publish(self, show: Show, row: F64) -> None:
        """Take the newest moment of the show."""
        ...

    def still(self, name: str, show: Show) -> None:
        """Keep a picture of this moment."""
        ...

    def poll(self, now: float) -> list[Notice]:
        """Return what the room should know; restarts what died; never blocks."""
        ...

    def finish(self, tell: Callable[[str, float], None]) -> None:
        """Complete pictures and sound; ``tell`` gets what is done and its share."""
        ...

    def memory(self) -> dict[str, int]:
        """Return the resident memory of each process, bytes."""
        ...


@dataclass(slots=True)
class NoCrew:
    """No stage and no sound: benchmarks and replays."""

    @property
    def ready(self) -> bool:
        """Always."""
        return True

    def start(self) -> None:
        """Do nothing."""

    def publish(self, show: Show, row: F64) -> None:
        """Show nothing."""

    def still(self, name: str, show: Show) -> None:
        """Keep nothing."""

    def poll(self, now: float) -> list[Notice]:  # noqa: ARG002
        """Report nothing."""
        return []

    def finish(self, tell: Callable[[str, float], None]) -> None:
        """Have nothing to complete."""

    def memory(self) -> dict[str, int]:
        """Use no memory."""
        return {}


def make_parts(
    plan: Plan, folder: SessionFolder, script: Script, clock: SystemClock, block: str | None
) -> dict[str, Part]:
    """Return the parts the plan asks for, not started yet."""
    parts: dict[str, Part] = {}
    # Live, a part that shows nothing for 10 s has failed; rendering a still may take longer.
    patience = 10.0 if block is not None else 30.0
    if plan.stage:
        spec = StageSpec(script=script, block=block, size=plan.size, window=plan.window)
        parts["stage"] = Part(
            "stage", run_stage, spec, clock=clock, patience=patience, ready_within=120.0
        )
    if plan.sound:
        beds = tuple((scene, tuple(plan.scenes[scene].sounds)) for scene in script.scenes)
        sound = SoundSpec(
            script=script, block=block, wav=folder.sound, device=plan.rig.sound.device,
            beds=beds, seed=plan.seed,
        )  # fmt: skip
        parts["sound"] = Part(
            "sound", run_sound, sound, clock=clock, patience=patience, ready_within=60.0
        )
    return parts


@dataclass(slots=True)
class Watch:
    """Polls parts; turns deaths and returns into notices, and keeps their other messages."""

    parts: dict[str, Part]
    heard: list[tuple[str, str, dict[str, Any]]] = field(
        default_factory=list[tuple[str, str, dict[str, Any]]]
    )

    @property
    def ready(self) -> bool:
        """Whether every part is at work, or has failed for good."""
        return all(str(p.state) in {"running", "fault"} for p in self.parts.values())

    def poll(self, now: float) -> Iterator[Notice]:
        """Yield a notice for each part that failed, and for each that is back."""
        for name, part in self.parts.items():
            for verb, facts in part.poll(now):
                if verb == "part":
                    yield from self._changed(name, facts)
                elif verb == "fault":
                    why = Failure(str(facts["code"]), facts)
                    yield _notice(name, why.told(), "replaced", part.restarts)
                else:
                    self.heard.append((name, verb, dict(facts)))

    def _changed(self, name: str, facts: Mapping[str, Any]) -> Iterator[Notice]:
        state, restarts = str(facts["state"]), int(facts["restarts"])
        if state in {"restarting", "fault"}:
            yield _notice(name, facts, state, restarts)
        elif state == "running" and restarts > 0:
            yield _notice(name, BACK, "back", restarts)

    def take(self, verb: str) -> list[tuple[str, dict[str, Any]]]:
        """Return and forget the messages of one verb, with who sent them."""
        found = [(name, facts) for name, v, facts in self.heard if v == verb]
        self.heard = [h for h in self.heard if h[1] != verb]
        return found


def _notice(part: str, why: Mapping[str, Any], state: str, restarts: int) -> Notice:
    told = {key: why[key] for key in ("code", "reason", "reason_zh")}
    return Notice("fault_contained", {"part": part, **told, "state": state, "restarts": restarts})


@dataclass(slots=True)
class LiveCrew:
    """Stage and sound read the newest moment from shared memory, each at its own rate."""

    plan: Plan
    folder: SessionFolder
    block: SharedBlock
    watch: Watch
    clock: SystemClock
    _wanted: dict[str, Path] = field(default_factory=dict[str, Path])

    @property
    def ready(self) -> bool:
        """Whether both processes are at work, or have failed for good."""
        return self.watch.ready

    def start(self) -> None:
        """Start both processes."""
        for part in self.watch.parts.values():
            part.start()

    def publish(self, show: Show, row: F64) -> None:  # noqa: ARG002 - the row says it all
        """Write the newest moment where both look."""
        self.block.write(row)

    def still(self, name: str, show: Show) -> None:  # noqa: ARG002 - the stage shows it already
        """Ask the stage to keep its next frame."""
        stage = self.watch.parts.get("stage")
        if stage is not None:
            self._wanted[name] = self.folder.path / name
            stage.send("snapshot", path=str(self._wanted[name]))

    def poll(self, now: float) -> list[Notice]:
        """See to both processes; ask again for pictures a dead stage never took."""
        notices = list(self.watch.poll(now))
        self._forget_taken()
        if any(n.facts.get("state") == "back" and n.facts["part"] == "stage" for n in notices):
            for path in self._wanted.values():
                self.watch.parts["stage"].send("snapshot", path=str(path))
        return notices

    def finish(self, tell: Callable[[str, float], None]) -> None:
        """Wait for the last pictures as long as someone draws them, then end both."""
        deadline, asked = self.clock.now() + LAST_PICTURES, len(self._wanted)
        while self._wanted and self.clock.now() < deadline:
            list(self.watch.poll(self.clock.now()))
            self._forget_taken()
            if str(self.watch.parts["stage"].state) != "running":
                break
            tell("pictures", 1.0 - len(self._wanted) / asked)
            self.clock.wait(0.02)
        for part in self.watch.parts.values():
            part.stop(within=3.0)
        tell("stage and sound", 1.0)
        self.block.close()
        self.block.unlink()

    def memory(self) -> dict[str, int]:
        """Return the resident memory of both processes, bytes."""
        return {name: part.rss for name, part in self.watch.parts.items()}

    def _forget_taken(self) -> None:
        for _, facts in self.watch.take("saved"):
            self._wanted.pop(Path(str(facts.get("path", ""))).name, None)


@dataclass(slots=True)
class OfflineCrew:
    """In virtual time: pictures and sound are rendered beside the session, complete."""

    plan: Plan
    folder: SessionFolder
    watch: Watch
    clock: SystemClock
    _rows: list[F64] = field(default_factory=list[F64])
    _sent: int = 0
    _wanted: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _asked: int = 0
    _complete: bool = False
    _memory: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def ready(self) -> bool:
        """Whether both processes are at work, or have failed for good."""
        return self.watch.ready

    def start(self) -> None:
        """Start both processes; they build while the session runs."""
        for part in self.watch.parts.values():
            part.start()

    def publish(self, show: Show, row: F64) -> None:  # noqa: ARG002 - the row says it all
        """Keep the moment and send it on in batches."""
        self._rows.append(row.copy())
        if len(self._rows) - self._sent >= BATCH:
            self._send_rows()

    def still(self, name: str, show: Show) -> None:  # noqa: ARG002 - the row says it all
        """Ask the stage to draw this moment."""
        stage = self.watch.parts.get("stage")
        if stage is None:
            return
        facts = {"row": self._rows[-1].tolist(), "path": str(self.folder.path / name)}
        self._wanted[name] = facts
        self._asked += 1
        stage.send("still", **facts)

    def poll(self, now: float) -> list[Notice]:  # noqa: ARG002 - these parts live in real time
        """See to both processes; what a dead one had not finished is sent again.

        Nothing of this enters the session: in virtual time a slow or failing renderer
        must not change what was decided.
        """
        for notice in self.watch.poll(self.clock.now()):
            if notice.facts.get("state") != "back":
                continue
            if notice.facts["part"] == "sound":
                self._sent = 0
                self._send_rows()
                if self._complete:
                    self.watch.parts["sound"].send("finish")
            else:
                for facts in self._wanted.values():
                    self.watch.parts["stage"].send("still", **facts)
        for _, facts in self.watch.take("saved"):
            self._wanted.pop(Path(str(facts.get("path", ""))).name, None)
        return []

    def finish(self, tell: Callable[[str, float], None]) -> None:
        """Wait until every picture and the sound are on disk."""
        self._send_rows()
        sound = self.watch.parts.get("sound")
        self._complete = True
        if sound is not None:
            sound.send("finish")
        done = sound is None
        length = max(1.0, len(self._rows) / 10.0)
        share = 0.0
        while not (done and not self._wanted):
            self.poll(0.0)
            for _, facts in self.watch.take("progress"):
                share = float(facts.get("seconds", 0.0)) / length
            if self.watch.take("finished"):
                done, share = True, 1.0
            failed = [p for p in self.watch.parts.values() if str(p.state) == "fault"]
            if failed:
                break
            pictures = 1.0 - len(self._wanted) / max(1, self._asked)
            tell("pictures and sound", min(pictures, share) if sound else pictures)
            self.clock.wait(0.02)
        self._memory = {name: part.rss for name, part in self.watch.parts.items()}
        for part in self.watch.parts.values():
            part.stop(within=3.0)

    def memory(self) -> dict[str, int]:
        """Return the resident memory both processes had at the end, bytes."""
        return self._memory

    def _send_rows(self) -> None:
        sound = self.watch.parts.get("sound")
        if sound is not None and len(self._rows) > self._sent:
            sound.send("rows", rows=np.stack(self._rows[self._sent :]))
        self._sent = len(self._rows)
