import math
import random
from typing import ClassVar

import pytest

from drivers.cms50d import PPG, SPO2, Cms50d
from drivers.gsr_line import EDA, GsrLine
from drivers.hf8_pad import MOTORS, Hf8Pad
from drivers.medicore import SIZE, MedicoreFamily, checked_packets
from drivers.modbus_chair import ModbusChair
from engine.devices import Driver, Frame, Kind, Reading, SerialLink, Stream, Unit, WireError
from engine.testing import Heard, check_driver, heard_of
from engine.testing.noise import check_noise


@pytest.mark.parametrize("driver", [Cms50d, GsrLine, Hf8Pad], ids=lambda d: d.model)
def test_every_serial_driver_conforms_to_its_transcript(driver: type[Driver]) -> None:
    assert heard_of(driver)
    check_driver(driver)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (b"1.53", 1.53),
        (b"  2\r", 2.0),
        (b"EDA=0.4", 0.4),
        (b"gsr: 12.25 uS", 12.25),
        (b"500 kohm", 2.0),
        (b"250000 ohm", 4.0),
    ],
)
def test_a_line_in_any_usual_way_is_a_conductance(line: bytes, level: float) -> None:
    (reading,) = GsrLine().decode(Frame(0.0, line))

    assert reading.stream == EDA
    assert reading.values == pytest.approx([level])


@pytest.mark.parametrize(
    "line", [b"nan", b"inf", b"-1", b"1e3", b"1,5", b"", b"0 ohm", b"101", b"1 kohm", b"1.5 V"]
)
def test_a_line_that_is_no_conductance_is_refused_and_not_guessed(line: bytes) -> None:
    with pytest.raises(WireError):
        list(GsrLine().decode(Frame(0.0, line)))


def test_an_oximeter_is_started_and_kept_awake() -> None:
    oximeter = Cms50d()

    assert oximeter.hello() == (bytes.fromhex("7D81A1808080808080"),)
    assert oximeter.ask() == (bytes.fromhex("7D81AF808080808080"),)


CAPTURED = bytes.fromhex("01E085B396C1E1FFFF")


def test_an_oximeter_tells_its_saturation_once_a_second_and_its_wave_always() -> None:
    oximeter = Cms50d()
    said = [r for _ in range(121) for r in oximeter.decode(Frame(0.0, CAPTURED))]

    assert [r.values for r in said if r.stream is PPG] == [[51]] * 121
    assert [r.values for r in said if r.stream is SPO2] == [[97], [97], [97]]


@pytest.mark.parametrize("flag", [0x01, 0x02, 0x03])
def test_without_a_finger_a_wave_is_missing_and_not_zero(flag: int) -> None:
    packet = bytes([CAPTURED[0], CAPTURED[1] | flag, *CAPTURED[2:]])
    (reading,) = Cms50d().decode(Frame(0.0, packet))

    assert reading.stream is PPG
    assert isinstance(reading.values[0], float)
    assert math.isnan(reading.values[0])


def test_bytes_without_their_high_bit_are_no_packet_of_an_oximeter() -> None:
    assert isinstance(Cms50d.link, SerialLink)
    framer = Cms50d.link.framing.framer()
    line = b"\x01\x05" + CAPTURED + CAPTURED[:8] + b"\x01" + CAPTURED[1:]

    assert list(framer.feed(line)) == [CAPTURED, CAPTURED]
    assert framer.refused == 2


def test_a_pad_is_told_each_motor_by_its_number_and_fits_its_buffer() -> None:
    levels = dict.fromkeys(MOTORS, 0.0) | {"left_thigh": 0.2, "left_shoulder": 0.6}
    lines = Hf8Pad().encode(levels)

    assert lines == b"M00\rM151\rM20\rM30\rM40\rM50\rM60\rM7153\r"
    assert len(Hf8Pad().encode(dict.fromkeys(MOTORS, 0.6))) <= 64
    assert Hf8Pad().halt() == b"M00\rM10\rM20\rM30\rM40\rM50\rM60\rM70\r"


class PulseBoard(MedicoreFamily):
    """A board as its manual might describe it."""

    model = "pulse-board"
    zh = "脉搏波板"
    en = "Pulse board"
    link = SerialLink(checked_packets(checksum_at=15), baud=115_200)
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("ppg", Kind.PPG, Unit.RAW, rate=100.0, latency=0.01),
    )
    wave_at = 3
    sequence_at = 1


def packet(sequence: int, wave: int) -> bytes:
    body = bytes((0xCF, sequence, 0)) + wave.to_bytes(2, "big") + bytes(SIZE - 6)
    return body + bytes([sum(body) & 0xFF])


def test_a_board_of_the_family_conforms_once_its_places_are_stated() -> None:
    wave = PulseBoard.streams[0]
    heard = [Heard(packet(n, 0x0102), [Reading(wave, [0x0102])]) for n in (7, 8)]

    check_driver(PulseBoard, heard)


def test_a_board_with_a_counter_tells_how_many_samples_were_lost() -> None:
    board = PulseBoard()
    lost = [next(board.decode(Frame(0.0, packet(n, 1)))).missing for n in (254, 255, 2, 3)]

    assert lost == [0, 0, 2, 0]


def test_a_packet_of_the_family_that_comes_twice_is_one_sample() -> None:
    board = PulseBoard()
    said = [list(board.decode(Frame(0.0, packet(n, 1)))) for n in (254, 255, 255, 0)]

    assert [len(readings) for readings in said] == [1, 1, 0, 1]
    assert [r.missing for readings in said for r in readings] == [0, 0, 0]


@pytest.mark.parametrize("driver", [Cms50d, GsrLine, Hf8Pad, ModbusChair], ids=lambda d: d.model)
def test_twenty_thousand_pieces_of_noise_make_no_reading_that_is_not_declared(
    driver: type[Driver],
) -> None:
    noise = random.Random(11)  # noqa: S311 - noise, not secrets

    assert list(check_noise(driver, heard_of(driver), noise, 20_000)) == []
