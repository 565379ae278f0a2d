"""Writes files as recorders of all kinds leave them, for tests of the readers."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]


def packed(values: I64, form: str) -> bytes:
    """Return ``values`` as a WFDB signal file of the format ``form`` holds them."""
    if form == "16":
        return values.astype("<i2").tobytes()
    if form == "61":
        return values.astype(">i2").tobytes()
    if form == "32":
        return values.astype("<i4").tobytes()
    if form == "80":
        return (values + 128).astype(np.uint8).tobytes()
    if form == "160":
        return (values + 32768).astype("<u2").tobytes()
    if form == "24":
        return b"".join(int(v).to_bytes(3, "little", signed=True) for v in values)
    made = bytearray()
    even = np.append(values, 0) if len(values) % 2 else values
    for first, second in even.reshape(-1, 2).tolist():
        made += bytes((first & 0xFF, (first >> 8 & 0x0F) | (second >> 4 & 0xF0), second & 0xFF))
    return bytes(made[:-1] if len(values) % 2 else made)


def wfdb(folder: Path, signals: Sequence[tuple[str, I64]], form: str, rate: float = 250.0) -> Path:
    """Write a record of ``signals`` (name, counts at 200 a mV) and return its header."""
    table = np.stack([counts for _, counts in signals], axis=1)
    (folder / "r.dat").write_bytes(packed(table.reshape(-1), form))
    lines = [f"r {len(signals)} {rate:g} {len(table)}", "# a comment"]
    for name, counts in signals:
        checksum = (int(counts.sum()) + 32768) % 65536 - 32768
        lines.append(f"r.dat {form} 200(10)/mV 12 0 {counts[0]} {checksum} 0 {name}")
    header = folder / "r.hea"
    header.write_text("\n".join(lines) + "\n", encoding="ascii")
    return header


def _chunk(tag: int, content: bytes) -> bytes:
    body = struct.pack("<H", tag) + content
    if len(body) < 256:
        return bytes((1, len(body))) + body
    return b"\x04" + struct.pack("<I", len(body)) + body


def xdf_stream(  # noqa: PLR0917
    number: int, name: str, kind: str, rate: float, channels: Mapping[str, str],
    t: Sequence[float], x: NDArray[np.float64], *, offset: float = 0.0, stamp_every: int = 1,
) -> bytes:  # fmt: skip
    """Return the chunks of one stream; its clock runs ``offset`` s behind the recorder's."""
    labels = "".join(
        f"<channel><label>{label}</label><unit>{unit}</unit></channel>"
        for label, unit in channels.items()
    )
    head = (
        f"<info><name>{name}</name><type>{kind}</type><channel_count>{len(channels)}"
        f"</channel_count><nominal_srate>{rate:g}</nominal_srate><channel_format>double64"
        f"</channel_format><desc><channels>{labels}</channels></desc></info>"
    )
    made = _chunk(2, struct.pack("<I", number) + head.encode())
    for k in range(5):
        when = t[0] + k * (t[-1] - t[0]) / 4
        made += _chunk(4, struct.pack("<Idd", number, when, offset))
    for first in range(0, len(t), 100):
        part = range(first, min(first + 100, len(t)))
        content = struct.pack("<I", number) + b"\x04" + struct.pack("<I", len(part))
        for i in part:
            stamp = b"\x08" + struct.pack("<d", t[i]) if i % stamp_every == 0 else b"\0"
            content += stamp + x[i].astype("<f8").tobytes()
        made += _chunk(3, content)
    return made


def xdf(path: Path, *streams: bytes) -> Path:
    """Write an XDF file and return where."""
    head = _chunk(1, b"<info><version>1.0</version></info>")
    path.write_bytes(b"XDF:" + head + b"".join(streams))
    return path


def empatica(folder: Path, *, zipped: bool, start: float = 1_600_000_000.0) -> Path:
    """Write what a wrist band leaves after a minute; EDA began 2 s later than the pulse."""
    rng = np.random.default_rng(1)
    beats = 60.0 * np.cumsum(np.full(60, 1 / 70.0))
    t = np.arange(60 * 64) / 64.0
    pulse = sum((np.exp(-0.5 * ((t - b - 0.2) / 0.08) ** 2) for b in beats), np.zeros(len(t)))
    eda = 2.0 + 0.001 * rng.normal(size=240)

    def sheet(first: float, rate: float, rows: Sequence[str]) -> str:
        return "\n".join((f"{first:.6f}", f"{rate:.6f}", *rows)) + "\n"

    files = {
        "BVP.csv": sheet(start, 64.0, [f"{50 * v:.2f}" for v in pulse]),
        "EDA.csv": sheet(start + 2.0, 4.0, [f"{v:.6f}" for v in eda]),
        "TEMP.csv": sheet(start, 4.0, ["33.1"] * 240),
        "ACC.csv": "\n".join(
            (", ".join([f"{start:.6f}"] * 3), ", ".join(["32.000000"] * 3), *["0,0,64"] * 1920)
        ),
        "IBI.csv": f"{start:.6f}, IBI\n" + "".join(f"{b:.6f},{60 / 70:.6f}\n" for b in beats[5:]),
        "HR.csv": sheet(start, 1.0, ["70.0"] * 60),
        "tags.csv": "",
        "info.txt": "made for tests\n",
    }
    if zipped:
        path = folder / "E4.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, text in files.items():
                pack.writestr(name, text)
        return path
    path = folder / "E4"
    path.mkdir()
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    return path
