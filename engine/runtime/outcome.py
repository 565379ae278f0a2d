"""How a session ended, and what it took."""

from dataclasses import dataclass, field

from engine.events import Event


@dataclass(slots=True)
class Outcome:
    """How a session ended.

    ``devices`` are the events that tell how they were doing;
    ``memory`` is resident bytes by process; ``started_in`` the seconds from building the
    room to having started its parts; ``first_frame`` those until stage and sound were ready
    (live only); ``step_times`` how long each step took, s.
    """

    reason: str = ""
    seconds: float = 0.0
    devices: list[Event] = field(default_factory=list[Event])
    memory: dict[str, int] = field(default_factory=dict[str, int])
    started_in: float = 0.0
    first_frame: float = 0.0
    step_times: list[float] = field(default_factory=list[float])
    recording_fault: str = ""
