"""Runs a declarative driver as a source: bytes in, samples with times out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

import numpy as np

from engine.clock import Clock
from engine.devices.beats import BeatClock
from engine.devices.driver import Driver
from engine.devices.framing import Framer
from engine.devices.links import BleLink, Link, SerialLink
from engine.devices.reading import Frame, Reading, readings_of
from engine.devices.source import Context, Source
from engine.devices.timing import SampleClock
from engine.devices.transports import Transport, make_transport, transport_options
from engine.devices.transports.transport import Received
from engine.errors import (
    AnlanError,
    ConfigError,
    DriverError,
    FaultyFileError,
    LinkError,
    WireError,
)
from engine.streams import F64, Chunk, Output, Stream
from engine.units import BEATS, Kind, Unit

MakeTransport = Callable[[Link, Mapping[str, Any]], Transport]
NONSENSE = 16
"""Bytes in a row without a message that makes sense which are no accident."""
BATTERY = Stream("battery", Kind.BATTERY, Unit.PERCENT)
"""What the engine itself reads of every Bluetooth device that tells."""


class DrivenSource(Source):
    """One device of a `Driver`'s kind.

    Parameters
    ----------
    driver
        The vendor's class.
    options
        The device's table in the rig: what the transport understands, nothing else.
    make
        Makes the transport.
    """

    def __init__(
        self,
        driver: type[Driver],
        options: Mapping[str, Any],
        make: MakeTransport = make_transport,
    ) -> None:
        super().__init__(options)
        self.heard = self.refused = 0
        """Messages that made sense so far, and messages that made none."""
        self._kind = driver
        self._transport = _transport(driver.link, options, make)
        self._connection: _Connection | None = None

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What the driver declares, and the battery of a Bluetooth device."""
        return (*self._kind.streams, BATTERY) if adds_battery(self._kind) else self._kind.streams

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the driver declares."""
        return self._kind.outputs

    def open(self, context: Context) -> None:
        """Connect and greet the device."""
        self.close()
        self._transport.open(context.clock)
        connection = _Connection(self._kind, context.clock)
        for message in connection.driver.hello():
            self._transport.write(message)
        self._connection = connection

    def has_come(self) -> bool:
        """Whether the device seems to have been plugged in since it was last missed."""
        return self._transport.has_come()

    def nonsense(self) -> tuple[str, str] | None:
        """Return what to check if nothing of all that came lately made sense."""
        if self._connection is None or self._connection.unheeded < NONSENSE:
            return None
        link = self._kind.link
        if not isinstance(link, SerialLink):
            return "型号", "its model"
        baud = self.options.get("baud", link.baud)
        return (
            f"波特率（现为 {baud}，可在 rig 文件中写明 baud）、型号和连线",
            f"the baud rate ({baud} now; say another in the rig: baud = ...), its model, its cable",
        )

    def read(self, until: float) -> Iterable[Chunk]:
        """Return what arrived, stamped with when the body made it."""
        connection = self._open_connection()
        if connection.is_to_ask(until):
            for message in connection.driver.ask():
                self._transport.write(message)
        chunks = list(connection.take(self._transport.received()))
        for message in connection.answers():
            self._transport.write(message)
        self.heard += connection.heard
        self.refused += connection.refused
        connection.heard = connection.refused = 0
        return chunks

    def write(self, levels: Mapping[str, float]) -> None:
        """Send the levels, in place of what still waits: each message sets everything."""
        connection = self._open_connection()
        message = connection.driver.encode(levels)
        self._transport.write(message, connection.levels)
        connection.levels = message

    def halt(self) -> None:
        """Stop what moves, for a person who pressed the emergency stop."""
        if self._connection is not None:
            self._transport.forget()
            self._tell(self._connection.driver.emergency_stop())

    def reset(self) -> None:
        """Release the device's own emergency stop."""
        if self._connection is not None:
            self._tell(self._connection.driver.reset())

    def close(self) -> None:
        """Stop what moves and disconnect."""
        try:
            with suppress(LinkError):  # gone already; the device's own watchdog stops it
                if self._connection is not None:
                    self._tell(self._connection.driver.halt())
                    for message in self._connection.driver.goodbye():
                        self._tell(message)
        finally:
            self._connection = None
            self._transport.close()

    def _tell(self, message: bytes) -> None:
        if message:
            self._transport.write(message)

    def _open_connection(self) -> "_Connection":
        if self._connection is None:
            raise LinkError("is not open")
        return self._connection


class _Connection:
    """What is remembered between messages, from one connect to the next disconnect."""

    def __init__(self, kind: type[Driver], clock: Clock) -> None:
        self.driver = kind()
        self.heard = self.refused = 0
        self.unheeded = 0
        """Bytes that came since the last message that made sense."""
        self.levels = b""
        """The message that set the outputs last."""
        self._kind = kind
        self._asked_at = clock.now()
        link = kind.link
        self._framer: Framer | None = (
            link.framing.framer() if isinstance(link, SerialLink) else None
        )
        self._stamps = {s: _stamp_of(s) for s in (*kind.streams, BATTERY)}
        self._adds_battery = adds_battery(kind)
        self._answers: list[bytes] = []

    def is_to_ask(self, now: float) -> bool:
        every = self._kind.ask_every
        if every is None or now - self._asked_at < every:
            return False
        # On average as often as declared, however coarse the turns are; nothing is made up for.
        self._asked_at = max(self._asked_at + every, now - every)
        return True

    def answers(self) -> list[bytes]:
        """Return what the frames taken call for, once."""
        answers, self._answers = self._answers, []
        return answers

    def take(self, pieces: Iterable[Received]) -> Iterator[Chunk]:
        parts: dict[Stream, list[tuple[F64, F64]]] = {}
        for piece in pieces:
            self.unheeded += len(piece.data)
            for frame in self._frames(piece):
                for reading in self._read(frame):
                    if len(reading.values):
                        rows = self._rows(frame, reading)
                        parts.setdefault(reading.stream, []).append(rows)
        for stream, made in parts.items():
            t, x = zip(*made, strict=True)
            yield Chunk(stream, np.concatenate(t), np.concatenate(x))

    def _read(self, frame: Frame) -> list[Reading]:
        if self._adds_battery and frame.source == BATTERY.name:
            level = frame.data[0] if frame.data else 0xFF
            if level <= 100:
                return [Reading(BATTERY, [level])]
            self.refused += 1
            return []
        try:
            readings = readings_of(self.driver.decode(frame))
            self.unheeded = 0
            self.heard += 1
        except WireError:
            readings = []
            self.refused += 1
        self._answers += self.driver.reply(frame)
        return readings

    def _frames(self, piece: Received) -> Iterator[Frame]:
        if self._framer is None:
            yield Frame(piece.t, piece.data, piece.source)
            return
        before = self._framer.refused
        for data in self._framer.feed(piece.data):
            yield Frame(piece.t, data)
        self.refused += self._framer.refused - before

    def _rows(self, frame: Frame, reading: Reading) -> tuple[F64, F64]:
        stream = reading.stream
        if stream not in self._stamps:
            raise DriverError(
                f"decode() gave samples of {stream.name!r}, which is not declared",
                where=self._kind.model,
                hint="add the stream to `streams`",
            )
        x = np.array(reading.values, dtype=np.float64).reshape(len(reading.values), -1)
        if x.shape[1] != len(stream.axes):
            raise DriverError(
                f"decode() gave {x.shape[1]} values a sample for {stream.name!r}, "
                f"which has {len(stream.axes)} axes",
                where=self._kind.model,
            )
        if reading.times is None:
            return self._stamps[stream](frame.t, x, reading.missing), x
        t = np.array(reading.times, dtype=np.float64)
        if len(t) != len(x):
            raise DriverError(
                f"decode() gave {len(x)} samples and {len(t)} times for {stream.name!r}",
                where=self._kind.model,
            )
        return t, x


def adds_battery(kind: type[Driver]) -> bool:
    """Whether the engine reads the battery of such a device, as its driver does not."""
    taken = {*(s.name for s in kind.streams), *(o.name for o in kind.outputs)}
    link = kind.link
    return isinstance(link, BleLink) and BATTERY.name not in {*taken, *link.notify}


_Stamp = Callable[[float, F64, int], F64]


def _stamp_of(stream: Stream) -> _Stamp:
    """Return what stamps samples that come without times."""
    if stream.rate is not None:
        samples = SampleClock(stream.rate, stream.latency)
        return lambda arrival, x, missing: samples.stamp(arrival, len(x), missing)
    if stream.kind in BEATS:
        beats = BeatClock(stream.latency)
        return lambda arrival, x, _missing: beats.stamp(arrival, (x[:, 0] * 1e-3).tolist())
    return lambda arrival, x, _missing: _at_once(stream, arrival, x)


def _at_once(stream: Stream, arrival: float, x: F64) -> F64:
    if len(x) > 1:
        raise DriverError(
            f"decode() gave {len(x)} samples of {stream.name!r} without times",
            hint="give `times`, or declare the stream's rate",
        )
    return np.array([arrival - stream.latency])


def _transport(link: Link, options: Mapping[str, Any], make: MakeTransport) -> Transport:
    """Make the transport; tell all that is wrong with its options at once."""
    known = transport_options(link)
    wrong: list[AnlanError] = [_unknown(key, known) for key in options if key not in known]
    try:
        made = make(link, {key: value for key, value in options.items() if key in known})
    except ConfigError as error:
        wrong.append(error)
    else:
        if not wrong:
            return made
    if len(wrong) == 1:
        raise wrong[0]
    raise FaultyFileError(wrong, where="options")


def _unknown(key: str, known: tuple[str, ...]) -> ConfigError:
    close = get_close_matches(key, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"
    return ConfigError(
        "is no option of this device",
        where=key,
        hint=hint if known else "it has no options",
    )
