"""Ten thousand artefacts: none lowers arousal by more than the index says it may be off."""

import copy
import math

import numpy as np
import pytest

from engine.dsp.arousal import ArousalIndex
from engine.streams import F64
from tests.arousal_people import hour

pytestmark = pytest.mark.slow

PEOPLE, EACH = 5, 2000
AFTERWARDS = 25
HR, RMSSD, SCL, SCR, RESP = range(5)


def spoilt(rng: np.random.Generator, x: F64, q: F64) -> None:
    """Put one artefact into the first seconds of ``x`` and ``q``, ``(seconds, 5)``, in place."""
    kind = rng.integers(0, 8)
    n = int(rng.integers(1, 21))
    if kind == 0:  # a spike or a step of anything
        x[:n, rng.integers(0, 5)] *= np.exp(rng.uniform(-4.0, 3.0))
    elif kind == 1:  # everything drops out
        q[:n] = 0.0
    elif kind == 2:  # some of it drops out
        q[:n, rng.uniform(size=5) < 0.5] = 0.0
    elif kind == 3:  # motion: all is shaken, half found out
        x[:n] *= np.exp(rng.normal(0.0, 0.4, (n, 5)))
        q[:n] *= 0.5
    elif kind == 4:  # contact lost: the skin reads nothing, then something else
        x[:n, SCL] = 0.06
        x[:n, SCR] = 0.0
    elif kind == 5:  # the heart rate jumps
        x[:n, HR] = rng.uniform(30.0, 200.0)
    elif kind == 6:  # a wrong beat: RMSSD is far too high as long as it is in its window
        x[:40, RMSSD] += rng.uniform(20.0, 300.0)
        q[:40, RMSSD] *= 0.6
    else:  # the level steps and stays
        x[:, SCL] *= rng.uniform(0.7, 1.4)
        q[:8, [SCL, SCR]] = 0.2


@pytest.mark.parametrize("person", range(PEOPLE))
def test_no_artefact_lowers_arousal_by_more_than_its_own_doubt(person: int) -> None:
    x = hour(person, seconds=700)
    quality = np.where(np.isfinite(x), 1.0, 0.0)
    index = ArousalIndex()
    index.begin_baseline()
    rng = np.random.default_rng(person)
    falls: list[float] = []
    for s in range(len(x) - AFTERWARDS - 25):
        if s == 200:
            index.end_baseline()
        if s > 210:
            part = slice(s, s + AFTERWARDS + 20)
            clean = copy.deepcopy(index)
            true = [
                clean.push(tuple(v), tuple(q)).value
                for v, q in zip(x[part].tolist(), quality[part].tolist(), strict=True)
            ]
            for _ in range(-(-EACH // (len(x) - AFTERWARDS - 25 - 211))):
                bad, doubted = x[part].copy(), quality[part].copy()
                spoilt(rng, bad, doubted)
                twin = copy.deepcopy(index)
                fall = -math.inf
                for v, q, right in zip(bad.tolist(), doubted.tolist(), true, strict=True):
                    now = twin.push(tuple(v), tuple(q))
                    if not math.isnan(now.value):
                        fall = max(fall, (right - now.value) / now.sd)
                falls.append(fall)
        index.push(tuple(x[s].tolist()), tuple(quality[s].tolist()))

    assert len(falls) >= EACH
    assert max(falls) <= 1.0, (max(falls), np.mean(np.array(falls) > 1.0))
