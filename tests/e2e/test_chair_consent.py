"""A chair in a whole session: nothing moves before the officer's consent, nor unplanned."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engine.cli.planning import make_plan
from engine.config import Rig
from engine.devices import Chunk, Context, Output, Source, Stream, Unit
from engine.devices.manager import DeviceSpec
from engine.events import Command
from engine.plugins import load
from engine.runtime.attendants import Unattended
from engine.runtime.core import Core
from engine.runtime.room import Room
from engine.session.actuators import GENTLE
from engine.session.conductor import Conductor
from engine.session.format import SessionProtocol
from engine.store.session_file import SessionFile
from tests.rehearsal import protocol_of, rehearsal

RECLINE = Output("recline", Unit.DEGREE, low=0.0, high=50.0, slew=5.0, rest=10.0)
RECLINING: dict[str, Any] = {
    "limits": {"chair.recline": [0, 40]},
    "phase": [
        {
            "id": "breathe",
            "title": {"zh": "字", "en": "words"},
            "scene": "dusk-ocean",
            "lasts": 20.0,
            "set": {"breath.rate": 6.0, "chair.recline": 30.0},
        }
    ],
}


class NotedChair(Source):
    """Notes when it is told what."""

    model = "noted-chair"
    told: ClassVar[list[tuple[float, float]]] = []

    @property
    def streams(self) -> tuple[Stream, ...]:
        return ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        return (RECLINE,)

    def open(self, context: Context) -> None:
        self._context = context

    def read(self, until: float) -> Iterable[Chunk]:
        return ()

    def write(self, levels: Mapping[str, float]) -> None:
        self.told.append((self._context.clock.now(), levels["recline"]))


class Hesitant:
    """Gives consent after five seconds, or never; the rest goes by itself."""

    def __init__(self, *, consents: bool) -> None:
        self._consents = consents
        self._others = Unattended()

    def commands(self, conductor: Conductor) -> list[Command]:
        if conductor.section.part != "check":
            return self._others.commands(conductor)
        if self._consents and not conductor.consented and conductor.now >= 5.0:
            return [Command("consent", "officer")]
        return []


def live_through(folder: Path, *, consents: bool) -> tuple[dict[str, float], str]:
    """Run a whole session; return when each part began, and why it ended."""
    NotedChair.told.clear()
    found = load()
    protocol: SessionProtocol = protocol_of(scene="dusk-ocean", **RECLINING)
    plan = make_plan(
        protocol, Rig(), found, devices=(DeviceSpec("chair", "noted-chair"),), folder=folder,
        lang="en", seed=1, headless=True, virtual=True, stage=False, sound=False,
    )  # fmt: skip
    plan = replace(plan, classes={**plan.classes, "noted-chair": NotedChair})
    began: dict[str, float] = {}

    def watch(core: Core) -> None:
        began.setdefault(core.conductor.section.part, core.conductor.now)

    outcome = Room(plan, Hesitant(consents=consents), watch).run()
    return began, outcome.reason


def test_a_chair_is_told_nothing_before_consent_and_moves_only_in_training(
    tmp_path: Path,
) -> None:
    began, _ = live_through(tmp_path / "session", consents=True)
    told = NotedChair.told
    # Up to 0.2 deg: the end may stop it in the last step of its way.
    away = [t for t, level in told if abs(level - RECLINE.rest) > 0.2]

    assert min(t for t, _ in told) >= 5.0
    assert began["training"] <= min(away)
    assert max(level for _, level in told) == 30.0
    # It comes up in the last part, as gently as it leaned back, and the session waits for it.
    down = [t for t, level in told if t > began["training"] + 21.0 and level < 30.0]
    assert min(down) >= began["upright"]
    assert max(away) <= began["upright"] + 20.0 / GENTLE + 1.0
    assert abs(told[-1][1] - RECLINE.rest) <= 0.2


def test_a_chair_left_reclined_is_moved_by_nothing_but_the_plan(tmp_path: Path) -> None:
    plan = make_plan(
        protocol_of(scene="dusk-ocean", **RECLINING), Rig(), load(),
        devices=(DeviceSpec("chair", "simulated-chair", {"recline": 22.5, "drop_at": 8.0}),),
        folder=tmp_path / "session", lang="en", seed=1, headless=True, virtual=True, stage=False,
        sound=False,
    )  # fmt: skip
    began: dict[str, float] = {}

    def watch(core: Core) -> None:
        began.setdefault(core.conductor.section.part, core.conductor.now)

    Room(plan, Hesitant(consents=True), watch).run()
    t, angle = SessionFile.open(tmp_path / "session" / "session.mcap").series("chair.recline_angle")
    before_upright = t < began["upright"]

    # It was lost for the whole of training, so that only the last part moves it.
    assert set(angle[before_upright, 0]) == {22.5}
    assert angle[-1, 0] < 0.3


def test_without_consent_a_chair_is_never_told_anything(tmp_path: Path) -> None:
    live_through(tmp_path / "session", consents=False)

    assert NotedChair.told == []


@pytest.mark.parametrize("part", ["check", "rating", "fit", "baseline"])
def test_the_plan_keeps_a_chair_at_rest_until_training(part: str) -> None:
    room = rehearsal(chair=True)
    consented = False
    for _ in range(60):
        if room.part() == part:
            break
        room.run(1, *([] if consented else [Command("consent", "officer")]))
        consented = True

    assert room.part() == part
    assert room.conductor.levels["chair.recline"].now == 10.0
