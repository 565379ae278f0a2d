"""Faults of a rig are told in both languages, from the library's process to the screen."""

import pickle
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from drivers.heart_rate_band import HeartRateBand
from drivers.lsl_request import Request
from engine.cli import main
from engine.devices import transports
from engine.devices.catalog import DeviceSpec, declare
from engine.errors import ConfigError, FaultyFileError

ROOT = Path(__file__).parents[2]


def test_every_fault_that_the_library_drivers_can_tell_has_a_chinese_wording() -> None:
    for file in (ROOT / "drivers").glob("*.py"):
        if not file.name.startswith(("lsl_", "brainflow_")):
            continue
        told = re.findall(
            r"ConfigError\((.*?)\n? *\)(?:  # fmt: skip)?\n", file.read_text(), re.DOTALL
        )
        assert len(told) == file.read_text("utf-8").count("ConfigError(")
        for words in told:
            assert "zh=" in words, (file.name, words)


@pytest.mark.parametrize(
    ("options", "zh"),
    [
        ({}, "没有写明是哪一个 LSL 流"),
        ({"stream": "x", "tims": "lsl"}, "是否要写 'times'？"),
        ({"stream": "x", "times": "never"}, "写成了 'never'"),
        ({"stream": "x", "channels": 3}, "不是表"),
        ({"stream": "x", "channels": {"ecg": {"tak": 1}}}, "没有 'tak' 这一项"),
    ],
)
def test_a_wrong_request_for_a_stream_is_told_in_chinese(
    options: Mapping[str, Any], zh: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Request.of(options)

    assert zh in caught.value.zh


def test_the_chinese_wording_survives_the_way_between_processes_and_into_a_list_of_faults() -> None:
    error = ConfigError("is wrong", where="board", hint="mend it", zh="写错了；请改正")
    many = FaultyFileError([error, ConfigError("other")], where="devices")

    assert pickle.loads(pickle.dumps(error)).lines_zh == ["board：写错了；请改正"]  # noqa: S301
    assert pickle.loads(pickle.dumps(many)).lines_zh == [  # noqa: S301
        "board：写错了；请改正",
        "有误，详情见英文",
    ]
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301


@pytest.fixture
def adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer with one Bluetooth adapter, and a connection of it."""
    monkeypatch.setattr(transports, "ADAPTERS", tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    (tmp_path / "hci0").mkdir()
    (tmp_path / "hci0:64").mkdir()
    return tmp_path


def room(adapter: str) -> None:
    spec = DeviceSpec("heart", "heart-rate-band", {"adapter": adapter})
    declare([spec], {"heart-rate-band": HeartRateBand}, live=True)


@pytest.mark.usefixtures("adapters")
def test_an_adapter_that_is_not_there_is_refused_before_a_session_in_both_languages() -> None:
    with pytest.raises(FaultyFileError) as caught:
        room("hci7")

    assert "heart.adapter: this computer has no Bluetooth adapter 'hci7' (it has: hci0;" in str(
        caught.value
    )
    assert caught.value.lines_zh == [
        "heart.adapter：这台电脑没有蓝牙适配器 'hci7'，现有：hci0；请插好、改写或删去 adapter"
    ]
    room("hci0")


def test_where_the_system_names_no_adapters_none_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    room("hci7")


@pytest.mark.usefixtures("adapters")
def test_the_command_prints_a_fault_of_the_rig_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text('[[devices]]\nname = "h"\nmodel = "heart-rate-band"\nadapter = "hci9"\n')
    status = main(["devices", "--rig", str(rig)])
    said = capsys.readouterr().err

    assert status == 1
    assert "没有蓝牙适配器 'hci9'" in said
    assert "no Bluetooth adapter 'hci9'" in said
