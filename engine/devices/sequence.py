"""Packet numbers: what was lost before a packet, and which one only came once more."""


class PacketNumbers:
    """Follows the number in each packet of one connection; it goes back to 0 after the last.

    Parameters
    ----------
    count
        How many numbers there are: 256 for a counter of one byte.
    """

    def __init__(self, count: int = 256) -> None:
        self._count = count
        self._last: int | None = None

    def lost_before(self, number: int) -> int | None:
        """Return how many packets were lost before this one; None for the last one once more.

        A packet that is sent again is no loss, and its samples are known already: leave it
        out. More than half a round ahead is no loss either: the device began to count anew.
        """
        last, self._last = self._last, number
        if last is None:
            return 0
        if number == last:
            return None
        lost = (number - last - 1) % self._count
        return lost if lost < self._count // 2 else 0
