"""Live spectra, coherence and their doubts against the recipe written out in numpy and scipy."""

import math

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from engine.dsp.hrv_retold import TELLINGS
from engine.dsp.hrv_spectrum import RESOLUTION
from engine.dsp.hrv_spectrum_live import LiveVariability, Variability
from engine.dsp.hrv_spectrum_told import bands_told
from engine.dsp.hrv_trust import Share
from engine.dsp.rr_layout import Beat
from engine.streams import F64
from tests.variability_truth import modulated

FREQUENCY = np.arange(513) * RESOLUTION


def heart() -> tuple[F64, F64]:
    t, nn = modulated(300.0, (30.0, 0.09), (22.0, 0.23))
    return t, nn + 15.0 * np.random.default_rng(8).standard_normal(t.size)


def density(t: F64, nn: F64, rate: float, *, line: bool) -> F64:
    """Return ms2/Hz at `FREQUENCY` of the 64 s that end with the newest interval."""
    x = t[-1] - np.arange(round(64.0 * rate))[::-1] / rate
    y = CubicSpline(t, nn, bc_type="natural")(x)
    y = y - np.polyval(np.polyfit(x - x[0], y, 1), x - x[0]) if line else y - y.mean()
    window = np.hanning(x.size + 1)[:-1]
    wave = np.exp(-2j * math.pi * np.outer(FREQUENCY, np.arange(x.size) / rate))
    power: F64 = 2.0 * np.abs(wave @ (y * window)) ** 2 / (rate * float(window @ window))
    return power


def power(of: F64, low: float, high: float) -> float:
    """Return the power from ``low`` to ``high`` Hz, the density taken for straight lines."""
    inner = FREQUENCY[(low < FREQUENCY) & (high > FREQUENCY)]
    at = np.concatenate(([low], inner, [high]))
    return float(np.trapezoid(np.interp(at, FREQUENCY, of), at))


@pytest.fixture(scope="module")
def shown() -> tuple[F64, F64, float, Variability]:
    t, nn = heart()
    live, k, now = LiveVariability(), 0, 0.0
    known = live.at(now, steady=True)
    while now < 240.0:
        now += 5.0
        while t[k] <= now:
            live.interval(float(t[k]), float(nn[k]), float(Beat.NORMAL), 1.0, 1.0)
            k += 1
        known = live.at(now, steady=True)
    return t, nn, now, known


def test_bands_are_the_mean_of_three_spectra_half_a_minute_apart(
    shown: tuple[F64, F64, float, Variability],
) -> None:
    t, nn, now, known = shown
    parts = [density(t[t <= k], nn[t <= k], 4.0, line=False) for k in (now - 60, now - 30, now)]
    mean = np.mean(parts, axis=0)

    lf, hf = power(mean, 0.04, 0.15), power(mean, 0.15, 0.40)
    assert known.values["lf_ms2"].value == pytest.approx(lf, rel=2e-3)
    assert known.values["hf_ms2"].value == pytest.approx(hf, rel=2e-3)
    assert known.values["total_ms2"].value == pytest.approx(power(mean, 0.0, 0.4), rel=2e-3)
    assert known.values["lf_hf"].value == pytest.approx(lf / hf, rel=4e-3)
    assert known.values["lf_ms2"].window_s == 124.0


def test_coherence_is_of_the_newest_64_seconds(
    shown: tuple[F64, F64, float, Variability],
) -> None:
    t, nn, now, known = shown
    newest = t <= now
    t, nn = t[newest], nn[newest]
    x = t[-1] - np.arange(128)[::-1] / 2.0
    assert x[0] > t[0]
    of = density(t, nn, 2.0, line=True)
    peak = known.coherence.peak_hz
    near = power(of, peak - 0.015, peak + 0.015)

    assert peak == pytest.approx(0.09, abs=0.004)
    assert known.coherence.ratio == pytest.approx(near / (power(of, 0.0, 1.0) - near), rel=0.01)


def test_a_summit_that_one_stretch_alone_makes_is_as_doubtful_as_where_it_else_would_be() -> None:
    def hill(at: float, height: float) -> F64:
        made: F64 = height * np.exp(-0.5 * ((FREQUENCY - at) / 0.006) ** 2)
        return made

    # Seven stretches swing at 0.06 Hz; one, far more strongly, at 0.12: the mean peaks there.
    stretches = [hill(0.06, 1.0) + hill(0.12, 0.1)] * 7 + [hill(0.06, 0.1) + hill(0.12, 40.0)]
    told = bands_told([np.tile(one, (TELLINGS, 1)) for one in stretches], Share(1.0, 0.0), 300.0)

    assert told["lf_peak_hz"].value == pytest.approx(0.12, abs=0.002)
    assert told["lf_peak_hz"].doubt > 0.045


def test_the_doubt_of_a_coherence_is_half_its_interval(
    shown: tuple[F64, F64, float, Variability],
) -> None:
    known = shown[3]
    told = known.values["coherence_ratio"]

    # Nothing was corrected: it is chance alone, as its 95 % interval has it.
    assert known.coherence.low < told.value < known.coherence.high
    half = math.log(known.coherence.high / told.value) / 1.96
    assert told.doubt == pytest.approx(told.value * half, rel=0.05)
