"""Finds when each data record of an interrupted EDF+ or BDF+ file began."""

import re
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.streams import F64

FIXED, LABEL, TO_SAMPLES = 256, 16, 216
"""Bytes of the general header, of a signal's label, and before the samples a record, a signal."""
_ONSET = re.compile(rb"^([+-]\d+(?:\.\d*)?)(?:\x15[\d.]*)?\x14")


def record_onsets(path: Path) -> F64:
    """Return the beginning of every data record, ``(records,)`` s.

    EDF+ keeps it as the first note of each record (https://www.edfplus.info/specs/edfplus.html,
    2.2.4).

    Raises
    ------
    RecordingError
        When a record does not say it.
    """
    raw = path.read_bytes()
    width = 3 if path.suffix.lower() == ".bdf" else 2
    count = int(raw[252:256])
    labels = [raw[FIXED + LABEL * k :][:LABEL].strip() for k in range(count)]
    at = FIXED + TO_SAMPLES * count
    sizes = [width * int(raw[at + 8 * k :][:8]) for k in range(count)]
    notes = [
        k for k, label in enumerate(labels) if label in {b"EDF Annotations", b"BDF Annotations"}
    ]
    begin, record = FIXED * (count + 1), sum(sizes)
    if not notes or not record:
        hint = "export it as EDF or EDF+C"
        raise RecordingError(
            "is interrupted and does not say where",
            where=str(path),
            hint=hint,
            zh="记录有中断，但没有写明在哪里：请导出为 EDF 或 EDF+C",
        )
    place = sum(sizes[: notes[0]])
    made: list[float] = []
    for start in range(begin, len(raw) - record + 1, record):
        match = _ONSET.match(raw[start + place : start + place + sizes[notes[0]]])
        if match is None:
            what = f"does not say when its data record {len(made) + 1} began"
            raise RecordingError(
                what,
                where=str(path),
                hint="export it as EDF or EDF+C",
                zh=f"第 {len(made) + 1} 段数据没有写明开始时间：请导出为 EDF 或 EDF+C",
            )
        made.append(float(match[1]))
    return np.array(made)
