"""What waits for the radio: in order, the newest of a kind, never a heap."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.okin import Okin
from engine.clock import Clock, SystemClock
from engine.devices import BleLink, Driver, Output, Unit
from engine.devices.driven import DrivenSource
from engine.devices.source import Context
from engine.devices.transports.ble_peer import MOST_PENDING, Peer
from engine.devices.transports.transport import Received

assert isinstance(Okin.link, BleLink)
LINK = Okin.link


class Shaker(Driver):
    """Shakes as strongly as its newest message says."""

    model = "shaker"
    zh = "振动垫"
    en = "Shaker"
    link = LINK
    outputs = (Output("shake", Unit.LEVEL, 0.0, 1.0, slew=0.5, rest=0.0),)

    def encode(self, levels: Mapping[str, float]) -> bytes:
        return f"shake {levels['shake']:.3f}".encode()


@dataclass
class Waits:
    """A transport whose radio takes nothing."""

    peer: Peer

    def open(self, clock: Clock) -> None:
        """Be open."""

    def has_come(self) -> bool:
        return False

    def received(self) -> list[Received]:
        return []

    def write(self, data: bytes, replaces: bytes = b"") -> None:
        self.peer.send(data, replaces)

    def forget(self) -> None:
        self.peer.forget()

    def close(self) -> None:
        """Be closed."""


def waiting(*messages: bytes) -> tuple[list[bytes], str]:
    """Return what waits after ``messages`` while the radio takes nothing, and the fault."""

    async def send() -> tuple[list[bytes], str]:
        await asyncio.sleep(0)
        peer = Peer(LINK, "box", lambda _source, _data: None)
        for message in messages:
            peer.send(message)
        return list(peer._pending), "" if peer.broken is None else peer.broken.code

    return asyncio.run(send())


def test_a_repeated_message_waits_once_and_last() -> None:
    assert waiting(b"up", b"stop", b"up") == ([b"stop", b"up"], "")


def test_a_stop_after_many_repeats_is_next_but_one() -> None:
    assert waiting(*[b"up"] * 100, b"stop") == ([b"up", b"stop"], "")


def test_levels_do_not_queue_up_on_a_slow_radio() -> None:
    async def move() -> tuple[list[bytes], bool]:
        peer = Peer(LINK, "box", lambda _source, _data: None)
        source = DrivenSource(Shaker, {}, lambda _link, _options: Waits(peer))
        source.open(Context("box", SystemClock()))
        peer.send(b"key")
        for n in range(3 * MOST_PENDING):
            source.write({"shake": n / 100})
        return list(peer._pending), peer.broken is None

    assert asyncio.run(move()) == ([b"key", b"shake 0.470"], True)


def test_too_many_different_messages_mean_a_radio_that_is_stuck() -> None:
    messages = [bytes([n]) for n in range(MOST_PENDING + 1)]

    assert waiting(*messages) == (messages[:-1], "stuck")


def test_an_emergency_stop_is_next_however_much_waits() -> None:
    async def stop() -> list[bytes]:
        peer = Peer(LINK, "box", lambda _source, _data: None)
        for n in range(MOST_PENDING):
            peer.send(bytes([n]))
        peer.forget()
        peer.send(b"stop")
        return list(peer._pending)

    assert asyncio.run(stop()) == [b"stop"]
