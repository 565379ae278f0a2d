"""How a Polar sensor is asked for its measurements, whatever it answers or leaves out."""

import pytest

from drivers import polar_pmd as pmd
from drivers.polar_pmd_sensors import PolarH10, PolarOptical, PolarPulse
from engine.devices import Frame

H = bytes.fromhex
ECG_FRAME = Frame(0.0, H("00 0094357700000000 00 0280FF"), "data")
ACC_FRAME = Frame(0.0, H("02 0094357700000000 01 F1FF1400F003"), "data")


def answer(text: str) -> Frame:
    return Frame(0.0, H(text), "control")


def test_each_measurement_is_asked_for_after_the_one_before_was_started() -> None:
    strap = PolarH10()
    said = [
        list(strap.hello()),
        list(strap.reply(answer("F0 01 00 00 00 00 01 8200 01 01 0E00"))),
        list(strap.reply(answer("F0 02 00 00 00"))),
        list(
            strap.reply(
                answer("F0 01 02 00 00 00 04 C800 6400 3200 1900 01 01 1000 02 02 0800 0200")
            )
        ),
        list(strap.reply(answer("F0 02 02 00 00"))),
    ]

    assert said == [
        [H("0100")],
        [H("02 00 00 01 8200 01 01 0E00")],
        [H("0102")],
        [H("02 02 00 01 3200 01 01 1000 02 01 0200")],
        [],
    ]


def test_a_refused_measurement_does_not_keep_the_next_from_being_asked_for() -> None:
    assert list(PolarH10().reply(answer("F0 02 00 0D 00"))) == [H("0102")]


def test_a_sensor_that_tells_no_settings_is_started_with_what_is_wished() -> None:
    assert list(PolarH10().reply(answer("F0 01 00 03 00"))) == [H("02 00 00 01 8200 01 01 0E00")]


def test_what_is_no_answer_is_not_answered() -> None:
    strap = PolarH10()

    assert not list(strap.reply(answer("0F 05")))
    assert not list(strap.reply(answer("F0 01 00 00 00 09 01 00")))
    assert not list(strap.reply(ECG_FRAME))
    assert not list(strap.reply(answer("F0 01 07 00 00")))


def test_pulse_intervals_are_started_without_settings() -> None:
    assert list(PolarPulse().hello()) == [H("0203")]


def test_what_does_not_come_is_asked_for_again() -> None:
    strap = PolarH10()
    assert list(strap.ask()) == [H("0100")]
    list(strap.decode(ECG_FRAME))
    assert list(strap.ask()) == [H("0102")]
    list(strap.decode(ECG_FRAME))
    list(strap.decode(ACC_FRAME))

    assert not list(strap.ask())
    assert list(strap.ask()) == [H("0100")]


@pytest.mark.parametrize("source", ["ecg", "acc"])
def test_a_frame_that_comes_twice_is_one_frame(source: str) -> None:
    kind, body = {"ecg": ("00", "00 02 80 FF"), "acc": ("02", "01 F1 FF 14 00 F0 03")}[source]
    one, two = (
        Frame(0.0, bytes.fromhex(f"{kind} {t:02X} 94 35 77 00 00 00 00 {body}"), "data")
        for t in (0, 1)
    )
    strap = PolarH10()
    said = [list(strap.decode(frame)) for frame in (one, one, two, two, one)]

    assert [len(readings) for readings in said] == [1, 0, 1, 0, 1]
    assert [r.missing for readings in said for r in readings] == [0, 0, 0]


def test_every_measurement_is_stopped_at_the_end() -> None:
    assert list(PolarOptical().goodbye()) == [
        bytes([pmd.STOP, pmd.PPG]),
        bytes([pmd.STOP, pmd.ACC]),
    ]


def test_a_lost_frame_is_counted_and_an_uneven_clock_is_not() -> None:
    strap = PolarH10()
    period = 73 / 130 * 1e9
    times = [0, 1, 2.004, 4.004, 5.0]
    missing = []
    for t in times:
        data = b"\0" + round(10**18 + t * period).to_bytes(8, "little") + b"\0" + bytes(3 * 73)
        (reading,) = strap.decode(Frame(0.0, data, "data"))
        missing.append(reading.missing)

    assert missing == [0, 0, 0, 73, 0]
