"""A device that is plugged in is found at once, whatever the pause before the next attempt."""

import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from click import ClickException

from drivers.gsr_line import GsrLine
from engine.clock import SystemClock, VirtualClock
from engine.devices import keeper as keeping
from engine.devices.driven import DrivenSource
from engine.devices.keeper import LOOK_EVERY, Keeper
from engine.devices.source import Context
from engine.devices.transports.plugging import Arrivals, usable_port, usable_ports
from tests.unit.test_device_keeper import Scripted
from tools.virtual_serial import VirtualPort

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX")


@pytest.fixture
def port(tmp_path: Path) -> Iterator[VirtualPort]:
    made = VirtualPort(tmp_path / "band")
    yield made
    made.pull()


def test_each_port_that_comes_is_told_once() -> None:
    ports = {"/dev/a": True}
    arrivals = Arrivals(lambda: dict(ports))
    arrivals.begin()
    told = [arrivals.any()]
    ports["/dev/b"] = True
    told += [arrivals.any(), arrivals.any()]
    del ports["/dev/b"]
    told.append(arrivals.any())
    ports["/dev/b"] = True
    told.append(arrivals.any())

    assert told == [False, True, False, False, True]


def test_a_port_comes_when_this_user_may_open_it() -> None:
    ports: dict[str, bool] = {}
    arrivals = Arrivals(lambda: dict(ports))
    arrivals.begin()
    ports["/dev/a"] = False
    fresh = arrivals.any()
    ports["/dev/a"] = True

    assert not fresh
    assert arrivals.any()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into Linux's /sys")
def test_consoles_and_ports_of_the_main_board_are_nothing_that_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ["console", "ptmx", "tty", "tty0", "tty63", "ttyS0", "ttyUSB0", "ttyACM3", "rfcomm0"]
    monkeypatch.setattr(os, "listdir", lambda _path: names)

    assert sorted(usable_ports()) == ["/dev/rfcomm0", "/dev/ttyACM3", "/dev/ttyUSB0"]


def test_a_virtual_port_replaces_a_dead_link_and_nothing_that_is_alive(tmp_path: Path) -> None:
    (tmp_path / "band").symlink_to("/dev/pts/999999")
    (tmp_path / "mine").write_text("mine")
    port = VirtualPort(tmp_path / "band")
    port.plug()
    try:
        assert (tmp_path / "band").exists()
        with pytest.raises(ClickException, match="is there already"):
            VirtualPort(tmp_path / "band").plug()
        with pytest.raises(ClickException, match="is there already"):
            VirtualPort(tmp_path / "mine").plug()
    finally:
        port.pull()

    assert not (tmp_path / "band").is_symlink()
    assert (tmp_path / "mine").read_text() == "mine"


def test_one_port_is_there_while_it_is_plugged_in(port: VirtualPort) -> None:
    path = str(port.path)
    before = usable_port(path)
    port.plug()
    during = usable_port(path)
    port.pull()

    assert (before, during, usable_port(path)) == ({}, {path: True}, {})


def test_what_came_is_tried_at_once_and_seldom_looked_for() -> None:
    source = Scripted()
    source.at_open = [OSError("no")] * 5
    keeper = Keeper(source, Context("thing", VirtualClock()))
    looks: list[float] = []
    opened: list[int] = []
    now = 0.0

    def has_come() -> bool:
        looks.append(now)
        return now >= 7.0 and source.opened < 6

    source.has_come = has_come  # type: ignore[method-assign]
    while now < 7.5:
        keeper.turn(now)
        opened.append(source.opened)
        now += 0.01

    assert opened[699] == 4
    assert opened[711] == 5
    assert min(b - a for a, b in pairwise(looks)) >= LOOK_EVERY - 1e-9


def test_from_the_plug_to_the_first_sample_takes_a_fraction_of_a_second(
    port: VirtualPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "RETRY", (60.0,))
    clock = SystemClock()
    source = DrivenSource(GsrLine, {"port": str(port.path)})
    keeper = Keeper(source, Context("band", clock))
    keeper.turn(clock.now())
    missing = keeper.standing
    clock.wait(LOOK_EVERY)
    port.plug()
    plugged = clock.now()
    samples = 0
    while not samples and clock.now() < plugged + 10.0:
        port.say(b"1.5\n")
        samples = len(keeper.turn(clock.now()))
        clock.wait(0.01)
    took = clock.now() - plugged
    keeper.close()

    assert missing.code == "no_port"
    assert samples
    assert took < 2.0  # the next attempt would be a minute later
