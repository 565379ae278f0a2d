"""The middle of a few numbers, however wild the others are."""

from engine.dsp.jit import kernel
from engine.streams import F64


@kernel("void(f8[::1], i8, f8[::1])")
def order(values: F64, n: int, scratch: F64) -> None:
    """Write the first ``n`` values into ``scratch``, smallest first.

    ``n`` is small: insertion sort.
    """
    for i in range(n):
        v = values[i]
        j = i
        while j > 0 and scratch[j - 1] > v:
            scratch[j] = scratch[j - 1]
            j -= 1
        scratch[j] = v


@kernel("f8(f8[::1], i8, f8[::1])")
def median_of(values: F64, n: int, scratch: F64) -> float:
    """Return the median of the first ``n`` values, the mean of the middle two if ``n`` is even."""
    order(values, n, scratch)
    middle: float = scratch[n // 2]
    if n % 2 == 0:
        middle = 0.5 * (middle + scratch[n // 2 - 1])
    return middle


@kernel("void(f8[::1], i8, f8[::1])")
def deviations(values: F64, n: int, scratch: F64) -> None:
    """Write how far the first ``n`` values lie from their median into ``scratch``, rising."""
    middle = median_of(values, n, scratch)
    for i in range(n):
        v = abs(values[i] - middle)
        j = i
        while j > 0 and scratch[j - 1] > v:
            scratch[j] = scratch[j - 1]
            j -= 1
        scratch[j] = v
