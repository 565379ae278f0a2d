"""Is each sensor being heard? Notices when a group of signals goes, and when it is back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.session.board import SignalBoard

HEARD = 0.3
"""Quality below which a group counts as not heard."""
PATIENCE = 3.0
"""s before a loss or a return is told."""


@dataclass(slots=True)
class Presence:
    """Follows the quality of each sensor group, once a second."""

    groups: tuple[str, ...]
    _here: dict[str, bool] = field(default_factory=dict[str, bool])
    _changing: dict[str, float] = field(default_factory=dict[str, float])
    _good_since: dict[str, float] = field(default_factory=dict[str, float])
    _misrated: set[str] = field(default_factory=set[str])

    def begin(self, groups: Iterable[str]) -> None:
        """Take it that these groups are heard now; the others have not been yet."""
        present = set(groups)
        self._here = {g: g in present for g in self.groups}

    def quality(self, group: str, now: float, board: SignalBoard) -> float:
        """Return the group's quality, 0..1; a stale one is 0."""
        reading = board.get(f"{group}.quality", now)
        return reading.value if reading.valid else 0.0

    def fitted(self, now: float, board: SignalBoard, quality: float, held: float) -> bool:
        """Tell whether every group has been at ``quality`` for ``held`` seconds."""
        done = True
        for group in self.groups:
            if self.quality(group, now, board) < quality:
                self._good_since.pop(group, None)
                done = False
            else:
                done &= now - self._good_since.setdefault(group, now) >= held
        return done

    def changes(self, now: float, board: SignalBoard) -> Iterator[tuple[str, bool, float]]:
        """Yield (group, is it heard now, quality) where that has changed for good."""
        for group in self.groups:
            quality = self.quality(group, now, board)
            heard = quality >= HEARD
            if heard == self._here.get(group, False):
                self._changing.pop(group, None)
                continue
            if now - self._changing.setdefault(group, now) >= PATIENCE:
                self._here[group] = heard
                del self._changing[group]
                yield group, heard, quality

    def misrated(self, now: float, board: SignalBoard) -> Iterator[tuple[str, float]]:
        """Yield (group, samples a second) once where they come at another rate than declared."""
        for group in self.groups:
            reading = board.get(f"{group}.sample_rate", now)
            if not reading.valid:
                self._misrated.discard(group)
            elif group not in self._misrated:
                self._misrated.add(group)
                yield group, reading.value
