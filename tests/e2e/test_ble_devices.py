"""Bluetooth devices, virtual ones, reached by bleak's own API from search to goodbye."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
from bleak.backends.client import BaseBleakClient
from bleak.exc import BleakDeviceNotFoundError

from drivers.heart_rate_band import HeartRateBand
from drivers.linak import Linak
from drivers.nectar import Nectar
from drivers.okin import COMMAND, SERVICE, Okin
from drivers.polar_pmd_sensors import PolarH10
from drivers.pulse_oximeter import PulseOximeter
from engine.clock import SystemClock
from engine.devices.keeper import RETRY
from engine.devices.transports import ble, ble_peer, ble_search
from tests.ble_room import Care
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Oximeter, Recliner, Strap
from tools.virtual_peripherals import PolarH10 as VirtualH10

pytestmark = [pytest.mark.slow, pytest.mark.quiet]

RELEASED = dict.fromkeys(("back_up", "back_down", "legs_up", "legs_down"), 0.0)
UP = RELEASED | {"back_up": 1.0}
STOP, BACK_UP = bytes.fromhex("040200000000"), bytes.fromhex("040200000001")


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualAir]:
    monkeypatch.setattr(ble, "SEARCH_FOR", 0.6)
    monkeypatch.setattr(ble_search, "SETTLE", 0.15)
    monkeypatch.setattr("engine.devices.keeper.RETRY", (0.05,))
    threads = set(threading.enumerate())
    air = VirtualAir()
    yield air
    air.close()
    assert set(threading.enumerate()) <= threads


@pytest.fixture
def cares() -> Iterator[list[Care]]:
    """Collect what is in care, to be let go before the air is."""
    made: list[Care] = []
    yield made
    for care in made:
        care.keeper.close()


def test_a_strap_is_found_and_its_beats_and_battery_come(
    air: VirtualAir, cares: list[Care]
) -> None:
    strap = Strap(air)
    cares.append(care := Care(air, HeartRateBand))
    care.connected()
    care.until(lambda: len(care.values("battery")) == 1)
    assert care.codes == ["connecting"]  # a battery is no heart

    strap.beat(800.0, 820.0)
    care.until(lambda: len(care.values("rri")) == 2)
    strap.set_battery(42)
    care.until(lambda: len(care.values("battery")) == 2)

    assert care.codes == ["connecting", "data"]
    assert care.values("rri").ravel().tolist() == pytest.approx([800.0, 820.0], abs=0.5)
    assert np.diff(care.times("rri")).tolist() == pytest.approx([0.82], abs=1e-3)
    assert care.values("battery").ravel().tolist() == [87.0, 42.0]


def test_a_strap_without_a_battery_service_is_as_good(air: VirtualAir, cares: list[Care]) -> None:
    strap = Strap(air, battery=False)
    cares.append(care := Care(air, HeartRateBand))
    care.connected()
    strap.beat(1000.0)
    care.until(lambda: len(care.values("rri")) == 1)

    assert not len(care.values("battery"))


def test_a_battery_that_does_not_tell_is_asked_now_and_then(
    air: VirtualAir, cares: list[Care], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ble_peer, "BATTERY_EVERY", 0.1)
    Strap(air, tells_battery=False)
    cares.append(care := Care(air, HeartRateBand))
    care.connected()
    care.until(lambda: len(care.values("battery")) >= 3)

    assert care.values("battery").ravel().tolist()[:3] == [86.0, 85.0, 84.0]


def test_a_strap_another_holds_is_told_with_what_to_do(
    air: VirtualAir, cares: list[Care], monkeypatch: pytest.MonkeyPatch
) -> None:
    radio = air.radio("E0:E1:E2:E3:E4:99")
    assert radio.client is not None

    async def refuse(_self: BaseBleakClient, pair: bool, **_more: object) -> None:  # noqa: FBT001
        raise BleakDeviceNotFoundError("held by a phone")

    monkeypatch.setattr(radio.client, "connect", refuse)
    monkeypatch.setattr(air, "transport", partial(ble.BleTransport, radio=radio))
    Strap(air)
    cares.append(care := Care(air, HeartRateBand))
    care.until(lambda: care.codes == ["no_answer"])

    assert "disconnect that" in care.keeper.standing.en
    assert "请先断开" in care.keeper.standing.zh


def test_a_box_that_takes_nothing_is_left_and_tried_again(
    air: VirtualAir, cares: list[Care], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ble_peer, "WRITE_WITHIN", 0.2)
    box = Recliner(air, "Okin 123", SERVICE, COMMAND, deaf=True)
    cares.append(care := Care(air, Okin))
    care.until(lambda: "link_lost" in care.codes)
    assert "does not take what it is sent" in care.keeper.standing.en
    box.deaf = False
    care.until(lambda: box.commands[-1:] == [STOP])

    assert care.codes[0] == "ready"


def test_a_strap_taken_off_comes_back_and_each_beat_is_there_once(
    air: VirtualAir, cares: list[Care]
) -> None:
    strap = Strap(air)
    cares.append(care := Care(air, HeartRateBand))
    sent: list[float] = []
    for time in range(3):
        care.until(lambda: care.codes[-1:] == ["connecting"])
        for n in range(5):
            sent.append(700.0 + 50 * time + n)
            strap.beat(sent[-1])
        care.until(lambda: len(care.values("rri")) == len(sent))
        if time < 2:
            strap.hang_up()
            care.until(lambda: care.codes[-1] == "link_lost")

    assert care.values("rri").ravel().tolist() == pytest.approx(sent, abs=0.5)
    assert care.codes == ["connecting", "data", "link_lost"] * 2 + ["connecting", "data"]
    assert len(RETRY) > 1


def test_a_neighbours_strap_does_not_take_the_place_of_a_lost_one(
    air: VirtualAir, cares: list[Care]
) -> None:
    strap = Strap(air)
    cares.append(care := Care(air, HeartRateBand))
    care.connected()
    strap.hide()
    neighbour = Strap(air, "HRM Strap 2", "F0:F1:F2:F3:F4:F6")
    strap.hang_up()
    strap.hide()
    care.until(lambda: care.codes[-1] == "link_lost")
    care.for_seconds(1.0)
    assert not neighbour.device.connections
    strap.show()
    care.until(lambda: bool(strap.device.connections))

    assert not neighbour.device.connections


def test_of_two_straps_none_is_taken_until_the_rig_says_which(
    air: VirtualAir, cares: list[Care]
) -> None:
    straps = [Strap(air), Strap(air, "HRM Strap 2", "F0:F1:F2:F3:F4:F6")]
    cares.append(either := Care(air, HeartRateBand))
    either.until(lambda: either.codes == ["several_found"])
    cares.append(first := Care(air, HeartRateBand, {"address": "f0:f1:f2:f3:f4:f6"}))
    cares.append(second := Care(air, HeartRateBand, {"name": "HRM Strap 1"}))
    first.connected()
    second.connected()

    assert "HRM Strap 2" in either.keeper.standing.en
    assert "请在 rig 文件中写明" in either.keeper.standing.zh
    assert [len(s.device.connections) for s in straps] == [1, 1]


def test_a_strap_a_dead_program_left_connected_is_told_and_taken_only_by_its_address(
    air: VirtualAir, cares: list[Care], monkeypatch: pytest.MonkeyPatch
) -> None:
    strap = Strap(air)
    radio = air.radio("E0:E1:E2:E3:E4:99")
    other = ble.BleTransport(HeartRateBand.link, {}, radio)
    other.open(SystemClock())
    monkeypatch.setattr(air, "transport", partial(ble.BleTransport, radio=radio))
    cares.append(any_one := Care(air, HeartRateBand))
    any_one.until(lambda: any_one.codes == ["held_here"])
    cares.append(mine := Care(air, HeartRateBand, {"address": strap.address}))
    mine.connected()
    strap.beat(800.0)
    mine.until(lambda: len(mine.values("rri")) == 1)
    other.close()

    assert strap.address in any_one.keeper.standing.en
    assert "请结束该程序" in any_one.keeper.standing.zh


def test_a_device_out_of_reach_is_looked_for_until_it_comes(
    air: VirtualAir, cares: list[Care]
) -> None:
    cares.append(care := Care(air, HeartRateBand))
    care.until(lambda: care.codes == ["not_found"])
    Strap(air)
    care.until(lambda: care.codes == ["not_found", "connecting"])

    assert care.keeper.refused == 0


def test_a_device_of_another_kind_is_told_by_what_it_lacks(
    air: VirtualAir, cares: list[Care]
) -> None:
    Strap(air, "Polar H10 fake")
    cares.append(care := Care(air, PolarH10))
    care.until(lambda: care.codes == ["wrong_services"])

    assert "control" in care.keeper.standing.en
    assert "型号" in care.keeper.standing.zh


def test_an_ecg_strap_is_asked_what_it_can_and_started_and_stopped(
    air: VirtualAir, cares: list[Care]
) -> None:
    strap = VirtualH10(air)
    cares.append(care := Care(air, PolarH10))
    care.connected()
    care.until(lambda: strap.started == {0, 2})
    frame = round(73 / 130 * 1e9)
    strap.ecg(10**18, [500] * 73)
    strap.ecg(10**18 + frame, [600] * 73)
    strap.ecg(10**18 + 3 * frame, [700] * 73)  # one frame was lost
    care.until(lambda: len(care.values("ecg")) == 3 * 73)
    care.keeper.close()

    steps = np.diff(care.times("ecg"))
    assert [c.hex() for c in strap.told] == [
        "0100",
        "02000001820001010e00",
        "0102",
        "02020001320001011000" + "02010400",
        "0300",
        "0302",
    ]
    assert care.values("ecg")[[0, 73, 146], 0].tolist() == [0.5, 0.6, 0.7]
    assert int(np.sum(steps > 0.25)) == 1
    assert care.values("battery").tolist() == [[87.0]]


def test_an_oximeter_says_when_it_does_not_know(air: VirtualAir, cares: list[Care]) -> None:
    oximeter = Oximeter(air)
    cares.append(care := Care(air, PulseOximeter))
    care.connected()
    oximeter.tell(97, 72)
    care.until(lambda: len(care.values("spo2")) == 1)
    oximeter.tell(0x07FF, 0x07FF)
    care.until(lambda: len(care.values("spo2")) == 2)

    assert care.values("spo2")[0, 0] == 97.0
    assert np.isnan(care.values("spo2")[1, 0])


def test_keys_are_repeated_while_held_and_released_with_a_stop(
    air: VirtualAir, cares: list[Care]
) -> None:
    box = Recliner(air, "Okin 123", SERVICE, COMMAND, positions=["ffe4"])
    cares.append(care := Care(air, Okin))
    care.until(lambda: care.codes == ["ready"])
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.2)
    care.keeper.wish(UP, care.clock.now())
    care.for_seconds(1.0)
    held = box.commands.count(BACK_UP)
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.3)
    at_rest = len(box.commands)
    care.for_seconds(0.3)
    box.notify(box.positions["ffe4"], bytes.fromhex("000000401F0000"))
    care.until(lambda: len(care.values("back_angle")) == 1)

    assert box.commands[0] == STOP
    assert 5 <= held <= 14
    assert set(box.commands[at_rest - 2 :]) == {STOP}
    assert care.values("back_angle").tolist() == [[30.0]]
    assert care.codes == ["ready"]


def test_a_stop_is_a_stop_at_once_and_nothing_moves_after_it(
    air: VirtualAir, cares: list[Care]
) -> None:
    box = Recliner(air, "Okin 123", SERVICE, COMMAND)
    cares.append(care := Care(air, Okin))
    care.until(lambda: care.codes == ["ready"])
    care.keeper.wish(UP, care.clock.now())
    care.for_seconds(0.3)
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.1)
    care.keeper.wish(UP, care.clock.now())
    care.until(lambda: box.commands[-1:] == [BACK_UP])
    pressed = care.clock.now()
    care.keeper.halt()
    care.until(lambda: box.commands[-1] == STOP)
    took = care.clock.now() - pressed
    known = len(box.commands)
    care.keeper.wish(UP, care.clock.now())
    care.for_seconds(0.5)

    assert took < 0.5
    assert set(box.commands[known:]) <= {STOP}


def test_a_wish_nobody_renews_releases_the_keys(air: VirtualAir, cares: list[Care]) -> None:
    box = Recliner(air, "Nectar 5", SERVICE, COMMAND)
    cares.append(care := Care(air, Nectar))
    care.until(lambda: care.codes == ["ready"])
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.1)
    care.keeper.wish(UP, care.clock.now())
    care.for_seconds(2.6)  # a governor's patience is 2 s

    assert Nectar().message(0x00) in box.commands
    assert box.commands[-1] == Nectar().message(0x0F)


def test_a_motion_does_not_go_on_by_itself_after_a_lost_link(
    air: VirtualAir, cares: list[Care]
) -> None:
    box = Recliner(air, "Okin 123", SERVICE, COMMAND)
    cares.append(care := Care(air, Okin))

    def holding(is_so: Callable[[], bool]) -> bool:
        care.keeper.wish(UP, care.clock.now())  # as a session does: a wish lasts 0.2 s
        return is_so()

    care.until(lambda: care.codes == ["ready"])
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.1)
    care.until(lambda: holding(lambda: BACK_UP in box.commands))
    box.hang_up()
    care.until(lambda: holding(lambda: care.codes[-1] == "link_lost"))
    box.commands.clear()
    care.until(lambda: holding(lambda: care.codes[-1] == "ready"))
    until = care.clock.now() + 0.6
    care.until(lambda: holding(lambda: care.clock.now() >= until))
    assert set(box.commands) == {STOP}
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.2)
    care.keeper.wish(UP, care.clock.now())
    care.until(lambda: BACK_UP in box.commands)

    assert box.commands[0] == STOP


def test_a_box_that_wants_pairing_says_so(air: VirtualAir, cares: list[Care]) -> None:
    Recliner(air, "Okimat 7", SERVICE, COMMAND, paired=False)
    cares.append(care := Care(air, Okin))
    care.until(lambda: "link_lost" in care.codes)

    assert "paired" in care.keeper.standing.en
    assert "配对" in care.keeper.standing.zh


def test_a_linak_box_is_told_to_stop_when_the_session_ends(
    air: VirtualAir, cares: list[Care]
) -> None:
    box = Recliner(air, "Bed 1696", Linak.link.service, str(Linak.link.write))
    cares.append(care := Care(air, Linak))
    care.until(lambda: care.codes == ["ready"])
    care.keeper.wish(RELEASED, care.clock.now())
    care.for_seconds(0.1)
    care.keeper.wish(UP, care.clock.now())
    care.until(lambda: b"\x0b\x00" in box.commands)
    care.keeper.close()

    assert box.commands[-1] == b"\xff\x00"
    assert not box.device.connections
