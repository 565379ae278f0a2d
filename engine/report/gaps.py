"""Values that a sensor did not give although it was there: a sensor off the skin, an error message.

A figure stands for some seconds, so that one message in three without a value shows in no share of
good time; whoever reads the figure has to know all the same.
"""

import math
from collections.abc import Iterator

import numpy as np

from engine.report.phrases import KINDS, duration
from engine.report.view import Gaps, SessionView
from engine.show import Caption
from engine.store.session_file import SessionFile
from engine.streams import F64
from engine.units import Kind

SLOW = frozenset({Kind.SKIN_TEMP, Kind.EDA, Kind.RESP})
"""Kinds judged here; what is wrong with a wave of the heart its own quality tells."""
STEP = 1.5
"""Declared intervals between two values from which one is missing."""
SLOWER = 1.25
"""Declared intervals from one value to the next from which the whole stream is a slower one."""
SHORT, SMALL = 5.0, 0.02
"""s, and share of the time: what is less than both is not told."""


def gaps_of(file: SessionFile) -> dict[str, Gaps]:
    """Return where the slow sensors of a session gave no value, by the stream's name."""
    found: dict[str, Gaps] = {}
    for stream in file.header.streams:
        if stream.kind not in SLOW or stream.rate is None:
            continue
        t, x = file.series(stream.name)
        told = counted(t, x[:, 0], stream.rate)
        if told is not None:
            times, seconds = told
            found[stream.name] = Gaps(stream.kind, times, seconds, not np.isfinite(x[:, 0]).any())
    return found


def counted(t: F64, value: F64, rate: float) -> tuple[int, float] | None:
    """Return how often values ``(n,)`` are missing and for how long, s; None if hardly ever.

    A sensor that sends NaN says so each time. Where it sent nothing, or what made no sense, the
    times of the samples around are worked out, and only the sum of what is missing is sure: how
    often is then 0.
    """
    if len(t) < 2:
        return None
    # A device that is slower than declared, always, is told by its state.
    usual = float(np.median(np.diff(t)))
    period = usual if usual * rate > SLOWER else 1.0 / rate
    known = np.isfinite(value)
    edges = np.concatenate(([t[0] - period], t[known], [t[-1] + period]))
    steps = np.diff(edges)
    lost = steps[steps > STEP * period] - period
    span = float(t[-1] - t[0]) + period
    says = not known.all()
    seconds = math.fsum(lost.tolist()) if says else span - len(t) * period
    if not len(lost) or seconds < min(SHORT, SMALL * span):
        return None
    return len(lost) if says else 0, min(seconds, span)


def gap_lines(view: SessionView) -> Iterator[Caption]:
    """Tell, a sentence a signal, how often its sensor gave no value."""
    for name, gaps in view.gaps.items():
        device, what, long = name.partition(".")[0], KINDS[gaps.kind], duration(gaps.seconds)
        if gaps.whole:
            yield Caption(
                f"设备 {device} 在线，但全程没有给出{what.zh}数值（{long.zh}）",
                f"Device {device} was there, but never gave a value of {what.en} ({long.en})",
            )
            continue
        if not gaps.times:
            yield Caption(
                f"设备 {device} 共约 {long.zh}没有给出{what.zh}数值",
                f"Device {device} gave no value of {what.en} for about {long.en} altogether",
            )
            continue
        often = "once" if gaps.times == 1 else f"{gaps.times} times"
        yield Caption(
            f"设备 {device} 有 {gaps.times} 次没有给出{what.zh}数值，共 {long.zh}",
            f"Device {device} gave no value of {what.en} {often}, together {long.en}",
        )
