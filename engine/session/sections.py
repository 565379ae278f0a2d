"""The whole evening at a glance: what follows what, from the first tap to standing up."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from engine.session import captions
from engine.session.contraindications import asked_before, question
from engine.session.format import Phase, SessionProtocol
from engine.show import Caption

PartName: TypeAlias = Literal[
    "check", "rating", "fit", "baseline", "training", "recovery", "closing", "upright"
]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the session.

    Attributes
    ----------
    part
        Which part of the envelope, or ``training``.
    id
        Its name in events: the part's, or the phase's id.
    lasts
        Longest time it may take, s; check, rating, fit and closing end earlier when
        what they wait for has come.
    phase
        The protocol's phase, in training only.
    """

    part: PartName
    id: str
    title: Caption
    lasts: float
    scene: str
    say: Caption | None
    phase: Phase | None = None


def plan(protocol: SessionProtocol, *, sensors: bool, chair: bool = False) -> tuple[Section, ...]:
    """Return the sections of a session in order.

    Parameters
    ----------
    sensors
        Whether anything is measured; without sensors there is nothing to fit and no
        baseline to take.
    chair
        Whether something will move the person: consent is asked for that too.
    """
    e = protocol.envelope
    before: list[tuple[PartName, float]] = [("check", e.check), ("rating", e.rating)]
    fitting: list[tuple[PartName, float]] = [("fit", e.fit), ("baseline", e.baseline)]
    if sensors:
        before += fitting
    after: list[tuple[PartName, float]] = [
        ("recovery", e.recovery),
        ("closing", e.closing),
        ("upright", e.upright),
    ]
    training = [
        Section(
            "training", p.id, p.title.caption(), p.lasts, p.scene,
            p.say.caption() if p.say else None, p,
        )
        for p in protocol.phase
    ]  # fmt: skip
    first, *others = (_envelope(part, lasts, protocol.scene) for part, lasts in before)
    first = replace(first, say=_consent(protocol, chair=chair))
    return (
        first,
        *others,
        *training,
        *(_envelope(part, lasts, protocol.phase[-1].scene) for part, lasts in after),
    )


def _consent(protocol: SessionProtocol, *, chair: bool) -> Caption:
    """Return what is said before consent: whose the data are, what moves, who should not begin."""
    said = captions.CHAIR_CONSENT if chair else captions.SAYINGS["check"]
    asked = question(asked_before(protocol.avoid, chair=chair))
    return said if asked is None else Caption(f"{asked.zh}\n{said.zh}", f"{asked.en}\n{said.en}")


def _envelope(part: PartName, lasts: float, scene: str) -> Section:
    return Section(part, part, captions.TITLES[part], lasts, scene, captions.SAYINGS[part])
