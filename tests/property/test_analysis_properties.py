"""Whatever a list of intervals holds: no crash, no number that is not valid, no lost time."""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.analysis import analyse, facts, to_text
from engine.analysis.hindsight import head, tail
from engine.dsp import rr_layout as at
from tests.analysis_kit import of_intervals, valid
from tests.synthetic_heart import intervals

EXAMPLES = settings(max_examples=10, deadline=None, derandomize=True)
any_ms = st.lists(st.floats(50.0, 8000.0), min_size=2, max_size=80).filter(
    lambda values: 200.0 <= float(np.median(values)) <= 3000.0
)


@EXAMPLES
@given(any_ms, st.lists(st.integers(0, 80), max_size=3))
def test_any_intervals_are_analysed(ms: list[float], pauses: list[int]) -> None:
    for at_number in pauses:
        ms.insert(at_number, 60_000.0)
    assume(200.0 <= float(np.median(ms)) <= 3000.0)
    analysis = analyse(of_intervals(np.array(ms)))

    valid(to_text(analysis))
    for metric in analysis.whole.metrics.values():
        assert metric.valid == math.isfinite(metric.value)
    assert len(analysis.found.t) == len(ms)
    assert np.allclose(np.diff(analysis.beats), np.array(ms) / 1000.0, atol=1e-9)


@EXAMPLES
@given(st.floats(-1e6, 1e9), st.integers(0, 5))
def test_when_a_recording_was_made_changes_nothing(shift: float, seed: int) -> None:
    made = of_intervals(intervals(120, seed=seed))
    (track,) = made.tracks
    moved = type(made)(made.path, (track._replace(t=track.t + shift),))

    here, there = facts(analyse(made)), facts(analyse(moved))

    assert [r["kind"] for r in here["rr"]] == [r["kind"] for r in there["rr"]]
    one, other = (f["hrv"]["whole"]["rmssd_ms"]["value"] for f in (here, there))
    assert abs(one - other) < 1e-6 * one


@EXAMPLES
@given(st.integers(10, 200), st.integers(0, 50))
def test_hindsight_never_flags_a_clean_edge(n: int, seed: int) -> None:
    ms = intervals(n, seed=seed, noise_ms=4.0)

    assert set(head(ms).decisions[:, at.CODE].tolist()) == {at.NORMAL}
    assert set(tail(ms).decisions[-3:, at.CODE].tolist()) == {at.NORMAL}


@EXAMPLES
@given(st.floats(0.55, 0.75), st.integers(0, 3), st.integers(0, 5))
def test_an_early_beat_at_the_start_is_found(early: float, place: int, seed: int) -> None:
    ms = intervals(100, seed=seed, noise_ms=4.0)
    lost = (1.0 - early) * ms[place]
    ms[place] -= lost
    ms[place + 1] += lost

    found = analyse(of_intervals(ms)).found

    assert found.code[place] != at.NORMAL
    assert found.code[place + 1] != at.NORMAL
    assert not np.any(found.code[place + 3 :])
