"""Messages recorded from the real device, with what they mean."""

import inspect
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.devices.driver import Driver
from engine.devices.reading import Reading
from engine.errors import ConfigError

FOLDER = "transcripts"
"""Beside the driver's module; a file ``<model>.toml`` for each driver."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Bytes recorded from the real device, and what they mean.

    Attributes
    ----------
    data
        On a serial link as they came, framing and all; on BLE one notification.
    means
        Readings, in order.
    source
        On BLE, the name of the characteristic.
    """

    data: bytes
    means: Sequence[Reading]
    source: str = ""


def transcript_of(driver: type[Driver], ending: str = ".toml") -> Path:
    """Return where the messages of ``driver`` are recorded, whether they are or not."""
    return Path(inspect.getfile(driver)).parent / FOLDER / f"{driver.model}{ending}"


def heard_of(driver: type[Driver]) -> list[Heard]:
    """Return the messages recorded for ``driver``; none if there is no file.

    Raises
    ------
    ConfigError
        If the file cannot be understood.
    """
    file = transcript_of(driver)
    return heard_in(driver, file) if file.is_file() else []


def heard_in(driver: type[Driver], file: Path) -> list[Heard]:
    """Return the messages of the transcript ``file``; raise as `heard_of` does."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(error), where=file.name, hint="see drivers/README.md") from error
    streams = {s.name: s for s in driver.streams}
    return [
        _heard(entry, streams, f"{file.name} heard {n}")
        for n, entry in enumerate(table.get("heard", []), start=1)
    ]


def _heard(entry: Mapping[str, Any], streams: Mapping[str, Any], where: str) -> Heard:
    try:
        data = bytes.fromhex(entry["hex"]) if "hex" in entry else str(entry["text"]).encode()
        means = [
            Reading(streams[m["stream"]], m["values"], m.get("times"), m.get("missing", 0))
            for m in entry.get("means", [])
        ]
    except KeyError as error:
        raise ConfigError(
            f"{error} is missing or no stream of this driver",
            where=where,
            hint='give hex or text, and means = [{ stream = "eda", values = [1.5] }]',
        ) from error
    except (ValueError, TypeError) as error:
        raise ConfigError(str(error), where=where, hint="hex is pairs of hex digits") from error
    return Heard(data, means, str(entry.get("source", "")))


def same(said: Sequence[Reading], meant: Sequence[Reading]) -> bool:
    """Whether two lists of readings say the same; a missing sample is like any other."""
    return len(said) == len(meant) and all(map(_same, said, meant))


def _same(a: Reading, b: Reading) -> bool:
    if (a.stream, a.missing, a.times) != (b.stream, b.missing, b.times):
        return False
    left, right = flat(a.values), flat(b.values)
    return len(left) == len(right) and all(
        x == y or (math.isnan(x) and math.isnan(y)) for x, y in zip(left, right, strict=True)
    )


def flat(values: Sequence[float] | Sequence[Sequence[float]]) -> list[float]:
    """Return the values of all axes in a row."""
    flat: list[float] = []
    for value in values:
        flat += [float(v) for v in value] if isinstance(value, Sequence) else [float(value)]
    return flat
