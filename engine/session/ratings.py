"""What the person says of themselves: asked before and after, taken from a hand or a device."""

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.session.sections import Section
from engine.session.stop_rules import StopRules

SCALES = {"SUDS": 100.0, "FMS": 20.0}
"""Self-ratings a session asks for, with their top."""
ANSWER_AFTER = 1.0
"""s after the question before which an answer of a device belongs to something else."""
ASKING = frozenset({"rating", "closing"})
"""Parts of the session that ask."""


@dataclass(slots=True)
class Ratings:
    """Notes each answer and lets the stop rules see it.

    Parameters
    ----------
    rules
        What ends a session for the person's sake.
    say
        Takes events.
    """

    rules: StopRules
    say: Callable[..., None]
    _given: set[str] = field(default_factory=set[str])

    @property
    def complete(self) -> bool:
        """Whether every scale this part asks for was answered."""
        return self._given >= set(SCALES)

    def begin(self) -> None:
        """Begin a part of the session: nothing is answered yet."""
        self._given.clear()

    def take(self, scale: str, value: float, when: str) -> str | None:
        """Note an answer; return the rule by which the session has to end, if any."""
        self._given.add(scale)
        self.say("rating_given", scale=scale, value=value, when=when)
        return self.rules.rating(scale, value)

    def wants(self, scale: str, value: float, section: Section, elapsed: float) -> bool:
        """Tell whether a device's answer is one that ``section`` asks for."""
        asks = section.part in ASKING and elapsed >= ANSWER_AFTER
        new = scale in SCALES and scale not in self._given
        return asks and new and 0 <= value <= SCALES[scale]
