"""Devices whose library is not part of every installation, and those that live in real time."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from drivers.brainflow_board import BrainFlowBoard
from drivers.lsl_inlet import LslInlet
from engine.cli import main
from engine.devices import ConfigError, Context, Source, Stream, catalog
from engine.devices.catalog import DeviceSpec, declare, remedy
from engine.errors import DriverError, FaultyFileError
from engine.processes.once import ask
from engine.streams import Chunk
from engine.units import Kind, Unit

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=4.0)


class Rare(Source):
    model = "rare"
    needs = {"no_such_library": "anlan[rare]"}  # noqa: RUF012

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (EDA,)

    def open(self, context: Context) -> None:
        raise NotImplementedError

    def read(self, until: float) -> Iterable[Chunk]:
        raise NotImplementedError


class Plain(Rare):
    model = "plain"
    needs = {}  # noqa: RUF012
    real_time = True

    @classmethod
    def look_up(cls, options: Mapping[str, Any]) -> Mapping[str, Any]:
        if options.get("fault"):
            raise ConfigError("has a fault", where="fault", hint="leave it out")
        return {**options, "found": 7}


def test_what_is_not_installed_is_told_with_the_remedy_and_the_rest_is_checked_too() -> None:
    rig = [DeviceSpec("a", "rare"), DeviceSpec("b", "unknown")]

    with pytest.raises(FaultyFileError) as told:
        declare(rig, {"rare": Rare}, live=True)

    assert "a: model 'rare' needs no_such_library" in str(told.value)
    assert "pip install 'anlan[rare]'" in str(told.value)
    assert "b: no driver is installed" in str(told.value)
    assert told.value.exit_code == 1


def test_a_device_in_real_time_is_refused_in_virtual_time() -> None:
    with pytest.raises(FaultyFileError, match="faster than time"):
        declare([DeviceSpec("a", "plain")], {"plain": Plain}, live=False)


@pytest.mark.slow
def test_what_the_rig_leaves_open_is_looked_up_once_in_a_process_of_its_own() -> None:
    (made,) = declare([DeviceSpec("a", "plain", {"x": 1})], {"plain": Plain}, live=True)

    assert made.spec.options == {"x": 1, "found": 7}
    with pytest.raises(FaultyFileError, match=r"a\.fault: has a fault \(leave it out\)"):
        declare([DeviceSpec("a", "plain", {"fault": True})], {"plain": Plain}, live=True)


@pytest.mark.slow
def test_a_library_that_ends_the_process_is_a_fault_in_words() -> None:
    with pytest.raises(DriverError, match="ended the process"):
        ask(_die, 3, within=30.0)


def _die(code: int) -> None:
    raise SystemExit(code)


@pytest.mark.parametrize("kind", [LslInlet, BrainFlowBoard])
def test_ours_are_listed_with_what_they_need_where_it_is_missing(
    kind: type[Source], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalog, "find_spec", lambda _name: None)

    assert main(["devices", "--json"]) == 0
    rows = {row["model"]: row for row in json.loads(capsys.readouterr().out)["devices"]}
    assert (
        rows[kind.model]["needs"]
        == remedy(kind)
        == f"pip install '{next(iter(kind.needs.values()))}'"
    )
    assert main(["plugins", "--json"]) == 0
    assert kind.model in json.loads(capsys.readouterr().out)["needs"]
