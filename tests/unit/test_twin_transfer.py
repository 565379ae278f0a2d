"""Mathematics and simulation agree about the closed loop of breath, pressure and heart."""

from dataclasses import replace

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from engine.pace import Pace
from engine.twin.body import Body
from engine.twin.person import MEDIAN, Person, draw_person
from engine.twin.slots import STEP
from engine.twin.transfer import interval_per_volume, loop_gain, resonance

BACKWARDS = replace(MEDIAN, inspiration_mmhg_per_l=-MEDIAN.inspiration_mmhg_per_l)
QUIET = replace(
    MEDIAN,
    fixed_volume_l=0.1,
    compliance=1.0,
    arousal=0.0,
    arousal_sd=0.0,
    breathing_benefit=0.0,
    fast_noise_ms=0.0,
    slow_noise_ms=0.0,
    jitter_ms=0.0,
    mayer_mmhg=0.0,
    breath_variation=0.0,
)
"""Nothing moves this person's heart but the breath, and so little that nothing saturates."""


def simulated_answer(person: Person, rate: float) -> complex:
    """Return interval per volume, ms per litre, at ``rate`` breaths a minute."""
    period = 60.0 / rate
    start = 6.0 * period
    stretch = Body(person, 1).advance(start + 10.0 * period, Pace(0.0, rate, 0.4, 1.0))
    late = stretch.t > start
    turn = np.exp(-2j * np.pi * stretch.t[late] / period)
    volume, rr = (v[late] - v[late].mean() for v in (stretch.volume_l, stretch.rr_ms))
    return complex((rr @ turn) / (volume @ turn))


@pytest.mark.parametrize(
    ("delay", "rate"),
    [(1.6, 6.25), (2.0, 5.85), (2.4, 5.44), (2.8, 5.05), (3.2, 4.70), (3.6, 4.38)],
)
def test_the_vessels_delay_sets_the_resonance(delay: float, rate: float) -> None:
    person = replace(MEDIAN, vessel_delay=delay)

    assert resonance(person).rate == pytest.approx(rate, abs=0.1)


def test_heart_rate_moves_with_the_breath_at_resonance() -> None:
    assert abs(resonance(MEDIAN).phase_deg) < 10.0


def stepwise_answer(person: Person, rate: float) -> complex:
    """Return the same from the difference equations of one step, by their z-transform."""
    z = np.exp(2j * np.pi * rate / 60.0 * STEP)

    def lag(tau: float) -> complex:
        return complex(1.0 / (1.0 / z + tau * (1.0 - 1.0 / z) / STEP))

    quick = 1.0 - lag(person.volume_tau) / z
    gating = -person.gating_ms_per_l * quick * lag(person.gating_tau)
    mechanical = -person.inspiration_mmhg_per_l * quick * lag(0.3)
    reflex = person.baroreflex_ms_per_mmhg * lag(person.baroreflex_tau)
    slow = z ** (-person.vessel_delay / STEP) * lag(person.vessel_tau)
    pressure = (mechanical - slow * person.vessel_gain_ms * gating) / (
        1.0 + slow * (person.vessel_gain_ms * reflex + person.vessel_gain_mmhg)
    )
    return complex(gating + reflex * pressure)


@pytest.mark.skipif(not COMPILED, reason="minutes of life take too long uncompiled")
@pytest.mark.parametrize("rate", [4.0, 5.0, 6.0, 10.0, 15.0])
def test_the_simulation_is_its_difference_equations(rate: float) -> None:
    expected = stepwise_answer(QUIET, rate)

    simulated = simulated_answer(QUIET, rate)

    # What is left is the bend of the reflex at its largest swing.
    assert abs(simulated) == pytest.approx(abs(expected), rel=0.002)
    assert abs(np.degrees(np.angle(simulated / expected))) < 0.1


@pytest.mark.parametrize(("rate", "off"), [(4.0, 0.01), (6.0, 0.02), (10.0, 0.04), (15.0, 0.04)])
def test_steps_of_50_ms_are_short_enough_for_the_mathematics(rate: float, off: float) -> None:
    continuous = complex(interval_per_volume(np.array([rate / 60.0]), QUIET)[0])

    stepwise = stepwise_answer(QUIET, rate)

    assert abs(stepwise) == pytest.approx(abs(continuous), rel=off)
    assert abs(np.degrees(np.angle(stepwise / continuous))) < 4.0


def test_nobody_rings_for_ever() -> None:
    gains = [loop_gain(draw_person(seed)) for seed in range(300)]

    assert max(gains) < 0.75


@pytest.mark.skipif(not COMPILED, reason="minutes of life take too long uncompiled")
def test_breath_that_raised_pressure_would_break_the_resonance() -> None:
    usual = abs(simulated_answer(QUIET, 5.5))
    backwards = abs(simulated_answer(replace(QUIET, inspiration_mmhg_per_l=-3.356), 5.5))

    assert resonance(BACKWARDS).ms_per_l < 0.65 * resonance(MEDIAN).ms_per_l
    assert backwards < 0.65 * usual
