"""A sensor that is slower or faster than its driver says: a person learns it, and why."""

import random
import re
from collections.abc import Mapping
from typing import Any

import pytest

from engine.cli.watched import RoomWatch
from engine.cli.watching import Board
from engine.clock import VirtualClock
from engine.devices import Driver, Frame, Kind, Lines, Reading, SerialLink, Stream, Unit
from engine.devices.driven import DrivenSource
from engine.devices.keeper import Keeper
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.rates import RateMeter
from engine.devices.source import Context
from engine.events import Notice
from engine.streams import Chunk
from engine.testing import Heard
from engine.testing.bench import HeldWire

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)


class Line(Driver):
    """A number a line."""

    model = "line"
    zh = "设备"
    en = "Line"
    link = SerialLink(Lines(b"\n"), usb=((1, 2),))
    streams = (EDA,)

    def decode(self, frame: Frame) -> list[Reading]:
        return [Reading(EDA, [float(frame.data)])]


class Sensor(DrivenSource):
    """The driver over a wire that says a number ``rate`` times a second, jittered, in bursts."""

    model = "sensor"
    simulated = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._wire = HeldWire()
        super().__init__(Line, {}, lambda _link, _options: self._wire)
        self._rates: list[tuple[float, float]] = list(options["rates"])
        self._burst, self._next = int(options.get("burst", 1)), 0.0
        self._chance = random.Random(1)  # noqa: S311 - jitter, not secrets

    def open(self, context: Context) -> None:
        super().open(context)
        self._next = context.clock.now()

    def read(self, until: float) -> list[Chunk]:
        while self._next <= until:
            rate = max(pair for pair in self._rates if pair[0] <= self._next)[1]
            for _ in range(self._burst):
                self._wire.say(self._next + self._chance.random() * 0.02, Heard(b"1.5\n", ()))
            self._next += self._burst / rate
        return list(super().read(until))


def told(rates: list[tuple[float, float]], lasts: float, burst: int = 1) -> list[Notice]:
    """Return what a room is told of how a sensor is doing, in virtual time."""
    clock = VirtualClock()
    spec = DeviceSpec("puck", "sensor", {"rates": rates, "burst": burst})
    room = DeviceManager([spec], classes={"sensor": Sensor}, clock=clock)
    room.start()
    heard: list[Notice] = []
    for n in range(round(lasts / 0.1)):
        clock.advance_to(n * 0.1)
        room.drain(n * 0.1)
        # Samples stamped ahead of time, as of one far too fast, are told beside this.
        heard += [n for n in room.notices() if n.kind == "device_state"]
    return heard


def codes(notices: list[Notice]) -> list[str]:
    return [str(n.facts["code"]) for n in notices]


@pytest.mark.parametrize(
    ("rate", "burst", "code", "zh", "en"),
    [
        (
            8.0,
            1,
            "rate_slow",
            "有数据丢失，或设备的采样率设置不同",
            "samples are lost or it is set",
        ),
        (
            8.0,
            6,
            "rate_slow",
            "有数据丢失，或设备的采样率设置不同",
            "samples are lost or it is set",
        ),
        (12.0, 1, "rate_fast", "设备的采样率设置不同", "it is set to another rate"),
        (10.65, 1, "rate_fast", "设备的采样率设置不同", "it is set to another rate"),
        (10.65, 7, "rate_fast", "设备的采样率设置不同", "it is set to another rate"),
        (9.35, 1, "rate_slow", "有数据丢失，或设备的采样率设置不同", "samples are lost or it"),
    ],
)
def test_a_device_slower_or_faster_than_declared_says_so_in_both_languages(
    rate: float, burst: int, code: str, zh: str, en: str
) -> None:
    notices = told([(0.0, rate)], 45.0, burst)
    facts = notices[-1].facts

    assert codes(notices) == ["connecting", "data", code]
    assert facts["state"] == "live"
    said = re.search(r"^sends ([\d.]+) samples .* of 'eda', .* says 10: (.*)", str(facts["reason"]))
    said_zh = re.search(r"^“eda”每秒传来 ([\d.]+) 个采样.* 10 个：(.*)", str(facts["reason_zh"]))
    assert said
    assert said_zh
    assert float(said[1]) == float(said_zh[1]) == pytest.approx(rate, rel=0.012)
    assert said[2].startswith(en)
    assert said_zh[2].startswith(zh)


@pytest.mark.parametrize("rate", [9.6, 10.0, 10.4])
@pytest.mark.parametrize("burst", [1, 7])
def test_a_device_at_about_its_rate_is_told_nothing_of(rate: float, burst: int) -> None:
    assert codes(told([(0.0, rate)], 120.0, burst)) == ["connecting", "data"]


def test_a_device_that_finds_its_rate_again_is_well_again() -> None:
    assert codes(told([(0.0, 8.0), (45.0, 10.0)], 90.0)) == [
        "connecting",
        "data",
        "rate_slow",
        "data",
    ]


def test_one_bad_moment_is_no_wrong_rate() -> None:
    assert codes(told([(0.0, 10.0), (30.0, 5.0), (38.0, 10.0)], 90.0)) == ["connecting", "data"]


def test_a_pause_is_no_rate() -> None:
    meter = RateMeter(10.0)
    for t in [0.0, 0.1, 0.2, 30.0, 30.1]:
        meter.take(1, t)

    assert meter.count == 3
    assert meter.lasts == pytest.approx(0.3)


def test_who_watches_the_devices_reads_the_reason() -> None:
    board = Board(RoomWatch([EDA]), "zh")
    lines = [board.hear(notice, 40.0) for notice in told([(0.0, 8.0)], 45.0)]

    assert lines[-1].startswith("00:40  puck  正常  “eda”每秒传来 8 个采样，驱动程序声明 10 个")


def test_a_sensor_that_is_asked_is_asked_as_often_as_declared_however_coarse_the_turns() -> None:
    class Asked(Line):
        model = "asked"
        ask_every = 0.1

        def ask(self) -> tuple[bytes, ...]:
            return (b"?",)

    wire, clock = HeldWire(), VirtualClock()
    keeper = Keeper(DrivenSource(Asked, {}, lambda *_: wire), Context("it", clock))
    for n in range(1000):
        clock.advance_to(n * 0.013)
        keeper.turn(clock.now())

    assert len(wire.written) == pytest.approx(130, abs=1)
