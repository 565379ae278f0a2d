"""Whole sessions with a strap, a skin sensor and a chair, each pulled and put back in each part."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli import main
from engine.cli.planning import make_plan
from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.events import Command
from engine.plugins import load
from engine.runtime.core import Core
from engine.runtime.room import Room
from engine.session import captions
from engine.session.conductor import Conductor
from engine.show import FIXED
from engine.store.session_file import SessionFile
from engine.streams import F64
from tests.e2e.wired_rooms import (
    CLASSES,
    EDA_FIRST,
    EDA_RATE,
    Seat,
    Strap,
    WiredSeat,
    WiredStrap,
)
from tests.rehearsal import protocol_of

pytestmark = pytest.mark.slow

WORDS = {"zh": "字", "en": "words"}
LASTS = 30.0
"""s each part of the session lasts; a cable is pulled 6 s into it, for 6 s."""
PARTS = ("check", "rating", "fit", "baseline", "lean", "breathe", "recovery", "closing", "upright")
DEVICES = {"strap": "wired-strap", "puck": "wired-puck", "chair": "wired-seat"}
OUTAGES = [(i * LASTS + 6.0, i * LASTS + 12.0) for i in range(len(PARTS))]
NEVER: list[tuple[float, float]] = []


def phase(name: str, recline: float) -> dict[str, Any]:
    binding = {
        "signal": "arousal", "control": "scene.swell", "over": [-1, 1], "to": [0.1, 0.9],
        "smooth": 2.0,
    }  # fmt: skip
    return {
        "id": name, "title": WORDS, "scene": "dusk-ocean", "lasts": LASTS, "bind": [binding],
        "set": {"breath.rate": 6.0, "chair.recline": recline},
    }  # fmt: skip


PROTOCOL = {
    "limits": {"chair.recline": [0, 40]},
    "wants": ["heart", "eda"],
    "phase": [phase("lean", 12.0), phase("breathe", 30.0)],
    "envelope": {
        **dict.fromkeys(
            ("check", "rating", "fit", "baseline", "recovery", "closing", "upright"), LASTS
        ),
        "fit_held": LASTS,
    },
}


class Patient:
    """Consents when the first part is nearly over, and answers nothing."""

    def commands(self, conductor: Conductor) -> list[Command]:
        _, elapsed = conductor.progress
        if conductor.section.part == "check" and not conductor.consented and elapsed >= LASTS - 0.2:
            return [Command("consent", "officer")]
        return []


@dataclass
class Lived:
    """A whole session, as it was recorded and as the far ends know it."""

    folder: Path
    events: list[dict[str, Any]]
    shown: set[int]
    captions: Sequence[Any]
    strap: Strap
    seat: Seat

    def series(self, name: str) -> tuple[F64, F64]:
        t, x = SessionFile.open(self.folder / "session.mcap").series(name)
        return t, x[:, 0]

    def states(self, device: str) -> Iterator[tuple[float, str]]:
        for event in self.events:
            if event["kind"] == "device_state" and event["device"] == device:
                yield event["t"], event["state"]

    def was_told(self, caption: object) -> bool:
        return list(self.captions).index(caption) in self.shown


def live_through(folder: Path, pulled: Sequence[str]) -> Lived:
    devices = tuple(
        DeviceSpec(name, model, {"out": OUTAGES if name in pulled else NEVER})
        for name, model in DEVICES.items()
    )
    plan = make_plan(
        protocol_of(scene="dusk-ocean", **PROTOCOL), Rig(), load(), devices=devices,
        folder=folder, lang="en", seed=1, headless=True, virtual=True, stage=False, sound=False,
    )  # fmt: skip
    plan = replace(plan, classes={**plan.classes, **CLASSES})
    shown: set[int] = set()
    script: list[Any] = []

    def watch(core: Core) -> None:
        shown.add(core.show.caption)
        script[:] = core.conductor.script.captions

    outcome = Room(plan, Patient(), watch).run()
    assert outcome.reason == "complete"
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    return Lived(folder, events, shown, script, WiredStrap.newest, WiredSeat.newest)


@pytest.fixture(scope="module", params=["strap", "puck", "chair", "all"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    pulled = list(DEVICES) if request.param == "all" else [request.param]
    made = live_through(tmp_path_factory.mktemp("rooms") / request.param, pulled)
    made.events.append({"kind": "pulled", "devices": pulled})
    return made


def pulled_of(lived: Lived) -> list[str]:
    return list(lived.events[-1]["devices"])


def test_every_loss_and_every_return_is_told_in_time_and_the_session_never_stops(
    lived: Lived,
) -> None:
    entered = [(e["t"], e["phase"]) for e in lived.events if e["kind"] == "phase_entered"]
    for (t, name), part, i in zip(entered, PARTS, range(len(PARTS)), strict=True):
        assert name == part
        assert t == pytest.approx(i * LASTS, abs=0.5)
    for device in DEVICES:
        states = list(lived.states(device))
        for begin, end in OUTAGES:
            lost = [t for t, s in states if s == "lost" and begin <= t < end]
            if device not in pulled_of(lived):
                assert not lost
                continue
            back = [t for t, s in states if s == "live" and t >= end]
            assert lost[0] - begin <= 0.3
            assert back[0] - end <= 5.2, "the longest pause between two attempts is 5 s"


def test_no_beat_comes_twice_and_each_has_the_time_the_body_made_it(lived: Lived) -> None:
    t, rri = lived.series("strap.rri")
    truth_t, truth = (np.array(column) for column in zip(*lived.strap.beats, strict=True))
    nearest = np.abs(truth_t[:, None] - t[None, :]).argmin(axis=0)
    late = t - truth_t[nearest]

    assert np.all(np.diff(t) > 0)
    assert len(set(nearest.tolist())) == len(t), "each beat once"
    assert np.abs(rri - truth[nearest]).max() < 0.51, "its own interval, to the grid of the strap"
    assert np.abs(late - np.median(late)).max() < 0.06
    assert abs(np.median(late)) < 0.15


def test_no_conductance_comes_twice_and_each_has_the_time_the_body_made_it(lived: Lived) -> None:
    t, x = lived.series("puck.eda")
    number = np.round(x / (60.0 / 0xFFFF)) - EDA_FIRST
    late = t - number / EDA_RATE

    assert np.all(np.diff(number) > 0), "each sample once, in order"
    assert np.abs(late).max() < 0.05
    out = sum(end - begin for begin, end in OUTAGES) if "puck" in pulled_of(lived) else 0.0
    longest = out + 5.2 * len(OUTAGES) if out else 0.0
    assert len(t) >= (t[-1] - longest) * EDA_RATE - EDA_RATE


def test_the_chair_is_at_rest_within_a_second_of_its_loss_and_goes_on_only_when_asked(
    lived: Lived,
) -> None:
    moves = np.array(lived.seat.moves)
    wishes = [
        e["t"]
        for e in lived.events
        if e["kind"] == "level_changed" and e["control"] == "chair.recline"
        and e["because"]["rule"] in {"protocol", "upright"}
    ]  # fmt: skip
    begins = {name: i * LASTS for i, name in enumerate(PARTS)}

    assert len(wishes) == 3
    assert moves[0, 0] >= begins["lean"], "nothing moves before the plan asks"
    if "chair" not in pulled_of(lived):
        assert moves[:, 1].max() == pytest.approx(30.0, abs=0.2)
        assert abs(lived.seat.chair.angles[0]) < 0.3, "it came up in the end"
        return
    for begin, end in OUTAGES:
        after = moves[(moves[:, 0] > begin) & (moves[:, 0] <= end), 0]
        assert after.size == 0 or after.max() - begin < 1.0
        asked = min((w for w in wishes if w > begin), default=np.inf)
        waiting = moves[(moves[:, 0] > end) & (moves[:, 0] < asked), 1]
        # It is told to stay where it says it is, and says that in tenths of a degree.
        assert waiting.size == 0 or np.ptp(waiting) <= 0.05, "it waits for a wish"
    speed = np.diff(moves[:, 1]) / np.maximum(np.diff(moves[:, 0]), 1e-9)
    assert np.abs(speed).max() <= 3.0 + 1e-6


def test_the_ladder_is_heard_and_logged(lived: Lived) -> None:
    begin = PARTS.index("lean") * LASTS
    steps = [
        e["step"]
        for e in lived.events
        if e["kind"] == "feedback_degraded" and e["t"] >= begin
    ]  # fmt: skip
    pulled = pulled_of(lived)

    if pulled == ["chair"]:
        assert "slow_loop" not in steps
        return
    assert steps, [e for e in lived.events if e["kind"].startswith("signal")]
    assert "closed_loop" in steps, "it climbs again when the signal is back"
    told = captions.PACER_ONLY if len(pulled) > 1 else captions.SLOW_LOOP
    assert ("pacer_only" if len(pulled) > 1 else "slow_loop") in steps
    assert lived.was_told(told)
    _, rows = SessionFile.open(lived.folder / "session.mcap").shows()
    signs = rows[:, FIXED.index("sign")]
    assert signs.min() < 0 < signs.max(), "a step down and a step up are heard"


def test_the_recording_decides_the_same(lived: Lived) -> None:
    assert main(["replay", str(lived.folder), "--verify"]) == 0
