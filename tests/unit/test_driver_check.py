import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.eda_puck import EdaPuck
from drivers.gsr_line import EDA, GsrLine
from drivers.modbus_chair import ModbusChair
from engine.cli import main
from engine.devices import (
    Driver,
    Frame,
    Kind,
    Lines,
    Output,
    Reading,
    SerialLink,
    Stream,
    Unit,
    WireError,
)
from engine.errors import ConfigError
from engine.testing import Heard, Tier, examine, find_faults, heard_of
from engine.testing.finding import drivers_in
from engine.testing.heard import transcript_of
from engine.testing.long_wire import check_wire
from engine.testing.meaning import check_truncated
from engine.testing.soak import check_soak
from engine.testing.wire import read_wire

pytestmark = pytest.mark.usefixtures("short_soak")

ANGLE = Stream("angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
RECLINE = Output("recline", Unit.DEGREE, 0.0, 50.0, slew=5.0, rest=10.0, position="angle")
WARM = Stream("skin", Kind.SKIN_TEMP, Unit.CELSIUS, rate=2.0)


class Thermometer(Driver):
    """Tenths of a degree a line."""

    model = "thermometer"
    zh = "温度计"
    en = "Thermometer"
    link = SerialLink(Lines(b"\n"))
    streams = (WARM,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        if not frame.data.isdigit() or len(frame.data) > 3:
            raise WireError("no number")
        yield Reading(WARM, [int(frame.data) / 10])


SAID = [Heard(b"331\n", [Reading(WARM, [33.1])])]


def test_a_right_driver_without_processes_is_bronze_and_is_told_what_is_next() -> None:
    verdict = examine(Thermometer, SAID, processes=False)

    assert verdict.tier is Tier.BRONZE
    assert verdict.next_step == "was not tried with real processes"
    assert "thermometer: BRONZE" in verdict.text()


def test_times_that_go_backwards_are_found() -> None:
    class Backwards(Thermometer):
        model = "backwards"

        def decode(self, frame: Frame) -> Iterator[Reading]:
            for reading in super().decode(frame):
                yield reading._replace(times=[100.0 - frame.t])

    assert "while it talks, the times of stream 'skin' do not increase" in find_faults(
        Backwards, [Heard(b"331\n", [Reading(WARM, [33.1], [100.0])])]
    )


def test_a_driver_that_greets_each_connection_differently_is_found() -> None:
    class Once(Thermometer):
        model = "once"
        made: list[int] = []  # noqa: RUF012 - the mistake that is looked for

        def hello(self) -> tuple[bytes, ...]:
            self.made.append(1)
            return (b"START %d\n" % len(self.made),)

    assert any("not greeted again" in f for f in find_faults(Once, SAID))


class Mover(Driver):
    """A chair without faults."""

    model = "mover"
    zh = "设备"
    en = "Mover"
    link = SerialLink(Lines(b"\n"))
    streams = (ANGLE,)
    outputs = (RECLINE,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        if not frame.data.isdigit() or len(frame.data) > 3:
            raise WireError("no angle")
        yield Reading(ANGLE, [int(frame.data) / 10])

    def encode(self, levels: dict[str, float]) -> bytes:  # type: ignore[override]
        return b"SET %d\n" % round(levels["recline"] * 10)

    def halt(self) -> bytes:
        return b"STOP\n"


PLACED = [Heard(b"150\n", [Reading(ANGLE, [15.0])])]


def test_a_chair_that_keeps_everything_has_no_faults() -> None:
    assert find_faults(Mover, PLACED) == ()


def test_a_place_that_nothing_tells_is_no_silver() -> None:
    class Blind(Mover):
        model = "blind"
        outputs = (replace(RECLINE, position=""),)

    (fault,) = find_faults(Blind, PLACED)

    assert "'recline' moves a person to a place and nothing tells where it is" in fault


def test_what_moves_must_be_able_to_stop() -> None:
    class Unstoppable(Mover):
        model = "unstoppable"

        def halt(self) -> bytes:
            return b""

    assert find_faults(Unstoppable, PLACED) == ("moves (recline) but has no halt()",)


def test_an_output_too_slow_to_rest_is_left_to_its_slew_and_still_rests() -> None:
    class Slow(Mover):
        model = "slow"
        outputs = (replace(RECLINE, slew=0.5),)

    assert find_faults(Slow, PLACED) == ()


def wire_file(folder: Path, seconds: float, rate: float, **head: object) -> Path:
    facts = {"latency": {"eda": 0.02}, "how": "a step against a photodiode"} | head
    lines = [json.dumps(facts)]
    lines += [
        json.dumps({"t": round(n / rate, 4), "hex": b"1.5\n".hex()})
        for n in range(round(seconds * rate) + 1)
    ]
    file = folder / "gsr-line.wire"
    file.write_text("\n".join(lines))
    return file


class Slow(Driver):
    """One value a second: half an hour of it is soon read."""

    model = "slow"
    zh = "设备"
    en = "Slow"
    link = SerialLink(Lines(b"\n"), usb=((1, 2),))
    streams = (Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=1.0),)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        yield Reading(self.streams[0], [float(frame.data)])


def test_half_an_hour_of_wire_at_the_declared_rate_and_latency_is_gold(tmp_path: Path) -> None:
    wire = read_wire(wire_file(tmp_path, 1800.0, 1.0))

    assert list(check_wire(Slow, wire)) == []


@pytest.mark.parametrize(
    ("seconds", "rate", "head", "fault"),
    [
        (600.0, 1.0, {}, "recorded for 10.0 min; 30 are needed"),
        (1800.0, 0.9, {}, "has 0.90 samples a second, 1 declared"),
        (1800.0, 1.0, {"latency": {"eda": 0.2}}, "0.2 s was measured"),
        (1800.0, 1.0, {"latency": {}}, "latency of stream 'eda' was not measured"),
        (1800.0, 1.0, {"how": ""}, "not told how the latency was measured"),
    ],
)
def test_a_wire_that_proves_less_says_what_is_missing(
    tmp_path: Path, seconds: float, rate: float, head: dict[str, object], fault: str
) -> None:
    wire = read_wire(wire_file(tmp_path, seconds, rate, **head))

    assert any(fault in f for f in check_wire(Slow, wire))


def test_nobody_has_to_measure_how_late_a_battery_is(tmp_path: Path) -> None:
    class Charged(Driver):
        model = "charged"
        zh = "电池"
        en = "Charged"
        link = Thermometer.link
        streams = (WARM, Stream("charge", Kind.BATTERY, Unit.PERCENT))

        def decode(self, frame: Frame) -> Iterator[Reading]:
            yield Reading(WARM, [float(frame.data)])

    wire = read_wire(wire_file(tmp_path, 60.0, 1.0))

    told = [fault for fault in check_wire(Charged, wire) if "latency of stream" in fault]

    assert len(told) == 1
    assert "'skin'" in told[0]


def test_a_chair_without_a_watchdog_of_its_own_is_never_gold(tmp_path: Path) -> None:
    wire = read_wire(wire_file(tmp_path, 1800.0, 1.0, stops_after=3.0))

    unmeasured = read_wire(wire_file(tmp_path, 1800.0, 1.0))

    assert any(
        "was not measured" in f and "stops_after" in f for f in check_wire(ModbusChair, unmeasured)
    )
    assert "stops 3 s after its messages stop; 1 s is the most, by a watchdog of its own" in list(
        check_wire(ModbusChair, wire)
    )


def test_a_wire_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.wire"
    file.write_text('{"how": "x"}\n{"t": 0, "hex": "zz"}\n')

    with pytest.raises(ConfigError, match=r"x\.wire:2"):
        read_wire(file)


def test_a_transcript_is_found_beside_its_driver_and_means_what_it_says() -> None:
    heard = heard_of(GsrLine)

    assert transcript_of(GsrLine).name == "gsr-line.toml"
    assert heard[0] == Heard(b"1.53\n", [Reading(EDA, [1.53])])
    assert heard_of(Thermometer) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[heard]]\nhex = "0g"', "hex is pairs of hex digits"),
        ("[[heard]]\nsource = 'x'", "has neither hex nor text"),
        ('[[heard]]\ntext = "1"\nmeans = [{ stream = "edda", values = [1] }]', "'edda'"),
        ("[[heard", "puck.toml"),
    ],
)
def test_a_transcript_with_a_mistake_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "puck.toml"
    file.write_text(text)
    monkeypatch.setattr("engine.testing.heard.transcript_of", lambda _driver: file)

    with pytest.raises(ConfigError, match=words):
        heard_of(EdaPuck)


def test_drivers_are_found_by_a_modules_name() -> None:
    assert drivers_in("drivers.gsr_line") == [GsrLine]
    assert ModbusChair in drivers_in("drivers")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("no_such_module_anywhere", "there is no such module"),
        ("./no-such-folder", "there is no such folder"),
    ],
)
def test_a_target_that_is_none_is_refused_with_a_remedy(target: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        drivers_in(target)


def test_the_command_prints_a_verdict_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["driver", "check", "drivers.gsr_line", "--quick", "--json"])
    (verdict,) = json.loads(capsys.readouterr().out)

    assert status == 0
    assert verdict["model"] == "gsr-line"
    assert verdict["tier"] == "bronze"
    assert verdict["not_examined"] == ["registered as a plugin"]
    assert not any(c["faults"] for c in verdict["checks"] if c["tier"] == "bronze")


def test_the_command_fails_below_the_tier_that_is_wanted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["driver", "check", "drivers.gsr_line", "--quick", "--tier", "silver"]) == 1
    assert "gsr-line: BRONZE" in capsys.readouterr().out


def test_the_command_knows_which_models_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["driver", "check", "drivers.gsr_line", "--model", "gsr"]) == 1
    assert "its drivers: gsr-line" in capsys.readouterr().err


class Hoarder(GsrLine):
    """A decoder that keeps all it ever heard."""

    model = "hoarder"

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def decode(self, frame: Frame) -> Iterator[Reading]:
        self._kept.append(frame.data + b"!")
        yield from super().decode(frame)


def test_a_decoder_that_keeps_all_it_hears_is_found() -> None:
    (fault,) = check_soak(Hoarder, heard_of(GsrLine))

    assert "bytes more with every message" in fault
    assert list(check_soak(GsrLine, heard_of(GsrLine))) == []


class Brittle(Driver):
    """A decoder that never recovers from a message that was cut short."""

    model = "brittle"
    zh = "设备"
    en = "Brittle"
    link = SerialLink(Lines(b"\n"), usb=((1, 2),))
    streams = (EDA,)

    def __init__(self) -> None:
        self._torn = False

    def decode(self, frame: Frame) -> Iterator[Reading]:
        self._torn = self._torn or len(frame.data) != 3
        yield Reading(EDA, [math.nan if self._torn else float(frame.data)])


def test_a_decoder_that_never_recovers_from_a_torn_message_is_found() -> None:
    heard = [Heard(b"1.5\n", [Reading(EDA, [1.5])])]
    (fault,) = check_truncated(Brittle, heard)

    assert "cut short, spoils even the third" in fault
    assert list(check_truncated(GsrLine, heard)) == []
