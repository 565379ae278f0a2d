"""Every control's level: where it is, where it is going, how fast, and why."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from engine.events import Facts

SLEW = 0.05
"""Fastest change of a scene's control, 1/s: far below anything that could startle."""


@dataclass(slots=True)
class Level:
    """One control on its way."""

    now: float
    target: float
    usual_slew: float = SLEW
    slew: float = SLEW
    held: bool = False
    """A person set it; no rule moves it until released."""

    @property
    def moving(self) -> bool:
        """Whether it has not arrived yet."""
        return self.now != self.target


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A new target with its reason: what an event of kind ``level_changed`` tells."""

    control: str
    old: float
    new: float
    because: Facts


@dataclass(slots=True)
class Levels:
    """All controls of the session; changes are asked for with a reason and can be undone."""

    _levels: dict[str, Level] = field(default_factory=dict[str, Level])
    _automatic: list[LevelChange] = field(default_factory=list[LevelChange])
    held: bool = False
    """The counselor froze everything."""

    def declare(self, control: str, level: float, slew: float = SLEW) -> None:
        """Add a control at rest at ``level``."""
        self._levels[control] = Level(level, level, slew, slew)

    def __contains__(self, control: str) -> bool:
        return control in self._levels

    def __getitem__(self, control: str) -> Level:
        return self._levels[control]

    @property
    def moving(self) -> bool:
        """Whether any control is on its way."""
        return any(level.moving for level in self._levels.values())

    def snapshot(self) -> Mapping[str, float]:
        """Return every control's present level."""
        return {control: level.now for control, level in self._levels.items()}

    def wish(
        self, control: str, target: float, because: Facts, *, by_hand: bool = False,
        within: float | None = None,
    ) -> LevelChange | None:  # fmt: skip
        """Head for ``target``; return the change, or None where nothing changes.

        Parameters
        ----------
        by_hand
            A person's wish: it holds against every rule until released.
        within
            Take this many seconds instead of the control's own slew.
        """
        level = self._levels[control]
        if not by_hand and (self.held or level.held):
            return None
        level.held = by_hand or level.held
        level.slew = abs(target - level.now) / within if within else level.usual_slew
        if target == level.target:
            return None
        change = LevelChange(control, level.target, target, because)
        level.target = target
        if not by_hand:
            self._automatic.append(change)
        return change

    def force(
        self, control: str, target: float, because: Facts, *, old: float | None = None
    ) -> LevelChange | None:  # fmt: skip
        """Head for ``target`` against every hold: a stop. It cannot be undone.

        ``old`` is what the change tells as the target so far.
        """
        level = self._levels[control]
        old = level.target if old is None else old
        level.slew, level.target = level.usual_slew, target
        return None if old == target else LevelChange(control, old, target, because)

    def place(self, control: str, at: float) -> None:
        """Take note that ``control`` is ``at``, and let it stay there."""
        level = self._levels[control]
        level.now = level.target = at

    @property
    def undoable(self) -> str | None:
        """Which control `undo` would move."""
        return self._automatic[-1].control if self._automatic else None

    def undo(self) -> LevelChange | None:
        """Take the last automatic change back and keep rules off that control."""
        if not self._automatic:
            return None
        last = self._automatic.pop()
        because = {"rule": "undo", "signal": None, "value": None, "quality": None}
        return self.wish(last.control, last.old, because, by_hand=True)

    def release(self) -> None:
        """Let the rules have every control again."""
        self.held = False
        for level in self._levels.values():
            level.held = False

    def step(self, dt: float, only: Container[str] | None = None) -> None:
        """Move every control (or those in ``only``) toward its target, at most by its slew."""
        for control, level in self._levels.items():
            if only is not None and control not in only:
                continue
            gap = level.target - level.now
            if gap:
                reach = level.slew * dt
                level.now = (
                    level.target
                    if abs(gap) <= reach
                    else level.now + (reach if gap > 0 else -reach)
                )
