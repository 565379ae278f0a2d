"""How far the heart signal can be trusted right now."""

from collections import deque

MEMORY = 5.0
"""Seconds of beats that are looked back on."""
SILENCE = 3.0
"""Seconds without a beat after which there is no signal."""
BETTER, MIDDLING = 0.2, 0.6
"""By how much a signal may be better than the worst of its recent beats, but to the second: what
made up one beat may have made up others that look right. Signal there is all the same."""


class BeatQuality:
    """Sums up the quality of recent beats once a second.

    Quality is the share of samples present in the last second, times the mean quality of
    the beats of the last five seconds, times the share of announcements that were not
    taken back; above middling at most a little better than the worst of those beats; zero while
    no beat is found.

    Parameters
    ----------
    silence
        Seconds without a beat after which there is no signal. Where beats are told late, it is
        as much longer that they are looked back on.
    """

    def __init__(self, silence: float = SILENCE) -> None:
        self.silence = silence
        self._memory = MEMORY + max(0.0, silence - SILENCE)
        self._beats: deque[tuple[float, float]] = deque(maxlen=32)
        self._retracted: deque[float] = deque(maxlen=32)

    def beat(self, t: float, quality: float) -> None:
        """Count a beat at ``t`` (s) of ``quality`` 0..1."""
        self._beats.append((t, quality))

    def retract(self, t: float) -> None:
        """Count an announcement taken back at ``t`` (s)."""
        self._retracted.append(t)

    def second(self, t: float, present: float) -> float:
        """Return the quality at ``t`` (s) of a signal of which ``present`` was there."""
        while self._beats and self._beats[0][0] < t - self._memory:
            self._beats.popleft()
        while self._retracted and self._retracted[0] < t - self._memory:
            self._retracted.popleft()
        if not self._beats or self._beats[-1][0] < t - self.silence:
            return 0.0
        n = len(self._beats)
        mean = sum(quality for _, quality in self._beats) / n
        worst = min(quality for _, quality in self._beats)
        return present * min(mean * n / (n + len(self._retracted)), max(worst + BETTER, MIDDLING))

    def reset(self) -> None:
        """Forget what was before a gap."""
        self._beats.clear()
        self._retracted.clear()
