"""When each block of sound is heard: even steps through an uneven stream of estimates."""

from engine.sound.voice import BLOCK, RATE


class Timeline:
    """The session time of successive blocks.

    The sound card's own estimates jitter by milliseconds; its crystal does not. So
    time moves on by exactly one block each, leans gently toward the estimates (which
    follows the drift between the card's clock and ours), and jumps only when the two are
    so far apart that something was lost.
    """

    JUMP = 0.05
    """Seconds of disagreement from which on something must have been lost."""
    _LEAN = 0.003  # share of the disagreement mended in one block: 1.8 s time constant
    _PATIENCE = 3  # blocks in a row that must disagree before it jumps

    def __init__(self) -> None:
        self._next: float | None = None
        self._astray = 0
        self.jumps = 0

    def block(self, estimate: float) -> float:
        """Return when the next block begins, s; ``estimate`` is what the output says."""
        if self._next is None:
            self._next = estimate
        gap = estimate - self._next
        if abs(gap) > self.JUMP:
            self._astray += 1
            if self._astray >= self._PATIENCE:
                self._next, self._astray = estimate, 0
                self.jumps += 1
        else:
            self._astray = 0
            self._next += self._LEAN * gap
        begins = self._next
        self._next += BLOCK / RATE
        return begins
