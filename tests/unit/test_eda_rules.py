"""Each rule by which skin conductance is refused, and what is counted from the rest.

The rules are those of Kleckner et al. (2018): a range, a greatest slope, and five seconds around
whatever broke them. Their fourth, the temperature of the skin, is not applied (decision 0069).
"""

import numpy as np
import pytest

from engine.dsp import eda_layout as at
from engine.dsp.eda import SkinConductance
from engine.streams import F64
from tests.skin_truth import match, skin

RATE = 8.0
SECONDS = 60.0
ONSET = 30.0


def one_response() -> tuple[F64, F64]:
    """Return times and conductance of a calm skin that responds once, at `ONSET`."""
    t = np.arange(int(SECONDS * RATE)) / RATE
    u = np.clip(t - ONSET, 0.0, None)
    y = 5.0 + 0.6 * (np.exp(-u / 3.5) - np.exp(-u / 0.75))
    return t, y + np.random.default_rng(2).normal(0.0, 0.002, t.size)


def onsets(rate: float, t: F64, y: F64) -> F64:
    rows = SkinConductance(rate).push(t, y)
    told: F64 = rows[np.isfinite(rows[:, at.O_ONSET]), at.O_ONSET]
    return told


def spoilt(kind: str, when: float) -> F64:
    """Return onsets told of the one response when something happens ``when``."""
    t, y = one_response()
    i = round(when * RATE)
    match kind:
        case "below the range":
            y[i] = 0.04
        case "above the range":
            y[i] = 61.0
        case "too steep":
            y[i] += 2.0  # 16 uS/s up and down again
        case _:
            y[i] = np.nan
    return onsets(RATE, t, y)


def test_a_response_that_nothing_spoils_is_told() -> None:
    told = onsets(RATE, *one_response())

    assert told == pytest.approx([ONSET], abs=0.3)


@pytest.mark.parametrize("kind", ["below the range", "above the range", "too steep", "missing"])
@pytest.mark.parametrize("before", [-4.0, -1.0, 3.0, 6.0])
def test_nothing_is_told_within_five_seconds_of_what_broke_a_rule(kind: str, before: float) -> None:
    """The response peaks 1.5 s after its onset: so from 5 s before it to 6.5 s after it."""
    assert spoilt(kind, ONSET + before).size == 0


@pytest.mark.parametrize("kind", ["below the range", "above the range", "too steep", "missing"])
@pytest.mark.parametrize("before", [-9.0, 9.0])
def test_what_broke_a_rule_further_away_costs_no_response(kind: str, before: float) -> None:
    assert spoilt(kind, ONSET + before) == pytest.approx([ONSET], abs=0.3)


@pytest.mark.parametrize("value", [0.051, 59.9])
def test_the_ends_of_the_range_are_skin(value: float) -> None:
    rows = SkinConductance(RATE).push(np.arange(160) / RATE, np.full(160, value))

    assert rows[-1, at.O_TONIC] == pytest.approx(value, rel=1e-3)
    assert rows[-1, at.O_QUALITY] > 0.9


def test_the_quality_is_low_for_five_seconds_after_a_slip_and_then_back() -> None:
    t, y = one_response()
    y[round(20.0 * RATE)] = 61.0

    rows = SkinConductance(RATE).push(t, y)
    after = {
        s: rows[np.searchsorted(rows[:, at.O_TIME], 20.0 + s), at.O_QUALITY] for s in (1, 4, 7)
    }

    assert max(after[1], after[4]) <= 0.25
    assert after[7] >= 0.7


@pytest.mark.parametrize("a_minute", [0, 4, 10])
def test_responses_a_minute_are_those_of_the_last_minute(a_minute: int) -> None:
    t = np.arange(int(300.0 * RATE)) / RATE
    y = np.full(t.size, 6.0)
    for onset in np.arange(20.0, 290.0, 60.0 / a_minute) if a_minute else ():
        u = np.clip(t - onset, 0.0, None)
        y += 0.4 * (np.exp(-u / 3.0) - np.exp(-u / 0.75))
    y += np.random.default_rng(4).normal(0.0, 0.002, t.size)

    rows = SkinConductance(RATE).push(t, y)
    late = rows[rows[:, at.O_TIME] > 120.0, at.O_RATE]

    assert np.abs(late - a_minute).max() <= 1.0


def test_without_half_a_minute_of_good_signal_no_rate_is_told() -> None:
    t, y = one_response()
    y[(np.arange(y.size) // 8) % 3 > 0] = np.nan

    rows = SkinConductance(RATE).push(t, y)

    assert np.isnan(rows[rows[:, at.O_TIME] > 30.0, at.O_RATE]).all()


@pytest.mark.parametrize(("responds", "told"), [(True, 1.0), (False, 0.0)])
def test_who_responds_is_known_after_four_good_minutes(responds: bool, told: float) -> None:  # noqa: FBT001
    true = skin(RATE, 3.0 if responds else 0.01, 0.003, 5, seconds=400.0)

    rows = SkinConductance(RATE).push(true.t, true.y)
    known = rows[:, at.O_RESPONDER]

    assert responds or np.isnan(known[rows[:, at.O_TIME] < 235.0]).all()
    assert known[-1] == told


@pytest.mark.parametrize("rate", [500.0, pytest.param(1000.0, marks=pytest.mark.slow)])
def test_a_quick_device_tells_the_same_skin(rate: float) -> None:
    true = skin(rate, 6.0, 0.003, 7, seconds=180.0)

    rows = SkinConductance(rate).push(true.t, true.y)
    told = rows[np.isfinite(rows[:, at.O_ONSET]), at.O_ONSET]
    level = rows[:, at.O_TONIC]
    tonic = np.interp(rows[:, at.O_TIME], true.t, true.tonic)

    assert match(told, true.onsets)[0] >= 0.95
    assert np.nanmean(np.abs(level / tonic - 1.0)) <= 0.02


@pytest.mark.parametrize(("declared", "actual"), [(8, 4), (4, 8), (4, 32), (32, 8), (1000, 500)])
def test_samples_at_another_rate_than_declared_tell_nothing(declared: int, actual: int) -> None:
    """Every time constant would be wrong: 4 Hz declared and 8 sent told 2 responses for 6."""
    true = skin(float(actual), 6.0, 0.003, 7, seconds=90.0)

    rows = SkinConductance(float(declared)).push(true.t, true.y)
    late = rows[rows[:, at.O_TIME] > 10.0]

    assert np.isnan(late[:, [at.O_TONIC, at.O_RATE, at.O_ONSET]]).all()
    assert (late[:, at.O_QUALITY] == 0.0).all()


def test_a_tenth_of_the_samples_may_be_lost() -> None:
    true = skin(32.0, 6.0, 0.003, 7, seconds=180.0)
    kept = np.random.default_rng(1).random(true.t.size) > 0.1

    rows = SkinConductance(32.0).push(true.t[kept], true.y[kept])
    told = rows[np.isfinite(rows[:, at.O_ONSET]), at.O_ONSET]

    assert match(told, true.onsets)[0] >= 0.9
