"""Variability of real hearts against values computed with other tools.

LF and HF: scipy's Welch estimate of the same recipe, which the public tools scatter about by
0.5 to 1.5. Sample entropy: equal in every tool. DFA alpha1: tools differ by up to 0.3 (which
lengths, overlap, mean of squares or of roots); ours lies within 0.15 of one of them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.dsp.hrv_whole import whole_hrv
from engine.dsp.jit import COMPILED
from engine.dsp.metric import Metric
from tests.reference_windows import window_of


def measured(recordings: Path) -> list[tuple[dict[str, Any], Mapping[str, Metric]]]:
    every = json.loads((recordings / "reference_hrv.json").read_text())["cases"]
    found = []
    for case in every:
        t, rr = window_of(recordings, case)
        true = np.ones(len(t))
        true[0] = 0.0
        found.append((case, whole_hrv(t, rr, true, 0.0, 1.0)))
    assert len(found) == 15
    return found


@pytest.mark.skipif(not COMPILED, reason="an hour of heartbeat takes too long uncompiled")
def test_every_index_agrees_with_other_tools(recordings: Path) -> None:
    for case, ours in measured(recordings):
        where = case["case"], case["t0_s"]
        given, welch, tools = case["definition"], case["scipy_welch_256_4hz"], case["tools"]
        for name, theirs in (
            ("sdnn_ms", "SDNN"), ("rmssd_ms", "RMSSD"), ("pnn50_percent", "pNN50"),
            ("mean_nn_ms", "MeanNN"), ("hr_bpm", "MeanHR"),
        ):  # fmt: skip
            assert ours[name].value == pytest.approx(given[theirs], rel=1e-9), (where, name)
        assert ours["sd1_ms"].value == pytest.approx(given["SD1"], rel=0.01), where
        assert ours["sd2_ms"].value == pytest.approx(given["SD2"], rel=0.01), where
        assert ours["lf_ms2"].value == pytest.approx(welch["LF"], rel=0.01), where
        assert ours["hf_ms2"].value == pytest.approx(welch["HF"], rel=0.01), where
        assert ours["sampen"].value == pytest.approx(tools["nolds"]["SampEn"], abs=1e-9), where
        alpha = ours["dfa_alpha1"].value
        others = [tools[tool]["DFA_a1"] for tool in ("neurokit2", "nolds", "pyhrv")]
        assert min(abs(alpha - other) for other in others) < 0.15, where


@pytest.mark.skipif(not COMPILED, reason="an hour of heartbeat takes too long uncompiled")
def test_five_minutes_of_a_real_heart_give_every_index_that_exists(recordings: Path) -> None:
    for case, ours in measured(recordings):
        missing = {name for name, metric in ours.items() if not metric.valid}

        # A spectrum without a summit in a band has no peak, nor where two are as high.
        assert missing <= {"lf_peak_hz", "hf_peak_hz", "coherence_hz"}, (case["case"], missing)
        assert 0.0 <= ours["coherence_ratio"].value < 10.0
