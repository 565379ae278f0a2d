"""A recording of the wire: every byte a device said, with when; as a file people can read.

One JSON object a line. The first tells which device it was, and what was measured and how::

    {"model": "gsr-line", "latency": {"eda": 0.015}, "how": "a step against a photodiode, n = 50"}

the others what came and went, ``t`` in seconds:

=========================  ============================================================
``{"t", "opened": true}``  a connection began; the driver starts afresh
``{"t", "hex"}``           what the device said; on Bluetooth with ``"source"``
``{"t", "sent"}``          what it was sent
``{"t", "state"}``         how it was doing, with the ``"reason"``
``{"t", "decoded"}``       every ten seconds: what the driver made of it since, packed
``{"readings": {...}}``    the last line: count and digest of what the driver made of it
=========================  ============================================================
"""

import json
import math
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from engine.devices.driver import Driver
from engine.devices.transports.transport import Received
from engine.errors import ConfigError
from engine.streams import F64
from engine.testing.heard import transcript_of

Digests = Mapping[str, tuple[int, str]]
"""By stream: how many samples, and the digest of their times and values."""


@dataclass(frozen=True, slots=True)
class WireRecording:
    """What one device said, with when.

    Attributes
    ----------
    latency
        Seconds from body to arrival, measured, by stream.
    how
        How that was measured, for whoever doubts it.
    stops_after
        Seconds until the device was at rest after its messages stopped, measured; NaN if not.
    pieces
        What arrived.
    model
        Of the device; "" if the file does not tell.
    opened
        Indices of the pieces that are the first of their connection, with when that began, s.
    readings
        What the driver made of it when it was recorded; empty if the file does not tell.
    decoded
        The values it made, ``(n, axes)``, by stream; empty of recordings made before they were
        kept.
    """

    latency: dict[str, float]
    how: str
    stops_after: float
    pieces: tuple[Received, ...]
    model: str = ""
    opened: tuple[tuple[int, float], ...] = ()
    readings: Digests = field(default_factory=dict[str, tuple[int, str]])
    decoded: Mapping[str, F64] = field(default_factory=dict[str, F64])


def wire_of(driver: type[Driver]) -> WireRecording | None:
    """Return the wire recording of ``driver`` (``transcripts/<model>.wire``), if there is one."""
    try:
        file = transcript_of(driver, ".wire")
    except (TypeError, OSError):
        return None  # a class of no file, typed in somewhere
    return read_wire(file) if file.is_file() else None


def read_wire(file: Path) -> WireRecording:
    """Read a wire recording; raise `ConfigError` naming the line that is wrong."""
    reading = _Reading()
    n = 0
    try:
        for n, line in enumerate(file.read_text("utf-8").splitlines(), start=1):  # noqa: B007
            reading.take(json.loads(line))
        return reading.result()
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise ConfigError(
            f"cannot be read: {error}", where=f"{file.name}:{n}", hint="see drivers/README.md"
        ) from error
    except OSError as error:
        raise ConfigError(error.strerror or str(error), where=str(file)) from error


def mean_anew(file: Path, readings: Digests, decoded: Mapping[str, F64]) -> None:
    """Let the recording ``file`` mean ``readings``; what the device said stays as it is."""
    lines = file.read_text("utf-8").splitlines()
    kept = [line for line in lines if not {"readings", "decoded"} & {*json.loads(line)}]
    made = json.dumps({"decoded": packed(decoded)})
    last = json.dumps({"readings": {k: list(v) for k, v in readings.items()}})
    file.write_text("\n".join([*kept, made, last]) + "\n", "utf-8", newline="\n")


def packed(decoded: Mapping[str, F64]) -> dict[str, list[Any]]:
    """Return values ``(n, axes)`` as a line holds them: axes, and compressed float64."""
    return {
        name: [x.shape[1], b64encode(zlib.compress(x.astype("<f8").tobytes())).decode()]
        for name, x in decoded.items()
    }


def _unpacked(axes: int, text: str) -> F64:
    data = zlib.decompress(b64decode(text, validate=True))
    return np.frombuffer(data, "<f8").astype(np.float64).reshape(-1, axes)


@dataclass(slots=True)
class _Reading:
    """A recording while it is read, line by line."""

    head: dict[str, Any] | None = None
    pieces: list[Received] = field(default_factory=list[Received])
    opened: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    readings: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    decoded: dict[str, list[F64]] = field(default_factory=dict[str, list[F64]])

    def take(self, facts: dict[str, Any]) -> None:
        if self.head is None:
            self.head = dict(facts)
        elif "hex" in facts:
            data, source = bytes.fromhex(facts["hex"]), str(facts.get("source", ""))
            self.pieces.append(Received(float(facts["t"]), data, source))
        elif facts.get("opened"):
            self.opened.append((len(self.pieces), float(facts["t"])))
        elif "decoded" in facts:
            for name, (axes, text) in facts["decoded"].items():
                self.decoded.setdefault(str(name), []).append(_unpacked(int(axes), str(text)))
        elif "readings" in facts:
            self.readings = {str(k): (int(c), str(d)) for k, (c, d) in facts["readings"].items()}
        elif not {"sent", "state"} & {*facts}:
            raise ValueError("neither hex, sent, state, opened, decoded nor readings")

    def result(self) -> WireRecording:
        head = self.head or {}
        return WireRecording(
            latency={str(k): float(v) for k, v in dict(head.get("latency", {})).items()},
            how=str(head.get("how", "")),
            stops_after=float(head.get("stops_after", math.nan)),
            pieces=tuple(self.pieces),
            model=str(head.get("model", "")),
            opened=tuple(self.opened),
            readings=self.readings,
            decoded={name: np.concatenate(parts) for name, parts in self.decoded.items()},
        )


class WireWriter:
    """Writes a wire recording; each line is in the file as soon as it is known.

    The file is the user's alone (mode 600): what a sensor said of a person is personal.

    Parameters
    ----------
    head
        The first line.

    Raises
    ------
    ConfigError
        If the file is there already, or cannot be written.
    """

    def __init__(self, file: Path, head: Mapping[str, Any]) -> None:
        try:
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ConfigError(
                f"cannot be written: {error.strerror}", where=str(file), hint="choose another --out"
            ) from error
        self._file: TextIO = os.fdopen(number, "w", encoding="utf-8", buffering=1, newline="\n")
        self.pieces = self.bytes = 0
        self._write(head)

    def opened(self, t: float) -> None:
        """Note that a connection began."""
        self._write({"t": t, "opened": True})

    def heard(self, piece: Received) -> None:
        """Note what the device said."""
        self.pieces += 1
        self.bytes += len(piece.data)
        source = {"source": piece.source} if piece.source else {}
        self._write({"t": piece.t, "hex": piece.data.hex(), **source})

    def sent(self, t: float, data: bytes) -> None:
        """Note what the device was sent."""
        self._write({"t": t, "sent": data.hex()})

    def state(self, t: float, state: str, reason: str) -> None:
        """Note how it is doing."""
        self._write({"t": t, "state": state, "reason": reason})

    def decoded(self, t: float, values: Mapping[str, F64]) -> None:
        """Write what the driver made of what came since the last time."""
        if values:
            self._write({"t": t, "decoded": packed(values)})

    def close(self, readings: Digests) -> None:
        """Write what the driver made of it, and close the file; may be called once."""
        self._write({"readings": {k: list(v) for k, v in readings.items()}})
        self._file.close()

    def _write(self, facts: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(facts, ensure_ascii=False) + "\n")
