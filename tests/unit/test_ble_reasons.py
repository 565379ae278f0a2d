"""What a person is told when Bluetooth fails."""

import asyncio
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from drivers.heart_rate_band import HeartRateBand
from engine.clock import SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.keeper import Keeper
from engine.devices.source import Context
from engine.devices.transports import ble_reasons as why
from engine.devices.transports.ble import BleTransport
from engine.devices.transports.ble_search import Radio
from engine.devices.transports.reasons import Reason, UnreachableError
from engine.errors import ConfigError

NOT_AVAILABLE = BleakBluetoothNotAvailableReason
REASONS = [r for r in vars(why).values() if isinstance(r, Reason)]

CASES: list[tuple[Exception, str]] = [
    (BleakBluetoothNotAvailableError("no", NOT_AVAILABLE.NO_BLUETOOTH), "no_adapter"),
    (BleakBluetoothNotAvailableError("no", NOT_AVAILABLE.NO_BLE_CENTRAL_ROLE), "no_adapter"),
    (BleakBluetoothNotAvailableError("off", NOT_AVAILABLE.POWERED_OFF), "bluetooth_off"),
    (BleakBluetoothNotAvailableError("no", NOT_AVAILABLE.DENIED_BY_USER), "bluetooth_denied"),
    (BleakBluetoothNotAvailableError("?", NOT_AVAILABLE.UNKNOWN), "bluetooth_failed"),
    (FileNotFoundError(2, "No such file or directory"), "no_adapter"),
    (ConnectionRefusedError(111, "refused"), "no_adapter"),
    (PermissionError(13, "denied"), "bluetooth_denied"),
    (BleakDeviceNotFoundError("AA"), "no_answer"),
    (TimeoutError(), "no_answer"),
    (BleakError("le-connection-abort-by-local"), "no_answer"),
    (BleakDBusError("org.bluez.Error.NotReady", []), "bluetooth_off"),
    (BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), "not_paired"),
    (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort"]), "no_answer"),
    (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", []), "no_adapter"),
    (BleakGATTProtocolError(0x05), "not_paired"),
    (BleakGATTProtocolError(0x0F), "not_paired"),
    (BleakGATTProtocolError(0x0E), "no_answer"),
    (BleakCharacteristicNotFoundError("2a37"), "wrong_services"),
]


@pytest.mark.parametrize(("error", "code"), CASES, ids=lambda c: str(c)[:40])
def test_an_error_of_the_system_becomes_a_reason(error: Exception, code: str) -> None:
    said = why.explain(error, why.NO_ANSWER, "strap")

    assert said.code == code
    assert said.where == "strap"
    assert said.hint
    assert said.zh.startswith("strap：")


@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.code)
def test_each_reason_has_a_remedy_in_both_languages(reason: Reason) -> None:
    error = reason.error("band", "2a37")

    assert "2a37" in error.what
    assert "2a37" in error.zh
    assert all((reason.en, reason.remedy, reason.zh, reason.remedy_zh))
    assert not any(ord(c) > 0x7F for c in reason.en + reason.remedy)
    assert any(ord(c) > 0x7F for c in reason.zh)


def test_a_reason_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(why.OFF.error("band")))  # noqa: S301 - our own

    assert isinstance(error, UnreachableError)
    assert str(error) == str(why.OFF.error("band"))


def _radio(error: Exception) -> Radio:
    class Silent(BaseBleakScanner):
        def __init__(self, *args: Any, **_more: Any) -> None:
            super().__init__(args[0], args[1])

        async def start(self) -> None:
            await asyncio.sleep(0)
            raise error

        async def stop(self) -> None:
            raise AssertionError

    return Radio(scanner=Silent)


@pytest.mark.parametrize(("error", "code"), CASES[:5])
def test_a_computer_without_bluetooth_is_a_state_not_a_failure(error: Exception, code: str) -> None:
    source = DrivenSource(
        HeartRateBand,
        {},
        lambda _link, options: BleTransport(HeartRateBand.link, options, _radio(error)),
    )
    keeper = Keeper(source, Context("band", SystemClock()))

    assert keeper.turn(0.0) == []
    assert keeper.standing.code == code
    assert keeper.standing.state == "lost"
    assert "正在重试" in keeper.standing.zh


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"address": "strap"}, "is not an address"),
        ({"name": 3}, "not a text"),
        ({"adapter": ""}, "text"),
    ],
)
def test_a_wrong_option_is_refused_before_anyone_sits_down(
    options: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ConfigError, match=fault):
        DrivenSource(HeartRateBand, options)


def test_no_production_code_names_a_virtual_radio() -> None:
    root = Path(__file__).parents[2]
    for file in [*root.glob("engine/**/*.py"), *root.glob("drivers/*.py")]:
        text = file.read_text("utf-8")
        assert not re.search(r"^\s*(from|import) (bumble|tools)\b", text, re.MULTILINE), file
