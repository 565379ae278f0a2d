"""A transcript that is said again and again keeps the declared rates, and says what it jumps."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.clock import VirtualClock
from engine.devices import Driver, Frame, Kind, Lines, Reading, SerialLink, Stream, Unit, WireError
from engine.devices.driven import DrivenSource
from engine.devices.source import Context
from engine.streams import F64
from engine.testing import heard_of
from engine.testing.bench import HeldWire
from engine.testing.finding import drivers_in
from engine.testing.heard import Heard
from engine.testing.scaffold import FLAVOURS, scaffold
from engine.testing.talk import Talk, lost_in_a_round, warning

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)
SKIN = Stream("skin", Kind.SKIN_TEMP, Unit.CELSIUS, rate=2.0)


class Counting(Driver):
    """Lines with a counter of one byte, which it believes whatever happens."""

    model = "counting"
    zh = "计数皮电"
    en = "Counting sensor"
    link = SerialLink(Lines(b"\n"))
    streams = (EDA, SKIN)

    def __init__(self) -> None:
        self._last: int | None = None

    def decode(self, frame: Frame) -> Iterator[Reading]:
        match frame.data.split():
            case [b"skin", tenths]:
                yield Reading(SKIN, [int(tenths) / 10])
            case [counter, value]:
                lost = 0 if self._last is None else (int(counter) - self._last - 1) % 256
                self._last = int(counter)
                yield Reading(EDA, [float(value)], missing=lost)
            case _:
                raise WireError("no sample")


HEARD = [
    Heard(b"7 1.5\n", [Reading(EDA, [1.5])]),
    Heard(b"ERR\n", []),
    Heard(b"skin 331\n", [Reading(SKIN, [33.1])]),
    Heard(b"8 1.6\n", [Reading(EDA, [1.6])]),
]


def played(driver: type[Driver], seconds: float) -> dict[str, F64]:
    clock, wire = VirtualClock(), HeldWire()
    source = DrivenSource(driver, {"port": "COM1"}, lambda _link, _options: wire)
    source.open(Context("device", clock))
    talk = Talk(driver, HEARD, 0.0)
    times: dict[str, list[float]] = {s.name: [] for s in driver.streams}
    while clock.now() < seconds:
        for t, heard in talk.due(clock.now()):
            wire.say(t, heard)
        for chunk in source.read(clock.now()):
            times[chunk.stream.name] += chunk.t.tolist()
        clock.wait(0.02)
    return {name: np.array(t) for name, t in times.items()}


def test_a_counter_that_begins_anew_moves_no_time_and_is_told() -> None:
    times = played(Counting, 20.0)["eda"]

    assert lost_in_a_round(Counting, HEARD) == 254
    assert "254 samples told as lost each time" in warning(Counting, HEARD)
    assert times[-1] == pytest.approx(19.95, abs=0.06)
    assert np.diff(times) == pytest.approx(0.1, abs=0.01)


def test_each_stream_comes_at_its_own_rate_whatever_stands_between() -> None:
    said = Counter(h.data for _, h in Talk(Counting, HEARD, 0.0).due(9.99))

    assert said[b"7 1.5\n"] + said[b"8 1.6\n"] == 100
    assert said[b"skin 331\n"] == 20
    assert said[b"ERR\n"]


def test_a_transcript_that_says_nothing_still_takes_its_time() -> None:
    talk = Talk(Counting, HEARD[1:2], 0.0)

    assert len(talk.due(0.95)) == 10
    assert Talk(Counting, [], 0.0).due(1.0) == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_an_untouched_package_speaks_at_the_rate_it_declares(flavour: str, tmp_path: Path) -> None:
    (driver,) = drivers_in(str(scaffold(f"said-{flavour}", flavour, tmp_path / "it")))
    assert issubclass(driver, Driver)
    heard = heard_of(driver)
    meant = {h.data: len(h.means) for h in heard}

    assert sum(meant[h.data] for _, h in Talk(driver, heard, 0.0).due(65.99)) == 660
    assert warning(driver, heard) == ""
