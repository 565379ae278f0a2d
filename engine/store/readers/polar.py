"""Reads what the Polar Sensor Logger app exports: ECG, R-R intervals, light or acceleration."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from engine.errors import AnlanError, RecordingError
from engine.store.left_out import LeftOut, cut_line
from engine.store.readers.placing import placed
from engine.store.readers.plain import text_of
from engine.store.sampling import check_times, rate_of, too_irregular
from engine.store.track import Recording, Track, finish, raise_faults
from engine.streams import F64, Stream
from engine.units import Kind, Unit

PHONE = "phone timestamp"
SENSOR = "sensor timestamp [ns]"
SIZES = {"ecg [uv]": 1e-3, "ecg [mv]": 1.0, "x [mg]": 1e-3}
LIGHT = ("channel 0", "channel 1", "channel 2")
MOVEMENT = ("x [mg]", "y [mg]", "z [mg]")
ACCELERATION = Stream("acc", Kind.ACC, Unit.G, axes=("x", "y", "z"))
OF_LIGHT, OF_MOVEMENT = "PPG", "ACC"
"""What the app calls the files of one session ends with."""


def is_polar(text: str) -> bool:
    """Tell whether ``text`` begins as the app writes it."""
    return text.lstrip().lower().startswith(PHONE)


def read_polar(path: Path) -> Recording:
    """Return the ECG, R-R intervals, light or acceleration in the export at ``path``.

    Raises
    ------
    RecordingError, FaultyFileError
        When it holds something else, or lines that are none.
    """
    lines = _lines(path)
    headings = _headings(lines[0])
    rows = [(n, line.split(";")) for n, line in enumerate(lines[1:], 2) if line.strip()]
    cut: tuple[str, ...] = ()
    if len(rows) > 2 and len(rows[-1][1]) < len(headings) == len(rows[-2][1]):
        cut = (cut_line(rows[-1][0]),)
        rows.pop()
    made = _understood(path, headings, rows)
    return replace(made, ignored=(*made.ignored, *cut)) if cut else made


def _lines(path: Path) -> list[str]:
    """Return the lines, their cells parted by ; also where a spreadsheet wrote other signs."""
    lines = text_of(path).split("\n")
    sign = next((s for s in ",\t" if ";" not in lines[0] and s in lines[0]), ";")
    return lines if sign == ";" else [line.replace(sign, ";") for line in lines]


def _understood(path: Path, headings: list[str], rows: list[tuple[int, list[str]]]) -> Recording:
    size = next((name for name in headings if name in {"ecg [uv]", "ecg [mv]"}), None)
    if size is not None:
        ecg = Stream("ecg", Kind.ECG, Unit.MILLIVOLT)
        return _samples(path, headings, rows, ecg, (size,))
    if set(LIGHT) <= set(headings):
        light = _samples(path, headings, rows, Stream("ppg", Kind.PPG, Unit.RAW), LIGHT)
        return _with_movement(_light(light), _sensor_time(path, headings, rows))
    if set(MOVEMENT) <= set(headings):
        return _samples(path, headings, rows, ACCELERATION, MOVEMENT)
    if "rr-interval [ms]" in headings:
        return _intervals(path, headings, rows)
    told = ", ".join(headings[1:])
    raise RecordingError(
        f"holds {told or 'nothing'}, from which no heartbeat is read", where=str(path),
        hint="export ECG, RR or PPG in Polar Sensor Logger; heart rate alone is not enough",
        zh="没有可以读出心跳的数据：请在 Polar Sensor Logger 中导出 ECG、RR 或 PPG，只有心率不够",
    )  # fmt: skip


def _light(recording: Recording) -> Recording:
    """Return one pulse wave that rises with the pulse: light sent back falls with it."""
    (track,) = recording.tracks
    wave = -track.x.mean(axis=1, keepdims=True)
    return Recording(recording.path, (track._replace(x=wave),))


def _with_movement(light: Recording, begun: float) -> Recording:
    """Return ``light`` with the acceleration of the file beside it, if the app left one.

    Both are stamped by the sensor's own clock; ``begun`` is what that was at the first light, ns.
    """
    path = light.path
    head, found, tail = path.name.rpartition(OF_LIGHT)
    beside = path.with_name(f"{head}{OF_MOVEMENT}{tail}")
    if not found or not beside.is_file():
        return light
    try:
        felt = read_polar(beside)
        lines = _lines(beside)
        cells = [(2, lines[1].split(";"))]
        later = _sensor_time(beside, _headings(lines[0]), cells) - begun
    except AnlanError as fault:
        return replace(light, ignored=(*light.ignored, f"{beside.name}: {fault}"))
    (track,) = felt.tracks
    moved = track._replace(t=track.t + later / 1e9)
    if track.stream.kind is not Kind.ACC or not _overlap(moved, light.tracks[0]):
        return replace(
            light,
            ignored=(
                *light.ignored,
                LeftOut(
                    f"{beside.name} is no acceleration of the same time",
                    f"“{beside.name}”不是同一时间的加速度",
                ),
            ),
        )
    return replace(light, tracks=(*light.tracks, moved))


def _overlap(a: Track, b: Track) -> bool:
    return bool(a.t[0] <= b.t[-1] and b.t[0] <= a.t[-1])


def _headings(line: str) -> list[str]:
    return [cell.strip().lower() for cell in line.split(";")]


def _sensor_time(path: Path, headings: list[str], rows: list[tuple[int, list[str]]]) -> float:
    """Return what the sensor's clock was at the first sample, ns."""
    return float(_numbers(path, rows[:1], (headings.index(SENSOR),))[0, 0])


def _samples(
    path: Path, headings: list[str], rows: list[tuple[int, list[str]]], stream: Stream,
    wanted: tuple[str, ...],
) -> Recording:  # fmt: skip
    """Return the columns ``wanted`` as ``stream``, timed by the sensor's own clock."""
    where = headings.index(SENSOR) if SENSOR in headings else -1
    if where < 0:
        what = "has no column 'sensor timestamp [ns]'"
        raise RecordingError(
            what,
            where=str(path),
            hint="export it again with the app",
            zh="没有“sensor timestamp [ns]”一列，请用该应用重新导出",
        )
    table = _numbers(path, rows, (where, *(headings.index(name) for name in wanted)))
    if len(table) < 2:
        raise RecordingError(
            "holds one sample only" if len(table) else "holds no samples",
            where=str(path),
            hint="record for at least some seconds",
            zh="没有足够的数据，请至少记录几十秒",
        )
    t = (table[:, 0] - table[0, 0]) / 1e9
    lines = np.array([float(n) for n, _ in rows])
    raise_faults(check_times(t, lines, path=path), path)
    rate = rate_of(t)
    if rate is None:
        raise too_irregular(stream.name, t, str(path))
    return finish(
        path,
        [Track(replace(stream, rate=rate), t, table[:, 1:] * SIZES.get(wanted[0], 1.0))],
        (),
        (),
    )


def _intervals(path: Path, headings: list[str], rows: list[tuple[int, list[str]]]) -> Recording:
    ms = _numbers(path, rows, (headings.index("rr-interval [ms]"),))[:, 0]
    if len(ms) < 2:
        raise RecordingError("holds one interval only", where=str(path), zh="只有一个间期")
    if np.any(ms <= 0) or not np.all(np.isfinite(ms)):
        row = int(np.flatnonzero(~(ms > 0))[0])
        what = f"an interval of {ms[row]:g} ms"
        where, zh = f"{path}: line {rows[row][0]}", f"间期不能是 {ms[row]:g} 毫秒，请删去这一行"
        raise RecordingError(what, where=where, hint="remove the line", zh=zh)
    arrived = np.array([_phone_time(path, n, cells[0]) for n, cells in rows])
    t = placed(ms / 1000.0, arrived - arrived[0])
    stream = Stream("rr", Kind.RRI, Unit.MILLISECOND)
    return finish(path, [Track(stream, t, ms[:, np.newaxis])], (), ())


def _numbers(path: Path, rows: list[tuple[int, list[str]]], wanted: tuple[int, ...]) -> F64:
    made = np.empty((len(rows), len(wanted)))
    for i, (number, cells) in enumerate(rows):
        for j, column in enumerate(wanted):
            try:
                made[i, j] = float(cells[column])
            except (ValueError, IndexError):
                what = f"{';'.join(cells)[:60]!r} is cut short or no number"
                hint, zh = "remove the line", "这一行不完整或不是数字，请删去这一行"
                where = f"{path}: line {number}"
                raise RecordingError(what, where=where, hint=hint, zh=zh) from None
    return made


def _phone_time(path: Path, number: int, text: str) -> float:
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        what = f"{text[:40]!r} is no time"
        where, zh = f"{path}: line {number}", f"“{text[:40]}”不是时间，请重新导出"
        raise RecordingError(what, where=where, hint="export it again", zh=zh) from None
