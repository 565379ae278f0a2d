"""Whatever a recorder sends: no beat that is wrong is shown with a good quality."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.dsp import qrs_layout as at
from engine.dsp.cardiac_quality import BeatQuality
from engine.dsp.qrs import QrsDetector
from engine.dsp.qrs_quality import SLOTS, note_beat, note_retraction, quality_of_second
from engine.errors import GraphError
from engine.streams import F64
from tests.synthetic_heart import NARROW, TALL_T, WIDE, Ecg, drawn, ecg

Spoil = Callable[[F64, F64], tuple[F64, F64]]
GOOD = 0.5
HARMONICS = ((1, 0.2), (3, 0.06), (5, 0.03))
BEGIN, END = 20.0, 24.0
"""s between which the trouble is, where it does not last."""


def during(t: F64) -> NDArray[np.bool_]:
    return np.asarray((t >= BEGIN) & (t < END))


def every(n: int, x: F64) -> NDArray[np.bool_]:
    return np.asarray(np.arange(x.size) % n == n // 2)


def hum(t: F64, frequency: float) -> F64:
    """Return mains hum and its third and fifth harmonics; what is too fast is aliased."""
    return np.asarray(
        sum(
            h * np.sin(2.0 * np.pi * k * frequency * t + k)
            for k, h in ((1, 0.2), (3, 0.06), (5, 0.03))
        )
    )


def gap_of(lasts: float) -> Spoil:
    def cut(x: F64, t: F64) -> tuple[F64, F64]:
        keep = (t < BEGIN) | (t >= BEGIN + lasts)
        return x[keep], t[keep]

    return cut


def burst(x: F64, t: F64) -> F64:
    return 5.0 * np.random.default_rng(5).standard_normal(x.size) * during(t)


STILL: dict[str, Spoil] = {
    "inverted": lambda x, t: (-x, t),
    "raw units with an offset": lambda x, t: (1e3 * x + 2.0**23, t),
    "volts": lambda x, t: (1e-3 * x, t),
    "wander of 2 mV": lambda x, t: (x + 2.0 * np.sin(2.0 * np.pi * 0.3 * t), t),
    "hum of 50 Hz": lambda x, t: (x + hum(t, 50.0), t),
    "hum of 60 Hz": lambda x, t: (x + hum(t, 60.0), t),
    "saturated at half an R": lambda x, t: (np.clip(x, -0.5, 0.55), t),
    "every seventh sample missing": lambda x, t: (
        np.where(np.arange(x.size) % 7 == 3, np.nan, x),
        t,
    ),
    "some stamps no number": lambda x, t: (x, np.where(every(9, x), np.nan, t)),
    "stamps doubled": lambda x, t: (x, t[np.arange(x.size) // 2 * 2]),
    "stamps of packets of three": lambda x, t: (x, t[np.arange(x.size) // 3 * 3]),
}
"""Trouble that lasts: every beat is found nonetheless."""

PASSING: dict[str, Spoil] = {
    "flat": lambda x, t: (np.where(during(t), 0.3, x), t),
    "at the rail": lambda x, t: (np.where(during(t), 32767.0, x), t),
    "missing": lambda x, t: (np.where(during(t), np.nan, x), t),
    "infinite": lambda x, t: (np.where(during(t), np.inf, x), t),
    "1e9 now and then": lambda x, t: (np.where(during(t) & every(40, x), 1e9, x), t),
    "a step of 5 mV": lambda x, t: (x + 5.0 * (t > BEGIN), t),
    "wild": lambda x, t: (x + burst(x, t), t),
    "stamps standing still": lambda x, t: (x, np.where(during(t), BEGIN, t)),
    "stamps going back": lambda x, t: (x, np.where(during(t), t - 7.0, t)),
    "stamps shuffled": lambda x, t: (
        x, np.where(during(t), np.random.default_rng(1).permuted(t), t),
    ),
    "gap of 1 s": gap_of(1.0),
    "gap of 10 s": gap_of(10.0),
    "gap of 60 s": gap_of(60.0),
    "twice as fast": lambda x, t: (x, np.where(t > BEGIN, BEGIN + 0.5 * (t - BEGIN), t)),
}  # fmt: skip
"""Trouble that passes (or changes what time is): nothing wrong is shown."""


def found(rate: float, x: F64, t: F64) -> F64:
    rows = QrsDetector(rate).push(x, t).copy()
    assert np.isfinite(rows[:, [at.KIND, at.QUALITY, at.JOINED]]).all()
    return rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE))]


def away(times: F64, truth: F64) -> F64:
    return np.asarray(np.abs(times[:, None] - truth[None, :]).min(axis=1))


@pytest.mark.parametrize("rate", [130, 250, 1000])
@pytest.mark.parametrize("trouble", STILL)
def test_all_beats_are_found_in_spite_of(trouble: str, rate: int) -> None:
    made = ecg(rate, 50.0)

    beats = found(rate, *STILL[trouble](made.x, made.t))

    assert away(made.r[made.r > 6.0], beats[:, at.TIME]).max() < 0.03
    sure = beats[beats[:, at.QUALITY] > GOOD, at.TIME]
    assert away(sure, made.r).max() < 0.03


@pytest.mark.parametrize("rate", [130, 250, 1000])
@pytest.mark.parametrize("trouble", PASSING)
def test_nothing_wrong_is_shown_with_a_good_quality_when_a_recording_is(
    trouble: str, rate: int
) -> None:
    made = ecg(rate, 100.0)
    x, t = PASSING[trouble](made.x, made.t)
    # Where stamps were changed a beat is where its own sample was stamped.
    truth = np.interp(made.r, made.t, t) if t.size == made.t.size else made.r

    beats = found(rate, x, t)
    sure = beats[beats[:, at.QUALITY] > GOOD]
    told = np.flatnonzero((beats[1:, at.JOINED] > 0) & (beats[1:, at.QUALITY] > GOOD)) + 1
    intervals = beats[told, at.TIME] - beats[told - 1, at.TIME]
    longest = np.diff(made.r).max() + 0.05

    assert away(sure[:, at.TIME], truth).max() < 0.05
    assert intervals.min() > 0.3 if trouble == "twice as fast" else intervals.min() > 0.6
    assert intervals.max() < longest
    # And it comes back.
    last = made.r[(made.r > 95.0)]
    assert trouble == "twice as fast" or away(last, beats[:, at.TIME]).max() < 0.05


@pytest.mark.parametrize("rate", [130, 250])
@pytest.mark.parametrize("value", [0.0, 7.0, 1e9, np.nan, np.inf])
def test_constants_have_no_beats(rate: int, value: float) -> None:
    t = np.arange(30 * rate) / rate

    assert len(found(rate, np.full(t.size, value), t)) == 0


@pytest.mark.parametrize("waves", [NARROW, TALL_T, WIDE], ids=["narrow", "tall T", "wide"])
@pytest.mark.parametrize("begins", [1.75, 1.9, 2.2, 2.6])
def test_a_heart_that_is_first_heard_late_is_learned_all_the_same(
    waves: tuple[tuple[float, float, float], ...], begins: float
) -> None:
    rng = np.random.default_rng(1)
    r = begins + 0.83 * np.arange(40) + 0.02 * rng.standard_normal(40)
    made = drawn(250, 36.0, r, rng, waves=waves)

    beats = found(250, made.x, made.t)[:, at.TIME]

    assert away(beats, made.r).max() < 0.08  # the first ones have no shape to be timed by
    assert away(beats[beats > 6.0], made.r).max() < 0.03
    assert away(made.r[(made.r > 6.0) & (made.r < 34.0)], beats).max() < 0.03


def test_another_wave_learned_for_r_is_doubted_and_learned_anew() -> None:
    made = ecg(250, 60.0, seed=2)
    faint = made.x * np.where(made.t < 6.0, 0.02, 1.0)
    x = faint + 0.001 * np.random.default_rng(2).standard_normal(made.t.size)

    beats = found(250, x, made.t)[:, at.TIME]

    late = made.r[(made.r > 25.0) & (made.r < 58.0)]
    assert away(late, beats).max() < 0.03
    assert away(beats[beats > 25.0], made.r).max() < 0.03


def test_stamps_and_samples_must_be_as_many() -> None:
    with pytest.raises(GraphError, match="3 samples came with 2 stamps"):
        QrsDetector(250).push(np.zeros(3), np.zeros(2))


def test_quality_of_a_second_is_that_of_the_plain_class() -> None:
    rng = np.random.default_rng(3)
    plain, trust = BeatQuality(), np.zeros(SLOTS)
    t = 0.0
    for _ in range(2000):
        t += float(rng.exponential(0.4))
        what = rng.integers(0, 3)
        if what == 0:
            quality = float(rng.random())
            plain.beat(t, quality)
            note_beat(trust, t, quality)
        elif what == 1 and rng.random() < 0.3:
            plain.retract(t)
            note_retraction(trust, t)
        else:
            assert quality_of_second(trust, t, 0.9) == pytest.approx(plain.second(t, 0.9))


@pytest.mark.parametrize(
    ("worst", "signal"),
    [(0.9, 0.9), (0.75, 0.87), (0.65, 0.85), (0.5, 0.7), (0.3, 0.6), (0.0, 0.6)],
)
def test_one_poor_beat_leaves_a_signal_at_most_a_little_better(worst: float, signal: float) -> None:
    plain = BeatQuality()
    for i in range(5):
        plain.beat(0.8 * i, worst if i == 2 else 0.9)

    assert plain.second(4.0, 1.0) == pytest.approx(signal)


def test_many_poor_beats_are_no_signal_because_of_a_floor() -> None:
    plain = BeatQuality()
    for i in range(5):
        plain.beat(0.8 * i, 0.1)

    assert plain.second(4.0, 1.0) == pytest.approx(0.1)


def test_the_trouble_is_trouble() -> None:
    made: Ecg = ecg(250, 50.0)

    for spoil in (*STILL.values(), *PASSING.values()):
        x, t = spoil(made.x, made.t)
        assert x.size != made.x.size or not (
            np.array_equal(x, made.x) and np.array_equal(t, made.t)
        )
