"""Whole sessions in real time with a heart that comes by LSL, and one that comes by BrainFlow."""

import json
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from engine.store.session_file import SessionFile
from tests.lsl_room import loopback, outlet
from tests.short_protocol import write_short

pytest.importorskip("pylsl", reason="pylsl is not installed")
pytest.importorskip("brainflow", reason="brainflow is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(280),
    pytest.mark.usefixtures("loopback"),
]
__all__ = ["loopback"]

LSL = """
[[devices]]
name = "heart"
model = "lsl-inlet"
type = "ECG"
"""
BRAINFLOW = """
[[devices]]
name = "heart"
model = "brainflow"
board = "playback"
recorded_with = "synthetic"
file = '{file}'
channels = {{ ecg = 1 }}
"""


def beats() -> tuple[float, float]:
    """Return rate (1/min) and RMSSD (ms) of the drawn heart of `tools/lsl_outlet.py`."""
    t = np.arange(0.0, 60.0, 1e-4)
    turns = 1.1 * t + 0.16 * np.sin(2.0 * np.pi * 0.1 * t) - 0.5
    at = t[np.flatnonzero(np.diff(np.floor(turns)))]
    intervals = 1e3 * np.diff(at)
    return 60e3 / float(intervals.mean()), float(np.sqrt(np.mean(np.diff(intervals) ** 2)))


@contextmanager
def heart(by: str, folder: Path) -> Generator[str]:
    """Let a heart beat, and yield the rig that measures it."""
    if by == "lsl":
        with outlet("--type", "ECG", "--unit", "microvolts", "--labels", "ECG", "--rate", "500"):
            yield LSL
        return
    from tools.lsl_outlet import drawn_heart  # noqa: PLC0415 - after liblsl was confined

    rows = np.zeros((32, 250 * 200))
    n = np.arange(rows.shape[1])
    rows[0], rows[1], rows[30] = n % 256, 1e3 * drawn_heart(n / 250.0), 1.7e9 + n / 250.0
    file = folder / "recorded.csv"
    np.savetxt(file, rows.T, delimiter="\t", fmt="%.6f")
    with nullcontext():
        yield BRAINFLOW.format(file=file)


@pytest.mark.parametrize("by", ["lsl", "brainflow"])
def test_a_session_hears_the_heart_and_shows_what_varies(by: str, tmp_path: Path) -> None:
    protocol, rig, out = tmp_path / "heart-only.toml", tmp_path / "rig.toml", tmp_path / "session"
    write_short(protocol, lasts=30.0)
    with heart(by, tmp_path) as entry:
        rig.write_text(entry, "utf-8")
        status = main(
            ["run", str(protocol), "--rig", str(rig), "--headless", "--no-stage", "--no-sound",
             "--lang", "en", "--out", str(out)]
        )  # fmt: skip
    events = [json.loads(line) for line in (out / "events.jsonl").read_text("utf-8").splitlines()]
    session = SessionFile.open(out / "session.mcap")
    rate, rmssd = beats()

    assert status == 0
    assert events[-1]["kind"] == "session_closed"
    assert events[-1]["reason"] == "complete"
    states = [e["state"] for e in events if e["kind"] == "device_state"]
    assert "lost" not in states
    t, _ = session.series("heart.ecg")
    assert (np.diff(t) > 0.0).all()
    _, shown = session.series("heart.rate")
    _, varies = session.series("heart.rmssd_ms")
    shown, varies = shown[np.isfinite(shown[:, 0])], varies[np.isfinite(varies[:, 0])]
    assert abs(float(np.median(shown[:, 0])) - rate) < 2.0
    assert abs(float(varies[-1, 0]) / rmssd - 1.0) < 0.1
    assert varies[-1, 1] > 0.5  # believed
