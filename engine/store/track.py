"""What every reader of recordings returns, and the checks every one of them needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import FaultyFileError, RecordingError
from engine.store.columns import BEATS, HUGE, HUGE_RAW, Column
from engine.streams import F64, Stream

STEADY = 0.9
"""Share of intervals that have to be near the usual one for times to count as regular."""
NEAR = 0.25
MOST_TOLD = 8
"""Columns named where none of a file's is known: some have thousands."""
USABLE_ZH = "心电[mV]、脉搏波、RR间期[ms]、皮电[uS]、呼吸、皮温[degC]、血氧[%]"


class Track(NamedTuple):
    """One stream of a recording: times ``(n,)`` s, samples ``(n, axes)``."""

    stream: Stream
    t: F64
    x: F64


@dataclass(frozen=True, slots=True)
class Recording:
    """All usable streams of a file.

    Attributes
    ----------
    tracks
        Times are those of the file; they need not begin at zero.
    ignored
        What was left out, and why: one sentence each.
    """

    path: Path
    tracks: tuple[Track, ...]
    ignored: tuple[str, ...] = ()

    @property
    def start(self) -> float:
        """Time of the first sample, s."""
        return min(float(track.t[0]) for track in self.tracks)

    @property
    def duration(self) -> float:
        """From the first sample of any stream to the last, s."""
        return max(float(track.t[-1]) for track in self.tracks) - self.start


def raise_faults(faults: Sequence[RecordingError], path: Path) -> None:
    """Raise one fault as it is, several together, none not at all."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise FaultyFileError(faults, where=str(path))


def finish(
    path: Path, tracks: Sequence[Track], ignored: Sequence[str], faults: Sequence[RecordingError]
) -> Recording:
    """Return the recording, or raise everything that is wrong with it."""
    raise_faults(faults, path)
    if not tracks:
        found = "; ".join(ignored[:MOST_TOLD]) if ignored else "it has no columns"
        if len(ignored) > MOST_TOLD:
            found += f"; and {len(ignored) - MOST_TOLD} more"
        usable = "ecg[mV], ppg[raw], rr[ms], eda[uS], resp[raw], temp[degC], acc_x[g], spo2[%]"
        raise RecordingError(
            f"holds no usable signal: {found}", where=str(path), hint=f"usable are {usable}",
            zh=f"没有可用的信号（列名不认得，或整列没有数值）。列名请写成：{usable}，或：{USABLE_ZH}",
        )  # fmt: skip
    return Recording(path, tuple(tracks), tuple(ignored))


def gather(columns: Mapping[int, Column]) -> dict[str, list[int]]:
    """Return the columns' numbers by the stream they belong to, axes in order."""
    streams: dict[str, list[int]] = {}
    for number, column in columns.items():
        streams.setdefault(column.name, []).append(number)
    for numbers in streams.values():
        numbers.sort(key=lambda number: columns[number].axis)
    return streams


def check_values(
    x: F64, column: Column, *, where: str, lines: F64 | None = None
) -> list[RecordingError]:
    """Return what no sensor could have measured in ``x``, ``(n, axes)``; ``lines`` number it."""
    limit = HUGE.get(column.unit, HUGE_RAW)
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(np.any(np.isinf(x) | (np.abs(x) > limit), axis=1))
        short = np.flatnonzero(np.any(x <= 0, axis=1)) if column.kind in BEATS else wrong[:0]
    faults: list[RecordingError] = []
    if len(wrong):
        first = float(x[wrong[0]][np.nanargmax(np.abs(x[wrong[0]]))])
        what = f"{column.name!r} is impossible in {len(wrong)} of {len(x)} rows: {first:g}"
        hint = f"beyond {limit:g} {column.unit} nothing is measured; check the unit"
        faults.append(RecordingError(what, where=_line(where, lines, wrong), hint=hint))
    if len(short):
        what = f"{column.name!r} is zero or less in {len(short)} of {len(x)} rows"
        at = _line(where, lines, short)
        faults.append(RecordingError(what, where=at, hint="leave the cell empty"))
    return faults


def _line(where: str, lines: F64 | None, rows: NDArray[np.intp]) -> str:
    """Return where the first of ``rows`` stands."""
    return where if lines is None else f"{where}: line {lines[rows[0]]:.0f}"


def check_times(t: F64, lines: F64 | None, *, path: Path) -> list[RecordingError]:
    """Return where ``t`` goes back, stands still or is missing; ``lines`` number its rows."""
    bad = np.flatnonzero(~np.isfinite(t))
    faults: list[RecordingError] = []

    def tell(row: int, what: str, hint: str) -> None:
        at = f"{path}: line {int(lines[row])}" if lines is not None else str(path)
        faults.append(RecordingError(what, where=at, hint=hint))

    if len(bad):
        tell(
            int(bad[0]),
            f"no time in {len(bad)} of {len(t)} rows",
            "fill column t or remove the rows",
        )
        return faults
    rise = np.diff(t)
    back, same = np.flatnonzero(rise < 0), np.flatnonzero(rise == 0)
    if len(back):
        row = int(back[0]) + 1
        tell(row, f"time goes back from {t[row - 1]:.6g} s to {t[row]:.6g} s", "sort the rows by t")
    if len(same):
        row = int(same[0]) + 1
        more = f" and {len(same) - 1} more" if len(same) > 1 else ""
        tell(row, f"time {t[row]:.6g} s occurs twice{more}", "keep one row for each t")
    return faults


def rate_of(t: F64) -> float | None:
    """Return the sampling rate of increasing times, Hz; None if they are not regular.

    Rows may be missing: what counts is that nearly all intervals are alike.
    """
    if len(t) < 2:
        return None
    rise = np.diff(t)
    usual = float(np.median(rise))
    near = np.abs(rise - usual) <= NEAR * usual
    if np.mean(near) < STEADY:
        return None
    rate = float(np.sum(np.maximum(1.0, np.rint(rise / usual))) / (t[-1] - t[0]))
    # Times written with few digits give 249.9998: the device meant 250.
    whole = float(np.rint(rate))
    return whole if whole > 0 and abs(rate - whole) < 1e-4 * whole else rate
