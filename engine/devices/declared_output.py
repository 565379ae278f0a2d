"""What is wrong with one declared output."""

import math
from collections.abc import Iterator

from engine.devices.heat import HOTTEST
from engine.devices.written import written
from engine.streams import Output
from engine.units import Unit

OUTPUT_UNITS = (Unit.DEGREE, Unit.CELSIUS, Unit.LEVEL, Unit.PERCENT, Unit.HERTZ)
"""Places, warmth, strengths and frequencies: what the governor knows how to keep safe."""

MOST_SLEW, FARTHEST = 10.0, 180.0
"""Degrees a second, and degrees: no chair here goes faster than 3, or farther than 70."""


def output_faults(output: Output) -> Iterator[str]:
    """Yield every fault of ``output``."""
    unit = written(output.unit)
    if not isinstance(unit, Unit) or unit not in OUTPUT_UNITS:
        known = ", ".join(f"Unit.{u.name} ({u})" for u in OUTPUT_UNITS)
        yield f"output {output.name!r} is in {unit!r}; an output goes with {known}"
    for limit, number in _limits(output):
        if not isinstance(number, int | float) or not math.isfinite(number):
            yield f"output {output.name!r} has {limit} {number!r}, which is not a number"
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
    yield from _danger(output)


def _limits(output: Output) -> tuple[tuple[str, object], ...]:
    return (
        ("low", output.low), ("high", output.high), ("slew", output.slew), ("rest", output.rest)
    )  # fmt: skip


def _danger(output: Output) -> Iterator[str]:
    """Yield what would hurt somebody, most of all where the engine is in doubt."""
    if output.places and output.slew > MOST_SLEW:
        yield (
            f"output {output.name!r} moves a person at {output.slew:g} degrees a second; "
            f"{MOST_SLEW:g} are the most"
        )
    if output.places and max(abs(output.low), abs(output.high)) > FARTHEST:
        yield (
            f"output {output.name!r} goes from {output.low:g} to {output.high:g} degrees; "
            f"nothing a person sits on goes beyond {FARTHEST:g}"
        )
    if output.unit is Unit.CELSIUS:
        if output.high >= HOTTEST:
            yield (
                f"output {output.name!r} warms to {output.high:g} degC; "
                f"nothing may be as hot as {HOTTEST:g}"
            )
        if output.rest > output.low:
            yield (
                f"output {output.name!r} warms to {output.rest:g} degC at rest; "
                f"rest means off: {output.low:g}"
            )
    if output.motion and not output.places and output.rest > output.low:
        yield (
            f"output {output.name!r} moves a person at rest ({output.rest:g}); "
            f"a key is let go then: {output.low:g}"
        )
