"""What one update costs: processor time, several ways in turn on the same data."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.streams import F64


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of one update of 250 ms, us; ``times`` is against ours."""

    name: str
    median_us: float
    p99_us: float
    worst_us: float
    times: float
    updates: int


def timed(
    do: Callable[..., Any],
    *given: Any,  # noqa: ANN401
    **settings: Any,  # noqa: ANN401
) -> tuple[Any, float]:
    """Return what ``do`` returns and the processor time it took in this process, s.

    Processor time and not the clock on the wall: a busy machine shall not be blamed on
    whoever happened to run. It counts every thread of this process.
    """
    begin = time.process_time_ns()
    result = do(*given, **settings)
    return result, 1e-9 * (time.process_time_ns() - begin)


def costs(spent: Mapping[str, list[float]], ours: str) -> list[Cost]:
    """Return the costs of all, cheapest first, as ratios to ``ours`` of the same run."""
    base = float(np.median(spent[ours]))
    rows = []
    for name, seconds in spent.items():
        if not seconds:
            continue
        us: F64 = 1e6 * np.asarray(seconds)
        middle = float(np.median(us))
        rows.append(
            Cost(name, middle, float(np.percentile(us, 99)), float(us.max()),
                 1e-6 * middle / base, us.size)
        )  # fmt: skip
    return sorted(rows, key=lambda row: row.median_us)
