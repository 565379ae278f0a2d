from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drivers.drift_chair import ANGLE, DriftChair
from drivers.eda_puck import EDA, PACKET, EdaPuck
from engine.clock import VirtualClock
from engine.devices import (
    BleLink,
    Driver,
    Frame,
    Kind,
    Lines,
    Output,
    Packets,
    Reading,
    SerialLink,
    Stream,
    Unit,
)
from engine.devices.driven import DrivenSource
from engine.devices.source import Context
from engine.errors import DriverError
from engine.testing import Heard, check_driver, find_faults
from engine.testing.bench import HeldWire
from engine.units import UNITS


def puck_packet(sequence: int, counts: list[int]) -> bytes:
    head = PACKET.pack(b"\xa5\x5a", sequence, *counts, 0)[:-1]
    return head + bytes([sum(head) & 0xFF])


SHIPPED: list[tuple[type[Driver], list[Heard]]] = [
    (
        DriftChair,
        [
            Heard(b"POS 153\r\n", [Reading(ANGLE, [15.3])]),
            Heard(b"OK\r\nPOS 0\r\n", [Reading(ANGLE, [0.0])]),
            Heard(b"POS -3\r\n", []),
        ],
    ),
    (
        EdaPuck,
        [
            Heard(puck_packet(1, [255] * 8), [Reading(EDA, [60.0 * 255 / 65535] * 8)]),
            Heard(b"\xa5\x5a" + puck_packet(2, [77] * 8), [Reading(EDA, [60.0 * 77 / 65535] * 8)]),
        ],
    ),
]


@pytest.mark.parametrize(("driver", "heard"), SHIPPED, ids=lambda c: getattr(c, "model", ""))
def test_every_shipped_driver_conforms(driver: type[Driver], heard: list[Heard]) -> None:
    check_driver(driver, heard)


def test_a_puck_counts_what_went_missing_between_two_packets() -> None:
    puck = EdaPuck()
    said = [
        next(puck.decode(Frame(0.0, puck_packet(n, [0] * 8)))).missing for n in (254, 255, 1, 2)
    ]

    assert said == [0, 0, 8, 0]


def test_a_packet_that_comes_twice_is_one_packet() -> None:
    puck = EdaPuck()
    said = [list(puck.decode(Frame(0.0, puck_packet(n, [0] * 8)))) for n in (7, 7, 8, 8, 8, 9)]

    assert [len(readings) for readings in said] == [1, 0, 1, 0, 0, 1]
    assert [r.missing for readings in said for r in readings] == [0, 0, 0]


@pytest.mark.parametrize("packets", [1, 3, 10])
def test_packets_that_come_twice_leave_every_sample_where_it_was(packets: int) -> None:
    clock, wire = VirtualClock(), HeldWire()
    source = DrivenSource(EdaPuck, {}, lambda _link, _options: wire)
    source.open(Context("puck", clock))
    times: list[float] = []
    for n in range(400):
        for _ in range(2 if n % packets == 0 else 1):
            wire.say(clock.now(), Heard(puck_packet(n % 256, [n] * 8), []))
        times += [t for chunk in source.read(clock.now()) for t in chunk.t.tolist()]
        clock.wait(0.25)

    assert len(times) == 400 * 8
    assert np.diff(times) == pytest.approx(1 / 32, abs=1e-3)
    assert times[-1] == pytest.approx(399 * 0.25 - EDA.latency, abs=1e-3)


def test_a_chair_speaks_tenths_and_bytes() -> None:
    line = DriftChair().encode({"recline": 22.5, "vibration": 0.2})

    assert line == b"SET 225 51\r\n"


EDA_STREAM = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=8.0)
changed: Any = replace
"""What a vendor writes who has no type checker."""
RECLINE = Output("recline", Unit.DEGREE, low=0.0, high=50.0, slew=2.0, rest=10.0)


def declare(**facts: object) -> type[Driver]:
    """Write a driver class with ``facts``, right where nothing else is said."""
    right: dict[str, object] = {
        "model": "some-thing",
        "zh": "设备",
        "en": "Thing",
        "link": SerialLink(Lines(), usb=((1, 2),)),
        "streams": (EDA_STREAM,),
        "decode": lambda self, frame: (),
        "encode": lambda self, levels: b"x",
        "halt": lambda self: b"STOP",
    }
    kept = {k: v for k, v in (right | facts).items() if v is not None}
    return type("Thing", (Driver,), kept)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"model": None}, "model is None"),
        ({"model": "Some Thing"}, "kebab-case"),
        ({"link": None}, "neither a SerialLink nor a BleLink"),
        ({"link": SerialLink(Packets(b"", 4))}, "sync of at least one byte"),
        ({"link": SerialLink(Packets(b"123", 2))}, "within their size"),
        ({"link": SerialLink(Lines(b""))}, "lines need an end"),
        ({"link": SerialLink(Lines(), baud=0)}, "baud rate 0"),
        ({"link": SerialLink(Lines(), usb=((70_000, 1),))}, "16 bit"),
        ({"link": BleLink("18g0", {"m": "2a37"})}, "'18g0' is not a UUID"),
        ({"link": BleLink("180d")}, "subscribes to nothing"),
        ({"link": BleLink("180d", {"m": "2a37"}), "outputs": (RECLINE,)}, "to write to"),
        ({"streams": ()}, "neither streams nor outputs"),
        ({"streams": (EDA_STREAM, EDA_STREAM)}, "declared 2 times"),
        ({"streams": (Stream("E D A", Kind.EDA, Unit.RAW),)}, "snake_case"),
        ({"streams": (Stream("eda", Kind.EDA, Unit.RAW, rate=0.0),)}, "rate 0"),
        ({"streams": (Stream("eda", Kind.EDA, Unit.RAW, latency=-1.0),)}, "latency -1"),
        ({"streams": (Stream("acc", Kind.ACC, Unit.G, axes=("x", "x")),)}, "name of its own"),
        ({"decode": None}, r"no decode\(\)"),
        ({"outputs": (RECLINE,), "encode": None}, r"no encode\(\)"),
        ({"outputs": (Output("v", Unit.LEVEL, 0.0, 1.0, 1.0, rest=2.0),)}, "rests at 2"),
        ({"outputs": (Output("v", Unit.LEVEL, 1.0, 1.0, 1.0, rest=1.0),)}, "no range"),
        ({"outputs": (Output("v", Unit.LEVEL, 0.0, 1.0, 0.0, rest=0.0),)}, "may not move"),
        ({"outputs": (Output("v", Unit.LEVEL, 0.0, float("inf"), 1.0, 0.0),)}, "not a number"),
        ({"outputs": (RECLINE,), "halt": None}, r"moves a person \(recline\) but has no halt\(\)"),
        ({"zh": None}, "no name for people: zh is missing"),
        ({"en": None, "zh": None}, "zh is missing; .*en is missing"),
        ({"helo": lambda self: ()}, "'helo', which nothing asks for: did you mean 'hello'"),
        ({"emergancy_stop": lambda self: b""}, "did you mean 'emergency_stop'"),
        ({"ask_evry": 1.0}, "did you mean 'ask_every'"),
        ({"ask_every": 0.0}, "asks every 0"),
        ({"ask_every": 1.0}, r"has no ask\(\)"),
        ({"ask": lambda self: ()}, "never asked"),
        ({"outputs": (replace(RECLINE, slew=200.0),)}, "at 200 degrees a second; 10 are the most"),
        ({"outputs": (replace(RECLINE, high=400.0),)}, "from 0 to 400 degrees; nothing"),
        ({"link": BleLink("180d", {"a": "2A37", "b": "2a37"})}, "several names in notify"),
        ({"streams": EDA_STREAM}, "streams is one Stream; write a tuple"),
        ({"streams": ("eda",)}, "holds 'eda', which is no Stream"),
        ({"streams": 3}, "streams is 3"),
        ({"streams": (changed(EDA_STREAM, kind="eda"),)}, "no Kind; there are: ECG, PPG"),
        ({"streams": (changed(EDA_STREAM, unit="uS"),)}, "Kind.EDA goes with Unit.MICROSIEMENS"),
        ({"streams": (replace(EDA_STREAM, kind=Kind.DERIVED),)}, "never comes from a device"),
        (
            {"streams": (replace(EDA_STREAM, latency=100.0),)},
            "latency 100 s, outside 0 to 10; .*mill",
        ),
        ({"streams": (changed(EDA_STREAM, latency="1"),)}, "latency '1', not a number"),
        ({"streams": (replace(EDA_STREAM, rate=1e9),)}, r"rate 1e\+09, outside 0.01 to 10000"),
        ({"streams": (changed(EDA_STREAM, rate="8"),)}, "rate '8', not a number"),
        ({"streams": (Stream("rr", Kind.RRI, Unit.MILLISECOND, rate=1.0),)}, "once a beat"),
        ({"streams": (Stream("rr", Kind.RRI, Unit.MILLISECOND, axes=("a", "b")),)}, "with 2 axes"),
        ({"streams": (changed(EDA_STREAM, axes="xyz"),)}, "axes, a tuple"),
        ({"outputs": (RECLINE, EDA_STREAM)}, "which is no Output"),
        (
            {"outputs": (replace(RECLINE, unit=Unit.MICROSIEMENS),)},
            "an output goes with Unit.DEGREE",
        ),
        ({"outputs": (changed(RECLINE, rest="10"),)}, "rest '10', which is not a number"),
        ({"outputs": (replace(RECLINE, position="eda"),)}, "no stream of its angle"),
        ({"outputs": (Output("w", Unit.CELSIUS, 20, 60, 1, 20),)}, "nothing may be as hot as 43"),
        ({"outputs": (Output("w", Unit.CELSIUS, 20, 40, 1, 35),)}, "warms to 35 degC at rest"),
        (
            {"outputs": (Output("up", Unit.LEVEL, 0, 1, 9, 1, motion=True),)},
            "moves a person at rest",
        ),
        ({"link": SerialLink(Lines("\n"))}, r"the end of lines is '\\n', not bytes"),  # type: ignore[arg-type]
        ({"link": SerialLink(Packets("AB", 4))}, "the sync of packets is 'AB'"),  # type: ignore[arg-type]
        ({"link": SerialLink(Lines)}, "framing is <class"),  # type: ignore[arg-type]
        ({"link": SerialLink(Lines(), usb=(1, 2))}, "write pairs of numbers"),  # type: ignore[arg-type]
        ({"link": SerialLink(Lines(), usb=(("1", "2"),))}, "write numbers"),  # type: ignore[arg-type]
        ({"link": BleLink("180d", "2a37")}, "notify is '2a37'"),  # type: ignore[arg-type]
        ({"link": BleLink("180d", {"m": "2a37"}, names="Polar")}, "names is one text"),  # type: ignore[arg-type]
    ],
)
def test_an_impossible_declaration_is_refused_where_it_is_written(
    facts: Mapping[str, object], fault: str
) -> None:
    with pytest.raises(DriverError, match=fault):
        declare(**facts)


@pytest.mark.parametrize(
    ("kind", "unit", "told"),
    [
        (
            Kind.SKIN_TEMP,
            Unit.MICROSIEMENS,
            r"'it' is Kind\.SKIN_TEMP in Unit\.MICROSIEMENS \(uS\); .* with Unit\.CELSIUS \(degC\)",
        ),
        (
            Kind.EDA,
            Unit.CELSIUS,
            r"'it' is Kind\.EDA in Unit\.CELSIUS \(degC\); .*MICROSIEMENS \(uS\) or Unit\.RAW",
        ),
    ],
)
def test_a_kind_in_a_unit_that_is_none_of_its_own_is_refused_with_the_right_ones(
    kind: Kind, unit: Unit, told: str
) -> None:
    with pytest.raises(DriverError, match=told):
        declare(streams=(Stream("it", kind, unit, rate=4.0),))


def test_every_kind_but_a_derived_one_has_a_unit_a_device_can_tell_it_in() -> None:
    assert set(UNITS) == set(Kind)
    assert [kind for kind, units in UNITS.items() if not units] == [Kind.DERIVED]


@pytest.mark.parametrize("word", ["BREATH", "Resp"])
def test_a_kind_there_is_not_is_answered_with_those_there_are(word: str) -> None:
    with pytest.raises(AttributeError, match=rf"no Kind\.{word}; there are: ECG, PPG, .*RESP"):
        getattr(Kind, word)


def test_names_of_ones_own_are_left_alone_where_they_can_be_no_misspelling() -> None:
    own = declare(decoder=3, mask=0xFF, codes=(), model_name="x", _helo=1, HELLO=b"x")

    assert own.model == "some-thing"


def test_all_faults_of_a_declaration_are_told_at_once() -> None:
    with pytest.raises(DriverError) as caught:
        declare(model="X", streams=(), link=None)

    assert caught.value.what.count(";") == 2
    assert caught.value.where == "Thing"


def test_an_abstract_family_needs_no_declaration() -> None:
    class Family(Driver, abstract=True):
        pass

    assert not hasattr(Family, "model")


@pytest.mark.parametrize(
    ("number", "fault"),
    [(int, "raises ValueError"), (float, "holds an infinite value")],
)
def test_the_kit_finds_a_driver_that_trips_over_noise(number: type[float], fault: str) -> None:
    class Fragile(Driver):
        model = "fragile"
        zh = "设备"
        en = "Fragile"
        link = SerialLink(Lines())
        streams = (EDA_STREAM,)

        def decode(self, frame: Frame) -> Iterator[Reading]:
            yield Reading(EDA_STREAM, [number(frame.data)])

    faults = find_faults(Fragile, [Heard(b"15\r\n", [Reading(EDA_STREAM, [15.0])])])

    assert len(faults) == 1
    assert fault in faults[0]


def test_the_kit_finds_a_driver_that_depends_on_how_the_wire_cuts() -> None:
    class Cutting:
        def framer(self) -> "Cutting":
            return self

        refused = 0

        def feed(self, data: bytes) -> Iterator[bytes]:
            yield data

    class Careless(Driver):
        model = "careless"
        zh = "设备"
        en = "Careless"
        link = SerialLink(Cutting())
        streams = (EDA_STREAM,)

        def decode(self, frame: Frame) -> Iterator[Reading]:
            yield Reading(EDA_STREAM, list(frame.data[:1]))

    faults = find_faults(Careless, [Heard(b"ab", [Reading(EDA_STREAM, [97])])])

    assert any("when its bytes arrive as" in f for f in faults)


def test_the_kit_finds_an_output_the_message_forgets() -> None:
    class Deaf(Driver):
        model = "deaf"
        zh = "设备"
        en = "Deaf"
        link = SerialLink(Lines())
        outputs = (RECLINE,)

        def encode(self, levels: Mapping[str, float]) -> bytes:
            return b"SET\n"

        def halt(self) -> bytes:
            return b"STOP\n"

    assert find_faults(Deaf)[0] == "encode() does not depend on 'recline'"


def test_the_kit_asks_for_a_recorded_message() -> None:
    with pytest.raises(AssertionError, match="no message of the device is recorded"):
        check_driver(declare())
