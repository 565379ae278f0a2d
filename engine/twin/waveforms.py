"""What sensors would draw of the simulated body: ECG, pulse wave, and slow signals."""

import math

from engine.dsp.jit import kernel
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.chance import Chance, normal

AHEAD = 0.4
"""Seconds the body must have lived beyond a sample: an R peak casts its P wave before it."""

REACH = 4.0
"""A wave ends this many standard deviations from its centre."""


@kernel("float64(float64[:, ::1], int64, int64, float64)")
def row_at(rows: F64, first_row: int, column: int, t: float) -> float:
    """Return column ``column`` of the body's rows at time ``t``, s, by linear interpolation.

    Parameters
    ----------
    rows, first_row
        ``Body.rows``, ``(n, ROW)``, and ``Body.first_row``.
    column
        One of the ``ROW_`` places of `engine.twin.slots`.
    t
        Seconds.
    """
    steps = t / s.STEP
    whole = math.floor(steps)
    between = steps - whole
    last = rows.shape[0] - 1
    a = min(max(whole - first_row, 0), last)
    b = min(max(whole + 1 - first_row, 0), last)
    return float((1.0 - between) * rows[a, column] + between * rows[b, column])


@kernel(
    "void(int64, float64, float64[:, ::1], int64, int64, float64, float64, int64[::1],"
    " float64[::1])"
)
def sampled(  # noqa: PLR0917 - a kernel takes its arguments by place
    first: int,
    rate: float,
    rows: F64,
    first_row: int,
    column: int,
    gain: float,
    noise: float,
    chance: Chance,
    out: F64,
) -> None:
    """Fill ``out``, ``(n,)``, with samples ``first``... of one slow signal, at ``rate`` Hz.

    ``gain`` multiplies the signal; ``noise`` is the standard deviation of what is added,
    in units of the result.
    """
    for i in range(out.shape[0]):
        x = gain * row_at(rows, first_row, column, (first + i) / rate)
        out[i] = x + noise * normal(chance)


@kernel("void(int64, float64, float64, float64, float64, float64[::1])")
def add_wave(  # noqa: PLR0917
    first: int, rate: float, centre: float, height: float, width: float, out: F64
) -> None:
    """Add one Gaussian wave to samples ``first``... at ``rate`` Hz in ``out``, ``(n,)``.

    ``centre`` and ``width`` (standard deviation) in seconds, ``height`` in units of ``out``.
    """
    begin = max(math.ceil((centre - REACH * width) * rate) - first, 0)
    end = min(math.floor((centre + REACH * width) * rate) - first, out.shape[0] - 1)
    for i in range(begin, end + 1):
        z = ((first + i) / rate - centre) / width
        out[i] += height * math.exp(-0.5 * z * z)


@kernel(
    "void(int64, float64, float64[:, ::1], int64, float64[:, ::1], float64, int64[::1],"
    " float64[::1])"
)
def ecg(  # noqa: PLR0917
    first: int,
    rate: float,
    rows: F64,
    first_row: int,
    beats: F64,
    noise: float,
    chance: Chance,
    out: F64,
) -> None:
    """Fill ``out``, ``(n,)`` mV, with the ECG: five waves a beat, breathing in R and baseline.

    Parameters
    ----------
    first, rate
        Number of the first sample (sample ``k`` is at ``k / rate`` s) and samples a second.
    rows, first_row, beats
        Of `engine.twin.body.Body`.
    noise
        Standard deviation of white noise, mV.
    chance
        The sensor's generator, ``(6,)``.
    """
    for i in range(out.shape[0]):
        lungs = row_at(rows, first_row, s.ROW_VOLUME, (first + i) / rate)
        out[i] = 0.08 * lungs + noise * normal(chance)
    begin, end = first / rate - 1.5, (first + out.shape[0]) / rate + AHEAD
    for b in range(beats.shape[0]):
        r = beats[b, s.BEAT_TIME]
        if r < begin or r > end:
            continue
        before = beats[b, s.BEAT_RR]
        if not before > 0.0:
            before = 0.9
        q = math.sqrt(min(max(before, 0.35), 1.6))
        tall = 1.0 - 0.10 * row_at(rows, first_row, s.ROW_VOLUME, r)
        if beats[b, s.BEAT_KIND] > 0.5:  # ventricular: no P, wide and tall, T turned over
            add_wave(first, rate, r, 1.35 * tall, 0.032, out)
            add_wave(first, rate, r + 0.09, -0.45 * tall, 0.030, out)
            add_wave(first, rate, r + 0.33, -0.35, 0.060, out)
            continue
        add_wave(first, rate, r - 0.10 - 0.065 * q, 0.12, 0.022, out)
        add_wave(first, rate, r - 0.028, -0.10 * tall, 0.0085, out)
        add_wave(first, rate, r, tall, 0.0095, out)
        add_wave(first, rate, r + 0.030, -0.20 * tall, 0.0095, out)
        add_wave(first, rate, r + 0.285 * q, 0.28, 0.050 * q, out)


@kernel("float64(float64, float64)")
def pulse_foot(delay: float, size: float) -> float:
    """Return seconds from R peak to the foot of the pulse; a wide artery is slower.

    ``delay`` is the person's own, s; ``size`` that of the pulse, 1 at neutral.
    """
    return delay * (0.85 + 0.15 * size)


@kernel(
    "void(int64, float64, float64[:, ::1], int64, float64[:, ::1], float64, float64, int64[::1],"
    " float64[::1])"
)
def ppg(  # noqa: PLR0917
    first: int,
    rate: float,
    rows: F64,
    first_row: int,
    beats: F64,
    delay: float,
    noise: float,
    chance: Chance,
    out: F64,
) -> None:
    """Fill ``out``, ``(n,)``, with the pulse wave: two waves a beat, 1 high at neutral.

    Parameters
    ----------
    first, rate, rows, first_row, beats, chance
        As for `ecg`.
    delay
        The person's ``pulse_delay``, s.
    noise
        Standard deviation of white noise, in units of the result.
    """
    for i in range(out.shape[0]):
        lungs = row_at(rows, first_row, s.ROW_VOLUME, (first + i) / rate)
        out[i] = -0.15 * lungs + noise * normal(chance)
    begin, end = first / rate - 2.5, (first + out.shape[0]) / rate + AHEAD
    for b in range(beats.shape[0]):
        r = beats[b, s.BEAT_TIME]
        if r < begin or r > end:
            continue
        before = beats[b, s.BEAT_RR]
        if not before > 0.0:
            before = 0.9
        q = math.sqrt(min(max(before, 0.35), 1.6))
        size = row_at(rows, first_row, s.ROW_PULSE, r)
        high = size * (0.75 + 0.25 * before)
        high *= 1.0 - 0.12 * row_at(rows, first_row, s.ROW_VOLUME, r)
        if beats[b, s.BEAT_KIND] > 0.5:
            high *= 0.5  # a chamber beaten too early is half empty
        foot = r + pulse_foot(delay, size)
        add_wave(first, rate, foot + 0.13, high, 0.075, out)
        add_wave(first, rate, foot + 0.36 * q, 0.42 * high, 0.11 * q, out)
