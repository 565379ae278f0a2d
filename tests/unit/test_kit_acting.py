"""A source that does something to a person is seen to keep its limits and to stop."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import pytest

from engine.clock import VirtualClock
from engine.devices import Chunk, ConfigError, Context, Output, Source, Stream, Unit
from engine.devices.source import StandIn
from engine.sound.vibroacoustic import VibroacousticChannel
from engine.testing.acting import UNSEEN, acting_checks, check_acting, check_stopping
from engine.testing.names import MOTION, STOP

GLOW = Output("glow", Unit.LEVEL, low=0.0, high=0.8, slew=0.4, rest=0.0)


class Bulb:
    """What shines; the kit's side of a lamp."""

    options: Mapping[str, Any] = {}
    lit: "Lamp | None" = None

    def turn(self, now: float) -> None: ...

    def silence(self, *, silent: bool) -> None: ...

    def pull(self, *, out: bool) -> None: ...

    def close(self) -> None: ...

    def acts(self) -> float:
        return 0.0 if self.lit is None else self.lit.level


BULB = Bulb()


class Lamp(Source):
    """One output, as it should be."""

    model = "lamp"
    zh = "灯"
    en = "Lamp"
    level = 0.0
    halted = False

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if options:
            raise ConfigError("has no options", where=next(iter(options)))

    @classmethod
    def stand_in(cls) -> StandIn:
        return BULB

    @property
    def streams(self) -> tuple[Stream, ...]:
        return ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        return (GLOW,)

    def open(self, context: Context) -> None:
        BULB.lit = self

    def read(self, until: float) -> Iterable[Chunk]:
        return ()

    def write(self, levels: Mapping[str, float]) -> None:
        self.level = 0.0 if self.halted else levels["glow"]

    def halt(self) -> None:
        self.halted, self.level = True, 0.0

    def reset(self) -> None:
        self.halted = False

    def close(self) -> None:
        self.level = 0.0


class Glowing(Lamp):
    """Shines as soon as it is connected."""

    def open(self, context: Context) -> None:
        super().open(context)
        self.level = 0.1


class Dead(Lamp):
    def write(self, levels: Mapping[str, float]) -> None: ...


class Lasting(Lamp):
    """Never becomes darker again."""

    def write(self, levels: Mapping[str, float]) -> None:
        self.level = max(self.level, levels["glow"])

    def halt(self) -> None: ...

    def close(self) -> None: ...


class Latched(Lamp):
    """Does not heed a reset."""

    def reset(self) -> None: ...


@pytest.fixture(autouse=True)
def _dark() -> Iterator[None]:
    BULB.lit = None
    yield
    BULB.lit = None


def test_a_lamp_that_keeps_its_limits_has_no_fault() -> None:
    assert list(check_acting(Lamp, BULB, VirtualClock())) == []
    assert list(check_stopping(Lamp, BULB, VirtualClock())) == []


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        (Glowing, ["acts before anybody wishes it"]),
        (Dead, ["does nothing at its highest levels"]),
        (Lasting, ["acts after its wishes ended"]),
    ],
)
def test_what_acts_unasked_never_or_too_long_is_found(
    kind: type[Source], faults: list[str]
) -> None:
    assert list(check_acting(kind, BULB, VirtualClock())) == faults


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        (
            Lasting,
            [
                "acts 1 s after an emergency stop",
                "acts again although nobody released the emergency stop",
                "acts 1 s after it was closed",
            ],
        ),
        (Latched, ["does nothing after its emergency stop was released"]),
    ],
)
def test_what_does_not_stop_is_found(kind: type[Source], faults: list[str]) -> None:
    assert list(check_stopping(kind, BULB, VirtualClock())) == faults


class VoidOfOutputs(Lamp):
    @property
    def outputs(self) -> tuple[Output, ...]:
        return ()


class Unseen(Lamp):
    """Its stand-in cannot tell whether it shines."""

    @classmethod
    def stand_in(cls) -> StandIn:
        class Blind:
            options: Mapping[str, Any] = {}
            turn = Bulb.turn
            silence = Bulb.silence
            pull = Bulb.pull
            close = Bulb.close

        return Blind()


def test_what_cannot_be_seen_is_told_as_not_examined() -> None:
    checks = list(acting_checks(Unseen, Unseen.stand_in()))

    assert [c.name for c in checks] == [MOTION, STOP]
    assert [c.unexamined for c in checks] == [UNSEEN, UNSEEN]
    assert list(acting_checks(VoidOfOutputs, BULB)) == []


def test_a_vendors_channel_says_its_names_and_what_is_usual() -> None:
    class Bed(VibroacousticChannel):
        model = "wave-bed"
        zh = "音波床"
        en = "Wave bed"
        usual: ClassVar[Mapping[str, Any]] = {
            "device": "WaveBed USB",
            "channels": [3],
            "high": 60.0,
        }

    bed, louder = Bed({}), Bed({"high": 90.0})

    assert bed.options["device"] == "WaveBed USB"
    assert [o.high for o in bed.outputs] == [1.0, 60.0]
    assert [o.high for o in louder.outputs] == [1.0, 90.0]
    with pytest.raises(ConfigError, match="no option"):
        Bed({"hgih": 90.0})
