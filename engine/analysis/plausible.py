"""Refuses a recording whose unit or times cannot be right, before any number comes of it."""

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import BEATS
from engine.store.recording import Recording, Track
from engine.store.sampling import is_curve, is_repeated
from engine.store.track import raise_faults
from engine.streams import Stream
from engine.units import Kind

SHORTEST_MS, LONGEST_MS = 200.0, 3000.0
"""The usual interval of a person's heart lies between these."""
RATES = {
    Kind.ECG: (25.0, 20_000.0), Kind.PPG: (10.0, 20_000.0), Kind.EDA: (0.5, 20_000.0),
    Kind.RESP: (1.0, 20_000.0),
}  # fmt: skip
"""Samples a second that recorders of each kind take."""
DAY = 86_400.0
LONGEST_HOLE, LONGEST = DAY, 14.0 * DAY
"""s without a sample, and of a whole recording, beyond which a clock was set, not a person left."""


def check(recording: Recording) -> None:
    """Look at sampling rates, at clocks, and at heartbeat intervals and their times.

    Raises
    ------
    RecordingError, FaultyFileError
        When times or intervals cannot be in the unit the file names, or are no list of beats.
    """
    path = str(recording.path)
    faults: list[RecordingError] = []
    for track in recording.tracks:
        if track.stream.kind in RATES and track.stream.rate is not None:
            faults += _rate_faults(track.stream, track.stream.rate, path)
        if track.stream.kind in BEATS:
            faults += _size_faults(track, path) or _time_faults(track, path)
        faults += _clock_faults(track, path)
    if not faults:
        faults += _length_faults(recording, path)
    raise_faults(faults, recording.path)


def _length_faults(recording: Recording, path: str) -> list[RecordingError]:
    days = recording.duration / DAY
    if recording.duration <= LONGEST:
        return []
    began = "; ".join(f"{k.stream.name} from {k.t[0]:.0f} s" for k in recording.tracks)
    return [
        RecordingError(
            f"would last {days:.0f} days: {began}", where=path,
            hint="one of the clocks was not set; leave its signal out, or correct its times",
            zh=f"记录会长达 {days:.0f} 天：有一个信号的时钟没有调好，请去掉该信号或改正它的时间",
        )
    ]  # fmt: skip


def _size_faults(track: Track, path: str) -> list[RecordingError]:
    usual, name = float(np.nanmedian(track.x[:, 0])), track.stream.name
    if SHORTEST_MS <= usual <= LONGEST_MS:
        return []
    hint, zh = "give the intervals in ms", "请以毫秒给出间期"
    if SHORTEST_MS <= 1000.0 * usual <= LONGEST_MS:
        hint, zh = f"they look like seconds: write {name}[s]", f"它们像是秒，请写 {name}[s]"
    elif SHORTEST_MS <= usual / 1000.0 <= LONGEST_MS:
        hint, zh = (
            f"they look like milliseconds: write {name}[ms]", f"它们像是毫秒，请写 {name}[ms]",
        )  # fmt: skip
    return [
        RecordingError(
            f"the usual interval of {name!r} is {usual:g} ms, and no heart beats like that",
            where=path, hint=hint, zh=f"“{name}”的间期中位数为 {usual:g} 毫秒，不像心跳：{zh}",
        )
    ]  # fmt: skip


def _time_faults(track: Track, path: str) -> list[RecordingError]:
    """Return why the rows cannot be one a beat: intervals that overlap, or steps all alike."""
    t, ms = track.t, track.x[:, 0]
    if is_repeated(ms):
        return [
            RecordingError(
                f"each interval of {track.stream.name!r} stands there several times", where=path,
                hint="give each heartbeat once: values that are held or sent twice are no beats",
                zh=f"“{track.stream.name}”的每个间期都重复了几次：请导出原始的间期，每次心跳一行",
            )
        ]  # fmt: skip
    if not is_curve(t, ms):
        return []
    filled, lasts = float(np.nansum(ms[1:])) / 1000.0, float(t[-1] - t[0])
    usual = float(np.median(np.diff(t)))
    return [
        RecordingError(
            f"{track.stream.name!r} has a row every {usual:.3g} s, not one a beat: its intervals "
            f"add up to {filled:.0f} s in {lasts:.0f} s",
            where=path,
            hint="give the intervals themselves, one row a beat, not a curve drawn through them",
            zh=f"“{track.stream.name}”每 {usual:.3g} 秒一行，而不是每次心跳一行："
            "请导出原始的间期，不要导出插值后的曲线",
        )
    ]


def _clock_faults(track: Track, path: str) -> list[RecordingError]:
    steps = np.diff(track.t)
    long = np.flatnonzero(steps > LONGEST_HOLE)
    if not len(long):
        return []
    first = int(long[0])
    days, after = float(steps[first]) / DAY, float(track.t[first] - track.t[0])
    name = track.stream.name
    return [
        RecordingError(
            f"the times of {name!r} jump by {days:.1f} days, {after:.1f} s after it began",
            where=path, hint="a clock was set there: cut the file and analyse the parts one by one",
            zh=f"“{name}”的时间在开始后 {after:.1f} 秒处跳了 {days:.1f} 天：那时可能调过时钟，"
            "请在此处把文件分开，逐段分析",
        )
    ]  # fmt: skip


def _rate_faults(stream: Stream, rate: float, path: str) -> list[RecordingError]:
    low, high = RATES[stream.kind]
    if low <= rate <= high:
        return []
    hint, zh = "check the times, or the line # rate=", "请检查时间列或 # rate= 一行"
    if low <= 1000.0 * rate <= high:
        hint = (
            "if the times are milliseconds, write t[ms]; if they only number the samples, take "
            "them out and begin with # rate= and the device's samples a second"
        )
        zh = (
            "时间若是毫秒，请写 t[ms]；若只是样本的序号，请删去这一列，"
            "并在第一行写 # rate= 设备的采样率"
        )
    elif low <= rate / 1000.0 <= high:
        hint, zh = "the times look like seconds: write t[s]", "时间像是秒，请写 t[s]"
    return [
        RecordingError(
            f"{stream.name!r} would have {rate:g} samples a second", where=path, hint=hint,
            zh=f"“{stream.name}”每秒会有 {rate:g} 个数值：{zh}",
        )
    ]  # fmt: skip
