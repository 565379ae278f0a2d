"""Whatever arrives, every shipped decoder answers with sense or with a refusal, and at once.

A thousand inputs for each driver here; the million is `test_decoder_fuzz_million.py`, figures are
in `engine/devices/README.md`.
"""

import itertools
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
from engine.testing.damage import LONGEST, Damage
from engine.testing.fuzz import CONNECTION, Fuzzed, Target, decodes, fuzz, possible_frames
from tests.shipped import SHIPPED

DECODERS = [d for d in SHIPPED if decodes(d)]
SOME = 1_000
EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)


@pytest.mark.parametrize("driver", DECODERS, ids=lambda d: d.model)
def test_damaged_messages_are_taken_or_refused(driver: type[Driver]) -> None:
    result = fuzz(driver, heard_of(driver), SOME, seed=2)

    assert result.fault == ""
    assert result.inputs == SOME
    assert result.frames > SOME // 4  # the damage reaches the decoder
    assert bool(result.samples) == bool(driver.streams)


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


def test_a_decoder_that_takes_too_long_is_a_fault() -> None:
    seconds = itertools.accumulate([0.1] * 4 + [1.5] * 10)
    healthy = next(d for d in DECODERS if d.model == "gsr-line")
    result = fuzz(healthy, heard_of(healthy), 9 * CONNECTION, seed=1, now=lambda: next(seconds))

    assert result.inputs == 4 * CONNECTION
    assert "took 1.5 s" in result.fault


class Looping(Faulty):
    """A decoder that never comes back from one kind of message."""

    model = "looping"

    def decode(self, frame: Frame) -> Iterator[Reading]:
        while b"5" in frame.data:
            pass
        yield from ()


def test_a_decoder_that_hangs_is_ended_and_the_bytes_it_hangs_at_are_told() -> None:
    result = fuzz(Looping, [Heard(b"1.5\n", [])], 1_000, seed=1, longest=0.05)

    assert "NeverEndsError" in result.fault
    assert "5" in result.fault.partition("(input")[0]
    assert result.inputs < 1_000


def test_how_far_it_is_is_told_connection_by_connection() -> None:
    healthy = next(d for d in DECODERS if d.model == "hf8-pad")
    told: list[int] = []
    fuzz(healthy, heard_of(healthy), 2 * CONNECTION + 10, seed=1, told=told.append)

    assert told == [CONNECTION, 2 * CONNECTION, 2 * CONNECTION + 10]


def test_the_same_seed_makes_the_same_damage() -> None:
    driver = DECODERS[0]

    def made(seed: int) -> list[tuple[bytes, str]]:
        damage = Damage(driver, heard_of(driver), seed)
        return [*damage.batch(100), *damage.batch(100)]

    assert made(1) == made(1)
    assert made(1) != made(2)
    assert len(set(made(1))) > 150


@pytest.mark.parametrize("driver", DECODERS, ids=lambda d: d.model)
def test_damage_is_of_every_kind(driver: type[Driver]) -> None:
    heard = heard_of(driver)
    said = {(h.data, h.source) for h in heard}
    joined = {a.data + b.data for a in heard for b in heard}
    made = list(Damage(driver, heard, 1).batch(2_000))
    data = [d for d, _ in made]

    assert max(map(len, data)) <= LONGEST
    assert said <= set(made)  # left as it was
    assert joined & set(data)  # one after the other
    assert b"" in data  # cut off altogether
    whole = max(heard, key=lambda h: len(h.data)).data
    assert any(len(d) < len(whole) and whole.startswith(d) for d in data)  # its end is lost
    assert any(len(d) < len(whole) and whole.endswith(d) for d in data)  # its beginning is
    assert any(
        len(d) == len(whole)
        and sum((a ^ b).bit_count() for a, b in zip(d, whole, strict=True)) == 1
        for d in data
    )  # one bit is another
    sources = {source for _, source in made}
    assert sources == (set(driver.link.notify) if isinstance(driver.link, BleLink) else {""})


def test_without_a_recorded_message_there_is_still_noise() -> None:
    data = [d for d, _ in Damage(DECODERS[0], [], 1).batch(1_000)]

    assert sum(len(d) > 20 for d in data) > 20


def test_frames_for_a_decoder_are_what_its_framing_could_cut() -> None:
    class Boxed(Driver):
        model = "boxed"
        zh = "设备"
        en = "Boxed"
        link = SerialLink(Packets(b"\xa5", 4), usb=((1, 2),))
        streams = (EDA,)

        def decode(self, frame: Frame) -> Iterator[Reading]:
            yield Reading(EDA, [frame.data[1]])

    assert list(possible_frames(Boxed)(b"")) == [b"\xa5\0\0\0"]
    assert list(possible_frames(Boxed)(b"abcdefg")) == [b"\xa5bcd"]
    assert list(possible_frames(Faulty)(b"1\n2\n")) == [b"12"]
    assert list(possible_frames(Faulty)(b"\n")) == []
