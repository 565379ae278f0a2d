"""What is wrong with a declared stream or output, in words."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from engine.streams import Output, Stream
from engine.units import Kind

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MODEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def faults(streams: Iterable[Stream], outputs: Iterable[Output]) -> Iterator[str]:
    """Yield every fault of what a device says it measures and does."""
    streams, outputs = tuple(streams), tuple(outputs)
    names = [s.name for s in streams] + [o.name for o in outputs]
    if not names:
        yield "declares neither streams nor outputs"
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{name!r} is declared {times} times"
        if not NAME.fullmatch(name):
            yield f"{name!r} is not a snake_case name"
    for stream in streams:
        yield from _stream_faults(stream)
    angles = {s.name for s in streams if s.kind is Kind.ANGLE and len(s.axes) == 1}
    for output in outputs:
        yield from _output_faults(output)
        if output.position and not (output.places and output.position in angles):
            yield (
                f"output {output.name!r} is said to be told by {output.position!r}, which is no "
                "stream of its angle"
            )


def _stream_faults(stream: Stream) -> Iterator[str]:
    if stream.rate is not None and not (math.isfinite(stream.rate) and stream.rate > 0.0):
        yield f"stream {stream.name!r} has rate {stream.rate:g}; None is for irregular ones"
    if not (math.isfinite(stream.latency) and stream.latency >= 0.0):
        yield f"stream {stream.name!r} has latency {stream.latency:g} s"
    if not stream.axes or len(set(stream.axes)) < len(stream.axes):
        yield f"stream {stream.name!r} needs axes, each with a name of its own"


def _output_faults(output: Output) -> Iterator[str]:
    numbers = (output.low, output.high, output.slew, output.rest)
    if not all(map(math.isfinite, numbers)):
        yield f"output {output.name!r} has a limit that is not a number"
        return
    if not output.low < output.high:
        yield f"output {output.name!r} has no range: {output.low:g} to {output.high:g}"
    if not output.low <= output.rest <= output.high:
        yield (
            f"output {output.name!r} rests at {output.rest:g}, "
            f"outside {output.low:g} to {output.high:g}"
        )
    if output.slew <= 0.0:
        yield f"output {output.name!r} may not move at {output.slew:g} per second"
