"""Messages recorded from the real device, with what they mean."""

import inspect
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.devices.driver import Driver
from engine.devices.reading import Reading
from engine.errors import ConfigError, FaultyFileError

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
    FaultyFileError
        If the file cannot be understood, with everything that is wrong in it.
    """
    file = transcript_of(driver)
    return heard_in(driver, file) if file.is_file() else []


def heard_in(driver: type[Driver], file: Path) -> list[Heard]:
    """Return the messages of the transcript ``file``; raise as `heard_of` does."""
    from engine.testing.transcript_file import Entries  # noqa: PLC0415 - it makes what is here

    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(error), where=file.name, hint="see drivers/README.md") from error
    entries = Entries(driver)
    heard = entries.read(table)
    if entries.faults:
        raise FaultyFileError(entries.faults, where=str(file))
    return heard
