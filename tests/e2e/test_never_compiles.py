"""Nothing is compiled, nor even loaded, while someone is in the chair."""

import json
import subprocess
import sys

import pytest

from engine.dsp.jit import COMPILED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMPILED, reason="compilation is switched off"),
]


def test_a_whole_wired_rig_loads_and_compiles_nothing_after_warmup() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.wired_rig"],
        check=True, capture_output=True, text=True, timeout=280,
    )  # fmt: skip

    told = json.loads(run.stdout)

    assert told["made"] > 10_000
    assert told["kernels"] == ["engine.dsp", "engine.sound", "engine.twin"]
    assert told["loaded"] == []
    assert told["compiled"] == 0
    assert told["signatures"] == 1
