"""A conductor with hands on its time and its signals, for tests of the session."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.events import Command, Event
from engine.session.board import SignalBoard
from engine.session.conductor import Conductor
from engine.session.format import SessionProtocol
from engine.session.setup import Setup
from engine.session.stop_rules import Officer
from engine.signals import SIGNAL_AXES
from engine.streams import Chunk, Output, Stream
from engine.units import Kind, Unit

WORDS = {"zh": "字", "en": "words"}


def protocol_of(**changes: Any) -> SessionProtocol:
    """Return a short protocol with one breathing phase."""
    phase = {
        "id": "breathe", "title": WORDS, "scene": "sea", "lasts": 120.0,
        "set": {"breath.rate": 6.0, "scene.swell": 0.4},
        "bind": [{"signal": "arousal", "control": "scene.swell", "over": [-1, 1], "to": [0.1, 0.9],
                  "smooth": 2.0}],
    }  # fmt: skip
    facts: dict[str, Any] = {
        "format": 1, "id": "short", "title": WORDS, "about": WORDS, "scene": "sea",
        "demonstration": True, "phase": [phase],
        "envelope": {"check": 10, "rating": 10, "fit": 20, "fit_held": 3, "baseline": 20,
                     "recovery": 10, "closing": 10, "upright": 10},
    }  # fmt: skip
    return SessionProtocol.model_validate(facts | changes)


@dataclass
class Baseline:
    """Notes what the conductor tells the arousal estimate."""

    paced: bool = False
    told: list[tuple[str, float]] = field(default_factory=list)

    def begin_baseline(self, t: float) -> None:
        self.told.append(("begin", t))

    def end_baseline(self, t: float) -> None:
        self.told.append(("end", t))


@dataclass
class Rehearsal:
    """A conductor with hands on its time and its signals."""

    conductor: Conductor
    events: list[Event]
    baseline: Baseline
    board: SignalBoard
    at: int = -10
    feed: Callable[[float], dict[str, tuple[float, float]]] = lambda _: {}

    def run(self, seconds: float, *commands: Command) -> None:
        """Let ``seconds`` go by; the commands come at once."""
        wishes = list(commands)
        for _ in range(round(seconds * 10)):
            self.at += 10
            for name, (value, quality) in self.feed(self.at / 100).items():
                stream = Stream(name, Kind.DERIVED, Unit.LEVEL, axes=SIGNAL_AXES)
                row = np.array([[value, quality, 0.0]])
                self.board.take(Chunk(stream, np.array([self.at / 100]), row))
            self.conductor.step(self.at, wishes, ())
            wishes = []

    def kinds(self, kind: str) -> list[Event]:
        return [e for e in self.events if e.kind == kind]

    def part(self) -> str:
        return self.conductor.section.part


def rehearsal(
    *, groups: tuple[str, ...] = ("heart", "resp"), chair: bool = False, age: int | None = None,
    outputs: dict[str, Output] | None = None, **changes: Any,
) -> Rehearsal:  # fmt: skip
    """Return a session that is about to begin."""
    events: list[Event] = []
    recline = Output("recline", Unit.DEGREE, low=0, high=50, slew=5.0, rest=10.0)
    known = outputs or ({"chair.recline": recline} if chair else {})
    setup = Setup(
        protocol_of(**changes),
        {"sea": {"swell": 0.2, "wind": 0.1}},
        outputs=known,
        groups=groups,
        sources=("strap",),
        officer=Officer(age=age),
        language="en",
    )
    board, baseline = SignalBoard(), Baseline()
    return Rehearsal(Conductor(setup, board, baseline, events.append), events, baseline, board)
