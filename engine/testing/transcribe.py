"""Turns a recording of the wire into a transcript: a handful of messages and what they mean."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from engine.devices.driver import Driver
from engine.devices.framing import Framing
from engine.devices.links import SerialLink
from engine.devices.reading import Reading
from engine.errors import ConfigError
from engine.testing.heard import Heard
from engine.testing.meaning import decode_all
from engine.testing.scaffold import is_placeholder
from engine.testing.telling import flat
from engine.testing.wire import WireRecording, mean_anew
from engine.testing.wire_replay import replay

AT_MOST = 16


def messages(driver: type[Driver], wire: WireRecording) -> Iterator[Heard]:
    """Yield each whole message of ``wire``, as the wire carried it, and what it means."""
    link = driver.link
    if not isinstance(link, SerialLink):
        for piece in wire.pieces:
            means = decode_all(driver, [piece.data], piece.source)
            yield Heard(piece.data, means, piece.source)
        return
    begins = {n for n, _ in wire.opened} or {0}
    kept: list[bytes] = []
    for n, piece in enumerate(wire.pieces):
        if n in begins:
            yield from _cut(driver, link.framing, b"".join(kept))
            kept.clear()
        kept.append(piece.data)
    yield from _cut(driver, link.framing, b"".join(kept))


def _cut(driver: type[Driver], framing: Framing, data: bytes) -> Iterator[Heard]:
    """Yield the messages of one connection; what is left of the one before it is left out."""
    framer = framing.framer()
    start = 0
    for end in range(1, len(data) + 1):
        for _frame in framer.feed(data[end - 1 : end]):
            message = data[start:end]
            start = end
            # Framed by itself it has to be the same one message, or noise came before it.
            if len(list(framing.framer().feed(message))) == 1:
                yield Heard(message, decode_all(driver, [message]))


def choose(driver: type[Driver], wire: WireRecording) -> list[Heard]:
    """Return a few messages of each kind, as different as they come, in the order they came.

    A kind of message says the same streams, with as many samples; what says nothing (a greeting,
    an error) is of a kind by how it is written. Of each kind the first is taken, and those with
    the lowest and the highest values.

    Raises
    ------
    ConfigError
        If the recording holds no whole message.
    """
    kinds: dict[object, _OfAKind] = {}
    for n, heard in enumerate(messages(driver, wire)):
        kinds.setdefault(_kind(heard), _OfAKind()).take(n, heard)
    # One of each kind before a second of any: where there are many kinds, none is left out for it.
    ranked = [one for rank in zip_longest(*(k.different() for k in kinds.values())) for one in rank]
    chosen = sorted([one for one in ranked if one is not None][:AT_MOST], key=lambda one: one[0])
    if not chosen:
        raise ConfigError(
            f"holds no whole message of a {driver.model}",
            where="the recording",
            hint="check the model; with a serial device check the baud rate, too",
        )
    return [heard for _, heard in chosen]


def _kind(heard: Heard) -> object:
    says = tuple((r.stream.name, len(r.values), bool(r.missing)) for r in heard.means)
    if says:
        return heard.source, says
    text = heard.data.strip()
    if text.isascii() and text.decode().isprintable():
        return heard.source, re.sub(rb"[0-9]+", b"0", text)
    return heard.source, len(heard.data), heard.data[:2]


class _OfAKind:
    """The first message of a kind, and those with the lowest and the highest values."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, int, Heard]] = {}

    def take(self, n: int, heard: Heard) -> None:
        values = [v for r in heard.means for v in flat(r.values) if math.isfinite(v)]
        level = sum(values) / len(values) if values else math.nan
        found = self._found
        found.setdefault("first", (level, n, heard))
        if not math.isnan(level):
            if level < found.setdefault("lowest", (level, n, heard))[0]:
                found["lowest"] = (level, n, heard)
            if level > found.setdefault("highest", (level, n, heard))[0]:
                found["highest"] = (level, n, heard)
        elif heard.means:  # a sensor that is not worn
            found.setdefault("nothing", (level, n, heard))

    def different(self) -> list[tuple[int, Heard]]:
        """Return those that differ, with when they came."""
        return list({heard.data: (n, heard) for _, n, heard in self._found.values()}.values())


def transcript_text(driver: type[Driver], heard: Sequence[Heard]) -> str:
    """Return the transcript file that says ``heard``."""
    lines = [
        f"# What a {driver.model} really sent. What each message means was filled in by the driver",
        "# itself: check every line against the device's manual before you believe it.",
    ]
    for one in heard:
        lines += ["", "[[heard]]"]
        if one.source:
            lines.append(f"source = {json.dumps(one.source)}")
        lines.append(_data(one.data))
        if one.means:
            lines += ["means = [", *(f"    {_reading(r)}," for r in one.means), "]"]
    return "\n".join(lines) + "\n"


def _data(data: bytes) -> str:
    if data.isascii():
        text = data.decode()
        plain = text.rstrip("\r\n")
        if plain and plain.isprintable():
            return f"text = {json.dumps(text)}"
    return f'hex = "{data.hex()}"'


def _reading(reading: Reading) -> str:
    said = f"stream = {json.dumps(reading.stream.name)}, values = {_numbers(reading.values)}"
    if reading.times is not None:
        said += f", times = {_numbers(reading.times)}"
    if reading.missing:
        said += f", missing = {reading.missing}"
    return f"{{ {said} }}"


def _numbers(values: Sequence[float] | Sequence[Sequence[float]]) -> str:
    each = [
        _numbers(value) if isinstance(value, Sequence) else repr(float(value)) for value in values
    ]
    return f"[{', '.join(each)}]"


def write_transcript(
    driver: type[Driver],
    wire: WireRecording,
    file: Path,
    folder: Path,
    *,
    replace: bool = False,
    anonymous: bool = False,
) -> tuple[Path, Path | None]:
    """Write the transcript of ``wire`` and a copy of it into ``folder``; return both paths.

    A transcript that `anlan driver new` wrote, of a device that does not exist, gives way.

    Parameters
    ----------
    file
        Where the recording lies.
    replace
        Whether what is there already gives way, whoever wrote it; the recording beside the
        driver then means what the driver makes of it now.
    anonymous
        Whether the recording stays where it is: a handful of messages without their times is
        all that is written.

    Raises
    ------
    ConfigError
        If there is a transcript or another recording already, or no whole message.
    """
    made, copy = (folder / f"{driver.model}{ending}" for ending in (".toml", ".wire"))
    text = transcript_text(driver, choose(driver, wire))
    copied = not anonymous and copy.resolve() != file.resolve()
    for path in (made, *([copy] if copied else [])):
        if path.exists() and not (replace or is_placeholder(path)):
            raise ConfigError(
                "is there already, and may have been checked by somebody",
                where=str(path),
                hint="--force replaces it; or write into another folder with --out, and compare",
            )
    folder.mkdir(parents=True, exist_ok=True)
    made.write_text(text, "utf-8")
    if copied:
        copy.unlink(missing_ok=True)  # it may have been readable by others
        copy.touch(mode=0o600)
        copy.write_bytes(file.read_bytes())
    if replace and not anonymous and wire.readings:
        played = replay(driver, wire)
        mean_anew(copy, played.digests(), played.values())
    return made, None if anonymous else copy
