"""What a session is made of, fixed before anyone sits down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from engine.events import Facts
from engine.session import captions
from engine.session.format import SessionProtocol
from engine.session.sections import Section, plan
from engine.session.stop_rules import Officer
from engine.show import Caption, Script
from engine.streams import Output
from engine.units import Unit

Defaults = Mapping[str, float]
"""Resting level of each control of a scene, by bare name."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the conductor needs to know.

    Attributes
    ----------
    scenes
        Controls and their resting levels, for every scene the protocol shows.
    outputs
        What the room's devices can do, by qualified name (``chair.recline``).
    groups
        Sensor groups that are measured: some of ``heart``, ``eda``, ``resp``.
    sources
        Names of the devices that send samples.
    """

    protocol: SessionProtocol
    scenes: Mapping[str, Defaults]
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    groups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    officer: Officer = field(default_factory=Officer)
    language: str = "zh"
    seed: int = 0
    simulated: bool = False

    @property
    def sections(self) -> tuple[Section, ...]:
        """The plan of the session."""
        return plan(self.protocol, sensors=bool(self.groups), chair=self.moves)

    @property
    def moves(self) -> bool:
        """Whether this session moves the person: the plan asks for it, and the room can."""
        return any(
            control in self.outputs and self.outputs[control].moves
            for phase in self.protocol.phase
            for control in phase.set
        )

    def rest(self) -> dict[str, float]:
        """Return every control's resting level, by qualified name."""
        rest = {
            f"scene.{name}": level
            for scene in reversed(list(self.scenes.values()))
            for name, level in scene.items()
        }
        rest |= {name: output.rest for name, output in self.outputs.items()}
        return rest | {"sound.volume": 1.0}

    def facts(self) -> Facts:
        """Return what a replay needs beside the protocol, as plain JSON values."""
        return {
            "scenes": {scene: dict(defaults) for scene, defaults in self.scenes.items()},
            "outputs": {name: asdict(output) for name, output in self.outputs.items()},
            "groups": list(self.groups),
            "sources": list(self.sources),
            "age": self.officer.age,
            "athlete": self.officer.athlete,
        }

    @classmethod
    def from_facts(
        cls, protocol: SessionProtocol, facts: Facts, *, language: str, seed: int, simulated: bool
    ) -> "Setup":
        """Return the setup that `facts` described."""
        return cls(
            protocol,
            facts["scenes"],
            outputs={name: _output(output) for name, output in facts["outputs"].items()},
            groups=tuple(facts["groups"]),
            sources=tuple(facts["sources"]),
            officer=Officer(facts["age"], bool(facts["athlete"])),
            language=language,
            seed=seed,
            simulated=simulated,
        )

    def script(self) -> Script:
        """Return what stage and sound prepare: scenes, controls, every caption."""
        said = [s.say for s in self.sections if s.say is not None]
        every: dict[Caption, None] = dict.fromkeys([*said, *captions.ALWAYS])
        controls = sorted(c for c in self.rest() if c.startswith(("scene.", "sound.")))
        return Script(
            scenes=tuple(self.scenes),
            controls=tuple(controls),
            captions=tuple(every),
            language=self.language,
            seed=self.seed,
        )


def _output(facts: Facts) -> Output:
    return Output(
        name=str(facts["name"]),
        unit=Unit(facts["unit"]),
        low=float(facts["low"]),
        high=float(facts["high"]),
        slew=float(facts["slew"]),
        rest=float(facts["rest"]),
        motion=bool(facts.get("motion", False)),
        position=str(facts.get("position", "")),
        zh=str(facts.get("zh", "")),
        en=str(facts.get("en", "")),
    )
