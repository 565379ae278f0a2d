"""The beats of a recording, and what was found of each interval between two of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.hindsight import Edge, head, tail
from engine.analysis.passing import Heard, Rows
from engine.dsp import rr_layout as at
from engine.dsp.hrv_tracker import USUAL
from engine.dsp.rr_layout import Beat
from engine.dsp.rr_repair import LONGEST_MS
from engine.streams import F64

KINDS = {
    Beat.NORMAL: "normal",
    Beat.ECTOPIC: "ectopic",
    Beat.PAUSE: "ectopic",
    Beat.FOREIGN: "ectopic",
    Beat.EXTRA: "extra",
    Beat.MISSED: "missed",
    Beat.GAP: "missed",
    Beat.MISPLACED: "misplaced",
}
"""What a person is told of an interval; of one that was not judged, only its length tells."""
SHORT, LONG = 0.7, 1.4
"""Times the usual interval beyond which one that was not judged is no normal one."""
APART = 1.2
"""s between two intervals beyond the second's own length that break a chain, as live."""
SAME = 1e-6
"""Two times nearer than this are one, s."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Judged intervals, each array ``(n,)``.

    Attributes
    ----------
    t, ms
        Time of the second beat, s on the graph's clock; the interval as it was measured.
    code
        `engine.dsp.rr_layout.Beat`; LEARN where it could not be judged.
    nn_ms, count
        What it was repaired to, and how many beats that stands for.
    difference_ok
        1 where its difference to the interval before may enter RMSSD.
    quality
        Of the less certain of its two beats, 0..1.
    may_be_ms
        The interval as it was measured where that may be true though it, or its step, was not
        believed; else NaN.
    """

    t: F64
    ms: F64
    code: NDArray[np.int64]
    nn_ms: F64
    count: NDArray[np.int64]
    difference_ok: F64
    quality: F64
    may_be_ms: F64

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Which of them were judged."""
        known: NDArray[np.bool_] = self.code != at.LEARN
        return known

    def kinds(self) -> list[str]:
        """Return what a person is told of each interval."""
        known = self.ms[self.judged] if self.judged.any() else self.ms
        usual = float(np.median(known)) if len(known) else 0.0
        told: list[str] = []
        for code, ms in zip(self.code.tolist(), self.ms.tolist(), strict=True):
            if code != at.LEARN:
                told.append(KINDS[Beat(code)])
            elif SHORT * usual <= ms <= LONG * usual:
                told.append("normal")
            else:
                told.append("extra" if ms < usual else "missed")
        return told


def beat_times(heard: Heard) -> F64:
    """Return when the heart beat, s on the graph's clock, ``(n,)``."""
    rows = heard.rows.get("heart.beat")
    if rows is None or not len(rows.t):
        return np.empty(0)
    source = heard.sources["heart"]
    if source.stream.rate is not None:
        return rows.t
    # A list of intervals names only the second beat of each; where a chain begins, the
    # first one is an interval earlier.
    rr = _told(heard, rows)
    begins = np.isnan(rows.axis("rr_ms")) & np.isfinite(rr)
    return np.unique(np.concatenate((rows.t[begins] - rr[begins] / 1000.0, rows.t)))


def _told(heard: Heard, rows: Rows) -> F64:
    """Return the interval before each beat, ``(n,)`` ms; NaN where one may be missing.

    The first interval of a list is one, though live it only shows that a heart beats.
    """
    rr = rows.axis("rr_ms")
    source = heard.sources["heart"]
    if source.stream.rate is not None:
        return rr
    listed = np.flatnonzero(np.isin(source.t, rows.t))
    own = np.full(len(rr), np.nan)
    own[np.searchsorted(rows.t, source.t[listed])] = source.x[listed, 0]
    return np.where(np.isnan(rr), own, rr)


def intervals(heard: Heard) -> Intervals:
    """Return every interval between two beats that follow one another."""
    beats, detail = heard.rows.get("heart.beat"), heard.rows.get("heart.detail")
    if beats is None or detail is None:
        return _nothing()
    rr = _told(heard, beats)
    there = np.isfinite(rr)
    t, ms = beats.t[there], rr[there]
    n = len(t)
    made = Intervals(
        t, ms, np.full(n, int(Beat.LEARN)), ms.copy(), np.ones(n, np.int64), np.zeros(n),
        np.minimum(beats.axis("quality"), _before(beats.axis("quality")))[there],
        np.full(n, np.nan),
    )  # fmt: skip
    told = np.isfinite(detail.axis("nn_ms"))
    at_s = detail.axis("nn_at_s")[told]
    place = np.searchsorted(t, at_s - SAME)
    made.code[place] = detail.axis("code")[told].astype(np.int64)
    made.nn_ms[place] = detail.axis("nn_ms")[told]
    made.count[place] = detail.axis("count")[told].astype(np.int64)
    made.difference_ok[place] = detail.axis("difference_ok")[told]
    made.may_be_ms[place] = detail.axis("may_be_ms")[told]
    _look_back(made, _foreign(beats.t, beats.axis("match"), t))
    made.code[(made.code == at.LEARN) & (ms > LONGEST_MS)] = at.GAP
    return made


def _before(values: F64) -> F64:
    """Return each value's predecessor; the first is its own."""
    return np.concatenate((values[:1], values[:-1]))


def _foreign(beats: F64, match: F64, t: F64) -> NDArray[np.bool_]:
    """Tell which intervals ending at ``t`` touch a beat of another shape than usual."""
    foreign = match < USUAL
    last = np.searchsorted(beats, t - SAME)
    touched: NDArray[np.bool_] = foreign[last] | foreign[np.maximum(last - 1, 0)]
    return touched


def _look_back(found: Intervals, foreign: NDArray[np.bool_]) -> None:
    """Judge what a live session cannot: the intervals at both ends of the recording."""
    n = len(found.t)
    if not n:
        return
    apart = np.diff(found.t) - found.ms[1:] / 1000.0 > APART
    # An interval that is itself a break belongs to neither side of it.
    long = found.ms > LONGEST_MS
    broken = np.flatnonzero(apart | long[1:]) + 1
    begin = int(long[0])
    first = int(broken[0]) if len(broken) else n
    last = int(broken[-1]) + int(long[broken[-1]]) if len(broken) else begin
    _fill(found, foreign, head(found.ms[begin:first]), begin)
    _fill(found, foreign, tail(found.ms[last:]), last)


def _fill(found: Intervals, foreign: NDArray[np.bool_], edge: Edge, offset: int) -> None:
    """Take the decisions of ``edge`` for what was not judged, and for the step out of it."""
    filled = False
    for i, row in zip((edge.where + offset).tolist(), edge.decisions.tolist(), strict=True):
        code = int(row[at.CODE])
        waiting = found.code[i] == at.LEARN
        if waiting:
            if code == at.NORMAL and foreign[i]:
                code = int(Beat.FOREIGN)
            found.code[i] = code
            found.nn_ms[i], found.count[i] = row[at.NN], int(row[at.STANDS_FOR])
            found.may_be_ms[i] = found.ms[i] if row[at.DOUBTFUL] > 0 and not foreign[i] else np.nan
        if (waiting or filled) and found.code[i] == code:
            # The first of all has none before it to differ from.
            follows = i > 0 and found.code[i - 1] == at.NORMAL
            usual = follows and not (foreign[i] or foreign[i - 1])
            found.difference_ok[i] = float(usual and row[at.DIFFERENCE_OK] > 0)
        filled = waiting


def _nothing() -> Intervals:
    none = np.empty(0)
    whole = np.empty(0, np.int64)
    return Intervals(none, none, whole, none, whole, none, none, none)
