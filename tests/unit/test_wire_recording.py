"""A recording of the wire: written as it happens, private, and a test ever after."""

import inspect
import json
import random
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.gsr_line import EDA as GSR
from drivers.gsr_line import GsrLine
from drivers.heart_rate_band import HeartRateBand
from drivers.polar_pmd_sensors import PolarH10
from engine.cli import main
from engine.clock import Clock, VirtualClock
from engine.devices import Driver, Frame, Reading, SerialLink
from engine.devices.links import Link
from engine.devices.transports import Received
from engine.errors import ConfigError
from engine.testing import heard_of
from engine.testing import wire as wire_file
from engine.testing.bench import HeldWire
from engine.testing.heard import Heard, heard_in
from engine.testing.meaning import check_meaning
from engine.testing.scaffold import scaffold
from engine.testing.talk import Talk
from engine.testing.transcribe import choose, write_transcript
from engine.testing.wire import read_wire
from engine.testing.wire_replay import differences, replay
from engine.testing.wire_tap import Progress, record_wire
from tests.shipped import SHIPPED

TALKING = [d for d in SHIPPED if d.streams and heard_of(d)]


class Wire(HeldWire):
    """A device that says its transcript while time goes by, and is pulled for a while."""

    def __init__(
        self, driver: type[Driver], clock: VirtualClock, pulled: tuple[float, float]
    ) -> None:
        super().__init__()
        self._driver, self._time, self._pulled = driver, clock, pulled
        self._talk = Talk(driver, heard_of(driver), 0.0)
        self._chance = random.Random(1)  # noqa: S311 - jitter, not secrets

    def open(self, clock: Clock) -> None:
        self.cut = self._pulled[0] <= self._time.now() < self._pulled[1]
        super().open(clock)

    def received(self) -> list[Received]:
        now = self._time.now()
        self.cut = self._pulled[0] <= now < self._pulled[1]
        for due, heard in self._talk.due(now):
            if not self.cut:
                self._say(heard, due + self._chance.random() * 0.004)
        return super().received()

    def _say(self, heard: Heard, t: float) -> None:
        if not isinstance(self._driver.link, SerialLink):
            self.say(t, heard)
            return
        at = self._chance.randrange(len(heard.data) + 1)  # a wire cuts where it likes
        for data in (heard.data[:at], heard.data[at:]):
            if data:
                self.say(t, Heard(data, ()))


def recorded(driver: type[Driver], file: Path, pulled: tuple[float, float] = (9e9, 9e9)) -> None:
    clock = VirtualClock()

    def make(_link: Link, _options: Mapping[str, Any]) -> Wire:
        return Wire(driver, clock, pulled)

    def more(_progress: Progress) -> bool:
        return clock.now() < 20.0

    options = {} if not isinstance(driver.link, SerialLink) else {"port": "COM1"}
    record_wire(driver, options, file, {"how": "x"}, clock=clock, more=more, make=make)


@pytest.mark.parametrize("driver", TALKING, ids=lambda d: d.model)
def test_the_recording_of_any_driver_means_the_same_in_virtual_time(
    driver: type[Driver], tmp_path: Path
) -> None:
    file = tmp_path / "it.wire"
    recorded(driver, file, pulled=(8.0, 10.0))
    wire = read_wire(file)

    assert wire.model == driver.model
    assert len(wire.opened) >= 2
    assert wire.readings
    assert list(differences(driver, wire)) == []
    assert {s: n for s, (n, _) in replay(driver, wire).digests().items()} == {
        s: n for s, (n, _) in wire.readings.items()
    }


def test_only_the_user_may_read_a_recording(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(GsrLine, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_recording_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    file.write_text("mine")

    with pytest.raises(ConfigError, match="choose another --out"):
        recorded(GsrLine, file)
    assert file.read_text() == "mine"


def test_a_dialogue_is_in_the_recording_with_both_sides(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(PolarH10, file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]

    assert lines[0] == {"model": "polar-h10", "how": "x"}
    assert any(line.get("source") == "control" for line in lines)
    assert any(line.get("sent", "").startswith("0100") for line in lines)
    assert any(line.get("state") == "live" for line in lines)


def test_a_driver_that_changed_its_mind_is_found_out(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(GsrLine, file)
    rows = file.read_text().replace("312e35330a", "312e35340a")  # 1.53 becomes 1.54
    file.write_text(rows)
    (fault,) = differences(GsrLine, read_wire(file))
    said, head, first, second, *rest = fault.split("\n")

    assert re.fullmatch(
        r"stream 'eda': 17 of 201 values differ from when it was recorded; the first "
        r"difference is at sample 0 \(-?0\.\d+ s\):",
        said,
    )
    assert head.split() == ["time,", "s", "sample", "channel", "expected", "got", "uS"]
    assert first.split()[1:] == ["0", "value", "1.53", "1.54"]
    assert second.split()[2:] == ["value", "1.53", "1.54"]
    assert rest[-2].split() == ["...", "and", rest[-2].split()[2], "more"]
    assert "--force" in rest[-1]


def test_a_recording_of_before_values_were_kept_tells_where_they_differ_as_well_as_it_can(
    tmp_path: Path,
) -> None:
    file = tmp_path / "it.wire"
    recorded(GsrLine, file)
    lines = [line for line in file.read_text().splitlines() if "decoded" not in line]
    file.write_text("\n".join(lines).replace("312e35330a", "312e35340a"))
    (fault,) = differences(GsrLine, read_wire(file))

    assert fault.startswith("the values of stream 'eda' differ from when it was recorded")
    assert re.search(r"\(now 1\.54 uS at -?0\.\d+ s to [\d.]+ at 1\d\.\d+ s\)", fault)
    assert "--force" in fault


def test_times_alone_that_differ_are_told_as_times(tmp_path: Path) -> None:
    class Later(GsrLine):
        model = "gsr-line"
        streams = (replace(GSR, latency=GSR.latency + 0.1),)

        def decode(self, frame: Frame) -> Iterator[Reading]:
            for reading in super().decode(frame):
                yield reading._replace(stream=self.streams[0])

    file = tmp_path / "it.wire"
    recorded(GsrLine, file)
    (fault,) = differences(Later, read_wire(file))

    assert fault.startswith("the times of stream 'eda' differ from when it was recorded")


def test_the_values_are_kept_every_ten_seconds(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(PolarH10, file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    wire = read_wire(file)

    assert [round(line["t"], 1) for line in lines if "decoded" in line] == [10.0, 20.0]
    assert {name: len(x) for name, x in wire.decoded.items()} == {
        name: n for name, (n, _) in wire.readings.items()
    }
    assert wire.decoded["acc"].shape[1] == 3


def test_the_check_shows_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    recorded(GsrLine, folder / "gsr-line.wire")
    monkeypatch.setattr(wire_file, "transcript_of", lambda _driver, _end: folder / "gsr-line.wire")
    text = (folder / "gsr-line.wire").read_text().replace("312e35330a", "312e35340a")
    (folder / "gsr-line.wire").write_text(text)

    assert main(["driver", "check", "drivers", "--model", "gsr-line", "--quick", "--lang", "en"])
    said = capsys.readouterr().out
    assert re.search(r"^ {16}stream 'eda': \d+ of 201 values differ", said, re.MULTILINE)
    assert re.search(r"^ {16} +-?0\.\d+ +0  value +1\.53 +1\.54$", said, re.MULTILINE)


def said_in(recording: bytes) -> list[bytes]:
    """What the device said, without what a driver made of it."""
    return [x for x in recording.splitlines() if b"readings" not in x and b"decoded" not in x]


def test_a_correction_is_taken_into_the_recording_beside_the_driver_by_force_alone(
    tmp_path: Path,
) -> None:
    file = tmp_path / "it.wire"
    recorded(GsrLine, file)
    file.write_text(file.read_text().replace("312e35330a", "312e35340a"))
    old = file.read_bytes()
    _, plain = write_transcript(GsrLine, read_wire(file), file, tmp_path / "a")
    _, forced = write_transcript(GsrLine, read_wire(file), file, tmp_path / "a", replace=True)

    assert plain == forced
    assert forced is not None
    assert list(differences(GsrLine, read_wire(forced))) == []
    assert file.read_bytes() == old
    assert said_in(forced.read_bytes()) == said_in(old)


def test_a_lost_message_is_found_out(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(HeartRateBand, file)
    lines = file.read_text().splitlines(keepends=True)
    spoken = next(n for n, line in enumerate(lines) if "hex" in line)
    file.write_text("".join(lines[:spoken] + lines[spoken + 1 :]))

    assert any("samples when recorded" in f for f in differences(HeartRateBand, read_wire(file)))


@pytest.mark.parametrize("driver", TALKING, ids=lambda d: d.model)
def test_a_recording_becomes_a_transcript_that_holds(driver: type[Driver], tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(driver, file)
    made, copy = write_transcript(driver, read_wire(file), file, tmp_path / "transcripts")
    heard = heard_in(driver, made)

    assert copy is not None
    assert copy.read_bytes() == file.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [h.data for h in heard] == [h.data for h in choose(driver, read_wire(file))]
    assert {r.stream for h in heard for r in h.means} == {
        r.stream for h in heard_of(driver) for r in h.means
    }
    assert list(check_meaning(driver, heard)) == []


def test_a_transcript_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    recorded(GsrLine, file)
    (tmp_path / "gsr-line.toml").write_text("mine")

    with pytest.raises(ConfigError, match="is there already"):
        write_transcript(GsrLine, read_wire(file), file, tmp_path)
    assert (tmp_path / "gsr-line.toml").read_text() == "mine"


def wire_of_lines(file: Path, *lines: str) -> Path:
    """A recording of these lines, a tenth of a second apart."""
    rows = [{"t": n / 10.0, "hex": line.encode().hex()} for n, line in enumerate(lines)]
    file.write_text("\n".join(json.dumps(row) for row in ({"model": "gsr-line"}, *rows)))
    return file


def test_messages_are_chosen_to_differ_and_errors_are_kept(tmp_path: Path) -> None:
    near = [f"{1.5 + n / 1000:.3f}\n" for n in range(40)]
    lines = ["ready\n", *near[:20], "ERR 4\n", *near[20:], "0.02\n", "19.8\n", "ERR 7\n", "ready\n"]
    chosen = choose(GsrLine, read_wire(wire_of_lines(tmp_path / "it.wire", *lines)))

    assert [h.data for h in chosen] == [b"ready\n", b"1.500\n", b"ERR 4\n", b"0.02\n", b"19.8\n"]


def test_the_placeholder_of_a_new_package_gives_way_to_what_a_device_said(tmp_path: Path) -> None:
    package = scaffold("gsr-line", "serial", tmp_path / "it")
    folder = package / "gsr_line" / "transcripts"
    file = wire_of_lines(tmp_path / "it.wire", "1.5\n", "1.7\n")
    made, _ = write_transcript(GsrLine, read_wire(file), file, folder)

    assert '"1.7\\n"' in made.read_text()
    with pytest.raises(ConfigError, match="--force replaces it"):
        write_transcript(GsrLine, read_wire(file), file, folder)


def test_by_force_a_transcript_and_an_open_recording_are_replaced(tmp_path: Path) -> None:
    file = wire_of_lines(tmp_path / "it.wire", "1.5\n")
    (tmp_path / "gsr-line.toml").write_text("old")
    (tmp_path / "gsr-line.wire").write_text("old")
    (tmp_path / "gsr-line.wire").chmod(0o644)
    made, copy = write_transcript(GsrLine, read_wire(file), file, tmp_path, replace=True)

    assert copy is not None
    assert copy.read_bytes() == file.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "1.5" in made.read_text()


def test_an_anonymous_transcript_has_no_recording_beside_it_and_no_times_in_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "it.wire"
    recorded(GsrLine, file)
    made, copy = write_transcript(
        GsrLine, read_wire(file), file, tmp_path / "public", anonymous=True
    )
    keys = {key for entry in tomllib.loads(made.read_text())["heard"] for key in entry}

    assert copy is None
    assert list((tmp_path / "public").iterdir()) == [made]
    assert keys <= {"text", "hex", "source", "means"}


def test_the_command_says_how_to_go_on_where_a_transcript_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(GsrLine, tmp_path / "it.wire")
    file = str(tmp_path / "it.wire")
    beside = main(["driver", "transcript", file])
    refused = capsys.readouterr().err
    elsewhere = main(["driver", "transcript", file, "--out", str(tmp_path / "new")])
    written = capsys.readouterr().out
    other = main(["driver", "transcript", file, "--package", "engine.sound.plugin"])
    lacking = capsys.readouterr().err

    assert (beside, elsewhere, other) == (1, 0, 1)
    assert "--force replaces it" in refused
    assert f"once it lies in {Path(inspect.getfile(GsrLine)).parent / 'transcripts'}" in written
    assert "driver check" not in written
    assert "engine.sound.plugin has: none" in lacking


def test_a_recording_of_noise_makes_no_transcript(tmp_path: Path) -> None:
    file = tmp_path / "it.wire"
    file.write_text('{"model": "gsr-line"}\n{"t": 0.0, "hex": "ffffff"}\n')

    with pytest.raises(ConfigError, match="check the baud rate"):
        choose(GsrLine, read_wire(file))


@pytest.mark.parametrize(
    "line",
    [
        '{"t": 1}',
        "[1]",
        "nonsense",
        '{"t": "x", "hex": "00"}',
        '{"readings": {"eda": 1}}',
        '{"decoded": {"eda": [1, "%%%%"]}}',
        '{"decoded": {"eda": [1, "AAAA"]}}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "it.wire"
    file.write_text(f'{{"model": "gsr-line"}}\n{line}\n')

    with pytest.raises(ConfigError, match=r"it\.wire:2: cannot be read"):
        read_wire(file)
