"""`anlan devices` as a person uses it: watch a room, pull a cable, record, make a test of it."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from engine.cli import main
from engine.clock import SystemClock
from engine.devices.describing import Catalogue, schema_text
from engine.dsp.warmup import warmup
from engine.vocabulary import is_chinese
from tools.virtual_serial import VirtualPort

ROOT = Path(__file__).parents[2]
# A shell lets what it starts in the background, tests and all, ignore Ctrl-C.
RUN = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from engine.cli import main; sys.exit(main())"
)
WITHIN = 90.0
"""Seconds a program has to say something on a computer that does many things at once."""

posix = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX")


class Band:
    """A sensor that prints its number ten times a second, while it is plugged in."""

    def __init__(self, path: Path) -> None:
        self.port = VirtualPort(path)
        self.port.plug()
        self._clock, self._end = SystemClock(), threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def _talk(self) -> None:
        n = 0
        while not self._end.is_set():
            with self._lock:
                self.port.say(b"%.2f\n" % (1.5 + n % 7 / 100))
            n += 1
            self._clock.wait(0.1)

    def pull(self) -> None:
        with self._lock:
            self.port.pull()

    def plug(self) -> None:
        with self._lock:
            self.port.plug()

    def close(self) -> None:
        self._end.set()
        self._thread.join()
        self.port.pull()


@pytest.fixture
def band(tmp_path: Path) -> Iterator[Band]:
    made = Band(tmp_path / "band")
    yield made
    made.close()


@pytest.fixture
def rig(tmp_path: Path, band: Band) -> Path:
    file = tmp_path / "rig.toml"
    file.write_text(
        'language = "en"\n[[devices]]\nname = "band"\nmodel = "gsr-line"\n'
        f'port = "{band.port.path}"\n'
    )
    return file


@pytest.fixture(scope="module")
def compiled() -> None:
    """Compile every kernel that changed: minutes, which no program here is then waited for."""
    warmup()


class Watching:
    """The command in a process of its own, and what it has said."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, "devices", *words],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said: list[str] = []
        self._clock = SystemClock()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(iter(self.process.stdout.readline, ""))

    def until(self, words: str, after: int = 0) -> int:
        """Wait until a line after the first ``after`` has ``words``; return how many there are."""
        deadline = self._clock.now() + WITHIN
        while not any(words in line for line in self.said[after:]):
            assert self._clock.now() < deadline, self.said
            assert self.process.poll() is None, self.said
            self._clock.wait(0.02)
        return len(self.said)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(WITHIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:  # the test has failed: nothing of it may live on
            self.process.terminate()
            self.process.wait(WITHIN)
        self._thread.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@posix
@pytest.mark.slow
@pytest.mark.usefixtures("compiled")
@pytest.mark.timeout(func_only=True)  # the limit is that of the watching, not of the compiler
def test_a_pulled_cable_and_its_return_are_shown_and_ctrl_c_ends(band: Band, rig: Path) -> None:
    with Watching("--watch", "--rig", str(rig)) as watching:
        seen = watching.until("band  live  sends data")
        watching.until("Hz, ")
        band.pull()
        seen = watching.until("band  lost  lost its connection", seen)
        band.plug()
        watching.until("band  live  sends data", seen)
        status = watching.end()

    assert status == 0
    assert not any("Traceback" in line for line in watching.said)


@posix
@pytest.mark.slow
def test_what_was_recorded_becomes_a_test_that_holds(
    band: Band, rig: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire, folder = tmp_path / "band.wire", tmp_path / "transcripts"
    recorded = main(["devices", "record", "band", "--rig", str(rig), "--for", "2",
                     "--how", "not measured", "--out", str(wire)])  # fmt: skip
    told = capsys.readouterr()
    made = main(["driver", "transcript", str(wire), "--out", str(folder)])
    said = capsys.readouterr().out

    assert recorded == 0
    assert "personal data" in told.out
    assert not is_chinese(told.out + told.err)  # the rig says English
    assert "live" in told.err
    assert made == 0
    assert "check what it says by the device's manual" in said
    assert 'text = "1.5' in (folder / "gsr-line.toml").read_text()
    assert (folder / "gsr-line.wire").read_bytes() == wire.read_bytes()


@posix
@pytest.mark.slow
def test_a_device_that_never_came_leaves_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, port = tmp_path / "x.wire", tmp_path / "nothing"
    waits: list[float] = []

    def impatient(self: SystemClock, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(SystemClock, "wait", impatient)
    status = main(["devices", "record", "gsr-line", "--port", str(port), "--out", str(wire)])
    said = capsys.readouterr().err

    assert status == 3
    assert "plug it in" in said
    assert "请插好设备" in said
    assert not wire.exists()


@pytest.mark.parametrize(
    ("words", "told", "status"),
    [
        (["--watch"], "whom to watch?", 2),
        (["--scan", "--rig", "x.toml"], "only with --watch", 2),
        (["record", "gsr-lin"], "did you mean 'gsr-line'?", 1),
        (["record", "simulated-person"], "brings its own transport", 1),
        (["record", "gsr-line"], "give the port in the rig", 1),
        (["record", "gsr-line", "--port", "/dev/x", "--latency", "eda"], "eda=0.015", 2),
        (["record", "x", "--rig", "rig.toml"], "it has: band", 1),
    ],
)
def test_what_makes_no_sense_is_told(
    words: list[str], told: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text('[[devices]]\nname = "band"\nmodel = "gsr-line"\n')
    words = [str(rig) if word == "rig.toml" else word for word in words]

    assert main(["devices", *words]) == status
    assert told in capsys.readouterr().err


def test_every_device_is_described_by_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["devices", "--json"])
    said = capsys.readouterr().out
    described = {d.model: d for d in Catalogue.model_validate_json(said).devices}
    chair, strap = described["modbus-chair"], described["heart-rate-band"]

    assert status == 0
    assert json.loads(said)["api"] == "1.0"
    assert chair.link is not None
    assert chair.link.transport == "serial"
    assert chair.options == ("port", "usb_serial", "baud")
    assert chair.outputs is not None
    assert {o.name for o in chair.outputs} >= {"recline", "warmth"}
    assert strap.streams is not None
    assert [s.name for s in strap.streams] == ["rri", "battery"]
    assert described["simulated-person"].streams is None
    assert described["simulated-person"].simulated
    assert all(d.zh and d.en for d in described.values())


def test_the_schema_of_devices_is_fresh() -> None:
    kept = (ROOT / "engine" / "devices" / "devices.schema.json").read_text("utf-8")

    assert kept == schema_text(), "run python tools/make_schema.py"
