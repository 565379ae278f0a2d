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
        zh = f"“{column.name}”有 {len(wrong)} 个不可能的数值（{first:g}），请检查单位"
        faults.append(RecordingError(what, where=_line(where, lines, wrong), hint=hint, zh=zh))
    if len(short):
        what = f"{column.name!r} is zero or less in {len(short)} of {len(x)} rows"
        at = _line(where, lines, short)
        zh = f"“{column.name}”有 {len(short)} 个间期为零或负数，请留空"
        faults.append(RecordingError(what, where=at, hint="leave the cell empty", zh=zh))
    return faults


def _line(where: str, lines: F64 | None, rows: NDArray[np.intp]) -> str:
    """Return where the first of ``rows`` stands."""
    return where if lines is None else f"{where}: line {lines[rows[0]]:.0f}"
