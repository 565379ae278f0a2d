"""Turns a recording of the wire into a transcript: a handful of messages and what they mean."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.devices.driver import Driver
from engine.devices.framing import Framing
from engine.devices.links import SerialLink
from engine.devices.reading import Reading
from engine.errors import ConfigError
from engine.testing.heard import Heard
from engine.testing.meaning import decode_all
from engine.testing.wire import WireRecording

OF_A_KIND = 2
"""Messages kept of each kind: those that say the same streams, with as many samples."""
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
    """Return a few messages of each kind, in the order they came.

    Raises
    ------
    ConfigError
        If the recording holds no whole message.
    """
    seen: Counter[object] = Counter()
    chosen: list[Heard] = []
    for heard in messages(driver, wire):
        kind = (heard.source, tuple((r.stream.name, len(r.values)) for r in heard.means))
        seen[kind] += 1
        if seen[kind] <= OF_A_KIND and heard.data not in {h.data for h in chosen}:
            chosen.append(heard)
        if len(chosen) == AT_MOST:
            break
    if not chosen:
        raise ConfigError(
            f"holds no whole message of a {driver.model}",
            where="the recording",
            hint="check the model; with a serial device check the baud rate, too",
        )
    return chosen


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
    driver: type[Driver], wire: WireRecording, file: Path, folder: Path
) -> tuple[Path, Path]:
    """Write the transcript of ``wire`` and a copy of it into ``folder``; return both paths.

    Parameters
    ----------
    file
        Where the recording lies.

    Raises
    ------
    ConfigError
        If there is a transcript already, or the recording holds no whole message.
    """
    made, copy = (folder / f"{driver.model}{ending}" for ending in (".toml", ".wire"))
    text = transcript_text(driver, choose(driver, wire))
    for path in (made, copy):
        if path.exists() and path.resolve() != file.resolve():
            raise ConfigError(
                "is there already",
                where=str(path),
                hint="name another folder with --out, and compare",
            )
    folder.mkdir(parents=True, exist_ok=True)
    made.write_text(text, "utf-8")
    if copy.resolve() != file.resolve():
        copy.touch(mode=0o600)
        copy.write_bytes(file.read_bytes())
    return made, copy
