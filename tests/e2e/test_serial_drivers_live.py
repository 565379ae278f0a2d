"""Serial sensors over a pseudo terminal, in a process of their own, from byte to sample."""

import os
import tty
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from drivers.cms50d import Cms50d
from drivers.gsr_line import GsrLine
from drivers.hf8_pad import MOTORS, Hf8Pad
from engine.clock import SystemClock
from engine.devices.manager import DeviceManager, DeviceSpec

pytestmark = pytest.mark.slow

CLASSES: dict[str, type[Any]] = {d.model: d for d in (Cms50d, GsrLine, Hf8Pad)}


class Line:
    """The device's end of a serial line, and the room at the other."""

    def __init__(self, model: str) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self.master)
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.clock = SystemClock()
        spec = DeviceSpec("it", model, {"port": os.ttyname(self._slave)})
        self.manager = DeviceManager([spec], classes=CLASSES, clock=self.clock, live=True)
        self.heard = bytearray()
        self.codes: list[str] = []
        self.t: dict[str, list[float]] = {}
        self.x: dict[str, list[float]] = {}
        self._said, self._due = 0, 0.0

    def run(
        self,
        seconds: float,
        say: Callable[[int], bytes] | None = None,
        every: float = 1.0,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        """Let the device say ``say(n)`` every so many seconds, for a while or ``until``."""
        deadline = self.clock.now() + seconds
        self._due = self.clock.now()
        while self.clock.now() < deadline and not until():
            while say is not None and self._due <= self.clock.now():
                os.write(self.master, say(self._said))
                self._said += 1
                self._due += every
            with suppress(BlockingIOError):
                self.heard += os.read(self.master, 4096)
            for chunk in self.manager.drain(self.clock.now()):
                self.t.setdefault(chunk.stream.name, []).extend(chunk.t.tolist())
                self.x.setdefault(chunk.stream.name, []).extend(chunk.x[:, 0].tolist())
            self.codes += [str(n.facts.get("code")) for n in self.manager.notices()]
            self.clock.wait(0.005)

    def close(self) -> None:
        self.manager.stop()
        os.close(self.master)
        os.close(self._slave)


@pytest.fixture
def line() -> Iterator[Callable[[str], Line]]:
    lines: list[Line] = []

    def connect(model: str) -> Line:
        made = Line(model)
        lines.append(made)
        made.manager.start()
        return made

    yield connect
    for made in lines:
        made.close()


def test_a_text_sensor_is_read_at_its_rate_and_noise_costs_one_sample(
    line: Callable[[str], Line],
) -> None:
    it = line("gsr-line")
    it.run(20.0, lambda _: b"1.0\n", 0.1, until=lambda: "data" in it.codes)
    it.t.clear()
    it.x.clear()
    it.run(3.0, lambda n: b"\xff?\n" if n % 10 == 0 else b"%.2f uS\n" % (1 + n / 1000), 0.1)
    values, times = it.x["it.eda"], it.t["it.eda"]

    assert 24 <= len(values) <= 30
    assert np.all(np.diff(times) > 0)
    assert times[-1] <= it.clock.now()
    assert max(values) < 2.0


def test_an_oximeter_is_started_kept_awake_and_read(line: Callable[[str], Line]) -> None:
    it = line("cms50d")
    packet = bytes.fromhex("01E085B396C1E1FFFF")
    it.run(20.0, lambda _: packet, 1 / 60, until=lambda: "data" in it.codes)
    it.run(2.5, lambda _: packet, 1 / 60)
    rate = 1.0 / np.median(np.diff(it.t["it.ppg"][-60:]))

    assert it.heard.startswith(bytes.fromhex("7D81A1808080808080"))
    assert it.heard.count(bytes.fromhex("7D81AF808080808080")) >= 2
    assert set(it.x["it.ppg"]) == {51.0}
    assert set(it.x["it.spo2"]) == {97.0}
    assert rate == pytest.approx(60.0, rel=0.05)


def test_a_pad_is_quiet_before_a_wish_and_quiet_at_the_end(line: Callable[[str], Line]) -> None:
    it = line("hf8-pad")
    it.run(20.0, until=lambda: "ready" in it.codes)
    it.run(0.3)
    before = bytes(it.heard)
    for _ in range(10):
        it.manager.write({f"it.{MOTORS[2]}": 0.6})
        it.run(0.05)
    during = bytes(it.heard)
    it.manager.stop()
    it.run(0.1)

    assert b"M" not in before
    assert b"M2" in during.replace(b"M20\r", b"")
    assert bytes(it.heard).endswith(Hf8Pad().halt())
