"""Time-domain variability of real hearts against independently computed references."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from engine.dsp.hrv_window import CAPACITY, BeatWindow
from tests.reference_windows import window_of

NAMES = {"SDNN": "sdnn_ms", "RMSSD": "rmssd_ms", "pNN50": "pnn50", "MeanHR": "rate"}


def cases(recordings: Path) -> list[dict[str, Any]]:
    """Return the reference cases given as intervals that a window can hold."""
    every = json.loads((recordings / "reference_hrv.json").read_text())["cases"]
    return [c for c in every if c["definition"]["n"] <= CAPACITY]


def test_time_domain_values_equal_the_reference_by_definition(recordings: Path) -> None:
    checked = cases(recordings)
    for case in checked:
        t, rr = window_of(recordings, case)
        window = BeatWindow(span=1e9, age=1e9)
        before = math.nan
        for at, nn in zip(t.tolist(), rr.tolist(), strict=True):
            window.push(at, nn, difference_ms=nn - before)
            before = nn

        for theirs, ours in NAMES.items():
            expected = case["definition"][theirs]

            assert getattr(window, ours) == pytest.approx(expected, rel=1e-9), (case, ours)
    assert len(checked) >= 14
