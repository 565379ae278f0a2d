import numpy as np
import pytest
from scipy import signal

from engine.sound.limiter import DELAY, Limiter
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64
from tests.sound_kit import needs_kernels


def limited(x: F64, ceiling_db: float = -1.5) -> F64:
    limiter = Limiter(ceiling_db)
    out = x.copy()
    for start in range(0, x.shape[1], BLOCK):
        block = np.ascontiguousarray(out[:, start : start + BLOCK])
        limiter.limit(block)
        out[:, start : start + BLOCK] = block
    return out


def fine_peak_db(x: F64) -> float:
    """True peak by 16 times oversampling, the reference for our own four times.

    Without the last moment: cutting the signal there would make a peak of its own.
    """
    fine = np.abs(signal.resample_poly(x, 16, 1, axis=1))[:, : -64 * 16]
    return float(20 * np.log10(fine.max()))


def test_what_is_below_the_ceiling_comes_out_untouched_and_delayed() -> None:
    x = 0.2 * np.random.default_rng(1).uniform(-1, 1, (2, 4 * BLOCK))

    out = limited(x)

    assert np.array_equal(out[:, DELAY:], x[:, :-DELAY])
    assert not out[:, :DELAY].any()


@needs_kernels
@pytest.mark.parametrize("kind", ["noise", "burst", "near nyquist", "square"])
def test_no_true_peak_passes_the_ceiling(kind: str) -> None:
    rng = np.random.default_rng(3)
    n = 200 * BLOCK
    t = np.arange(n) / RATE
    mono = {
        "noise": 2.0 * rng.normal(0, 1, n),
        "burst": np.where((t % 0.1) < 0.002, 4.0, 0.05) * np.sin(2 * np.pi * 3000 * t),
        "near nyquist": 3.0 * np.sin(2 * np.pi * 11_990 * t + 0.7),
        "square": 3.0 * np.sign(np.sin(2 * np.pi * 997 * t)),
    }[kind]

    out = limited(np.vstack((mono, 0.5 * mono)))

    assert fine_peak_db(out) <= -1.5


@needs_kernels
def test_limiting_moves_the_gain_without_a_click() -> None:
    t = np.arange(400 * BLOCK) / RATE
    tone = np.sin(2 * np.pi * 440 * t) * np.where((t > 0.5) & (t < 1.0), 2.0, 0.4)
    tone = signal.sosfilt(signal.butter(2, 2000, fs=RATE, output="sos"), tone)

    out = limited(np.vstack((tone, tone)))

    above = signal.sosfilt(signal.butter(8, 8000, "high", fs=RATE, output="sos"), out[0])
    assert 20 * np.log10(np.abs(above).max()) < -60.0


@needs_kernels
def test_after_a_loud_moment_the_limiter_comes_to_rest_again() -> None:
    x = np.zeros((2, 1500 * BLOCK))
    x[:, :BLOCK] = 3.0 * np.sin(np.arange(BLOCK) / 3.0)
    x[:, BLOCK:] = 0.1 * np.random.default_rng(4).uniform(-1, 1, (2, x.shape[1] - BLOCK))

    out = limited(x)

    late = slice(1400 * BLOCK, None)
    assert np.array_equal(out[:, late], x[:, 1400 * BLOCK - DELAY : -DELAY])
