from typing import Any

import numpy as np
import pytest

from engine.dsp.filters import SosFilter
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.jit import COMPILED, KERNELS, entrances
from engine.dsp.qrs import QrsDetector
from engine.dsp.qrs_front import mend
from engine.dsp.warmup import warmup
from tests.synthetic_heart import ecg

pytestmark = pytest.mark.slow

needs_compiler = pytest.mark.skipif(not COMPILED, reason="compilation is switched off")


def test_warmup_tells_its_progress() -> None:
    told: list[tuple[str, int, int]] = []

    warmup(lambda name, done, of: told.append((name, done, of)))

    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2] == len(told) - 1
    assert "engine.dsp.qrs_push.push" in {name for name, _, _ in told}


@needs_compiler
def test_nothing_compiles_after_warmup() -> None:
    count = warmup()
    made = ecg(250, 20.0)

    narrow: Any = made.x.astype(np.float32)
    whole: Any = np.arange(10)
    rows = QrsDetector(250).push(narrow, made.t)
    strided = QrsDetector(250).push(np.repeat(made.x, 2)[::2], made.t)
    SosFilter(np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])).push(whole)
    tracker = HeartTracker()
    for i in range(20):
        tracker.beat(0.8 * i, 800, 1)

    assert len(rows) == len(strided) > 0
    assert len(entrances()) == count
    assert all(len(made_kernel.signatures) <= 1 for made_kernel in KERNELS)
    assert all(made_kernel.prepared for made_kernel in entrances())


@needs_compiler
def test_a_wrong_layout_is_refused_instead_of_compiled() -> None:
    wrong: Any = np.zeros((3, 3))

    with pytest.raises(TypeError, match="No matching definition"):
        mend(wrong, wrong, wrong, wrong)
