"""Ten thousand messages in a row: a decoder may remember things, but not for ever."""

import gc
import itertools
import tracemalloc
from collections.abc import Iterator, Sequence

from engine.devices.driver import Driver
from engine.devices.links import SerialLink
from engine.devices.reading import Frame
from engine.errors import WireError
from engine.testing.heard import Heard

WARM_UP, MESSAGES = 2_000, 10_000
A_MESSAGE = 8.0
"""Bytes a message may cost for ever: what a decoder keeps grows up to some size, then no more."""


def check_soak(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield by how much a decoder and its framing grow with every message, if they do."""
    if not heard:
        return
    link = driver.link
    decoder = driver()
    framer = link.framing.framer() if isinstance(link, SerialLink) else None
    talk = itertools.cycle(heard)

    def take(count: int) -> None:
        for one in itertools.islice(talk, count):
            for data in [one.data] if framer is None else framer.feed(one.data):
                frame = Frame(0.0, data, one.source)
                try:
                    for _ in decoder.decode(frame):
                        pass
                except WireError:
                    pass
                for _ in decoder.reply(frame):
                    pass

    was_tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        take(WARM_UP)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        take(MESSAGES - WARM_UP)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        if not was_tracing:
            tracemalloc.stop()
    grown = (after - before) / (MESSAGES - WARM_UP)
    if grown > A_MESSAGE:
        yield f"keeps {grown:.0f} bytes more with every message, for ever"
