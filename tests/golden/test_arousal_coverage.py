"""How often the index that hears less is where the index that hears all is, on drawn people."""

import numpy as np
import pytest

from engine.streams import F64
from tests.arousal_people import REST, hour, index_of

pytestmark = pytest.mark.slow

PEOPLE = range(6)
LOST = slice(600, 900)
HR, RMSSD, SCL, SCR, RESP = range(5)


def apart(person: int, quality: F64, *, rest: int = REST, after: int) -> F64:
    """Return the distance from the index that hears everything, in standard deviations told."""
    x = hour(person)
    whole = index_of(x)
    told = index_of(x, np.where(np.isfinite(x), quality, 0.0), rest)
    d = [(b.value - a.value) / b.sd for a, b in zip(whole, told, strict=True)][after:]
    off: F64 = np.abs(np.array(d)[np.isfinite(d)])
    return off


@pytest.mark.parametrize(
    "lost",
    [(HR, RMSSD, SCL, SCR, RESP), (HR, RMSSD), (SCL, SCR), (HR, RMSSD, RESP), (HR,), (SCL,), (SCR,),
     (RESP,)],
)  # fmt: skip
def test_five_minutes_without_channels_stay_within_the_doubt(lost: tuple[int, ...]) -> None:
    quality = np.ones((1500, 5))
    quality[LOST, list(lost)] = 0.0

    off = np.concatenate([apart(person, quality, after=LOST.start) for person in PEOPLE])

    assert np.mean(off < 1.0) >= 0.95
    assert np.mean(off < 1.96) >= 0.99


@pytest.mark.parametrize("kept", [(HR,), (HR, RMSSD), (SCL, SCR)])
def test_few_channels_from_the_start_are_covered_for_nearly_everybody(
    kept: tuple[int, ...],
) -> None:
    """The exception is person 3, whose skin hardly answers what the heart does."""
    quality = np.zeros((1500, 5))
    quality[:, list(kept)] = 1.0

    covered = [np.mean(apart(person, quality, after=REST + 60) < 1.96) for person in PEOPLE]

    assert np.count_nonzero(np.array(covered) >= 0.95) >= len(PEOPLE) - 1, covered


@pytest.mark.parametrize("rest", [50, 90, 150, 300])
def test_a_short_or_a_long_baseline_is_told(rest: int) -> None:
    off = np.concatenate(
        [apart(person, np.ones((1500, 5)), rest=rest, after=360) for person in PEOPLE]
    )

    assert np.mean(off < 1.0) >= 0.68
    assert np.mean(off < 1.96) >= 0.95


def test_a_sensor_put_on_late_does_not_move_the_index_beyond_the_doubt() -> None:
    quality = np.ones((1500, 5))
    quality[:700, [SCL, SCR]] = 0.0

    off = np.concatenate([apart(person, quality, after=760) for person in PEOPLE])

    assert np.mean(off < 1.0) >= 0.68
    assert np.mean(off < 1.96) >= 0.95
