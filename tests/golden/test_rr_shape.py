"""What the shape of beats adds to their intervals: early beats found, normal ones left alone."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.dsp import hrv_follow as to
from engine.dsp import qrs_layout as at
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.qrs import QrsDetector
from engine.dsp.rr_layout import LEARN, NORMAL
from engine.streams import F64
from tests.synthetic_heart import WIDE, drawn, intervals


def beats(x: F64, rate: float) -> F64:
    """Return the events of an electrocardiogram, pushed 250 ms at a time."""
    detector = QrsDetector(rate)
    t = np.arange(x.size) / rate
    found: list[list[float]] = []
    before = np.nan
    size = int(rate) // 4
    for i in range(0, x.size, size):
        for row in detector.push(x[i : i + size], t[i : i + size]).tolist():
            if row[at.KIND] in {at.CONFIRMED, at.LATE}:
                rr = 1000.0 * (row[at.TIME] - before) if row[at.JOINED] > 0 else np.nan
                before = row[at.TIME]
                shape, height = row[at.USUAL_SHAPE], row[at.AMPLITUDE]
                found.append([at.CONFIRMED, before, rr, row[at.QUALITY], shape, height])
    return np.array(found)


def flags(events: F64, *, shape: bool) -> NDArray[np.bool_]:
    """Tell for every beat whether the interval it ends was flagged."""
    given = events.copy()
    if not shape:
        given[:, 4] = np.nan
    rows = HeartTracker().push(given, given[:, 1].copy())
    rows = rows[np.isfinite(rows[:, to.NN])]
    flagged = rows[~np.isin(rows[:, to.CODE], (NORMAL, LEARN)), to.AT]
    found: NDArray[np.bool_] = np.isin(events[:, 1], flagged)
    return found


def scores(events: F64, t: F64, normal: NDArray[np.bool_], *, shape: bool) -> tuple[float, float]:
    """Return the share of other beats found and of normal intervals flagged in vain.

    A beat is found if the interval it ends or begins is flagged.
    """
    flag = flags(events, shape=shape)
    nearest = np.abs(events[:, 1][None, :] - t[:, None]).argmin(axis=1)
    own = flag[nearest] | flag[np.minimum(nearest + 1, flag.size - 1)]
    place = np.arange(t.size)
    judged = (place > 8) & (place < t.size - 4)
    plain = normal[1:] & normal[:-1]
    return float(own[~normal & judged].mean()), float(flag[nearest[1:]][plain].mean())


def with_wide_beats(early: float, seed: int, rate: float) -> tuple[F64, F64, NDArray[np.bool_]]:
    """Return an electrocardiogram with 25 wide beats ``early`` (share), its beats, which are usual.

    Early 0.5 puts each between two others instead: interpolated.
    """
    rng = np.random.default_rng(seed)
    t = np.cumsum(intervals(300, seed=seed, swing=10.0, noise_ms=10.0)) / 1000.0
    chosen = np.sort(rng.permutation(np.arange(12, 290, 5))[:25])
    wide = np.zeros(t.size, dtype=bool)
    if early < 0.5:
        wide[chosen] = True
        t[chosen] -= early * 0.88
    else:
        between = t[chosen] + 0.5 * np.diff(t)[chosen]
        order = np.argsort(np.concatenate([t, between]), kind="stable")
        wide = (np.arange(order.size) >= t.size)[order]
        t = np.concatenate([t, between])[order]
    made = drawn(rate, float(t[-1]) + 2.0, t[~wide], rng, noise=0.02)
    others = drawn(rate, float(t[-1]) + 2.0, t[wide], rng, noise=0.0, wander=0.0, waves=WIDE)
    return made.x + others.x, t, ~wide


@pytest.mark.parametrize("rate", [130.0, 250.0])
@pytest.mark.parametrize(("early", "alone"), [(0.03, 0.0), (0.06, 0.0), (0.10, 0.6), (0.25, 1.0),
                                              (0.50, 1.0)])  # fmt: skip
def test_wide_beats_are_found_however_little_early(rate: float, early: float, alone: float) -> None:
    x, t, normal = with_wide_beats(early, 3, rate)
    events = beats(x, rate)

    found, in_vain = scores(events, t, normal, shape=True)
    blind, _ = scores(events, t, normal, shape=False)

    assert found == 1.0
    assert in_vain <= 0.005
    assert blind <= max(alone, 0.05)


@pytest.mark.parametrize("breaths", [9.0, 12.0, 15.0])
def test_usual_beats_in_deep_breathing_are_left_alone(breaths: float) -> None:
    rng = np.random.default_rng(4)
    t = np.cumsum(intervals(200, seed=4, swing=30.0, breaths=breaths)) / 1000.0

    flag = flags(beats(drawn(250.0, float(t[-1]) + 2.0, t, rng, noise=0.02).x, 250.0), shape=True)

    assert flag.mean() <= 0.01


def test_all_early_beats_of_record_100_are_found_and_hardly_any_other(recordings: Path) -> None:
    with np.load(recordings / "mitdb" / "mitdb_100.npz") as kept:
        x = (kept["ecg_adu"][:, 0] - float(kept["adc_zero"][0])) / kept["gain_adu_per_mV"][0]
        t = kept["beat_sample"] / float(kept["fs"])
        normal = kept["beat_symbol"] == "N"
    events = beats(x, 360.0)

    for shape in (False, True):
        found, in_vain = scores(events, t, normal, shape=shape)

        assert found == 1.0
        assert in_vain <= 0.002
