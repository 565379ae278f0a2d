"""Events and commands: the only two ways in and out of the loop."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Fact: TypeAlias = Any
"""A plain JSON value: text, number, truth, None, or lists and tables of these."""
Facts: TypeAlias = Mapping[str, Fact]

EVENT_KINDS = frozenset(
    {
        "session_opened",
        "consent_given",
        "phase_entered",
        "level_changed",
        "wish_refused",
        "pacer_changed",
        "device_state",
        "stream_unused",
        "data_refused",
        "signal_lost",
        "signal_back",
        "feedback_degraded",
        "rating_given",
        "note_taken",
        "command_received",
        "stop_requested",
        "fault_contained",
        "session_closed",
    }
)

COMMANDS = frozenset(
    {
        "consent", "continue", "start", "pause", "resume", "hold", "halt", "reset", "undo",
        "set", "skip", "note", "rate", "dizzy", "stop",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when (session seconds), what kind, with which facts."""

    t: float
    kind: str
    facts: Facts = field(default_factory=dict[str, Fact])

    def line(self) -> str:
        """Return one line of JSON, keys in a fixed order, numbers exact."""
        return to_json({"t": self.t, "kind": self.kind, **self.facts})

    @classmethod
    def from_line(cls, line: str | bytes) -> "Event":
        """Return the event written in ``line``."""
        facts = json.loads(line)
        return cls(float(facts.pop("t")), str(facts.pop("kind")), facts)


@dataclass(frozen=True, slots=True)
class Command:
    """A person's wish.

    ``by`` says who: ``officer``, ``counselor``, ``command line``; ``args`` what exactly
    (``rate``: scale and value; ``set``: control and value; ``note``: text).
    """

    name: str
    by: str
    args: Facts = field(default_factory=dict[str, Fact])


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact about the machinery: a device's state, a part that died and came back.

    ``kind`` is the event it becomes (``device_state``, ``stream_unused``, ``data_refused`` or
    ``fault_contained``).
    Notices enter the loop like samples do and are recorded, so a replay sees them too.
    """

    kind: str
    facts: Facts


def to_json(value: object) -> str:
    """Return compact JSON; NaN becomes null, floats keep every bit."""
    return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value
