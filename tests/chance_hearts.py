"""Hearts that vary by chance alone, with slow swings and a breath, to see how minutes differ."""

import numpy as np

from engine.streams import F64

RATE = 4.0


def by_chance(rng: np.random.Generator, beats: int, *, slow_breath: bool = False) -> F64:
    """Return intervals (beats,) ms of a heart whose spectrum stays what it is.

    Drift below 0.04 Hz, a swing about 0.1 Hz and a breath about 0.25 Hz, in shares and of a size
    drawn anew; or nearly all of it in a breath of ten seconds.
    """
    mean = rng.uniform(600.0, 1050.0)
    count = int(beats * mean / 1000.0 * 1.15 * RATE)
    hz = np.fft.rfftfreq(count, 1.0 / RATE)
    drift, swing, breath = (0.1, 0.85, 0.05) if slow_breath else rng.dirichlet([2.0, 2.0, 2.0])
    places = (
        (swing, 0.1 if slow_breath else rng.uniform(0.08, 0.11), 0.006 if slow_breath else 0.02),
        (breath, rng.uniform(0.18, 0.32), 0.03),
    )
    power = np.where((hz > 0.004) & (hz < 0.04), 1.0 / np.maximum(hz, 0.004), 0.0)
    power *= drift / power.sum()
    for share, at, width in places:
        hump = np.exp(-0.5 * ((hz - at) / width) ** 2)
        power += share * hump / hump.sum()
    power[0] = 0.0
    arrows = rng.standard_normal(hz.size) + 1j * rng.standard_normal(hz.size)
    x = np.fft.irfft(arrows * np.sqrt(power))
    x *= rng.uniform(20.0, 70.0) / x.std()
    made: list[float] = []
    t = 0.0
    while len(made) < beats:
        before = int(t * RATE)
        step = t * RATE - before
        made.append(mean + float((1.0 - step) * x[before] + step * x[before + 1]))
        t += made[-1] / 1000.0
    return np.array(made)


def stretches(rr_ms: F64, seconds: float) -> list[F64]:
    """Return the whole stretches of ``seconds`` that lie side by side."""
    part = np.floor(np.cumsum(rr_ms) / 1000.0 / seconds)
    return [rr_ms[part == k] for k in range(1, int(part[-1]))]
