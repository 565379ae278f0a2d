"""Replay: the recorded inputs through the same loop, and the proof that it decides the same."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from engine.events import Event
from engine.graph.standard import standard_graph
from engine.runtime.core import AddNodes, Core, Sink, make_core
from engine.runtime.session_folder import SessionFolder
from engine.session.conductor import SHOW_EVERY, STEPS_A_SECOND
from engine.session.reading import from_normalised
from engine.session.setup import Setup
from engine.signals import SENSOR_GROUPS
from engine.store.events_file import read_events
from engine.store.header import Header
from engine.store.session_file import SessionFile


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay showed.

    Attributes
    ----------
    events
        How many events were compared.
    differences
        Every place where the recording and the replay disagree; empty is good.
    damage
        What the recording itself has lost.
    """

    events: int
    differences: tuple[str, ...]
    damage: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the session decides the same, from a recording that is whole."""
        return not self.differences and not self.damage


def setup_of(header: Header) -> Setup:
    """Return the setup a recorded session ran with."""
    return Setup.from_facts(
        from_normalised(header.protocol_text),
        header.setup,
        language=header.language,
        seed=header.seed,
        simulated=header.simulated,
    )


def rerun(
    file: SessionFile,
    watch: Callable[[Core, int], None] = lambda _core, _step: None,
    add_nodes: AddNodes | None = None,
) -> list[Event]:
    """Send a session's recorded inputs through the loop again; return its events.

    ``add_nodes`` lets plugins add their nodes, as they did before the session.
    """
    events: list[Event] = []
    header = file.header
    known = set(standard_graph(header.streams).groups)
    setup = setup_of(header)
    assert set(setup.groups) <= known & set(SENSOR_GROUPS)  # noqa: S101 - the same engine
    sink = Sink(lambda _step, event: events.append(event), lambda _step, _chunk: None)
    core = make_core(setup, header.streams, sink, add_nodes)
    inputs = iter(file.steps())
    coming = next(inputs, None)
    for step in range(file.last_step + 1):
        if coming is not None and coming[0] == step:
            _, chunks, commands, notices = coming
            core.step(step, chunks, commands, notices)
            coming = next(inputs, None)
        elif step % SHOW_EVERY == 0:
            core.step(step)
        if step % STEPS_A_SECOND == 0:
            watch(core, step)
    return events


def verify(
    folder: SessionFolder,
    watch: Callable[[Core, int], None] = lambda _core, _step: None,
    add_nodes: AddNodes | None = None,
) -> Verdict:
    """Compare a session with its replay, event by event and bit by bit."""
    file = SessionFile.open(folder.recording)
    recorded = [event.line() for event in file.events()]
    replayed = [event.line() for event in rerun(file, watch, add_nodes)]
    differences = _compare(recorded, replayed, "session.mcap", "the replay")
    if folder.events.is_file():
        written = [event.line() for event in read_events(folder.events)]
        differences += _compare(written, recorded, "events.jsonl", "session.mcap")
    return Verdict(len(recorded), tuple(differences), tuple(str(d) for d in file.damage))


def _compare(ours: list[str], theirs: list[str], name: str, other: str) -> list[str]:
    found = [
        _difference(i, a, b, name, other)
        for i, (a, b) in enumerate(zip(ours, theirs, strict=False), start=1)
        if a != b
    ]
    if len(ours) != len(theirs):
        found.append(f"{name} has {len(ours)} events, {other} has {len(theirs)}")
    return found


def _difference(number: int, a: str, b: str, name: str, other: str) -> str:
    left, right = json.loads(a), json.loads(b)
    keys = [k for k in {**left, **right} if left.get(k) != right.get(k)]
    what = "; ".join(f"{k}: {left.get(k)!r} in {name}, {right.get(k)!r} in {other}" for k in keys)
    return f"event {number} at {left['t']} s ({left['kind']}): {what}"
