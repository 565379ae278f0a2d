"""Twelve straps on one radio: each is heard, none is taken for another."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from drivers.heart_rate_band import HeartRateBand
from engine.clock import SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.keeper import Keeper
from engine.devices.links import BleLink, Link
from engine.devices.source import Context
from engine.devices.transports.ble import BleTransport
from engine.streams import Chunk
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Strap

pytestmark = pytest.mark.slow

STRAPS = 12
BEATS = 10


class Worn:
    """One strap, the engine's end of it, and what was sent."""

    def __init__(self, air: VirtualAir, make: Any, n: int) -> None:
        address = f"F0:F1:F2:F3:F4:{n:02X}"
        self.strap = Strap(air, f"HRM Strap {n}", address)
        self.clock = SystemClock()
        self.keeper = Keeper(
            DrivenSource(HeartRateBand, {"address": address}, make),
            Context(f"strap{n}", self.clock),
        )
        self.sent: list[float] = []
        self.chunks: list[Chunk] = []
        self._first = 600.0 + 40.0 * n

    def beat(self) -> None:
        """Beat once: no two straps ever send the same interval."""
        ms = self._first + len(self.sent)
        self.sent.append(ms)
        self.strap.beat(ms)

    def turn(self) -> None:
        self.chunks += self.keeper.turn(self.clock.now())

    def heard(self) -> list[float]:
        found = [c.x[:, 0] for c in self.chunks if c.stream.name == "rri"]
        return np.concatenate(found).tolist() if found else []


@pytest.fixture
def room() -> Iterator[list[Worn]]:
    air = VirtualAir()
    radio = air.radio()

    def make(link: Link, options: Mapping[str, Any]) -> BleTransport:
        assert isinstance(link, BleLink)
        return BleTransport(link, options, radio)

    worn = [Worn(air, make, n) for n in range(STRAPS)]
    yield worn
    for one in worn:
        one.keeper.close()
    air.close()


def until(room: list[Worn], count: int) -> None:
    clock = SystemClock()
    while any(len(one.heard()) < count for one in room):
        assert clock.now() < 30.0, [len(one.heard()) for one in room]
        for one in room:
            one.turn()
        clock.wait(0.005)


def test_all_twelve_deliver_every_beat_once_and_none_is_mixed_up(room: list[Worn]) -> None:
    for one in room:
        one.turn()
    for _ in range(BEATS):
        for one in room:
            one.beat()
    until(room, BEATS)

    for one in room:
        assert one.heard() == pytest.approx(one.sent, abs=1.0)
        assert one.keeper.standing.code == "data"
        times = np.concatenate([c.t for c in one.chunks if c.stream.name == "rri"])
        assert np.all(np.diff(times) > 0.0)


def test_one_that_falls_off_costs_the_others_nothing_and_comes_back(room: list[Worn]) -> None:
    for one in room:
        one.turn()
    for one in room:
        one.beat()
    until(room, 1)
    fallen, others = room[5], [one for one in room if one is not room[5]]
    fallen.strap.hang_up()
    clock = SystemClock()
    lost = False
    while clock.now() < 20.0 and not (lost and fallen.keeper.standing.code == "connecting"):
        fallen.turn()
        lost = lost or fallen.keeper.standing.code == "link_lost"
        clock.wait(0.005)
    for one in room:
        one.beat()
    until(room, 2)

    assert lost
    assert all(one.heard() == pytest.approx(one.sent, abs=1.0) for one in [fallen, *others])
