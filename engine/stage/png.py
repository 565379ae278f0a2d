"""Pictures as files."""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def write(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write ``picture``, ``(height, width, 3)`` RGB with the top row first, as PNG."""
    height, width, _ = picture.shape
    rows = np.zeros((height, width * 3 + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = picture.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)
