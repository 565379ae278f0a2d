"""The shape of a heartbeat: smoothing it, comparing it, finding its peak."""

import math

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.streams import F64


@kernel("void(float64[::1], int64, float64[::1], int64, int64, float64[::1], float64[::1])")
def smooth_window(
    raw: F64, mask: int, design: F64, half: int, first: int, line: F64, into: F64,
) -> None:  # fmt: skip
    """Smooth raw samples from ``first`` on into ``into``, as many as it holds.

    The symmetric FIR leaves every wave where it is; the ring must already hold ``half``
    samples more. ``line`` is room for ``2 * half`` samples more than ``into`` has: in one
    line, the processor takes several at once.
    """
    n = into.shape[0]
    for k in range(n + 2 * half):
        line[k] = raw[(first - half + k) & mask]
    tap = design[at.FIR]
    middle = line[half:]
    for k in range(n):
        into[k] = tap * middle[k]
    # Three taps a time: most of it is to fetch and put back what has been summed so far.
    thirds = half - half % 3
    for j in range(1, thirds + 1, 3):
        tap, second, third = design[at.FIR + j], design[at.FIR + j + 1], design[at.FIR + j + 2]
        left, right = line[half - j - 2 :], line[half + j :]
        for k in range(n):
            summed = into[k] + tap * (left[k + 2] + right[k])
            summed += second * (left[k + 1] + right[k + 1])
            into[k] = summed + third * (left[k] + right[k + 2])
    for j in range(thirds + 1, half + 1):
        tap = design[at.FIR + j]
        left = line[half - j :]
        right = line[half + j :]
        for k in range(n):
            into[k] += tap * (left[k] + right[k])


@kernel("float64(float64[:,::1], int64)")
def energy(templates: F64, k: int) -> float:
    """Return the sum of squares of template ``k``."""
    yy = 1e-30
    for j in range(templates.shape[1]):
        yy += templates[k, j] * templates[k, j]
    return yy


@kernel("void(float64[::1], int64, float64[::1])")
def sizes_of(window: F64, stride: int, sizes: F64) -> None:
    """Write the sum of squares of the window at each shift into ``sizes``."""
    n = sizes.shape[0]
    for j in range(n):
        sizes[j] = 1e-30
    for p in range(0, window.shape[0] - n + 1, stride):
        part = window[p:]
        for j in range(n):
            sizes[j] += part[j] * part[j]


@kernel("void(float64[::1], int64, float64[:,::1], int64, float64[::1], float64[::1])")
def compare(window: F64, stride: int, templates: F64, k: int, sizes: F64, likeness: F64) -> None:
    """Write the cosine between the window at each shift and template ``k``, -1..1.

    All shifts go side by side through the template, so the processor takes several at once.

    Parameters
    ----------
    window
        ``stride`` times as long as the template and as many longer as there are shifts.
    stride
        Samples between two points of a template.
    templates : (TEMPLATES, points)
        Learned shapes.
    sizes : (shifts,)
        From `sizes_of`.
    likeness : (shifts,)
        The result.
    """
    n = sizes.shape[0]
    yy = energy(templates, k)
    for j in range(n):
        likeness[j] = 0.0
    for p in range(templates.shape[1]):
        part = window[p * stride :]
        y = templates[k, p]
        for j in range(n):
            likeness[j] += part[j] * y
    for j in range(n):
        likeness[j] /= math.sqrt(sizes[j] * yy)


@kernel("float64(float64[::1], int64)")
def offset_of_peak(y: F64, i: int) -> float:
    """Return where between samples the extremum near ``i`` lies, -1..1 samples.

    The extremum of the quartic through five samples, from a parabola by Newton steps:
    a parabola alone is biased by up to 0.1 samples on a narrow R wave.
    """
    y0 = y[i - 2]
    y1 = y[i - 1]
    y2 = y[i]
    y3 = y[i + 1]
    y4 = y[i + 2]
    bend = y1 - 2.0 * y2 + y3
    if bend == 0.0:
        return 0.0
    a1 = (y0 - 8.0 * y1 + 8.0 * y3 - y4) / 12.0
    a2 = (-y0 + 16.0 * y1 - 30.0 * y2 + 16.0 * y3 - y4) / 24.0
    a3 = (-y0 + 2.0 * y1 - 2.0 * y3 + y4) / 12.0
    a4 = (y0 - 4.0 * y1 + 6.0 * y2 - 4.0 * y3 + y4) / 24.0
    t = 0.5 * (y1 - y3) / bend
    for _ in range(3):
        curvature = 2.0 * a2 + t * (6.0 * a3 + t * 12.0 * a4)
        if curvature == 0.0:
            break
        t -= (a1 + t * (2.0 * a2 + t * (3.0 * a3 + t * 4.0 * a4))) / curvature
    return float(t) if t > -1.0 and t < 1.0 else 0.0


@kernel("int64(float64[::1], int64, int64, int64, int64, float64)")
def climb(y: F64, start: int, low: int, high: int, size: int, sign: float) -> int:
    """Return the index of the extremum of ``sign * y`` in ``low..high``, walked uphill.

    When the window's edge cut through a slope the walk goes on beyond it, so the result
    is always a true local extremum. Indices are relative to ``start``.
    """
    best = low
    for k in range(low, high + 1):
        if sign * y[start + k] > sign * y[start + best]:
            best = k
    while best > 2 and best < size - 2:
        here = sign * y[start + best]
        left = sign * y[start + best - 1]
        right = sign * y[start + best + 1]
        if left <= here and right <= here:
            break
        best += -1 if left > right else 1
    return best


@kernel("void(float64[:,::1], int64, float64[::1], int64, int64, int64, float64)")
def learn(
    templates: F64, k: int, window: F64, first: int, stride: int, points: int,
    share: float,
) -> None:  # fmt: skip
    """Move template ``k`` towards the window from ``first`` (unit energy) by ``share``."""
    energy = 1e-30
    for j in range(points):
        energy += window[first + j * stride] ** 2
    scale = 1.0 / math.sqrt(energy)
    for j in range(points):
        templates[k, j] += share * (window[first + j * stride] * scale - templates[k, j])


@kernel("void(float64[::1], float64[:,::1], int64, int64, int64, int64)")
def find_fiducial(
    state: F64, templates: F64, k: int, stride: int, points: int, before: int
) -> None:
    """Note where the R wave of template ``k`` is and which way it points.

    The sign changes only when the other lobe is clearly the larger one: a biphasic beat
    must not be timed now at one lobe, now at the other.
    """
    high = 0.0
    low = 0.0
    high_at = 0
    low_at = 0
    margin = (before - int(0.8 * before)) // stride
    for j in range(margin, points - margin):
        v = templates[k, j]
        if v > high:
            high = v
            high_at = j
        if v < low:
            low = v
            low_at = j
    sign = state[at.POLARITY + k]
    if sign > 0.0 and -low > 1.4 * high:
        sign = -1.0
    elif sign < 0.0 and high > -1.1 * low:
        sign = 1.0
    state[at.POLARITY + k] = sign
    state[at.FIDUCIAL + k] = float((high_at if sign > 0.0 else low_at) * stride - before)
