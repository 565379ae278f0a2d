"""A wrist band's light is read where its own list of intervals is full of holes."""

import numpy as np
import pytest

from engine.analysis.choosing import without_sparse_lists
from engine.analysis.evenly import with_lost
from engine.store.track import Track
from engine.streams import Stream
from engine.units import Kind, Unit

T = np.arange(0.0, 100.0, 1.0 / 64.0)
LIGHT = Track(Stream("bvp", Kind.PPG, Unit.RAW, 64.0), T, np.sin(T)[:, None])
SLOW = Track(Stream("bvp", Kind.PPG, Unit.RAW, 10.0), T, np.sin(T)[:, None])
MOVED = Track(
    Stream("acc", Kind.ACC, Unit.G, 64.0, axes=("x", "y", "z")), T, np.ones((len(T), 3))
)  # fmt: skip
ELSEWHERE = Track(
    Stream("ring.acc", Kind.ACC, Unit.G, 64.0, axes=("x", "y", "z")), T, np.ones((len(T), 3))
)  # fmt: skip


def listed(share: float) -> Track:
    t = np.arange(1.0, 100.0 * share + 0.5)
    return Track(Stream("ibi", Kind.PPI, Unit.MILLISECOND), t, np.full((len(t), 1), 1000.0))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85])
def test_a_list_full_of_holes_gives_way_to_light(share: float) -> None:
    kept = without_sparse_lists([LIGHT, MOVED, listed(share)])

    assert kept == [LIGHT, MOVED]


@pytest.mark.parametrize(
    "others", [[LIGHT, MOVED], [LIGHT], [SLOW, MOVED], [LIGHT, ELSEWHERE], [MOVED], []]
)
def test_a_whole_list_or_one_without_usable_light_stays(others: list[Track]) -> None:
    own = listed(0.97 if others == [LIGHT, MOVED] else 0.5)

    assert without_sparse_lists([*others, own]) == [*others, own]


def test_late_stamps_are_no_lost_samples_and_lost_ones_get_their_places() -> None:
    rng = np.random.default_rng(2)
    even = np.arange(20_000) / 250.0
    stream = Stream("ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)
    late = even + rng.normal(0.0, 0.12 / 250.0, len(even))
    kept = np.sort(rng.choice(len(even), 19_000, replace=False))
    x = np.arange(20_000.0)[:, np.newaxis]
    assert np.count_nonzero(np.diff(late) > 1.5 / 250.0) > 10

    jittered, none = with_lost(Track(stream, late, x))
    filled, some = with_lost(Track(stream, even[kept], x[kept]))

    assert none == 0
    assert jittered.t is late
    assert some == int(kept[-1] - kept[0]) + 1 - 19_000
    assert filled.t == pytest.approx(even[kept[0] : kept[-1] + 1])
    there = np.isfinite(filled.x[:, 0])
    assert filled.x[there, 0].tolist() == kept.tolist()
