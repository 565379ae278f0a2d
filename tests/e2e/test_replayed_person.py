"""A recorded person through the whole engine: real heart, real breath, every file of the folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]


def test_a_real_recording_runs_through_a_session_with_pictures_and_sound(
    recordings: Path, tmp_path: Path
) -> None:
    table, out = tmp_path / "rest.csv", tmp_path / "session"
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "recordings_to_csv.py"),
         "neurokit/bio_resting_5min_100hz.npz", "--folder", str(recordings), "--out", str(table)],
        check=True,
    )  # fmt: skip

    status = main(
        ["run", "slow-paced-breathing", "--replay", str(table), "--headless", "--virtual-time",
         "--lang", "en", "--out", str(out)]
    )  # fmt: skip

    events = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    parts = [e["part"] for e in events if e["kind"] == "phase_entered"]
    report = (out / "report.html").read_text(encoding="utf-8")
    assert status == 0
    assert parts == ["check", "rating", "fit", "baseline", "training"]
    assert events[-1]["reason"] == "the recording ended"
    assert [p.name[6:8] for p in sorted(out.glob("stage-*.png"))] == ["01", "02", "03", "04", "05"]
    assert (out / "sound.wav").stat().st_size > 48_000 * 4 * 295
    assert "recording" in report
    assert main(["replay", str(out), "--verify"]) == 0
