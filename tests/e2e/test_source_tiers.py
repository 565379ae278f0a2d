"""Every source that ships, and some that are wrong, on the bench."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from drivers import register_drivers
from engine.devices import Chunk, ConfigError, Context, Source, StandIn, Stream
from engine.testing import Tier, check_source, examine_source
from engine.units import Kind, Unit
from tests.lsl_room import loopback

pytest.importorskip("pylsl", reason="pylsl is not installed")
pytest.importorskip("brainflow", reason="brainflow is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("loopback")]
__all__ = ["loopback"]

SHIPPED = [kind for kind in register_drivers() if issubclass(kind, Source)]
EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=100.0)


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.model)
def test_every_source_that_ships_is_silver(kind: type[Source]) -> None:
    check_source(kind)


class Nobody:
    """A stand-in that leaves everything to the source."""

    options: Mapping[str, Any] = {}

    def turn(self, now: float) -> None: ...

    def silence(self, *, silent: bool) -> None:
        raise NotImplementedError

    def pull(self, *, out: bool) -> None:
        raise NotImplementedError

    def close(self) -> None: ...


class Careless(Source):
    """Sends twice as fast as it declares, an hour ago, and takes any option."""

    model = "careless"

    @classmethod
    def stand_in(cls) -> StandIn:
        return Nobody()

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (EDA,)

    def open(self, context: Context) -> None:
        self._said = context.clock.now()

    def read(self, until: float) -> Iterable[Chunk]:
        n = int((until - self._said) * 200.0)
        if n:
            t = self._said + np.arange(1, n + 1) / 200.0
            self._said = float(t[-1])
            yield Chunk(EDA, t - 3600.0, np.ones((n, 1)))


class Strict(Careless):
    model = "strict"
    zh = "好的设备"
    en = "A good device"

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if options:
            raise ConfigError("has no options", where=next(iter(options)))


class Unheard(Careless):
    model = "unheard"

    @classmethod
    def stand_in(cls) -> StandIn:
        raise NotImplementedError


def test_what_a_careless_source_does_is_told() -> None:
    verdict = examine_source(Careless, processes=False)
    text = verdict.text()

    assert verdict.tier is Tier.NONE
    assert "zh is empty" in text
    assert "does not refuse an option that does not exist" in text
    assert "200.0 samples a second, not 100" in text
    assert "s old" in text
    assert "the stand-in cannot do it" in text
    assert "was not tried with real processes" in text


def test_a_source_that_takes_no_nonsense_is_not_blamed_for_it() -> None:
    assert "does not refuse" not in examine_source(Strict, processes=False).text()


def test_a_source_without_a_stand_in_is_told_to_write_one() -> None:
    verdict = examine_source(Unheard)

    assert verdict.tier is Tier.NONE
    assert "has no stand_in()" in verdict.text()
