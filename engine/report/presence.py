"""Which devices of the room were missing, for how long, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.events import Event
from engine.report.phrases import duration
from engine.report.view import SessionView
from engine.show import Caption

THERE = frozenset({"live", "ended"})
"""States of a device that gives what it has; a recording that was played to its end gave it."""
SHORTEST = 10.0
"""s before the end from which a device that is away is told; a strap taken off is no loss."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A device that was not there when the session ended.

    Attributes
    ----------
    since
        When it was last there, s; 0 if it never was.
    lasted
        From then to the end, s.
    never
        Whether it gave nothing in the whole session.
    why
        Its last reason; empty where none is known.
    """

    device: str
    since: float
    lasted: float
    never: bool
    why: Caption

    @property
    def words(self) -> Caption:
        """Tell it in one sentence."""
        long = duration(self.lasted)
        because = Caption(f"：{self.why.zh}", f": {self.why.en}") if self.why.en else self.why
        if self.never:
            return Caption(
                f"设备 {self.device} 全程没有数据（{long.zh}）{because.zh}",
                f"Device {self.device} sent nothing for the whole session ({long.en}){because.en}",
            )
        return Caption(
            f"设备 {self.device} 在最后 {long.zh}没有数据，直到结束{because.zh}",
            f"Device {self.device} sent nothing for the last {long.en}, to the end{because.en}",
        )


def absences(view: SessionView) -> list[Absence]:
    """Return the devices that were missing when ``view`` ended, in the order of the rig."""
    return absences_of([d.name for d in view.devices], view.events, view.duration)


def absences_of(devices: Iterable[str], events: Iterable[Event], duration: float) -> list[Absence]:
    """Return which of ``devices`` were missing at the end of a session, by its events.

    A device of which the recording tells no state is not judged.
    """
    told: dict[str, list[Event]] = {}
    for event in events:
        if event.kind == "device_state":
            told.setdefault(str(event.facts.get("device")), []).append(event)
    made: list[Absence] = []
    for device in devices:
        states = told.get(device, [])
        if not states or states[-1].facts.get("state") in THERE:
            continue
        last = max((n for n, e in enumerate(states) if e.facts.get("state") in THERE), default=-1)
        since = states[last + 1].t if last >= 0 else 0.0
        if last >= 0 and duration - since < SHORTEST:
            continue
        made.append(Absence(device, since, duration - since, last < 0, _why(states[-1])))
    return made


def nothing_came(devices: Sequence[str], events: Iterable[Event], duration: float) -> bool:
    """Tell whether there were devices, and none of them ever gave anything."""
    never = [a for a in absences_of(devices, events, duration) if a.never]
    return bool(devices) and len(never) == len(devices)


def interruptions(view: SessionView, device: str) -> int:
    """Return how often ``device`` went away after it was there."""
    count, there = 0, False
    for event in view.of_kind("device_state"):
        if event.facts.get("device") == device:
            now = event.facts.get("state") in THERE
            count += there and not now
            there = now
    return count


def _why(event: Event) -> Caption:
    """Return the cause alone: what a device's words say after "trying again"."""
    en = str(event.facts.get("reason") or "")
    zh = str(event.facts.get("reason_zh") or en)
    return Caption(zh.partition("：")[2] or zh, en.partition(": ")[2] or en)
