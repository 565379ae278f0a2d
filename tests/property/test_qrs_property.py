import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tests.chunks import cuts, split
from tests.paced_heart import Pacing, paced
from tests.synthetic_heart import Ecg, ecg

RATE = 130
MADE = ecg(RATE, 24.0, noise=0.05)
PACED = [
    (rate, paced(rate, 14.0, Pacing(spike, 0.002, atrial=True, corner=corner), seed=rate))
    for rate, spike, corner in (
        (130, 1.0, 100.0), (250, 3.0, 100.0), (500, -2.0, 100.0), (1000, 1.0, 100.0),
        (180, 3.0, 40.0),
    )
]  # fmt: skip
"""Two pulses a beat, each of which is bridged and taken out of the filters from 250 Hz on;
behind 40 Hz they are known after some six beats and left out."""


def spoiled(seed: int, made: Ecg = MADE, rate: int = RATE) -> tuple[F64, F64]:
    """Return the ECG with stretches missing, flat and wild, and a gap in its stamps."""
    rng = np.random.default_rng(seed)
    x, t = made.x.copy(), made.t.copy()
    for _ in range(rng.integers(0, 5)):
        start, n = rng.integers(0, x.size), rng.integers(1, 3 * rate)
        way = rng.integers(0, 4)
        if way == 0:
            x[start : start + n] = np.nan
        elif way == 1:
            x[start : start + n] = 2.0
        elif way == 2:
            x[start : start + n] += 3.0 * rng.standard_normal(x[start : start + n].size)
        else:
            t[start:] += rng.choice([0.05, 0.5, 1.9, 5.0])
    return t + rng.normal(0.0, 1e-4, t.size), x


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), where=cuts(MADE.x.size))
def test_detector_does_not_care_how_samples_are_bundled(seed: int, where: list[int]) -> None:
    t, x = spoiled(seed)
    whole = QrsDetector(RATE).push(x, t).copy()

    running = QrsDetector(RATE)
    pieces = zip(split(x, where), split(t, where), strict=True)
    parts = np.concatenate([running.push(px, pt).copy() for px, pt in pieces])

    assert np.array_equal(parts, whole)


@pytest.mark.parametrize(("rate", "made"), PACED, ids=[str(rate) for rate, _ in PACED])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), data=st.data())
def test_nor_where_a_paced_beat_or_its_pulse_is_cut(
    rate: int, made: Ecg, seed: int, data: st.DataObject
) -> None:
    t, x = spoiled(seed, made, rate)
    where = sorted(data.draw(cuts(x.size)) + list(range(rate, x.size, rate // 4)))
    whole = QrsDetector(rate).push(x, t).copy()

    running = QrsDetector(rate)
    pieces = zip(split(x, where), split(t, where), strict=True)
    parts = np.concatenate([running.push(px, pt).copy() for px, pt in pieces])

    assert np.array_equal(parts, whole)


LONG = ecg(RATE, 30.0, noise=0.05)
SWAYING = LONG.t + 0.03 * np.sin(2.0 * np.pi * LONG.t / 7.0)
"""Now and then so far from their line that they are not followed beside the filters."""


@settings(max_examples=30, deadline=None)
@given(where=cuts(LONG.x.size))
def test_nor_which_stamps_come_with_which_on_a_clock_that_sways(where: list[int]) -> None:
    whole = QrsDetector(RATE).push(LONG.x, SWAYING).copy()

    running = QrsDetector(RATE)
    pieces = zip(split(LONG.x, where), split(SWAYING, where), strict=True)
    parts = np.concatenate([running.push(px, pt).copy() for px, pt in pieces])

    assert np.array_equal(parts, whole)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_comes_in_the_rows_make_sense(seed: int) -> None:
    t, x = spoiled(seed)

    rows = QrsDetector(RATE).push(x, t)
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE))]

    assert np.isfinite(rows).all()
    assert (np.diff(rows[:, at.KNOWN]) >= 0.0).all()
    assert (np.diff(beats[:, at.TIME]) > 0.2).all()
    assert ((rows[:, at.QUALITY] >= 0.0) & (rows[:, at.QUALITY] <= 1.0)).all()
    assert (beats[:, at.TIME] <= beats[:, at.KNOWN]).all()
