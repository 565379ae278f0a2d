"""What a protocol may not say: each rule looks at one table and tells what is wrong with it."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.config import Fault, Where, file_fault, nearest
from engine.config.lines import Key
from engine.session.format import Binding, Envelope, Evidence, SessionProtocol, Span, Until
from engine.signals import SIGNALS, Signal

BREATH: Mapping[str, Span] = {
    "breath.rate": (4.0, 10.0),
    "breath.ratio": (0.3, 0.6),
    "breath.guide": (0.0, 1.0),
}
"""What a phase may set about the guided breath. 4 /min is the floor: a safety rule."""
SHORTEST_BASELINE = 120.0
"""s; RMSSD and skin conductance need this long to stand for a person at rest."""
LONGEST = 7200.0

MOTION = re.compile(
    r"(^|_)(recline|legs?|back|seat|lift|tilt|height|head|foot|feet|angle|up|down|position|zero_?g)"
    r"(_|$)"
)
"""Names of outputs that move a person. What a room's devices say of themselves is asked once
more when the room is built, so a chair with other names is found then."""

FORBIDDEN = re.compile(
    r"\btreat(?:s|ed|ing|ments?)?\b|\bcur(?:es?|ed|ing|ative)\b|\bdiagnos\w*|治疗|治愈|诊断",
    re.IGNORECASE,
)
"""This is a wellness product; no text of it may claim more."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a table is measured against.

    Attributes
    ----------
    where
        Names places in the file.
    sensors
        Groups the protocol needs or wants.
    limits
        What the protocol allows devices' outputs, by qualified name.
    scenes
        Bare names of each scene's controls, by scene; None where scenes are not known.
    """

    where: Where
    sensors: Collection[str] = ()
    limits: Mapping[str, Span] = field(default_factory=dict[str, Span])
    scenes: Mapping[str, Collection[str]] | None = None
    signals: Mapping[str, Signal] = field(default_factory=lambda: SIGNALS)

    def tell(self, key: Key, what: str, hint: str) -> Fault:
        """Return the fault ``what`` at ``key``."""
        return file_fault(self.where, key, what, hint)

    def scene(self, key: Key, scene: str) -> Iterator[Fault]:
        """Ask for a scene that exists."""
        if self.scenes is not None and scene not in self.scenes:
            hint = nearest(scene, self.scenes)
            yield self.tell(key, f"there is no scene {scene!r}", hint)

    def signal(self, key: Key, signal: str) -> Iterator[Fault]:
        """Ask for a signal that exists and that the protocol asks a sensor for."""
        known = self.signals.get(signal)
        if known is None:
            hint = nearest(signal, self.signals)
            yield self.tell(key, f"there is no signal {signal!r}", hint)
        elif known.needs == "any" and not self.sensors:
            hint = 'add e.g. wants = ["heart", "eda"] at the top of the file'
            yield self.tell(key, f"{signal} needs at least one sensor", hint)
        elif known.needs != "any" and known.needs not in self.sensors:
            hint = f'add "{known.needs}" to needs or wants at the top of the file'
            yield self.tell(key, f"{signal} needs the {known.needs} sensor", hint)

    def range_of(self, control: str, scene: str) -> Span | str:
        """Return what ``control`` may be set to, or why it cannot be."""
        if control in BREATH:
            return BREATH[control]
        if control == "sound.volume":
            return (0.0, 1.0)
        if control in self.limits:
            return self.limits[control]
        group, dot, name = control.partition(".")
        if group == "scene":
            known = None if self.scenes is None else self.scenes.get(scene)
            if known is None or name in known:
                return (0.0, 1.0)
        elif dot and group not in {"breath", "sound"}:
            return f'add [limits] with "{control}" = [lowest, highest]'
        return nearest(control, self._controls(scene))

    def _controls(self, scene: str) -> list[str]:
        known = (self.scenes or {}).get(scene, ())
        return [*(f"scene.{name}" for name in known), *BREATH, "sound.volume", *self.limits]


def setting_faults(
    rules: Rules, key: Key, settings: Mapping[str, float], scene: str
) -> Iterator[Fault]:
    """Tell what cannot be set, or not so far."""
    for control, value in settings.items():
        place = (*key, control)
        span = rules.range_of(control, scene)
        if isinstance(span, str):
            yield rules.tell(place, f"there is no control {control!r} to set", span)
        elif not span[0] <= value <= span[1]:
            low, high = span
            hint = f"choose a value from {low:g} to {high:g}"
            yield rules.tell(place, f"{value:g} is out of range", hint)


def rivalry_faults(rules: Rules, key: Key, bindings: Sequence[Binding]) -> Iterator[Fault]:
    """Tell bindings that would pull at the same control."""
    for control, count in Counter(b.control for b in bindings).items():
        if count > 1:
            what = f"{count} bindings move {control}"
            yield rules.tell(key, what, "let one signal move each control")


def binding_faults(rules: Rules, key: Key, binding: Binding, scene: str) -> Iterator[Fault]:
    """Tell what is wrong with a binding."""
    yield from rules.signal((*key, "signal"), binding.signal)
    low, high = binding.over
    if not low < high:
        hint = "the first number is the lower end; swap the two numbers of `to` to turn it round"
        yield rules.tell((*key, "over"), f"{low:g} is not below {high:g}", hint)
    if binding.signal != "arousal" and "over" not in binding.model_fields_set:
        known = rules.signals.get(binding.signal)
        unit = f" (in {known.unit.value})" if known else ""
        hint = f"add over = [low, high]{unit}: only arousal has a usual range"
        yield rules.tell(key, "does not say over which range", hint)
    place = (*key, "control")
    if _moves_a_person(binding.control):
        what = f"{binding.signal} may not move {binding.control}: no signal moves a person"
        hint = f'give it in the phase: set = {{ "{binding.control}" = ... }}'
        yield rules.tell(place, what, hint)
        return
    if binding.control in BREATH:
        hint = f'give it in the phase: set = {{ "{binding.control}" = ... }}'
        yield rules.tell(place, "the pacer follows the person by itself", hint)
        return
    span = rules.range_of(binding.control, scene)
    if isinstance(span, str):
        yield rules.tell(place, f"there is no control {binding.control!r} to move", span)
        return
    for i, value in enumerate(binding.to):
        if not span[0] <= value <= span[1]:
            hint = f"choose values from {span[0]:g} to {span[1]:g}"
            yield rules.tell((*key, "to", i), f"{value:g} is out of range", hint)


def name_faults(rules: Rules, key: Key, written: Mapping[str, Any], scene: str) -> Iterator[Fault]:
    """Tell the names that mean nothing in a table whose other values are faulty, too."""
    signal, control = written.get("signal"), written.get("control")
    if isinstance(signal, str):
        yield from rules.signal((*key, "signal"), signal)
    if isinstance(control, str) and not _moves_a_person(control):
        span = rules.range_of(control, scene)
        if isinstance(span, str):
            yield rules.tell((*key, "control"), f"there is no control {control!r} to move", span)


def _moves_a_person(control: str) -> bool:
    device, dot, output = control.partition(".")
    return bool(dot) and device not in {"scene", "sound", "breath"} and bool(MOTION.search(output))


def until_faults(rules: Rules, key: Key, until: Until, lasts: object) -> Iterator[Fault]:
    """Tell why an early end could never come."""
    yield from rules.signal((*key, "signal"), until.signal)
    low, high = until.within
    if not low < high:
        hint = "the first number is the lower end"
        yield rules.tell((*key, "within"), f"{low:g} is not below {high:g}", hint)
    if isinstance(lasts, (int, float)) and until.held >= lasts:
        what = f"can never be: held for {until.held:g} s in a phase of {lasts:g} s"
        yield rules.tell((*key, "held"), what, "hold it for less, or let the phase last longer")


def limit_faults(rules: Rules, written: Mapping[str, Any]) -> Iterator[Fault]:
    """Tell which limits limit nothing, or stand the wrong way round."""
    for control, (low, high) in rules.limits.items():
        key: Key = ("limits", control)
        group, dot, _ = control.partition(".")
        if not dot or group == "breath":
            hint = 'limits are for outputs of devices, e.g. "chair.recline" = [10, 40]'
            yield rules.tell(key, "is nothing that can be limited", hint)
        if low < high and written[control][0] == high:
            hint = "the first number is the lower end"
            yield rules.tell(key, f"{high:g} is above {low:g}", hint)
        if group in {"scene", "sound"} and not 0 <= low <= high <= 1:
            yield rules.tell(key, "goes beyond what it can be", "choose values from 0 to 1")


def envelope_faults(rules: Rules, envelope: Envelope, *, demo: bool) -> Iterator[Fault]:
    """Tell what the frame of a real session may not lack."""
    if not demo and envelope.baseline < SHORTEST_BASELINE:
        what = f"{envelope.baseline:g} s is too short to know the person at rest"
        hint = f"at least {SHORTEST_BASELINE:g} s, or demonstration = true"
        yield rules.tell(("envelope", "baseline"), what, hint)
    if envelope.fit_held > envelope.fit:
        what = f"can never be: held for {envelope.fit_held:g} s in {envelope.fit:g} s"
        yield rules.tell(("envelope", "fit_held"), what, "hold it for less, or make fit longer")


def whole_faults(rules: Rules, protocol: SessionProtocol) -> Iterator[Fault]:
    """Tell what only shows in the protocol as a whole."""
    total = length(protocol)
    if total > LONGEST:
        what = f"the whole session lasts {total:g} s"
        yield rules.tell((), what, f"at most {LONGEST:g} s, the frame around the training included")
    for sensor in sorted(set(protocol.needs) & set(protocol.wants)):
        what = f"{sensor!r} is both needed and wanted"
        yield rules.tell(("wants",), what, "leave it in needs only")


def evidence_faults(rules: Rules, evidence: Collection[Evidence], *, demo: bool) -> Iterator[Fault]:
    """Ask a protocol for a source, unless it is only a demonstration."""
    if not evidence and not demo:
        hint = "add evidence = [{ citation = ..., says = ... }] with a source someone has read"
        yield rules.tell(("evidence",), "no source is given", hint)


def same_id_faults(rules: Rules, phases: Collection[Mapping[str, Any]]) -> Iterator[Fault]:
    """Tell phases that share their id."""
    ids = [p.get("id") for p in phases]
    for i, name in enumerate(ids):
        if name is not None and name in ids[:i]:
            what = f"{name!r} is the id of phase {ids.index(name) + 1} already"
            yield rules.tell(("phase", i, "id"), what, "give each phase its own id")


def word_faults(rules: Rules, content: object, key: Key = ()) -> Iterator[Fault]:
    """Tell every text that claims what a wellness product may not claim."""
    if isinstance(content, str):
        found = FORBIDDEN.search(content)
        if found:
            hint = "say what is done and measured; this is no medical device"
            yield rules.tell(key, f"may not say {found.group()!r}", hint)
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from word_faults(rules, value, (*key, str(name)))
    elif isinstance(content, list):
        for i, value in enumerate(content):
            yield from word_faults(rules, value, (*key, i))


def length(protocol: SessionProtocol) -> float:
    """Return the longest time the whole session may take, s."""
    e = protocol.envelope
    frame = e.check + e.rating + e.fit + e.baseline + e.recovery + e.closing + e.upright
    return frame + sum(phase.lasts for phase in protocol.phase)
