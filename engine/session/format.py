"""The protocol file, as types: what a counselor chooses is decoded into these."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from engine.show import Caption

Id = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9-]{1,39}$",
        description="a short name of small letters, digits and - (it begins with a letter)",
    ),
]
Seconds = Annotated[float, Field(gt=0, le=7200)]
Span: TypeAlias = tuple[float, float]
SensorGroup = Literal["heart", "eda", "resp"]
Contraindication = Literal[
    "seizures", "vestibular", "cardiac", "pregnancy", "injury", "dissociation",
    "hypotension", "panic", "respiratory",
]  # fmt: skip
"""The fixed list of `domain`: seizures or photosensitivity; vestibular trouble; AF or a
pacemaker; pregnancy; recent surgery or back injury; psychosis or dissociation; low blood
pressure; relaxation-induced panic; obstructive lung disease or over-breathing."""


class Part(BaseModel):
    """What every table of the file has in common: no unknown keys, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Words(Part):
    """One text in both languages."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def caption(self) -> Caption:
        """Return it as the stage takes it."""
        return Caption(self.zh, self.en)


class Evidence(Part):
    """A source and what it says about this protocol; only sources someone has read."""

    doi: (
        Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$", description='a DOI like "10.1000/182"')]
        | None
    ) = None
    citation: Annotated[str, Field(min_length=1)]
    says: Annotated[str, Field(min_length=1)]


class Binding(Part):
    """Lets a signal move a control: ``signal`` over ``over`` becomes ``to``.

    ``over`` is in the signal's unit (for arousal: standard deviations from the person's own
    baseline); ``smooth`` is the time constant of the running mean, s. When the signal
    is lost the control holds for 5 s, then with ``rest`` relaxes to its resting value.
    """

    signal: str
    control: str
    over: Span = (-1.0, 1.0)
    to: Span
    smooth: Annotated[float, Field(ge=1, le=120)] = 18.0
    lost: Literal["hold", "rest"] = "rest"


class Until(Part):
    """Ends a phase early once ``signal`` has stayed ``within`` for ``held`` seconds."""

    signal: str
    within: Span
    held: Seconds


class Phase(Part):
    """A stretch of the training with one scene."""

    id: Id
    title: Words
    scene: Id
    lasts: Seconds
    feedback: bool = True
    lead: Literal["target", "own"] = "target"
    """Where the guided breath begins: at ``breath.rate`` at once, or at the person's own
    rate, led down by 10 % a minute."""
    set: dict[str, float] = {}
    bind: tuple[Binding, ...] = ()
    until: Until | None = None
    say: Words | None = None


class Envelope(Part):
    """The frame around the training, s. What every session begins and ends with."""

    check: Seconds = 60.0
    rating: Seconds = 30.0
    fit: Seconds = 180.0
    fit_quality: Annotated[float, Field(ge=0, le=1)] = 0.8
    fit_held: Seconds = 30.0
    baseline: Seconds = 180.0
    recovery: Seconds = 120.0
    closing: Seconds = 45.0
    upright: Seconds = 60.0


class SessionProtocol(Part):
    """A whole protocol."""

    format: Literal[1]
    id: Id
    title: Words
    about: Words
    needs: tuple[SensorGroup, ...] = ()
    wants: tuple[SensorGroup, ...] = ()
    avoid: tuple[Contraindication, ...] = ()
    demonstration: bool = False
    evidence: tuple[Evidence, ...] = ()
    envelope: Envelope = Envelope()
    scene: Id
    """The scene of the envelope."""
    limits: dict[str, Span] = {}
    phase: Annotated[tuple[Phase, ...], Field(min_length=1)]
