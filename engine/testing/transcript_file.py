"""What a transcript file says, and everything that is wrong in it at once."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from engine.devices.driver import Driver
from engine.devices.links import BleLink
from engine.devices.reading import Reading
from engine.errors import ConfigError
from engine.streams import Stream
from engine.testing.heard import Heard

MESSAGE = ("hex", "text", "source", "means")
READING = ("stream", "values", "times", "missing")
EXAMPLE = 'means = [{ stream = "eda", values = [1.5] }]'


class Entries:
    """Reads the messages of one driver's transcript.

    Attributes
    ----------
    faults
        Found so far.
    """

    def __init__(self, driver: type[Driver]) -> None:
        self.faults: list[ConfigError] = []
        self._streams = {s.name: s for s in driver.streams}
        self._ble = driver.link if isinstance(driver.link, BleLink) else None

    def read(self, table: Mapping[str, Any]) -> list[Heard]:
        """Return the messages of a file's ``table`` that are right."""
        self._know(table, ("heard",), "the file")
        entries = table.get("heard", [])
        if not _is_tables(entries):
            self._fault("is no list of tables", "heard", "write [[heard]] before each message")
            return []
        return [h for n, entry in enumerate(entries, 1) if (h := self._heard(entry, n)) is not None]

    def _heard(self, entry: Mapping[str, Any], n: int) -> Heard | None:
        where, before = f"heard {n}", len(self.faults)
        self._know(entry, MESSAGE, where)
        data = self._data(entry, where)
        source = self._source(entry, where)
        means = entry.get("means", [])
        if not _is_tables(means):
            self._fault("means is no list of tables", where, EXAMPLE)
            means = []
        readings = [self._reading(m, f"{where}, means {k}") for k, m in enumerate(means, 1)]
        if len(self.faults) > before:
            return None
        return Heard(data, [r for r in readings if r is not None], source)

    def _data(self, entry: Mapping[str, Any], where: str) -> bytes:
        given = [key for key in ("hex", "text") if key in entry]
        if len(given) != 1:
            self._fault("has both hex and text" if given else "has neither hex nor text", where,
                        "give one of the two: what the device sent")  # fmt: skip
            return b""
        said = entry[given[0]]
        if not isinstance(said, str):
            self._fault(f"{given[0]} is {said!r}, no text", where, f'write {given[0]} = "..."')
            return b""
        if given == ["text"]:
            return said.encode()
        try:
            return bytes.fromhex(said)
        except ValueError as error:
            self._fault(f"hex is {said!r}: {error}", where, "hex is pairs of hex digits")
            return b""

    def _source(self, entry: Mapping[str, Any], where: str) -> str:
        source = entry.get("source", "")
        if self._ble is None:
            if source:
                self._fault(f"source is {source!r}", where, "a serial link has no characteristics")
        elif source not in self._ble.notify:
            self._fault(
                f"source is {source!r}" if source else "has no source", where,
                f"name the characteristic it came from: {_words(self._ble.notify)}",
            )  # fmt: skip
        return str(source)

    def _reading(self, said: Mapping[str, Any], where: str) -> Reading | None:
        self._know(said, READING, where)
        name = said.get("stream")
        stream = self._streams.get(name) if isinstance(name, str) else None
        if stream is None:
            what = "has no stream" if name is None else f"{name!r} is no stream of this driver"
            self._fault(what, where, f"its streams: {_words(self._streams)}")
            return None
        values: Any = said.get("values")
        times, missing = said.get("times"), said.get("missing", 0)
        if not _is_values(values, stream):
            axes = "" if len(stream.axes) == 1 else f", each a list of {len(stream.axes)}"
            what = "has no values" if values is None else f"values are {values!r}"
            self._fault(what, where, f"write a list of numbers{axes}: {EXAMPLE}")
            return None
        if times is not None and not (_is_numbers(times) and len(times) == len(values)):
            self._fault(f"times are {times!r}", where, "write a number for each value")
        if not isinstance(missing, int) or missing < 0:
            self._fault(f"missing is {missing!r}", where, "write how many samples were lost")
        return Reading(stream, values, times, missing)

    def _know(self, table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        for key in table:
            if key not in known:
                close = get_close_matches(key, known, 1)
                hint = f"did you mean {close[0]!r}? " if close else ""
                self._fault(f"key {key!r} is not known", where, f"{hint}known: {_words(known)}")

    def _fault(self, what: str, where: str, hint: str) -> None:
        self.faults.append(ConfigError(what, where=where, hint=hint))


def _words(names: Any) -> str:  # noqa: ANN401 - keys of anything
    return ", ".join(names) or "none"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in value
    )


def _is_values(value: object, stream: Stream) -> bool:
    if len(stream.axes) == 1 and _is_numbers(value):
        return True
    return isinstance(value, list) and all(
        _is_numbers(row) and len(row) == len(stream.axes) for row in value
    )
