"""Packet numbers: what was lost before a packet, and which one came again or too late."""

from collections import deque

LATE = 2
"""Packets by which one may come too late, or again, and still be known for that."""


class PacketNumbers:
    """Follows the number in each packet of one connection; it goes back to 0 after the last.

    Parameters
    ----------
    count
        How many numbers there are: 256 for a counter of one byte.
    """

    def __init__(self, count: int = 256) -> None:
        self._count = count
        self._reach = min(LATE, count // 4)
        self._last: int | None = None
        self._came: deque[int] = deque(maxlen=self._reach + 1)
        self._again: int | None = None  # the packet before this one, if it came once more

    def lost_before(self, number: int) -> int | None:
        """Return how many packets were lost before this one; None if it is to be left out.

        That is the last one sent again, and one of the two before it that comes once more or
        was overtaken: its samples are known already, or were counted as lost. More than half
        a round ahead is no loss, nor are known numbers that go on in order: the device began
        to count anew.
        """
        last = number if self._last is None else self._last
        behind = (last - number) % self._count
        is_late = self._last is not None and behind <= self._reach
        comes_again = number in self._came
        follows = self._again == (number - 1) % self._count
        self._again = number if is_late and comes_again else None
        self._came.append(number)
        if is_late and not (comes_again and follows):
            return None
        self._last = number
        lost = 0 if is_late else (number - last - 1) % self._count
        return lost if lost < self._count // 2 else 0
