"""Reads recordings kept as EDF, EDF+ or BDF, the exchange format of sleep laboratories."""

import warnings
from pathlib import Path

import edfio
import numpy as np

from engine.errors import AnlanError, RecordingError
from engine.store.columns import Column, column_of, kind_of
from engine.store.left_out import unknown
from engine.store.readers.edf_onsets import record_onsets
from engine.store.sampling import check_times
from engine.store.track import Recording, Track, check_values, finish
from engine.streams import F64, Stream
from engine.units import Kind

HEAD = 256
BEGINNINGS = frozenset({b"0", b"\xffBIOSEMI"})
"""Of EDF and BDF, without what pads them."""


def read_edf(path: Path) -> Recording:
    """Return the recording in the EDF or BDF file at ``path``.

    Raises
    ------
    RecordingError, FaultyFileError
        When it is cut short, or a signal has an impossible unit.
    """
    if not path.stat().st_size:
        raise RecordingError("is empty", where=str(path), zh="文件是空的")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[:8].strip(b" \0") not in BEGINNINGS:
        raise RecordingError(
            "is no EDF or BDF file", where=str(path),
            hint="it is damaged or named wrongly; export it again",
            zh="不是 EDF 或 BDF 文件，可能已损坏或扩展名有误，请重新导出",
        )  # fmt: skip
    if len(head) < HEAD:
        what = f"is cut short: its head alone has {HEAD} bytes"
        raise RecordingError(
            what, where=str(path), hint="export it again", zh="文件不完整，请重新导出"
        )
    with warnings.catch_warnings():
        # What edfio mends with a warning (missing records) is lost data: refuse it.
        warnings.simplefilter("error")
        try:
            return _read(path, _open(path))
        except AnlanError:
            raise
        except Exception as error:  # a file of any content may make edfio fail in any way
            raise RecordingError(
                f"is cut short or no EDF file: {error}".rstrip("."),
                where=str(path),
                hint="export it again",
                zh="文件不完整或不是 EDF，请重新导出",
            ) from error


def _open(path: Path) -> edfio.Edf | edfio.Bdf:
    if path.suffix.lower() == ".bdf":
        return edfio.read_bdf(path, header_encoding="latin-1")
    return edfio.read_edf(path, lazy_load_data=False, header_encoding="latin-1")


def _read(path: Path, edf: edfio.Edf | edfio.Bdf) -> Recording:
    onsets = None if edf.is_continuous else record_onsets(path)
    tracks: list[Track] = []
    ignored: list[str] = []
    faults: list[RecordingError] = []
    names: dict[str, int] = {}
    for signal in edf.signals:
        try:
            column = _column(signal.label, signal.physical_dimension, where=str(path))
        except RecordingError as error:
            faults.append(error)
            continue
        if column is None:
            ignored.append(unknown("signal", "信号", signal.label))
            continue
        rate = float(signal.sampling_frequency)
        x = column.converted(np.asarray(signal.data, np.float64)[:, np.newaxis])
        if len(x) < 2:
            faults.append(
                RecordingError(
                    f"{signal.label!r} holds one sample",
                    where=str(path),
                    zh=f"“{signal.label}”只有一个数值",
                )
            )
            continue
        faults += check_values(x, column, where=str(path))
        names[column.name] = names.get(column.name, 0) + 1
        name = column.name if names[column.name] == 1 else f"{column.name}_{names[column.name]}"
        stream = Stream(name, column.kind, column.unit, rate, 0.0, (column.axis,))
        t = np.arange(len(x)) / rate if onsets is None else _spread(onsets, len(x), rate)
        faults += check_times(t, None, path=path)
        tracks.append(Track(stream, t, x))
    return finish(path, tracks, ignored, faults)


def _spread(onsets: F64, count: int, rate: float) -> F64:
    """Return the times of ``count`` samples that fill records beginning at ``onsets``, s."""
    each = count // len(onsets)
    t: F64 = (onsets[:, np.newaxis] + np.arange(each) / rate).ravel()
    if len(t) != count:
        raise ValueError("its records are of different lengths")
    return t


def _column(label: str, unit: str, *, where: str) -> Column | None:
    """Return what a label such as ``ECG II`` or ``Resp oro-nasal`` stands for."""
    name = label if kind_of(label) is not None else label.partition(" ")[0]
    known = kind_of(name)
    if known is not None and known[0] in {Kind.PPG, Kind.RESP} and unit != "1":
        unit = "raw"  # only their shape counts, and EDF has many ways to say so
    return column_of(name, unit, where=where)
