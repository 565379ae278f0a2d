"""What waits for the radio: in order, the newest of a kind, never a heap."""

import asyncio

from drivers.okin import Okin
from engine.devices import BleLink
from engine.devices.transports.ble_peer import MOST_PENDING, Peer

assert isinstance(Okin.link, BleLink)
LINK = Okin.link


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
