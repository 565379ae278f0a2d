"""Electrocardiograms of paced hearts, as a recorder with its own low-pass shows them."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import signal

from engine.streams import F64
from tests.synthetic_heart import NARROW, Ecg

FINE = 10_000
"""Samples a second of the heart itself, before the recorder."""
# Left bundle branch block: notched, 140 ms wide, T wave against it.
BROAD = ((0.0, 0.022, 0.75), (0.050, 0.024, 0.85), (0.100, 0.018, 0.15), (0.330, 0.065, -0.45))
P_WAVE = (-0.12, 0.024, 0.12)
BACK = 0.012
"""In which a pulse's charge flows back, s."""


Waves = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Pacing:
    """How a heart is paced and recorded.

    ``spike`` is the height of the pulse against R, of either sign, ``width`` its length
    (s), ``atrial`` whether another one stands ``delay`` (s) before it, ``lead`` the time
    from the pulse to the middle of the broad beat (s), ``corner`` the recorder's low-pass (Hz).
    ``conducted`` means that only the atrium is paced, and narrow beats follow by themselves.
    ``below`` is the height of the ventricle's pulse where it differs, ``scatter`` by how much
    the delay varies (SD, s), ``rests`` the share of the time, in turns of some ten beats, in
    which no atrium is paced, ``waves`` the beat where it is another than drawn here.
    """

    spike: float
    width: float
    atrial: bool = False
    lead: float = 0.045
    corner: float = 100.0
    per_minute: float = 72.0
    conducted: bool = False
    delay: float = 0.16
    below: float | None = None
    scatter: float = 0.0
    rests: float = 0.0
    waves: Waves = ()
    returned: float = 0.0
    causal: bool = False


def any_pacing(rng: np.random.Generator, rate: float) -> Pacing:
    """Return a heart as the search for pulses was designed on: its atrium is paced.

    Behind a low-pass of 40 Hz, or below 250 Hz at 0.4 of the rate.
    """
    choices = [40.0, 40.0, 0.4 * rate, min(100.0, 0.4 * rate)]
    corner = float(rng.choice(choices)) if rate < 250 else 40.0
    spike = float(np.exp(rng.uniform(np.log(0.7), np.log(6.0))) * rng.choice([-1, 1]))
    is_conducted = bool(rng.random() < 0.4)
    is_broad = is_conducted and bool(rng.random() < 0.4)
    return Pacing(
        spike,
        float(rng.choice([0.0004, 0.001, 0.002])),
        atrial=True,
        lead=rng.uniform(0.035, 0.06),
        corner=corner,
        per_minute=rng.uniform(55.0, 100.0),
        conducted=is_conducted,
        delay=rng.uniform(0.09, 0.24),
        scatter=float(rng.choice([0.0, 0.002, 0.005])),
        below=None if rng.random() < 0.3 else spike * float(rng.uniform(0.1, 1.3) * _sign(rng)),
        rests=float(rng.choice([0.0, 0.0, 0.3])),
        waves=_any_waves(rng, is_broad=is_broad or not is_conducted, is_plain=not is_broad),
    )


def other_pacing(rng: np.random.Generator, rate: float) -> Pacing:
    """Return a heart as no search was designed on: other recorders, pulses and beats."""
    how = any_pacing(rng, rate)
    corner = rng.uniform(35.0, 50.0) if rate >= 250 else rng.uniform(35.0, 0.45 * rate)
    waves = how.waves or (NARROW if how.conducted else (*BROAD, P_WAVE))
    kind = rng.random()
    if kind < 0.3:  # an r wave before a deep S wave
        waves = ((-0.012, 0.010, 0.35), (0.045, 0.022, -1.1), (0.32, 0.06, 0.4), P_WAVE)
    elif kind < 0.5:  # a single broad wave
        waves = ((0.0, rng.uniform(0.022, 0.03), 1.0), (0.30, 0.06, -0.35), P_WAVE)
    return replace(
        how,
        width=rng.uniform(0.0003, 0.0022),
        spike=how.spike * rng.uniform(0.8, 1.2),
        corner=corner,
        delay=rng.uniform(0.08, 0.25),
        scatter=rng.uniform(0.0, 0.008),
        per_minute=rng.uniform(50.0, 105.0),
        waves=waves,
        returned=float(rng.choice([0.0, rng.uniform(0.0, 0.8)])),
        causal=bool(rng.random() < 0.6),
    )


def _sign(rng: np.random.Generator) -> int:
    return int(rng.choice([1, 1, -1]))


def _any_waves(rng: np.random.Generator, *, is_broad: bool, is_plain: bool) -> Waves:
    """Return waves wider or narrower than drawn here, with another T wave, or turned over."""
    usual = BROAD if is_broad else NARROW
    if rng.random() > 0.7:
        return () if is_plain else (*usual, P_WAVE)
    wider = rng.uniform(0.85, 1.3) if is_broad else rng.uniform(0.7, 1.2)
    t_wave, turned = rng.uniform(0.4, 1.6), -1.0 if is_broad and rng.random() < 0.3 else 1.0
    made = [
        (p * wider, w * wider, turned * h) if p < 0.2 else (p, w, turned * t_wave * h)
        for p, w, h in usual
    ]
    return (*made, P_WAVE) if is_broad else tuple(made)


def paced(rate: float, lasts: float, how: Pacing, *, seed: int = 0, noise: float = 0.01) -> Ecg:
    """Return the recording; ``r`` are the first tops of the broad beats."""
    rng = np.random.default_rng(seed)
    # A pacemaker's clock, and a few beats a minute in which the heart was a little earlier.
    steps = 60.0 / how.per_minute * np.ones(int(lasts * how.per_minute / 60.0))
    steps *= 1.0 - 0.05 * (rng.random(steps.size) < 0.06) * rng.random(steps.size)
    r = 0.3 + np.cumsum(steps) - steps[0]
    r = r[r < lasts - 1.0]
    t = np.arange(int(lasts * FINE)) / FINE
    x = np.zeros(t.size)
    shape = how.waves or (NARROW if how.conducted else (*BROAD, P_WAVE))
    below = how.spike if how.below is None else how.below
    own = np.random.default_rng((seed, 1))
    delays = how.delay + how.scatter * own.standard_normal(r.size)
    rests = np.repeat(own.random(r.size // 10 + 1) < how.rests, 10)
    for beat, delay, rest in zip(r, delays, rests, strict=False):
        size = 1.0 + 0.05 * np.sin(2.0 * np.pi * 0.25 * beat) + 0.03 * rng.standard_normal()
        for place, width, height in shape:
            # What comes before the ventricle belongs to the atrium.
            at = beat + place + (0.16 - delay if place < -0.1 else 0.0)
            first = int((at - 6.0 * width) * FINE)
            part = slice(max(first, 0), first + int(12.0 * width * FINE))
            x[part] += size * height * np.exp(-0.5 * ((t[part] - at) / width) ** 2)
        pulses = [] if how.conducted else [(-how.lead, below)]
        pulses += [(-how.lead - delay, how.spike)] if how.atrial and not rest else []
        for place, height in pulses:
            first = int((beat + place) * FINE)
            if first >= 0:
                lasting = max(1, round(how.width * FINE))
                x[first : first + lasting] += height
                back = slice(first + lasting, first + lasting + round(BACK * FINE))
                x[back] -= how.returned * height * how.width / BACK
    hiss = noise * rng.standard_normal(int(lasts * rate))
    return Ecg(*_recorded(x, rate, how, hiss), r)


def _recorded(x: F64, rate: float, how: Pacing, noise: F64) -> tuple[F64, F64]:
    """Return stamps and samples behind the recorder's low-pass, half or 0.7 at its corner."""
    if how.causal:
        smooth = signal.sosfilt(signal.butter(2, how.corner, fs=FINE, output="sos"), x)
    else:
        frequency = np.fft.rfftfreq(x.size, 1.0 / FINE)
        smooth = np.fft.irfft(np.fft.rfft(x) / (1.0 + (frequency / how.corner) ** 4), x.size)
    t = np.arange(noise.size) / rate
    made = np.interp(t, np.arange(x.size) / FINE, smooth)
    wander = 0.1 * np.sin(2.0 * np.pi * 0.28 * t)
    return t, made + wander + noise
