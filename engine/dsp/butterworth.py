"""Butterworth filters, designed once before anyone sits down."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from engine.errors import GraphError
from engine.streams import F64


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
    from scipy import signal  # noqa: PLC0415 - half a second that no import should cost

    wanted = corners[0] if len(corners) == 1 else list(corners)
    sections = signal.butter(order, wanted, shape, fs=rate, output="sos")
    return np.ascontiguousarray(sections, dtype=np.float64)


def settled_state(sections: F64) -> F64:
    """Return the state of ``sections`` after a long run of ones, ``(n, 2)``."""
    from scipy import signal  # noqa: PLC0415 - see _design

    return np.ascontiguousarray(signal.sosfilt_zi(sections), dtype=np.float64)
