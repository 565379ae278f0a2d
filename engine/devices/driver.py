"""The class a vendor subclasses: a declaration and a few pure functions of bytes."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import ClassVar

from engine.devices.declaration import MODEL, faults
from engine.devices.links import BleLink, Link, SerialLink
from engine.devices.reading import Frame, Reading
from engine.devices.written import written
from engine.errors import DriverError
from engine.streams import Output, Stream
from engine.vocabulary import is_chinese

ALIKE = 0.82
"""How like another a misspelt name is, as difflib counts; `helo` is 0.89 like `hello`."""


class Driver:
    """A kind of device: what it is, how to reach it, what its bytes mean.

    A driver does no I/O, reads no clock and starts no task. The engine opens the link,
    reconnects, stamps times, limits and records. It makes one instance for each
    connection, so what an instance remembers (a sequence number) is of one connection.

    A class that others build on, and that is no device itself, says so with
    ``class Family(Driver, abstract=True)``.
    """

    model: ClassVar[str]
    """What a rig file calls it: ``kebab-case``."""
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    """What people call it."""
    link: ClassVar[Link]
    streams: ClassVar[tuple[Stream, ...]] = ()
    outputs: ClassVar[tuple[Output, ...]] = ()
    ask_every: ClassVar[float | None] = None
    """Seconds between sendings of `ask`; None never asks."""

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        """Refuse an impossible declaration where it is written, all its faults at once."""
        super().__init_subclass__()
        if abstract:
            return
        found = list(_faults(cls))
        if found:
            raise DriverError(
                "; ".join(found),
                where=cls.__name__,
                hint="see drivers/README.md for a complete driver",
                zh=f"驱动 {cls.__name__} 的声明有误，已停用；请联系其供应商",
            )

    def hello(self) -> Iterable[bytes]:
        """Return the messages to send once the link is open."""
        return ()

    def ask(self) -> Iterable[bytes]:
        """Return the messages to send every `ask_every` seconds: polls, keep-alives."""
        return ()

    def reply(self, frame: Frame) -> Iterable[bytes]:  # noqa: ARG002 - most need no answer
        """Return the messages that answer ``frame``: the next step of a dialogue.

        Called after `decode`, also when that refused the frame. It never raises `WireError`.
        """
        return ()

    def goodbye(self) -> Iterable[bytes]:
        """Return the messages to send before the link is closed, after `halt`."""
        return ()

    def decode(self, frame: Frame) -> Iterable[Reading]:
        """Return what ``frame`` says; raise `WireError` if it makes no sense."""
        raise NotImplementedError

    def encode(self, levels: Mapping[str, float]) -> bytes:
        """Return the message that sets every output to ``levels``.

        The values are already within range, slew limit and the session's limits.
        """
        raise NotImplementedError

    def halt(self) -> bytes:
        """Return the message that stops all motion now; empty if the device has none."""
        return b""

    def emergency_stop(self) -> bytes:
        """Return the message for a person's emergency stop; a device's own latch, if any."""
        return self.halt()

    def reset(self) -> bytes:
        """Return the message that releases the device's own latch; empty if it has none.

        Sent only when a person has looked and asked for it.
        """
        return b""


def _faults(cls: type[Driver]) -> Iterator[str]:
    model = getattr(cls, "model", None)
    if not isinstance(model, str) or not MODEL.fullmatch(model):
        yield f"model is {model!r}, not a kebab-case name"
    yield from _name_faults(cls)
    link = getattr(cls, "link", None)
    if isinstance(link, (SerialLink, BleLink)):
        yield from link.faults()
    else:
        yield "link is neither a SerialLink nor a BleLink"
    yield from faults(cls.streams, cls.outputs)
    if cls.streams and cls.decode is Driver.decode:
        yield "has streams but no decode()"
    if cls.outputs and cls.encode is Driver.encode:
        yield "has outputs but no encode()"
    yield from _motion_faults(cls)
    if isinstance(link, BleLink) and cls.streams and not link.notify:
        yield "has streams but its link subscribes to nothing"
    if isinstance(link, BleLink) and cls.outputs and link.write is None:
        yield "has outputs but its link has no characteristic to write to"
    yield from _asking_faults(cls)
    yield from _misspelt(cls)


def _motion_faults(cls: type[Driver]) -> Iterator[str]:
    """Yield what moves a person and cannot be stopped."""
    given = cls.outputs if isinstance(written(cls.outputs), tuple | list) else ()
    moves = ", ".join(str(o.name) for o in given if isinstance(written(o), Output) and o.moves)
    if moves and cls.halt is Driver.halt:
        yield f"moves a person ({moves}) but has no halt(): the message that stops it at once"


def _misspelt(cls: type[Driver]) -> Iterator[str]:
    """Yield names that are almost those of something a driver may say, and would go unheeded.

    A class that says both, `decode` and `decoder`, means both.
    """
    known = [name for name in (*vars(Driver), *Driver.__annotations__) if name[0] != "_"]
    for base in cls.__mro__:
        own = vars(base)
        if base is Driver or not issubclass(base, Driver):
            continue
        for name in own:
            if name[0] == "_" or name in known:
                continue
            alike = [k for k in known if k[0] == name[0]]  # a mask is no misspelt ask
            close = get_close_matches(name, alike, 1, ALIKE)
            if close and close[0] not in own:
                yield (
                    f"has {name!r}, which nothing asks for: did you mean {close[0]!r}? "
                    f"(if it is your own: _{name})"
                )


def _asking_faults(cls: type[Driver]) -> Iterator[str]:
    asks, every = cls.ask is not Driver.ask, written(cls.ask_every)
    if every is None:
        if asks:
            yield "has ask() but no ask_every: it is never asked"
    elif not isinstance(every, int | float) or not every > 0.0:
        yield f"asks every {every!r} s"
    elif not asks:
        yield f"asks every {every:g} s but has no ask()"


def _name_faults(cls: type[Driver]) -> Iterator[str]:
    """Yield what is wrong with the names people read."""
    given = {k for c in cls.__mro__ if c is not Driver for k in ("zh", "en") if k in vars(c)}
    for language in ("zh", "en"):
        name = str(getattr(cls, language))
        if language not in given:
            yield f"has no name for people: {language} is missing"
        elif not name.strip():
            yield f"is called nothing: {language} is empty"
        elif language == "zh" and not is_chinese(name):
            yield f"is called {name!r} in Chinese, with no Chinese in it"
