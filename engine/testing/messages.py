"""What a driver says is bytes, and lists of bytes where there may be several."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from engine.devices.driver import Driver
from engine.devices.reading import Frame
from engine.devices.written import written
from engine.testing.heard import Heard
from engine.testing.raised import Raised


def check_messages(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield what a driver would send that is no message."""
    fresh = driver()
    for name, several in (("hello", fresh.hello), ("ask", fresh.ask), ("goodbye", fresh.goodbye)):
        yield from _several(name, several)
    for h in heard:
        frame = Frame(0.0, h.data, h.source)
        faults = list(_several("reply", partial(fresh.reply, frame)))
        if faults:
            yield from faults
            break
    if driver.outputs:
        stops = (fresh.halt, fresh.emergency_stop, fresh.reset)
        for name, one in zip(("halt", "emergency_stop", "reset"), stops, strict=True):
            yield from _single(name, one)


def _several(name: str, say: Callable[[], object]) -> Iterator[str]:
    try:
        said = written(say())
        if said is None or isinstance(said, bytes | str):
            yield f"{name}() returns {said!r}; return a tuple of messages: (b'...',)"
            return
        messages = list(said)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        yield Raised.of(error, f"{name}()")
        return
    for message in messages:
        if not isinstance(message, bytes):
            yield f"{name}() gives {message!r}, which is not bytes"
            return


def _single(name: str, say: Callable[[], object]) -> Iterator[str]:
    try:
        said = written(say())
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        yield Raised.of(error, f"{name}()")
        return
    if not isinstance(said, bytes):
        yield f"{name}() returns {said!r}, which is not bytes"
