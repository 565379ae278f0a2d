"""Whatever arrives, every shipped decoder answers with sense or with a refusal, and at once.

A million inputs for each driver is `python tools/fuzz_drivers.py` (figures in
`engine/devices/README.md`); here is a share of it.
"""

import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.devices import (
    Driver,
    Frame,
    Kind,
    Lines,
    Packets,
    Reading,
    SerialLink,
    Stream,
    Unit,
    WireError,
)
from engine.devices.links import BleLink
from engine.testing import Heard, heard_of
from engine.testing.fuzz import Fuzzed, Spoiler, Target, decodes, fuzz, possible_frames
from tests.shipped import SHIPPED

DECODERS = [d for d in SHIPPED if decodes(d)]
SOME, MANY = 1_000, 30_000
EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)


@pytest.mark.parametrize("driver", DECODERS, ids=lambda d: d.model)
def test_damaged_messages_are_taken_or_refused(driver: type[Driver]) -> None:
    result = fuzz(driver, heard_of(driver), SOME, seed=2)

    assert result.fault == ""
    assert result.inputs == SOME
    assert result.frames > SOME // 4  # the damage reaches the decoder
    assert bool(result.samples) == bool(driver.streams)


@pytest.mark.slow
@pytest.mark.parametrize("driver", DECODERS, ids=lambda d: d.model)
def test_very_many_damaged_messages_are_taken_or_refused(driver: type[Driver]) -> None:
    result = fuzz(driver, heard_of(driver), MANY, seed=3)

    assert result.fault == ""
    assert result.inputs == MANY


@pytest.mark.parametrize("driver", DECODERS, ids=lambda d: d.model)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_any_conversation_at_all_is_taken_or_refused(
    driver: type[Driver], data: st.DataObject
) -> None:
    target = Target(driver, Fuzzed(driver.model))
    link = driver.link
    sources = st.sampled_from(sorted(link.notify) if isinstance(link, BleLink) else [""])
    said = st.sampled_from([h.data for h in heard_of(driver)])
    piece = st.binary(max_size=64) | said | st.builds(lambda a, b: a + b, said, said)
    for _ in range(data.draw(st.integers(1, 6))):
        target.feed(data.draw(piece), data.draw(sources), straight=data.draw(st.booleans()))


class Faulty(Driver):
    """A decoder with the faults that are looked for, each behind a rare message."""

    model = "faulty"
    zh = "设备"
    en = "Faulty"
    link = SerialLink(Lines(b"\n"), usb=((1, 2),))
    streams = (EDA,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        match frame.data[:2]:
            case b"1.":
                yield Reading(EDA, [1.5])
            case b"\xff\xff":
                yield Reading(EDA, [float("inf")])
            case _ if frame.data.endswith(b"5"):
                raise KeyError(frame.data)
            case _:
                raise WireError("no number")


def test_a_decoder_that_fails_is_found_with_the_bytes_it_fails_at() -> None:
    result = fuzz(Faulty, [Heard(b"1.5\n", [])], 100_000, seed=1)

    assert "KeyError" in result.fault
    assert "(input " in result.fault
    assert result.inputs < 100_000


def test_an_infinite_value_is_a_fault() -> None:
    with pytest.raises(ValueError, match="infinite value"):
        Target(Faulty, Fuzzed("faulty")).feed(b"\xff\xff", "", straight=True)


def test_an_input_that_takes_too_long_is_a_fault() -> None:
    seconds = itertools.accumulate([0.1] * 100 + [1.5] * 10)
    healthy = next(d for d in DECODERS if d.model == "gsr-line")
    result = fuzz(healthy, heard_of(healthy), 1000, seed=1, now=lambda: next(seconds))

    assert result.inputs == 100
    assert " took " in result.fault


def test_the_same_seed_makes_the_same_damage() -> None:
    driver = DECODERS[0]

    def made(seed: int) -> list[tuple[bytes, str]]:
        spoiler = Spoiler(driver, heard_of(driver), random.Random(seed))  # noqa: S311 - noise
        return [spoiler.next() for _ in range(200)]

    assert made(1) == made(1)
    assert made(1) != made(2)
    assert len(set(made(1))) > 150


def test_frames_for_a_decoder_are_what_its_framing_could_cut() -> None:
    class Boxed(Driver):
        model = "boxed"
        zh = "设备"
        en = "Boxed"
        link = SerialLink(Packets(b"\xa5", 4), usb=((1, 2),))
        streams = (EDA,)

        def decode(self, frame: Frame) -> Iterator[Reading]:
            yield Reading(EDA, [frame.data[1]])

    assert list(possible_frames(Boxed, b"")) == [b"\xa5\0\0\0"]
    assert list(possible_frames(Boxed, b"abcdefg")) == [b"\xa5bcd"]
    assert list(possible_frames(Faulty, b"1\n2\n")) == [b"12"]
    assert list(possible_frames(Faulty, b"\n")) == []
