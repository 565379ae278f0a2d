"""What an analysis says of a heart with a pacemaker."""

import pytest

from engine.analysis.analysing import analyse
from engine.dsp.jit import COMPILED
from tests.analysis_kit import of_ecg
from tests.paced_heart import Pacing, paced

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes without compiled kernels")


@pytest.mark.parametrize(("below", "told"), [(None, True), (0.0, False)])
def test_beats_that_may_be_pulses_are_told_and_only_those(
    below: float | None, *, told: bool
) -> None:
    """A pulse in the ventricle too leaves it open which wave is the beat; without, it is clear."""
    made = paced(250.0, 90.0, Pacing(3.0, 0.002, atrial=True, corner=40.0, below=below), seed=3)

    analysis = analyse(of_ecg(made.x, 250.0, t=made.t))

    codes = {remark.code: remark for remark in analysis.remarks}
    assert ("paced_pulses" in codes) == told
    if told:
        assert "pacemaker" in codes["paced_pulses"].words.en
        assert "起搏器" in codes["paced_pulses"].words.zh
