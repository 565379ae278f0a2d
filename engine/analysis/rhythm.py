"""Whether the rhythm was regular enough for heart rate variability, and when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.passing import Heard
from engine.streams import F64

LEAD = 30.0
"""The live remark comes about so long after the rhythm changed, s: it is dated back."""
TOO_MUCH = 0.1
"""Share of the time from which the whole is called too irregular."""


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """When the live session would have remarked that the rhythm is irregular.

    Attributes
    ----------
    irregular
        ``(k, 2)``: from, to, s on the graph's clock.
    known
        Whether anything was heard at all.
    """

    irregular: F64
    known: bool

    def share(self, start: float, end: float) -> float:
        """Return the share of ``start`` to ``end`` that was irregular, 0..1."""
        if end <= start or not len(self.irregular):
            return 0.0
        inside = np.clip(self.irregular, start, end)
        return float(np.sum(inside[:, 1] - inside[:, 0]) / (end - start))

    def during(self, t: F64) -> NDArray[np.bool_]:
        """Tell which of the times ``t``, ``(n,)``, lie in an irregular stretch."""
        inside = np.zeros(len(t), np.bool_)
        for start, end in self.irregular.tolist():
            inside |= (t >= start) & (t <= end)
        return inside


def rhythm(heard: Heard) -> Rhythm:
    """Return what the live session would have remarked about the rhythm."""
    detail = heard.rows.get("heart.detail")
    if detail is None or not len(detail.t):
        return Rhythm(np.empty((0, 2)), known=False)
    shown = detail.axis("shown") == 1.0
    t = detail.t[shown]
    return Rhythm(_stretches(t, detail.axis("irregular")[shown] > 0, heard.lasts), known=True)


def _stretches(t: F64, on: NDArray[np.bool_], lasts: float) -> F64:
    """Return when ``on`` held, dated back, what touches joined."""
    edges = np.flatnonzero(np.diff(on.astype(np.int8), prepend=0, append=0))
    found: list[list[float]] = []
    for first, after in edges.reshape(-1, 2).tolist():
        start = max(0.0, float(t[first]) - LEAD)
        end = float(t[after]) if after < len(t) else lasts
        if found and start <= found[-1][1]:
            found[-1][1] = end
        else:
            found.append([start, end])
    return np.array(found).reshape(-1, 2)
