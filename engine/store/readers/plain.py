"""Opens a text file as people's programs leave it: packed or not, in any usual encoding."""

import zlib
from pathlib import Path

import numpy as np

from engine.errors import RecordingError

MOST_BYTES = 2**30
"""Of a packed file, unpacked."""
PACKED = b"\x1f\x8b"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
LOOKED_AT = 512


def text_of(path: Path) -> str:
    r"""Return the text of the file at ``path``, its lines ended by ``\\n`` alone.

    Raises
    ------
    RecordingError
        When it is empty, no text, or a damaged gzip.
    """
    raw = path.read_bytes()
    if raw.startswith(PACKED):
        raw = _unpacked(raw, path)
    if not raw.strip(b"\0 \t\r\n"):
        hint = "the first line names the columns"
        raise RecordingError(
            "is empty", where=str(path), hint=hint, zh="文件是空的：第一行应写各列的名称"
        )
    text = raw.decode(_encoding(raw), errors="replace")
    if "\0" in text:
        hint = "export the recording as text (CSV)"
        raise RecordingError(
            "is no text file", where=str(path), hint=hint, zh="不是文本文件：请把记录导出为 CSV"
        )
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _unpacked(raw: bytes, path: Path) -> bytes:
    made = bytearray()
    while raw:  # programs that add to a packed file leave several, one after the other
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            made += unpacker.decompress(raw, MOST_BYTES + 1 - len(made))
        except zlib.error as error:
            hint = "copy it again"
            raise RecordingError(
                "is a damaged gzip", where=str(path), hint=hint, zh="gzip 文件已损坏，请重新复制"
            ) from error
        if unpacker.unconsumed_tail or len(made) > MOST_BYTES:
            hint = "cut it into parts"
            raise RecordingError(
                "is beyond reason large",
                where=str(path),
                hint=hint,
                zh="解压后过大：请分成几个文件",
            )
        if not unpacker.eof:
            hint = "copy it again"
            raise RecordingError(
                "is a gzip cut short", where=str(path), hint=hint, zh="gzip 文件不完整，请重新复制"
            )
        raw = unpacker.unused_data.lstrip(b"\0")  # some pad to whole blocks
    return bytes(made)


def _encoding(raw: bytes) -> str:
    """Return how ``raw`` is encoded: as its mark says, else by what its bytes can be."""
    for mark, name in MARKS.items():
        if raw.startswith(mark):
            return name
    start = raw[:LOOKED_AT]
    if start[1::2].count(0) > 0.4 * len(start[1::2]) > 0:
        return "utf-16-le"
    if start[::2].count(0) > 0.4 * len(start[::2]) > 0:
        return "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        # Chinese spreadsheets write two bytes beside each other; a lone one is a Western mu or
        # degree sign.
        high = np.frombuffer(raw, np.uint8) >= 0x80
        return "gb18030" if bool(np.any(high[1:] & high[:-1])) else "cp1252"
    return "utf-8"
