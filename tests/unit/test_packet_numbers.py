"""What was lost before a packet, and which one only came once more."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.devices import Driver, Frame, PacketNumbers, Packets, Reading, SerialLink
from engine.testing import Heard, find_faults
from tests.unit.test_kit_words import SKIN


def losses(numbers: list[int], count: int = 256) -> list[int | None]:
    follows = PacketNumbers(count)
    return [follows.lost_before(n) for n in numbers]


@pytest.mark.parametrize(
    ("numbers", "lost"),
    [
        ([200], [0]),  # whatever the first is
        ([1, 2, 3], [0, 0, 0]),
        ([254, 255, 0, 1], [0, 0, 0, 0]),
        ([1, 3, 9], [0, 1, 5]),
        ([254, 2], [0, 3]),
        ([7, 7, 8], [0, None, 0]),  # once more, and on
        ([7, 7, 7, 9], [0, None, None, 1]),
        ([0, 127, 255], [0, 126, 127]),
        ([200, 0], [0, 55]),
        ([100, 3], [0, 0]),  # more than half a round: it began anew
        ([20, 17], [0, 0]),
        ([5, 6, 5, 7], [0, 0, None, 0]),  # an older one once more
        ([5, 7, 6, 8], [0, 1, None, 0]),  # overtaken: it was counted as lost
        ([1, 0, 255, 254, 2], [0, None, None, 0, 3]),
        ([1, 4, 2, 3, 5], [0, 2, None, None, 0]),
        ([9, 10, 11, 9, 10, 11, 12], [0, 0, 0, None, 0, 0, 0]),  # it began anew at 9
        ([7, 8, 7, 8, 7, 8, 9], [0, 0, None, 0, None, 0, 0]),
    ],
)
def test_numbers_tell_what_was_lost(numbers: list[int], lost: list[int | None]) -> None:
    assert losses(numbers) == lost


@given(
    first=st.integers(0, 15),
    steps=st.lists(st.integers(0, 8), max_size=60),
)
def test_what_came_and_what_was_lost_are_all_there_was(first: int, steps: list[int]) -> None:
    numbers, at = [first], first
    for step in steps:
        at += step
        numbers.append(at % 16)
    told = losses(numbers, 16)

    assert sum(lost + 1 for lost in told if lost is not None) == at - first + 1
    assert told.count(None) == steps.count(0)


@given(
    order=st.lists(st.integers(0, 2), min_size=1, max_size=60),
    again=st.sets(st.integers(0, 59)),
    first=st.integers(0, 255),
)
def test_no_packet_counts_twice_however_a_link_shuffles_and_repeats(
    order: list[int], again: set[int], first: int
) -> None:
    # Each packet is held up by up to two others; some come a second time later still.
    sent = [(float(i + held), i) for i, held in enumerate(order)]
    # Two neighbours that come again in order would look like a device that counts anew.
    once = [i for i in again if i < len(order) and i - 1 not in again]
    sent += [(i + 2.5, i) for i in once]
    packets = [i for _, i in sorted(sent)]
    told = losses([(first + i) % 256 for i in packets])
    used = [i for i, lost in zip(packets, told, strict=True) if lost is not None]

    assert used == sorted(set(used))
    assert sum(lost + 1 for lost in told if lost is not None) == used[-1] - used[0] + 1


class Numbered(Driver):
    """A temperature with a number before it."""

    model = "numbered"
    zh = "体温带"
    en = "Numbered band"
    link = SerialLink(Packets(b"\xa5", 3), usb=((1, 2),))
    streams = (SKIN,)

    def __init__(self) -> None:
        self._numbers = PacketNumbers()

    def decode(self, frame: Frame) -> Iterator[Reading]:
        lost = self._numbers.lost_before(frame.data[1])
        if lost is not None:
            yield Reading(SKIN, [frame.data[2] / 5], missing=lost)


ONE = Heard(b"\xa5\x07\xa6", [Reading(SKIN, [33.2])])
NEXT = Heard(b"\xa5\x08\xa5", [Reading(SKIN, [33.0])])


def test_a_transcript_of_one_number_is_told_as_too_short_to_be_said_again() -> None:
    assert find_faults(Numbered, [ONE])[0] == (
        "'skin' does not come again when the recorded messages begin anew: its driver takes the "
        "number in them for that of the message before; record two messages that follow each other"
    )
    assert find_faults(Numbered, [ONE, NEXT]) == ()
