"""Butterworth filters, designed once before anyone sits down.

scipy.signal designs the same (`tests/unit/test_butterworth.py`), but importing it costs
more than everything else a start has to do.
"""

import cmath
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from engine.errors import GraphError
from engine.streams import F64

ROUNDING = 1e-9
"""Imaginary parts below this are none."""


def lowpass(order: int, corner: float, rate: float) -> F64:
    """Return second-order sections that pass below ``corner``, ``(n, 6)``.

    Parameters
    ----------
    order
        Order of the filter.
    corner
        -3 dB frequency, Hz.
    rate
        Samples per second.

    Raises
    ------
    GraphError
        If the corner is not between zero and half the rate.
    """
    return _design(order, (corner,), "lowpass", rate)


def highpass(order: int, corner: float, rate: float) -> F64:
    """Return second-order sections that pass above ``corner`` (Hz), ``(n, 6)``."""
    return _design(order, (corner,), "highpass", rate)


def bandpass(order: int, low: float, high: float, rate: float) -> F64:
    """Return second-order sections that pass ``low`` to ``high`` (Hz), ``(order, 6)``."""
    return _design(order, (low, high), "bandpass", rate)


def _design(
    order: int,
    corners: Sequence[float],
    shape: Literal["lowpass", "highpass", "bandpass"],
    rate: float,
) -> F64:
    if not all(0.0 < corner < 0.5 * rate for corner in corners) or list(corners) != sorted(corners):
        raise GraphError(
            f"a {shape} at {' and '.join(f'{c:g}' for c in corners)} Hz cannot be made",
            where=f"{rate:g} samples a second",
            hint="corners rise and lie between zero and half the rate",
        )
    # The analogue low-pass of 1 rad/s has its poles evenly on the left half circle; it is
    # moved to the wanted corners, bent so that they stay where they are when it becomes digital.
    circle = [cmath.exp(0.5j * math.pi * (1 + (2 * k + 1) / order)) for k in range(order)]
    bent = [2.0 * math.tan(math.pi * corner / rate) for corner in corners]
    if shape == "bandpass":
        middle, half = bent[0] * bent[1], 0.5 * (bent[1] - bent[0])
        poles = [half * p + sign * cmath.sqrt((half * p) ** 2 - middle)
                 for sign in (1, -1) for p in circle]  # fmt: skip
        zeros, gain = [0.0] * order, (2.0 * half) ** order
    elif shape == "highpass":
        poles, zeros, gain = [bent[0] / p for p in circle], [0.0] * order, 1.0
    else:
        poles, zeros, gain = [bent[0] * p for p in circle], [], bent[0] ** order
    digital = [(2.0 + p) / (2.0 - p) for p in poles]
    gain *= (
        math.prod(2.0 - z for z in zeros) / math.prod((2.0 - p for p in poles), start=1.0 + 0j)
    ).real
    ends = [(2.0 + z) / (2.0 - z) for z in zeros] + [-1.0] * (len(poles) - len(zeros))
    return _paired(digital, ends, gain)


def _paired(poles: list[complex], zeros: list[float], gain: float) -> F64:
    """Return the sections: the pole nearest the unit circle last, with the zeros nearest to it.

    That order keeps what flows between sections small.
    """
    upper = [p for p in poles if p.imag > ROUNDING]
    real = sorted(p.real for p in poles if abs(p.imag) <= ROUNDING)
    pairs = [(p, p.conjugate()) for p in upper]
    while real:
        # An odd pole out stands alone.
        pairs.append((complex(real.pop()), complex(real.pop()) if real else complex(0.0)))
    left, sections = list(zeros), []
    for first, second in sorted(pairs, key=lambda pair: abs(1.0 - abs(pair[0]))):
        near = sorted(left, key=lambda z: abs(first - z))[: 1 if second == 0.0 else 2]
        for z in near:
            left.remove(z)
        numerator = [1.0, -near[0], 0.0] if second == 0.0 else [1.0, -sum(near), math.prod(near)]
        denominator = [1.0, -(first + second).real, (first * second).real]
        sections.append(numerator + denominator)
    made = np.array(sections[::-1])
    made[0, :3] *= gain
    return made


def settled_state(sections: F64) -> F64:
    """Return the state of ``sections`` after a long run of ones, ``(n, 2)``."""
    state, level = np.zeros((sections.shape[0], 2)), 1.0
    for row, (b0, b1, b2, _, a1, a2) in zip(state, sections.tolist(), strict=True):
        out = level * (b0 + b1 + b2) / (1.0 + a1 + a2)
        row[:] = out - b0 * level, b2 * level - a2 * out
        level = out
    return state
