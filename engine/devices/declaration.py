"""What is wrong with declared streams and outputs, in words."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from engine.devices.declared_output import output_faults
from engine.devices.declared_stream import stream_faults
from engine.streams import Output, Stream
from engine.units import Kind

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MODEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

T = TypeVar("T")


def faults(streams: object, outputs: object) -> Iterator[str]:
    """Yield every fault of what a device says it measures and does.

    Parameters
    ----------
    streams, outputs
        Tuples of `Stream` and `Output`, if the device's author wrote what is right.
    """
    measured, odd = _listed("streams", streams, Stream)
    yield from odd
    done, odd_outputs = _listed("outputs", outputs, Output)
    yield from odd_outputs
    names = [s.name for s in measured] + [o.name for o in done]
    if not (names or odd or odd_outputs):
        yield "declares neither streams nor outputs"
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{name!r} is declared {times} times"
        if not NAME.fullmatch(str(name)):
            yield f"{name!r} is not a snake_case name"
    for stream in measured:
        yield from stream_faults(stream)
    angles = {s.name for s in measured if s.kind is Kind.ANGLE and len(s.axes) == 1}
    for output in done:
        yield from output_faults(output)
        if output.position and not (output.places and output.position in angles):
            yield (
                f"output {output.name!r} is said to be told by {output.position!r}, which is no "
                "stream of its angle"
            )


def _listed(word: str, given: object, kind: type[T]) -> tuple[list[T], list[str]]:
    """Return the members of ``given`` that are of ``kind``, and what is wrong with it."""
    if isinstance(given, kind):
        return [given], [f"{word} is one {kind.__name__}; write a tuple: {word} = (...,)"]
    if not isinstance(given, tuple | list):
        return [], [f"{word} is {given!r}, not a tuple of {kind.__name__}"]
    right = [one for one in given if isinstance(one, kind)]
    return right, [
        f"{word} holds {one!r}, which is no {kind.__name__}"
        for one in given
        if not isinstance(one, kind)
    ]
