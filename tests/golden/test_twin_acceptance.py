"""Over many fresh persons the twin reproduces what was published; its misses are named."""

from dataclasses import replace

import pytest

from engine.dsp.jit import COMPILED
from engine.twin.acceptance import RATES, Finding, accept, live_through, report, swings
from engine.twin.measures import hinge
from engine.twin.person import MEDIAN

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMPILED, reason="days of life take too long uncompiled"),
]

KNOWN_MISSES = {"DFA alpha1"}
"""What the twin does not reproduce; engine/twin/README.md says so too."""


def misses(findings: list[Finding]) -> set[str]:
    return {finding.name for finding in findings if not finding.met}


def test_sixty_fresh_persons_lie_in_the_published_bands_but_for_the_known_miss() -> None:
    findings = accept(60, first_seed=100)

    assert misses(findings) == KNOWN_MISSES, report(findings)


@pytest.mark.slow
def test_five_hundred_fresh_persons_do_too() -> None:
    findings = accept(500, first_seed=1000)

    assert misses(findings) == KNOWN_MISSES, report(findings)


def test_a_breath_in_that_raised_pressure_would_be_found_out() -> None:
    backwards = replace(MEDIAN, inspiration_mmhg_per_l=-MEDIAN.inspiration_mmhg_per_l)

    plateau = hinge(RATES, swings(backwards, litres=1.5, seeds=6)[:, 0]).plateau
    hf = [live_through(p, seed, 360.0).hrv.hf for p in (MEDIAN, backwards) for seed in range(6)]

    assert plateau < 15.0
    assert sum(hf[6:]) < 0.85 * sum(hf[:6])
