"""Every level the engine can ever send gives a message, and every output comes to rest."""

import math
import random
from collections.abc import Iterator, Sequence

from engine.devices.driver import Driver
from engine.devices.governor import Governor
from engine.devices.reading import Frame
from engine.devices.written import written
from engine.streams import Output
from engine.testing.heard import Heard
from engine.testing.raised import Raised

LEVELS = 200
STEPS = 1000
"""Into which the range of an output is cut."""


def check_outputs(driver: type[Driver], chance: random.Random) -> Iterator[str]:
    """Yield levels without a message, and outputs that a message forgets."""
    levels = [
        {o.name: o.rest for o in driver.outputs},
        {o.name: o.low for o in driver.outputs},
        {o.name: o.high for o in driver.outputs},
    ]
    levels += [
        {o.name: chance.uniform(o.low, o.high) for o in driver.outputs} for _ in range(LEVELS)
    ]
    for wanted in levels:
        message, fault = _try(driver, wanted)
        if fault:
            yield fault
            return
        if message != _try(driver, wanted)[0]:
            yield f"encode({wanted}) gives different bytes for the same levels"
            return
    rest = {o.name: o.rest for o in driver.outputs}
    for output in driver.outputs:
        if _try(driver, rest | {output.name: output.low}) == _try(
            driver, rest | {output.name: output.high}
        ):
            yield f"encode() does not depend on {output.name!r}"
        yield from _wraps(driver, rest, output)
        if not _comes_to_rest(Governor(output, output.low, output.high)):
            yield f"output {output.name!r} does not come to rest"


def _wraps(driver: type[Driver], rest: dict[str, float], output: Output) -> Iterator[str]:
    """Yield two levels far apart that are told by one message, with others between."""
    last: dict[bytes, int] = {}
    for n in range(STEPS + 1):
        level = output.low + (output.high - output.low) * n / STEPS
        message, fault = _try(driver, rest | {output.name: level})
        if fault:
            return
        before = last.get(message)
        if before is not None and before != n - 1:
            first = output.low + (output.high - output.low) * before / STEPS
            yield (
                f"encode() says the same of {output.name!r} at {first:g} and {level:g}, "
                "and something else between"
            )
            return
        last[message] = n


def check_stillness(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield what a driver sends that moves a person where nobody wished it."""
    if not any(o.moves for o in driver.outputs):
        return
    moving: dict[bytes, str] = {}
    for which in ("low", "rest", "high"):
        message, _ = _try(driver, {o.name: getattr(o, which) for o in driver.outputs})
        moving.setdefault(message, f"its {which} levels")
    if not any(o.places for o in driver.outputs):  # keys that are let go move nobody
        moving.pop(_try(driver, {o.name: o.rest for o in driver.outputs})[0], None)
    fresh = driver()
    sent = [("hello()", m) for m in fresh.hello()] + [("ask()", m) for m in fresh.ask()]
    sent += [("goodbye()", m) for m in fresh.goodbye()]
    sent += [("reply()", m) for h in heard for m in fresh.reply(Frame(0.0, h.data, h.source))]
    if any(o.places for o in driver.outputs):
        sent += [("halt()", fresh.halt()), ("emergency_stop()", fresh.emergency_stop())]
    for name, message in sent:
        if message and message in moving:
            yield f"{name} sends what encode() sends for {moving[message]}: {message!r} moves it"
            return


def check_places(driver: type[Driver]) -> Iterator[str]:
    """Yield outputs that move a person to a place while nothing tells where that is."""
    for output in driver.outputs:
        if output.places and not output.position:
            yield (
                f"output {output.name!r} moves a person to a place and nothing tells where it is: "
                "declare a stream of Kind.ANGLE and name it, position=..."
            )


def _try(driver: type[Driver], levels: dict[str, float]) -> tuple[bytes, str]:
    try:
        message = driver().encode(levels)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return b"", Raised.of(error, f"encode({levels})")
    if not isinstance(written(message), bytes):
        return b"", f"encode({levels}) returns {message!r}, which is not bytes"
    return message, "" if message else f"encode({levels}) gives no message"


def _comes_to_rest(governor: Governor) -> bool:
    output = governor.output
    governor.begin_at(output.high)
    steps = math.ceil((output.high - output.low) / output.slew / 0.05) + 1
    for _ in range(steps):
        governor.step(math.inf, 0.05)
    return governor.resting
