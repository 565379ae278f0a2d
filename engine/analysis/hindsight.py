"""Judges the first and the last intervals of a recording, for which a live session is too early."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.dsp import rr_layout as at
from engine.dsp.rr_repair import RrClassifier
from engine.streams import F64

CONTEXT = 60
"""Intervals from which the person is known before an edge is judged."""
LEAST = 10
"""A chain of fewer intervals than this stays unjudged."""


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """Decisions on consecutive intervals: which ``(k,)``, and what ``(k, DECISION)``."""

    where: NDArray[np.intp]
    decisions: F64


def head(ms: F64) -> Edge:
    """Judge the intervals at the start of the unbroken chain ``ms``, ``(n,)`` ms.

    The same classifier as ever first hears them backwards, so that it knows the person
    when it comes to the first; only the order of what it learns from is changed. The second
    is not heard beforehand: an early first beat and its pause would stand there as pause, early,
    pause, which can be read either way.
    """
    part = ms[:CONTEXT]
    return _judged(part[:1:-1], part, np.arange(len(part)))


def tail(ms: F64) -> Edge:
    """Judge the intervals at the end of the chain ``ms``, as if it went on mirrored."""
    part = ms[-CONTEXT:]
    return _judged(part[:0], part, np.arange(len(ms) - len(part), len(ms)))


def _judged(before: F64, ms: F64, where: NDArray[np.intp]) -> Edge:
    if len(ms) < LEAST:
        return Edge(where[:0], np.empty((0, at.DECISION)))
    classifier = RrClassifier()
    rows: list[list[float]] = []
    for value in (*before, *ms, *ms[-2:-4:-1]):
        rows += classifier.push(float(value)).tolist()
    return Edge(where, np.array(rows[len(before) : len(before) + len(ms)]))
