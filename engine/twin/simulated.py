"""A simulated officer as a device: no hardware, yet everything downstream is real."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from engine.devices.source import Context, Source
from engine.errors import ConfigError, LinkError
from engine.show import Show
from engine.streams import Chunk, Stream
from engine.twin.artefacts import nearest, scheduled
from engine.twin.options import ANSWERS, SENSORS, person_options

if TYPE_CHECKING:
    from engine.twin.body import Body
    from engine.twin.feed import Feed

SCALES = ("SUDS", "FMS")
ASKED_EVERY = 2.0
"""Seconds between two answers the person has ready."""
HORIZON = 4 * 3600.0
"""For how long artefacts are drawn by chance, s."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of a moment reaches the person: 0..1 each."""

    calm: float
    sound_calm: float
    motion: float


def surroundings(show: Show) -> Surroundings:
    """Return what ``show`` means to the person.

    The controls of a scene are 0 at their quiet end, so a scene is as calm as the
    mean of its levels is low, and as far as it is not faded out. Where no scene is
    shown there is nothing to calm anyone.
    """
    levels = {name: v for name, v in show.levels.items() if math.isfinite(v)}
    scene = [v for name, v in levels.items() if name.startswith("scene.")]
    seen = min(max(show.fade, 0.0), 1.0) if scene else 0.0
    lively = min(max(sum(scene) / len(scene), 0.0), 1.0) if scene else 0.0
    heard = show.volume * levels.get("sound.volume", 1.0) if levels else 0.0
    return Surroundings(seen * (1.0 - lively), min(max(heard, 0.0), 1.0), seen * lively)


class SimulatedPerson(Source):
    """An officer made of equations who breathes with the guide and calms with the scene.

    What it delivers depends on its options, the seed, and the sequence of ``until`` and
    of what was shown at each `read`, on nothing else; while the same is shown it does not
    even depend on how time was cut into reads. The person has been there since session
    time 0.0: opened later, or again after a loss, it is still the same hour of the same
    body. It reacts to what is shown 0.4 s early (the body is computed that far ahead, so
    that the P wave can stand before its R peak); the guided breath is known ahead
    and is followed at its exact time.

    Parameters
    ----------
    options
        See `engine.twin.options.PersonOptions`.
    """

    model: ClassVar[str] = "simulated-person"
    zh: ClassVar[str] = "模拟人员"
    en: ClassVar[str] = "Simulated person"
    simulated: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.settings = person_options(options)
        self._streams = tuple(SENSORS[name] for name in self.settings.sensors)
        self._streams = tuple(
            replace(stream, rate=self.settings.ecg_rate) if stream.name == "ecg" else stream
            for stream in self._streams
        )
        if self.settings.answers:
            self._streams += tuple(ANSWERS.values())
        self._asked = -math.inf
        self._context: Context | None = None
        self._body: Body | None = None
        self._feed: Feed | None = None

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The sensors it wears."""
        return self._streams

    @property
    def body(self) -> "Body":
        """The body behind the sensors, for whoever tests against the truth."""
        if self._body is None:
            raise LinkError("is not there yet", where=self.model, hint="open it first")
        return self._body

    def open(self, context: Context) -> None:
        """Let the person come in, or take up the connection again.

        Raises
        ------
        LinkError
            While the simulated device is lost (``drop_at``).
        """
        now = context.clock.now()
        self._context = context
        self._refuse_while_lost(now)
        if self._body is None:
            self._make(context)
        if now > 0.0:
            self._live(now)
            self._connected().skip(now)

    def read(self, until: float) -> Iterable[Chunk]:
        """Live on under what is shown now and return what the sensors sent by ``until``.

        Raises
        ------
        LinkError
            Before `open`, and while the simulated device is lost (``drop_at``).
        """
        feed = self._connected()
        self._live(until)
        if self._is_lost(until):
            feed.skip(until)
            self._refuse_while_lost(until)
        return [*feed.read(until), *self._answer(until)]

    def _answer(self, until: float) -> Iterable[Chunk]:
        """Yield what the person would answer now, every `ASKED_EVERY` seconds."""
        if not self.settings.answers or until - self._asked < ASKED_EVERY:
            return
        self._asked = until
        for scale, stream in ANSWERS.items():
            said_at = np.array([until - stream.latency])
            yield Chunk(stream, said_at, np.array([[float(self.rating(scale))]]))

    def rating(self, scale: str) -> int:
        """Return what the person would answer now on ``SUDS`` (0..100) or ``FMS`` (0..20).

        Raises
        ------
        ConfigError
            For a scale the person does not know.
        """
        known = scale.upper()
        if known not in SCALES:
            raise ConfigError(
                f"knows no scale {scale!r}", where=self.model, hint=nearest(known, SCALES)
            )
        return self.body.suds() if known == "SUDS" else self.body.fms()

    def close(self) -> None:
        """Take off the sensors; the person stays."""
        self._context = None

    def _make(self, context: Context) -> None:
        """Bring the person to life; numba is loaded here and not when rigs are checked."""
        from engine.dsp.jit import ready  # noqa: PLC0415
        from engine.twin.body import Body  # noqa: PLC0415
        from engine.twin.feed import Feed  # noqa: PLC0415
        from engine.twin.person import MEDIAN, draw_person, session_of  # noqa: PLC0415

        ready()
        told = self.settings
        seed = context.seed if told.seed is None else told.seed
        person = MEDIAN if told.person == "median" else session_of(draw_person(seed), seed)
        if told.follows is not None:
            person = replace(person, compliance=told.follows)
        artefacts = (*told.artefacts, *scheduled(seed, told.artefacts_per_hour, HORIZON))
        self._body = Body(person, seed, hard_day=told.stress)
        self._feed = Feed(
            self._body,
            self._streams[: len(told.sensors)],
            seed=seed,
            noise=told.noise,
            artefacts=artefacts,
        )

    def _connected(self) -> "Feed":
        if self._context is None or self._feed is None:
            raise LinkError("is not connected", where=self.model, hint="open it first")
        return self._feed

    def _live(self, until: float) -> None:
        from engine.twin.waveforms import AHEAD  # noqa: PLC0415 - see _make

        if self._context is None or self._body is None:
            return
        show = self._context.show()
        around = surroundings(show)
        self._body.advance(
            until + AHEAD,
            show.pace,
            calm=around.calm,
            sound_calm=around.sound_calm,
            motion=around.motion,
        )

    def _is_lost(self, t: float) -> bool:
        at = self.settings.drop_at
        return at is not None and at <= t < at + self.settings.drop_for

    def _refuse_while_lost(self, t: float) -> None:
        if self._is_lost(t):
            at = self.settings.drop_at or 0.0
            raise LinkError(
                "is out of reach, as its options ask",
                where=self._context.name if self._context else self.model,
                hint=f"it is back at {at + self.settings.drop_for:g} s",
            )
