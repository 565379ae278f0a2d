"""A cable pulled in each part of a session: it goes on, and everyone is told."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli import main
from engine.show import FIXED
from engine.store.session_file import SessionFile

pytestmark = pytest.mark.slow

PARTS = {"fit": 4.5, "baseline": 15.0, "arrive": 35.0, "breathe": 55.0, "recovery": 71.0}


@pytest.mark.parametrize(("part", "at"), PARTS.items())
def test_the_session_goes_on_and_comes_back(tmp_path: Path, part: str, at: float) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text(
        '[[devices]]\nname = "person"\nmodel = "simulated-person"\n'
        f"seed = 7\nstress = 0.5\nanswers = true\ndrop_at = {at}\ndrop_for = 6.0\n"
    )
    out = tmp_path / "out"

    status = main(
        ["run", "demo", "--rig", str(rig), "--headless", "--virtual-time", "--no-stage",
         "--no-sound", "--out", str(out)]
    )  # fmt: skip

    events: list[dict[str, Any]] = [
        json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()
    ]
    entered = [e for e in events if e["kind"] == "phase_entered" and e["t"] <= at]
    states = [(e["state"], e["t"]) for e in events if e["kind"] == "device_state"]
    lost = [t for state, t in states if state == "lost"]
    assert status == 0
    assert entered[-1]["phase"] == part
    assert events[-1]["reason"] == "complete"
    assert lost
    assert at <= lost[0] <= at + 0.5
    assert [t for state, t in states if state == "live" and t > at + 6.0]
    assert main(["replay", str(out), "--verify"]) == 0


def test_a_loss_in_training_is_heard_held_and_rested(tmp_path: Path) -> None:
    rig, out = tmp_path / "rig.toml", tmp_path / "out"
    rig.write_text(
        '[[devices]]\nname = "person"\nmodel = "simulated-person"\n'
        "seed = 7\nstress = 0.5\ndrop_at = 300.0\ndrop_for = 60.0\n"
    )

    main(
        ["run", "slow-paced-breathing", "--rig", str(rig), "--headless", "--virtual-time",
         "--no-stage", "--no-sound", "--out", str(out)]
    )  # fmt: skip

    events: list[dict[str, Any]] = [
        json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()
    ]
    after = [e for e in events if 300.0 <= e["t"] <= 420.0]
    steps = [e["step"] for e in after if e["kind"] == "feedback_degraded"]
    assert {e["group"] for e in after if e["kind"] == "signal_lost"} == {"heart", "eda", "resp"}
    assert {e["group"] for e in after if e["kind"] == "signal_back"} == {"heart", "eda", "resp"}
    assert steps[:2] == ["hold", "pacer_only"]
    assert steps[-1] == "closed_loop"
    rested = [
        e for e in after if e["kind"] == "level_changed" and e["because"]["rule"] == "signal_lost"
    ]
    assert rested
    # What the mixer plays: a step down for the pacer alone, one up in the end, none for a hold.
    t, rows = SessionFile.open(out / "session.mcap").shows()
    signs = rows[(t >= 300.0) & (t <= 420.0), FIXED.index("sign")]
    told = [int(s) for s in signs[np.flatnonzero(np.diff(signs)) + 1]]
    by_event = [e["t"] for e in after if e.get("step") == "pacer_only"]
    assert told[0] < 0 < told[-1]
    assert [abs(s) for s in told] == list(range(abs(told[0]), abs(told[0]) + len(told)))
    assert t[np.flatnonzero(rows[:, FIXED.index("sign")] == told[0])[0]] == by_event[0]
