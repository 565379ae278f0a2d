"""What is wrong with a vendor's driver is found, and told so that the vendor can mend it."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

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
from engine.devices.written import written
from engine.errors import FaultyFileError
from engine.testing import (
    Check,
    Heard,
    Tier,
    Verdict,
    check_driver,
    conformance,
    examine,
    find_faults,
)
from engine.testing.heard import heard_in
from engine.testing.meaning import check_truncated
from engine.testing.names import RATE
from engine.testing.short_wire import rate_of
from engine.testing.wire import wire_of

pytestmark = pytest.mark.usefixtures("short_soak")

SKIN = Stream("skin", Kind.SKIN_TEMP, Unit.CELSIUS, rate=4.0, latency=0.1)
ROOM = Stream("room", Kind.TEMPERATURE, Unit.CELSIUS, rate=4.0)


class Band(Driver):
    """A temperature a line."""

    model = "band"
    zh = "体温带"
    en = "Temperature band"
    link = SerialLink(Lines(b"\n"), usb=((1, 2),))
    streams = (SKIN,)

    def decode(self, frame: Frame) -> Iterable[Reading]:
        try:
            yield Reading(SKIN, [float(frame.data)])
        except ValueError as error:
            raise WireError("no number") from error


SAID = [Heard(b"33.1\n", [Reading(SKIN, [33.1])])]


def faults_of(verdict: Verdict, name: str) -> tuple[str, ...]:
    (check,) = (c for c in verdict.checks if c.name == name)
    return check.faults


class Raising(Band):
    """Takes a word for a number of words."""

    model = "raising"

    def decode(self, frame: Frame) -> Iterator[Reading]:
        yield Reading(SKIN, [float(frame.data.split(b",")[1])])


def test_an_exception_in_decode_is_told_once_in_one_paragraph_with_file_line_and_message() -> None:
    verdict = examine(Raising, SAID, processes=False)
    (fault,) = faults_of(verdict, "recorded messages")

    assert fault.startswith("decode() of b'33.1\\n' raises IndexError: list index out of range")
    assert re.search(r"\(.*test_kit_words\.py, line \d+: yield Reading\(SKIN, \[float", fault)
    assert verdict.tier is Tier.NONE
    assert all(c.unexamined or c.tier is not Tier.SILVER for c in verdict.checks)
    assert "Traceback" not in json.dumps(verdict.facts()) + verdict.text()
    assert "Traceback (most recent call last)" in verdict.text(traces=True)


def test_the_command_prints_the_traceback_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    source = "from tests.unit.test_kit_words import Raising\n\n\nclass Loud(Raising):\n"
    (tmp_path / "loud_driver.py").write_text(f'{source}    model = "loud"\n')
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "loud.toml").write_text(
        '[[heard]]\ntext = "1\\n"\nmeans = [{stream = "skin", values = [1]}]'
    )

    assert main(["driver", "check", "loud_driver", "--quick"]) == 1
    assert "Traceback" not in capsys.readouterr().out
    assert main(["driver", "check", "loud_driver", "--quick", "--traceback"]) == 1
    assert "Traceback" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("meant", "told"),
    [
        ([Reading(SKIN, [33.2])], "b'33.1\\n': 'skin' values: expected [33.2], got [33.1]"),
        ([Reading(SKIN, [33.1], None, 2)], "b'33.1\\n': 'skin' missing: expected 2, got 0"),
        (
            [Reading(SKIN, [33.1], [1.0])],
            "b'33.1\\n': 'skin' times: expected [1.0], got none",
        ),
        ([], "b'33.1\\n': expected no reading, got 'skin' [33.1]"),
    ],
)
def test_a_message_that_means_something_else_shows_only_what_differs(
    meant: list[Reading], told: str
) -> None:
    assert told in find_faults(Band, [*SAID, Heard(b"33.1\n", meant)])


@pytest.mark.parametrize("data", [b"33.1", b"33.1\n"])
def test_lines_that_end_otherwise_than_declared_are_hinted_at(data: bytes) -> None:
    class Windows(Band):
        model = "windows"
        link = SerialLink(Lines(b"\r\n"))

    fault = find_faults(Windows, [Heard(data, [Reading(SKIN, [33.1])])])[0]

    assert "expected 'skin' [33.1], got no reading" in fault
    assert "with b'\\r\\n' at the end of its lines" in fault


def test_a_refused_message_says_why_it_was_refused() -> None:
    fault = find_faults(Band, [*SAID, Heard(b"warm\n", [Reading(SKIN, [1.0])])])[0]

    assert "got no reading (it was refused: no number)" in fault


def test_values_no_person_can_have_are_told_with_the_unit() -> None:
    tenths = [Heard(b"331\n", [Reading(SKIN, [331.0])])]

    assert find_faults(Band, tenths)[0] == (
        "every recorded value of stream 'skin' lies within 331 to 331 degC; possible are 5 to 50: "
        "is the device's unit another one?"
    )


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (Reading(SKIN, [1.0]), "decode() returns one Reading; yield each"),
        (None, "decode() returns None; yield each"),
        ([33.1], "decode() gives 33.1, which is no Reading"),
        (33.1, "decode() returns 33.1; yield each"),
        (
            [Reading(SKIN, written(["33.1"]))],
            "decodes to a reading that holds '33.1', which is no number",
        ),
        ([Reading(SKIN, 33.1)], "the values of a Reading are 33.1; write a list: [33.1]"),  # type: ignore[arg-type]
    ],
)
def test_a_decode_that_returns_no_list_of_readings_is_told_what_to_return(
    returned: Any, told: str
) -> None:
    class Odd(Band):
        model = "odd"

        def decode(self, frame: Frame) -> Any:
            return returned

    assert told in find_faults(Odd, SAID)[0]


@pytest.mark.parametrize(
    ("method", "returned", "told"),
    [
        ("hello", b"START", "hello() returns b'START'; return a tuple of messages: (b'...',)"),
        ("goodbye", ("BYE",), "goodbye() gives 'BYE', which is not bytes"),
        ("reply", None, "reply() returns None; return a tuple of messages: (b'...',)"),
    ],
)
def test_what_a_driver_says_has_to_be_messages(method: str, returned: Any, told: str) -> None:
    odd = type("Odd", (Band,), {"model": "odd", method: lambda *_: returned})

    assert told in find_faults(odd, SAID)


ANGLE = Stream("angle", Kind.ANGLE, Unit.DEGREE, rate=10.0)
PLACED = [Heard(b"150\n", [Reading(ANGLE, [15.0])])]


class Mover(Driver):
    """A chair that speaks in words."""

    model = "mover"
    zh = "设备"
    en = "Mover"
    link = SerialLink(Lines(b"\n"))
    streams = (ANGLE,)
    outputs = (Output("recline", Unit.DEGREE, 0.0, 50.0, slew=5.0, rest=10.0, position="angle"),)

    def decode(self, frame: Frame) -> Iterable[Reading]:
        if not frame.data.isdigit() or len(frame.data) > 3:
            raise WireError("no angle")
        yield Reading(ANGLE, [int(frame.data) / 10])

    def encode(self, levels: Any) -> Any:
        return f"SET {levels['recline']}"

    def halt(self) -> Any:
        return "STOP"


def test_what_a_chair_is_told_has_to_be_bytes() -> None:
    faults = find_faults(Mover, PLACED)

    assert faults[0] == "halt() returns 'STOP', which is not bytes"
    assert any(
        f == "encode({'recline': 10.0}) returns 'SET 10.0', which is not bytes" for f in faults
    )


class Words(Mover):
    """The same chair, right."""

    model = "words"

    def encode(self, levels: Any) -> bytes:
        return b"SET %d\n" % round(levels["recline"] * 10)

    def halt(self) -> bytes:
        return b"STOP\n"


@pytest.mark.parametrize(
    ("method", "said", "told"),
    [
        ("halt", lambda _: b"SET 0\n", "halt() sends what encode() sends for its low levels"),
        (
            "hello",
            lambda _: (b"SET 100\n",),
            "hello() sends what encode() sends for its rest levels",
        ),
        (
            "encode",
            lambda _, levels: b"SET %d\n" % (round(levels["recline"] * 10) & 0xFF),
            ", and something else between",
        ),
    ],
)
def test_a_chair_that_moves_unasked_or_says_one_thing_for_two_places_is_found(
    method: str, said: Any, told: str
) -> None:
    assert find_faults(Words, PLACED) == ()
    assert any(
        told in fault for fault in find_faults(type("Odd", (Words,), {method: said}), PLACED)
    )


def test_what_is_remembered_in_the_class_is_found() -> None:
    class Shared(Band):
        model = "shared"
        heard: list[bytes] = []  # noqa: RUF012 - the mistake that is looked for

        def decode(self, frame: Frame) -> Iterator[Reading]:
            self.heard.append(frame.data)
            yield Reading(SKIN, [33.0 + len(self.heard)])

    told = find_faults(Shared, [Heard(b"34.0\n", [Reading(SKIN, [34.0])])])[0]

    assert "decodes differently in a new instance" in told
    assert "remember things in self" in told


def test_a_driver_that_never_comes_back_is_told_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Looping(Band):
        model = "looping"

        def decode(self, frame: Frame) -> Iterator[Reading]:
            while frame.data:
                pass
            yield Reading(SKIN, [0.0])

    monkeypatch.setattr(conformance, "LONGEST", 0.2)
    (told,) = find_faults(Looping, SAID)

    assert "nothing came back for 0.2 s: it loops, or waits" in told
    assert "test_kit_words.py, line" in told


def test_what_a_driver_prints_is_no_part_of_the_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "talking_driver.py").write_text(
        "from tests.unit.test_kit_words import Mover\n\n\nclass Talking(Mover):\n"
        '    model = "talking"\n\n    def halt(self):\n        print("halting")\n'
        '        return b"STOP"\n'
    )

    assert main(["driver", "check", "talking_driver", "--quick", "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)[0]["model"] == "talking"
    assert "halting" in said.err


def test_everything_that_is_wrong_in_a_transcript_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "band.toml"
    file.write_text(
        "[[herd]]\n"
        '[[heard]]\ntext = "1"\nmean = [{ stream = "skin", values = [1] }]\n'
        '[[heard]]\ntext = "1"\nmeans = [{ stream = "skin", value = [1] }]\n'
        '[[heard]]\ntext = "1"\nhex = "31"\n'
        '[[heard]]\ntext = 1\nmeans = [{ stream = "sink", values = 1 }]\n'
        '[[heard]]\ntext = "1"\nmeans = [{ stream = "skin", values = [1], '
        "times = [], missing = -1 }]\n"
    )
    with pytest.raises(FaultyFileError) as caught:
        heard_in(Band, file)

    assert str(caught.value).startswith(f"{file}: 9 faults")
    assert [f"{fault.where}: {fault.what}" for fault in caught.value.faults] == [
        "the file: key 'herd' is not known",
        "heard 1: key 'mean' is not known",
        "heard 2, means 1: key 'value' is not known",
        "heard 2, means 1: has no values",
        "heard 3: has both hex and text",
        "heard 4: text is 1, no text",
        "heard 4, means 1: 'sink' is no stream of this driver",
        "heard 5, means 1: times are []",
        "heard 5, means 1: missing is -1",
    ]
    assert caught.value.faults[1].hint == ("did you mean 'means'? known: hex, text, source, means")


def wire(folder: Path, rate: float, lasts: float = 120.0, readings: str = "") -> None:
    """Write the recording of a band that sends at ``rate``."""
    lines = ['{"model": "band", "how": "x"}']
    lines += [
        json.dumps({"t": round(n / rate, 4), "hex": b"33.1\n".hex()})
        for n in range(round(lasts * rate))
    ]
    (folder / "band.wire").write_text("\n".join([*lines, readings]).strip())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the transcript and the recording of a driver are."""

    def transcript_of(driver: type[Driver], ending: str = ".toml") -> Path:
        return tmp_path / f"{driver.model}{ending}"

    monkeypatch.setattr("engine.testing.wire.transcript_of", transcript_of)
    return tmp_path


def test_a_recording_that_means_something_else_now_fails_bronze_and_the_vendors_own_test(
    folder: Path,
) -> None:
    wire(folder, 4.0, readings='{"readings": {"skin": [480, "not what it means now"]}}')
    verdict = examine(Band, SAID, processes=False)
    told = "the times and values of stream 'skin' differ from when it was recorded"

    assert verdict.tier is Tier.NONE
    assert verdict.next_step.startswith(told)
    with pytest.raises(AssertionError, match=told):
        check_driver(Band, SAID)


def test_where_the_rate_is_another_that_is_said_before_the_times_it_makes_others(
    folder: Path,
) -> None:
    wire(folder, 8.0, readings='{"readings": {"skin": [960, "times of another rate"]}}')

    assert examine(Band, SAID, processes=False).next_step.startswith(
        "stream 'skin' has 8 samples a second in the recording, 4 are declared"
    )


def test_a_driver_that_raises_on_noise_alone_is_called_so_in_the_first_line() -> None:
    class Fragile(Band):
        model = "fragile"

        def decode(self, frame: Frame) -> Iterator[Reading]:
            yield Reading(SKIN, [int(frame.data.replace(b".", b"")) / 10])

    verdict = examine(Fragile, SAID)
    left = {c.unexamined for c in verdict.checks if c.tier is Tier.SILVER and c.unexamined}

    assert verdict.text().startswith("fragile: BRONZE, but it raises: noise")
    assert "the driver raises (noise), mend that first" in left
    assert not any("recorded;" in why for why in left)


def test_a_message_that_is_refused_whole_is_not_told_as_spoilt_when_cut_short() -> None:
    assert list(check_truncated(Band, [Heard(b"warm\n", [Reading(SKIN, [33.1])])])) == []


def test_a_recording_that_cannot_be_read_fails_bronze(folder: Path) -> None:
    (folder / "band.wire").write_text("{}\nnonsense")

    assert any("band.wire:2: cannot be read" in fault for fault in find_faults(Band, SAID))


@pytest.mark.parametrize("rate", [3.2, 4.8])
def test_a_recording_at_another_rate_than_declared_is_found_below_gold(
    folder: Path, rate: float
) -> None:
    wire(folder, rate)
    (check,) = rate_of(Band, wire_of(Band))

    assert check.tier is Tier.SILVER
    assert check.faults == (
        f"stream 'skin' has {rate:g} samples a second in the recording, 4 are declared",
    )


def test_a_recording_at_the_declared_rate_passes(folder: Path) -> None:
    wire(folder, 4.0)
    (check,) = rate_of(Band, wire_of(Band))

    assert check.passed


def test_a_rate_nobody_recorded_is_told_as_not_examined(folder: Path) -> None:
    (check,) = rate_of(Band, wire_of(Band))
    wire(folder, 4.0, lasts=30.0)
    (short,) = rate_of(Band, wire_of(Band))
    done = Check(Tier.SILVER, "noise")
    verdict = Verdict("band", "band.Band", (Check(Tier.BRONZE, "names"), done, check))

    assert short.unexamined == "the recording holds less than 60 s of 'skin'"
    assert not check.passed
    assert verdict.tier is Tier.SILVER
    assert verdict.text().startswith(f"band: SILVER, but not examined: {RATE}")
    assert f"  ??  silver  {RATE}\n                not examined: no wire is" in verdict.text()
    assert verdict.facts()["not_examined"] == [RATE]
