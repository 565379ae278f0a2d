"""What people do wrong, and what they are told."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main

FAST = ["--headless", "--virtual-time", "--no-stage", "--no-sound"]


def run(*words: str) -> int:
    return main(["run", *words, *FAST])


def test_an_unknown_protocol_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    status = run("slow-paced-breathng", "--simulate")

    assert status == 1
    assert "slow-paced-breathing" in capsys.readouterr().err


def test_an_unknown_command_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replya", "x"]) == 2
    assert "did you mean 'replay'" in capsys.readouterr().err


def test_virtual_time_without_anyone_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "demo", "--virtual-time"]) == 2
    assert "people take their time" in capsys.readouterr().err


def test_a_protocol_with_five_faults_names_all_five(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        """
format = 1
id = "bad"
title = { zh = "坏", en = "Bad" }
about = { zh = "坏", en = "Bad" }
demonstration = true
scene = "dusk-ocaen"
colour = "blue"
[[phase]]
id = "one"
title = { zh = "一", en = "One" }
scene = "dusk-ocean"
lasts = -5.0
set = { "breath.rate" = 2.0 }
bind = [ { signal = "arusal", control = "scene.swell", to = [0.1, 0.9] } ]
""",
        encoding="utf-8",
    )

    status = main(["check", str(bad)])

    said = capsys.readouterr().out
    assert status == 1
    for fault in ("dusk-ocean", "colour", "lasts", "breath.rate", "arousal"):
        assert fault in said, fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("t,ecg[mV]\n", "no samples"),
        ("t,ecg[mV]\n0.0,0.1\n", "one"),
        ("t,ecg[uS]\n0.0,0.1\n0.004,0.2\n0.008,0.3\n", "uS"),
        ("t,ecg[mV]\n0.0,nan\n0.004,nan\n0.008,nan\n", "ecg"),
        ("t,colour\n0.0,1\n0.004,2\n0.008,3\n", "usable"),
    ],
)
def test_a_recording_that_cannot_be_used_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    file = tmp_path / "person.csv"
    file.write_text(text)

    status = run("demo", "--replay", str(file), "--out", str(tmp_path / "out"))

    said = capsys.readouterr().err
    assert status == 1
    assert "person.csv" in said
    assert told in said
    assert "Traceback" not in said


def test_a_missing_recording_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("demo", "--replay", str(tmp_path / "nobody.csv")) == 1
    assert "nobody.csv" in capsys.readouterr().err


def test_a_flat_recording_runs_and_shows_no_number(tmp_path: Path) -> None:
    file, out = tmp_path / "flat.csv", tmp_path / "out"
    rows = "\n".join("0.0" for _ in range(250 * 100))
    file.write_text(f"# rate=250\necg[mV]\n{rows}\n")

    assert run("demo", "--replay", str(file), "--out", str(out)) == 0

    events = [json.loads(x) for x in (out / "events.jsonl").read_text().splitlines()]
    follows = [
        e for e in events if e["kind"] == "level_changed" and e["because"]["rule"] == "follow"
    ]
    assert follows == []


def test_a_recording_with_gaps_of_nan_runs_to_its_end(tmp_path: Path) -> None:
    file, out = tmp_path / "gaps.csv", tmp_path / "out"
    t = np.arange(0, 100, 1 / 25)
    resp = np.sin(2 * np.pi * 0.1 * t)
    resp[(t > 40) & (t < 50)] = np.nan
    np.savetxt(file, np.column_stack([t, resp]), "%.4f", ",", header="t,resp", comments="")

    assert run("demo", "--replay", str(file), "--out", str(out)) == 0


@pytest.mark.skipif(os.name != "posix", reason="folder permissions are POSIX")
def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = tmp_path / "file"
    closed.write_text("not a folder")

    assert run("demo", "--simulate", "--out", str(closed / "session")) == 1
    said = capsys.readouterr().err
    assert "cannot be written to" in said
    assert "--out" in said


def test_a_rig_tells_the_faults_of_the_file_and_of_its_devices_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "capsule-3.toml"  # what it lists says that it is a rig
    bad.write_text(
        'langauge = "zh"\n'
        '[[devices]]\nname = "a"\nmodel = "heart-rate-band"\naddress = "AA:BB:CC:DD:EE:FF"\n'
        '[[devices]]\nname = "a"\nmodel = "polar-h10"\naddress = "aa:bb:cc:dd:ee:ff"\n'
        '[[devices]]\nname = "B x"\nmodel = "hart-rate-band"\n'
        '[[devices]]\nname = "g"\nmodel = "gsr-line"\nport = "/dev/ttyUSB9"\nbaud = "fast"\n'
        '[[devices]]\nname = "h"\nprot = 3\n',
        encoding="utf-8",
    )
    checked = main(["check", str(bad)]), capsys.readouterr().out
    started = (
        main(["run", "demo", "--rig", str(bad), "--headless", "--out", str(tmp_path / "s")]),
        capsys.readouterr().err,
    )

    for status, told in (checked, started):
        assert status == 1
        for words in (
            "did you mean 'language'?", "not 'B x'", "device-2: is the same device as 'a'",
            "device-3: no driver is installed", "g.baud: 'fast' is no baud rate",
            '"h" > model: is missing', str(bad),
        ):  # fmt: skip
            assert words in told
    assert not (tmp_path / "s").exists()


def test_faults_of_devices_alone_name_the_rig(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "rig.toml"
    bad.write_text('[[devices]]\nname = "a"\nmodel = "nope"\n', encoding="utf-8")

    assert main(["check", str(bad)]) == 1
    assert f"{bad}: 1 fault" in capsys.readouterr().out
    assert main(["run", "demo", "--rig", str(bad), "--headless", "--out", str(tmp_path / "s")]) == 1
    assert f"{bad}: 1 fault" in capsys.readouterr().err
