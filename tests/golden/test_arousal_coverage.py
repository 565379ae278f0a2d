"""How often the index that hears less is where the index that hears all is, on drawn people."""

from functools import cache

import numpy as np
import pytest

from engine.dsp.arousal import Arousal
from engine.streams import F64
from tests.arousal_people import REST, hour, index_of

pytestmark = pytest.mark.slow

PEOPLE = range(200, 206)
"""The constants were chosen on people drawn with other seeds."""
LOST = slice(600, 900)
HR, RMSSD, SCL, SCR, RESP = range(5)


@cache
def whole(person: int) -> tuple[Arousal, ...]:
    """Return the index that hears everything."""
    return tuple(index_of(hour(person)))


def apart(person: int, quality: F64, *, rest: int = REST, after: int) -> F64:
    """Return the distance from the index that hears everything, in standard deviations told."""
    x = hour(person)
    told = index_of(x, np.where(np.isfinite(x), quality, 0.0), rest)
    d = [(b.value - a.value) / b.sd for a, b in zip(whole(person), told, strict=True)][after:]
    off: F64 = np.abs(np.array(d)[np.isfinite(d)])
    return off


@pytest.mark.parametrize(
    "lost",
    [(HR, RMSSD, SCL, SCR, RESP), (RMSSD, SCL, SCR, RESP), (HR, RMSSD, SCR, RESP),
     (HR, RMSSD, SCL, RESP), (HR, RMSSD), (HR,), (SCR,)],
)  # fmt: skip
def test_five_minutes_without_channels_move_it_by_less_than_its_doubt(
    lost: tuple[int, ...],
) -> None:
    quality = np.ones((1500, 5))
    quality[LOST, list(lost)] = 0.0

    off = np.concatenate([apart(person, quality, after=LOST.start) for person in PEOPLE])

    assert off.max() <= 1.0


@pytest.mark.parametrize("kept", [(HR,), (HR, RMSSD), (SCL, SCR), (SCL,)])
def test_few_channels_from_the_start_are_covered_for_everybody(kept: tuple[int, ...]) -> None:
    quality = np.zeros((1500, 5))
    quality[:, list(kept)] = 1.0

    off = [apart(person, quality, after=REST + 60) for person in PEOPLE]

    assert min(np.mean(person < 1.96) for person in off) >= 0.95
    assert np.mean(np.concatenate(off) < 1.0) >= 0.68


@pytest.mark.parametrize("rest", [50, 150])
def test_a_short_baseline_is_told(rest: int) -> None:
    off = np.concatenate(
        [apart(person, np.ones((1500, 5)), rest=rest, after=360) for person in PEOPLE]
    )

    assert off.max() <= 1.0


@pytest.mark.parametrize("late", [(SCL, SCR), (HR, RMSSD), (HR,), (RESP,)])
def test_a_sensor_put_on_late_does_not_move_the_index_beyond_the_doubt(
    late: tuple[int, ...],
) -> None:
    quality = np.ones((1500, 5))
    quality[:700, list(late)] = 0.0

    off = np.concatenate([apart(person, quality, after=760) for person in PEOPLE])

    assert off.max() <= 1.0
