"""Beat times someone else found, instead of a waveform."""

from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import BEATS
from engine.store.left_out import LeftOut
from engine.store.recording import Recording, Track
from engine.streams import F64, Stream
from engine.units import Kind, Unit

HEART = BEATS | {Kind.ECG, Kind.PPG}


def read_peak_times(path: Path) -> Recording:
    """Return the beats in the text file at ``path``: a time in seconds a line.

    Lines that begin with ``#`` and one heading are skipped; of several columns the first
    counts.

    Raises
    ------
    RecordingError
        When a line is no time, or the times do not rise.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        what = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise RecordingError(
            what, where=str(path), zh="无法读取：没有这个文件或没有权限"
        ) from error
    times: list[float] = []
    for number, line in enumerate(text.splitlines(), 1):
        cell = line.replace(";", ",").replace("\t", ",").split(",")[0].strip().strip('"')
        if not cell or cell.startswith("#"):
            continue
        try:
            times.append(float(cell))
        except ValueError:
            if times or number > 5:
                what = f"{cell[:40]!r} is no time"
                hint = "a time in seconds a line"
                raise RecordingError(
                    what,
                    where=f"{path}: line {number}",
                    hint=hint,
                    zh=f"“{cell[:40]}”不是时间：请每行写一个时间（秒）",
                ) from None
    return _track(path, np.array(times))


def with_beats(recording: Recording | None, beats: Recording) -> Recording:
    """Return ``recording`` with its heart signals replaced by ``beats``."""
    if recording is None:
        return beats
    kept = tuple(k for k in recording.tracks if k.stream.kind not in HEART)
    taken = tuple(
        LeftOut(
            f"{k.stream.name!r} gave way to the beat times", f"“{k.stream.name}”让位给心跳时间文件"
        )
        for k in recording.tracks
        if k.stream.kind in HEART
    )
    return Recording(recording.path, (*beats.tracks, *kept), (*recording.ignored, *taken))


def _track(path: Path, t: F64) -> Recording:
    if len(t) < 3:
        what = f"holds {len(t)} beat times, too few"
        raise RecordingError(
            what,
            where=str(path),
            hint="a time in seconds a line",
            zh=f"只有 {len(t)} 个心跳时间，太少：请每行写一个时间（秒）",
        )
    rise = np.diff(t)
    bad = np.flatnonzero(~(rise > 0.0))
    if len(bad) or not np.all(np.isfinite(t)):
        first = int(bad[0]) if len(bad) else 0
        what = f"beat {first + 2} at {t[first + 1]:g} s is not after the one at {t[first]:g} s"
        raise RecordingError(
            what,
            where=str(path),
            hint="sort the times and keep each once",
            zh=f"第 {first + 2} 个心跳（{t[first + 1]:g} 秒）不在前一个（{t[first]:g} 秒）之后："
            "请按时间排序，每个只留一次",
        )
    if float(np.median(rise)) > 10.0:
        what = f"the usual time between two beats is {np.median(rise):g} s"
        raise RecordingError(
            what,
            where=str(path),
            hint="give the times in seconds",
            zh=f"相邻心跳通常相隔 {np.median(rise):g} 秒：请以秒给出时间",
        )
    stream = Stream("beats", Kind.RRI, Unit.MILLISECOND)
    return Recording(path, (Track(stream, t[1:], 1000.0 * rise[:, np.newaxis]),))
