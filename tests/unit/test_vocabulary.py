"""What is measured and done has a name in both languages, for whoever sits in the room."""

from dataclasses import replace

import pytest

from drivers import register_drivers
from drivers.modbus_chair import ModbusChair
from engine.devices import Driver, Output, Source
from engine.devices.describing import describe
from engine.devices.source import StandIn
from engine.sound.plugin import register_drivers as register_sound_drivers
from engine.testing import find_faults
from engine.testing.naming import unnamed
from engine.twin.plugin import register_drivers as register_simulated
from engine.units import Kind, Unit
from engine.vocabulary import KINDS, OUTPUTS, is_chinese, output_names

ALL: list[type[Driver | Source]] = [
    *register_drivers(), *register_sound_drivers(), *register_simulated(),
]  # fmt: skip
GLOW = Output("glow", Unit.LEVEL, low=0.0, high=1.0, slew=0.5, rest=0.0)


def test_every_kind_of_stream_has_a_name() -> None:
    assert set(KINDS) == set(Kind) - {Kind.DERIVED}
    assert all(is_chinese(zh) and en and not is_chinese(en) for zh, en in KINDS.values())


def test_every_known_output_has_a_name() -> None:
    assert all(is_chinese(zh) and en and not is_chinese(en) for zh, en in OUTPUTS.values())


@pytest.mark.parametrize("kind", ALL, ids=lambda k: k.model)
def test_everything_that_ships_is_named_with_its_streams_and_outputs(
    kind: type[Driver | Source],
) -> None:
    facts = describe(kind)
    named = [(facts.zh, facts.en)]
    named += [(n.zh, n.en) for n in facts.streams or ()]
    named += [(n.zh, n.en) for n in facts.outputs or ()]

    assert all(is_chinese(zh) and en and not is_chinese(en) for zh, en in named), named


def test_the_outputs_only_an_instance_knows_are_named() -> None:
    for kind in register_sound_drivers():
        stand_in: StandIn = kind.stand_in()
        try:
            assert list(unnamed(kind(stand_in.options).outputs)) == []
        finally:
            stand_in.close()


def test_an_output_of_ones_own_says_its_own_names() -> None:
    assert output_names("seat.recline", "", "") == ("靠背角度", "Back of the chair")
    assert output_names("seat.recline", "头枕", "Head rest") == ("头枕", "Head rest")
    assert output_names("glow", "", "") is None
    assert list(unnamed([replace(GLOW, zh="灯光", en="Light")])) == []
    assert list(unnamed([replace(GLOW, zh="Licht", en="Light")])) == [
        "output 'glow' is called 'Licht' in Chinese, with no Chinese in it"
    ]


def test_the_kit_finds_an_output_without_a_name() -> None:
    odd = type("Odd", (ModbusChair,), {"model": "odd", "outputs": (*ModbusChair.outputs, GLOW)})

    assert find_faults(odd)[0].startswith("output 'glow' has no name for people: give it zh=")
