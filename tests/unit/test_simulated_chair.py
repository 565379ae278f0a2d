"""The simulated chair keeps the rules of a real one."""

import pytest

from engine.clock import VirtualClock
from engine.devices.declaration import faults
from engine.devices.source import Context
from engine.errors import ConfigError, LinkError
from engine.twin.chair import AMBIENT, HEARTBEAT, OUTPUTS, SimulatedChair

REST = {o.name: o.rest for o in OUTPUTS}


def opened(**options: object) -> tuple[SimulatedChair, VirtualClock]:
    clock = VirtualClock(0.0)
    chair = SimulatedChair(options)
    chair.open(Context("chair", clock))
    return chair, clock


def test_its_declaration_is_sound() -> None:
    chair = SimulatedChair({})

    assert list(faults(chair.streams, chair.outputs)) == []
    assert chair.simulated


def test_it_moves_at_its_own_speed_and_says_where_it_is() -> None:
    chair, clock = opened(speed=2.0)
    said: list[float] = []
    for _ in range(100):
        chair.write(REST | {"recline": 30.0})
        clock.wait(0.1)
        said += [float(c.x[0, 0]) for c in chair.read(clock.now()) if c.stream.name != "surface"]

    assert chair.recline == pytest.approx(20.0, abs=0.3)
    assert said[-1] == pytest.approx(chair.recline, abs=0.3)
    assert 98 <= len(said) <= 100


def test_told_nothing_it_stops_by_itself_where_it_is() -> None:
    chair, clock = opened(speed=2.0)
    chair.write(REST | {"recline": 30.0})
    clock.wait(10.0)
    list(chair.read(clock.now()))

    assert chair.recline == pytest.approx(2.0 * HEARTBEAT)


def test_it_is_where_somebody_left_it_and_halts() -> None:
    chair, clock = opened(recline=22.5)
    chair.write(REST | {"recline": 30.0})
    chair.halt()
    clock.wait(1.0)
    list(chair.read(clock.now()))

    assert chair.recline == 22.5


def test_it_warms_no_further_than_it_is_told_and_cools_again() -> None:
    chair, clock = opened()
    for _ in range(300):
        chair.write(REST | {"warmth": 36.0})
        clock.wait(0.1)
    warm = chair.surface
    for _ in range(3000):
        chair.write(REST)
        clock.wait(0.1)
    list(chair.read(clock.now()))

    assert warm == pytest.approx(36.0, abs=0.2)
    assert chair.surface == pytest.approx(AMBIENT, abs=1.0)


def test_it_can_be_lost_and_comes_back() -> None:
    chair, clock = opened(drop_at=5.0, drop_for=2.0)
    clock.wait(5.5)
    with pytest.raises(LinkError, match="out of reach"):
        list(chair.read(clock.now()))
    with pytest.raises(LinkError, match="out of reach"):
        chair.open(Context("chair", clock))
    clock.wait(2.0)
    chair.open(Context("chair", clock))
    clock.wait(0.5)

    assert [c.stream.name for c in chair.read(clock.now())] == ["recline_angle", "surface"]


@pytest.mark.parametrize(
    ("options", "told"),
    [({"sped": 1.0}, "did you mean"), ({"speed": 9.0}, "0.1 to 3"), ({"recline": True}, "number")],
)
def test_a_wrong_option_is_told(options: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        SimulatedChair(options)
