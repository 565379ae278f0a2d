"""Packs rows of numbers small without changing a single bit of them.

What leaves here is later compressed with zstd; the art is to arrange the bytes so that
there is something to compress. Every way of packing is checked against the original
bits before it is used, so a value either comes back exactly or is stored as it is.
"""

import struct
from enum import IntEnum
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from engine.streams import F64

LOOK_AGAIN = 64
"""After so many blocks the ways are compared anew; a signal rarely changes its nature."""
MOST_DECIMALS = 6


class Way(IntEnum):
    """How numbers are arranged; the first byte of each packed array."""

    RAW = 0
    """Little-endian float64, row by row: best for few distinct values."""
    PLANES = 1
    """All first bytes, all second bytes, ...: best for arbitrary values."""
    SINGLE = 2
    """As `PLANES`, of float32: for values that are float32 to the last bit."""
    DECIMAL = 3
    """u8 p, then differences of ``round(x 10^p)`` as int32 planes."""
    BEND = 4
    """Second differences of the float64 bits as uint64 planes: nearly regular times."""
    DIVIDED = 5
    """f64 k, f64 rate: ``(k + i) / rate``."""
    TIMES = 6
    """f64 k, f64 period: ``(k + i) * period``."""
    STEPPED = 7
    """f64 t0, f64 rate: ``t0 + i / rate``."""


def pack_times(t: F64, rate: float | None) -> bytes:
    """Pack the times ``t``, ``(n,)``, of a stream with ``rate``."""
    n = len(t)
    if n == 0:
        return bytes([Way.RAW])
    if rate is not None and rate > 0:
        start = float(t[0])
        number = float(np.rint(start * rate))
        for way, a, b in (
            (Way.DIVIDED, number, rate),
            (Way.TIMES, number, 1.0 / rate),
            (Way.STEPPED, start, rate),
        ):
            if _same(_regular(way, a, b, n), t):
                return struct.pack("<Bdd", way, a, b)
    bits = t.view(np.uint64)
    bend = np.diff(np.diff(bits, prepend=np.uint64(0)), prepend=np.uint64(0))
    return bytes([Way.BEND]) + _planes(bend)


class Packer:
    """Packs the samples of one stream, block after block, in the way that suits it."""

    def __init__(self) -> None:
        self._way = Way.RAW
        self._plain = Way.RAW
        self._decimals = 0
        self._blocks = 0
        self._zstd = zstandard.ZstdCompressor(level=1)

    def pack(self, x: F64) -> bytes:
        """Pack ``x``, ``(n, m)``, C order."""
        if self._blocks % LOOK_AGAIN == 0 and x.size:
            self._choose(x)
        elif not x.size:
            return bytes([Way.RAW])
        self._blocks += 1
        return self._in(self._way, x) or self._in(self._plain, x) or b""

    def _choose(self, x: F64) -> None:
        self._decimals = next((p for p in range(MOST_DECIMALS + 1) if _decimal(x, p)), -1)
        sizes: dict[Way, int] = {}
        for way in (Way.RAW, Way.PLANES, Way.SINGLE, Way.DECIMAL):
            packed = self._in(way, x)
            if packed is not None:
                sizes[way] = len(self._zstd.compress(packed))
        self._plain = min((Way.RAW, Way.PLANES), key=sizes.__getitem__)
        self._way = min(sizes, key=sizes.__getitem__)

    def _in(self, way: Way, x: F64) -> bytes | None:
        """Return ``x`` packed in ``way``, None where that would change a bit."""
        if way is Way.RAW:
            return bytes([way]) + x.tobytes()
        if way is Way.PLANES:
            return bytes([way]) + _planes(x.T)
        if way is Way.SINGLE:
            with np.errstate(over="ignore", invalid="ignore"):
                single = x.astype(np.float32)
            same = _same(single.astype(np.float64), x)
            return bytes([way]) + _planes(single.T) if same else None
        if self._decimals < 0:
            return None
        return _decimal(x, self._decimals)


def unpack(data: bytes | memoryview, n: int, m: int) -> F64:
    """Return the ``(n, m)`` numbers packed in ``data``, bit for bit, in C order."""
    way, body = Way(data[0]), data[1:]
    if n * m == 0:
        return np.empty((n, m))
    if way is Way.RAW:
        return np.frombuffer(body, "<f8", n * m).astype(np.float64).reshape(n, m)
    if way is Way.PLANES:
        plain: F64 = _from_planes(body, np.float64, n * m).reshape(m, n)
        return plain.T.copy()
    if way is Way.SINGLE:
        single = _from_planes(body, np.float32, n * m).reshape(m, n)
        with np.errstate(invalid="ignore"):
            wide: F64 = single.T.astype(np.float64, order="C")
        return wide
    if way is Way.DECIMAL:
        steps = _from_planes(body[1:], np.int32, n * m).reshape(m, n).T
        counts: F64 = np.cumsum(steps, axis=0, dtype=np.int64).astype(np.float64)
        return np.ascontiguousarray(counts / 10.0 ** int(body[0]))
    if way is Way.BEND:
        bend = _from_planes(body, np.uint64, n)
        bits: F64 = np.cumsum(np.cumsum(bend, dtype=np.uint64), dtype=np.uint64).view(np.float64)
        return bits.reshape(n, m)
    a, b = struct.unpack_from("<dd", body)
    return _regular(way, a, b, n).reshape(n, m)


def _regular(way: Way, a: float, b: float, n: int) -> F64:
    index = np.arange(n, dtype=np.float64)
    if way is Way.DIVIDED:
        return (a + index) / b
    return (a + index) * b if way is Way.TIMES else a + index / b


def _decimal(x: F64, decimals: int) -> bytes | None:
    power = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.rint(x * power)
        if not np.all(np.abs(rounded) < 2**30):
            return None
    counts = rounded.astype(np.int32)
    # Compare what will be read back: -0.0 is a count of 0, and that would lose its sign.
    if not _same(counts / power, x):
        return None
    steps = np.diff(counts, axis=0, prepend=np.int32(0))
    return bytes([Way.DECIMAL, decimals]) + _planes(steps.T)


def _same(a: F64, b: F64) -> bool:
    """Tell whether two arrays agree in every bit (NaN equals itself, -0 is not 0)."""
    return a.tobytes() == b.tobytes()


def _planes(a: NDArray[np.generic]) -> bytes:
    flat = np.ascontiguousarray(a).reshape(-1)
    return flat.view(np.uint8).reshape(-1, flat.itemsize).T.tobytes()


def _from_planes(data: bytes | memoryview, kind: type[np.generic], n: int) -> NDArray[Any]:
    size = np.dtype(kind).itemsize
    planes = np.frombuffer(data, np.uint8, n * size).reshape(size, n)
    return np.ascontiguousarray(planes.T).reshape(-1).view(kind)
