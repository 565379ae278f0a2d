"""Sample by sample: what a recording was read as when it was made, and what it is read as now."""

import itertools
from collections.abc import Iterator

import numpy as np

from engine.streams import F64, Stream

SHOWN = 8
"""Values shown, from the first that differs on: to tell what happened, not to list it."""


def table(stream: Stream, was: F64, now: F64, t: F64) -> Iterator[str]:
    """Yield the lines of a table of the values that differ; none if none does.

    Parameters
    ----------
    was
        ``(n, axes)`` when recorded.
    now, t
        ``(m, axes)`` and ``(m,)`` s: what the driver makes of the same bytes now, and when.
    """
    both = min(len(was), len(now))
    if was.shape[1] != now.shape[1]:
        yield f"{was.shape[1]} channels when recorded, {now.shape[1]} now"
        return
    unlike = ~((was[:both] == now[:both]) | (np.isnan(was[:both]) & np.isnan(now[:both])))
    places = [(int(n), int(c)) for n, c in np.argwhere(unlike)]
    beyond = max(len(was), len(now)) - both
    if not places and not beyond:
        return
    first = places[0][0] if places else both
    at = f" ({t[first]:.3f} s)" if first < len(t) else ""
    what = (
        f"{len(places)} of {unlike.size} values differ from when it was recorded"
        if not beyond
        else f"{len(was)} samples when recorded, {len(now)} now"
    )
    yield f"{what}; the first difference is at sample {first}{at}:"
    head = f"{'time, s':>10}  {'sample':>8}  {'channel':<10}{'expected':>14}{'got':>14}"
    yield f"{head}  {stream.unit}"
    rest = ((n, c) for n in range(both, both + beyond) for c in range(was.shape[1]))
    for n, c in itertools.islice(itertools.chain(places, rest), SHOWN):
        when = f"{t[n]:.3f}" if n < len(t) else "-"
        channel = stream.axes[c] if c < len(stream.axes) else str(c)
        cells = "".join(f"{_cell(side, n, c):>14}" for side in (was, now))
        yield f"{when:>10}  {n:>8}  {channel:<10}{cells}"
    left = len(places) + beyond * was.shape[1] - SHOWN
    if left > 0:
        yield f"{'...':>10}  and {left} more"


def _cell(side: F64, n: int, c: int) -> str:
    return f"{side[n, c]:.9g}" if n < len(side) else "-"
