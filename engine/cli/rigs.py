"""A room's file, with every fault of the file and of every device it names, at once."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.config import Document, Rig, read_document
from engine.config.rig import Name
from engine.devices.catalog import DeviceSpec, declare
from engine.errors import AnlanError, FaultyFileError

_NAME = TypeAdapter[str](Name)


def read_rig(path: Path, classes: Mapping[str, type[Any]], *, live: bool = True) -> Rig:
    """Return the rig at ``path``.

    Raises
    ------
    FaultyFileError
        With the faults of the file; where it has some, those of its devices' options too, so
        that nobody mends one round of faults to be told the next.
    """
    document = read_document(path)
    rig, faults = document.decode(Rig)
    if rig is not None:
        return rig
    found: list[AnlanError] = [*faults]
    try:
        declare(list(_specs(document)), classes, live=live)
    except FaultyFileError as error:
        found += error.faults
    raise FaultyFileError(found, where=str(path))


@contextmanager
def named(path: Path) -> Generator[None]:
    """Let faults of a room's devices name the file ``path`` that lists them."""
    try:
        yield
    except FaultyFileError as error:
        if error.where != "devices":
            raise
        raise FaultyFileError(error.faults, where=str(path)) from error


def _specs(document: Document) -> Iterator[DeviceSpec]:
    """Yield the devices that can be looked at; one without a good name goes by its number."""
    taken: set[str] = set()
    devices = document.content.get("devices")
    for number, entry in enumerate(devices if isinstance(devices, list) else [], 1):
        facts = dict(entry) if isinstance(entry, dict) else {}
        name, model = facts.pop("name", None), facts.pop("model", None)
        if not isinstance(model, str) or not model:
            continue
        try:
            good = _NAME.validate_python(name, strict=True)
        except ValidationError:
            good = ""
        if not good or good in taken:
            good = f"device-{number}"
        taken.add(good)
        yield DeviceSpec(good, model, facts)
