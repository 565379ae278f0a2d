"""Unpacks the sample formats of WFDB (PhysioNet) signal files."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]


def _format_16(raw: bytes, order: str = "<") -> I64:
    return np.frombuffer(raw[: len(raw) // 2 * 2], f"{order}i2").astype(np.int64)


def _format_61(raw: bytes) -> I64:
    return _format_16(raw, ">")


def _format_24(raw: bytes) -> I64:
    parts = np.frombuffer(raw[: len(raw) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int64)
    value = parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16
    return np.where(value >= 1 << 23, value - (1 << 24), value)


def _format_32(raw: bytes) -> I64:
    return np.frombuffer(raw[: len(raw) // 4 * 4], "<i4").astype(np.int64)


def _format_80(raw: bytes) -> I64:
    return np.frombuffer(raw, np.uint8).astype(np.int64) - 128


def _format_160(raw: bytes) -> I64:
    return np.frombuffer(raw[: len(raw) // 2 * 2], "<u2").astype(np.int64) - 32768


def _format_212(raw: bytes) -> I64:
    """Two samples of 12 bits in three bytes; a lone last one takes two."""
    parts = np.frombuffer(raw + bytes(-len(raw) % 3), np.uint8).reshape(-1, 3).astype(np.int64)
    first = parts[:, 0] | (parts[:, 1] & 0x0F) << 8
    second = parts[:, 2] | (parts[:, 1] & 0xF0) << 4
    value = np.stack((first, second), axis=1).ravel()[: len(raw) * 2 // 3]
    return np.where(value >= 1 << 11, value - (1 << 12), value)


UNPACK: Mapping[str, Callable[[bytes], I64]] = {
    "16": _format_16, "24": _format_24, "32": _format_32, "61": _format_61, "80": _format_80,
    "160": _format_160, "212": _format_212,
}  # fmt: skip
"""By the format's number."""

MISSING = {
    "16": -(1 << 15), "61": -(1 << 15), "160": -(1 << 15), "24": -(1 << 23), "32": -(1 << 31),
    "80": -128, "212": -(1 << 11),
}  # fmt: skip
"""The value that says a sample is missing."""
