"""Every level the engine can ever send gives a message, and every output comes to rest."""

import math
import random
from collections.abc import Iterator

from engine.devices.driver import Driver
from engine.devices.governor import Governor
from engine.devices.written import written
from engine.testing.raised import Raised

LEVELS = 200


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
        if not _comes_to_rest(Governor(output, output.low, output.high)):
            yield f"output {output.name!r} does not come to rest"


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
