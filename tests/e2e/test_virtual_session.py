"""Whole sessions in virtual time, from the command line to the last file."""

import errno
import json
import os
from pathlib import Path

import pytest

from engine.cli import main
from engine.store.session_file import SessionFile

FAST = ["--headless", "--virtual-time", "--no-stage", "--no-sound", "--lang", "en"]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a simulated demo session without pictures and sound."""
    out = tmp_path_factory.mktemp("sessions") / "one"
    assert main(["run", "demo", "--simulate", "--seed", "7", *FAST, "--out", str(out)]) == 0
    return out


def events_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def test_a_simulated_session_runs_through_all_its_parts(simulated: Path) -> None:
    events = events_of(simulated)

    parts = [e["part"] for e in events if e["kind"] == "phase_entered"]
    assert list(dict.fromkeys(parts)) == [
        "check", "rating", "fit", "baseline", "training", "recovery", "closing", "upright",
    ]  # fmt: skip
    assert events[-1]["kind"] == "session_closed"
    assert events[-1]["reason"] == "complete"
    assert (simulated / "report.html").stat().st_size > 20_000
    assert SessionFile.open(simulated / "session.mcap").complete


def test_the_same_seed_gives_the_same_events(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.cli.running.write_report", lambda *_: None)
    again = tmp_path / "again"

    main(["run", "demo", "--simulate", "--seed", "7", *FAST, "--out", str(again)])

    assert (again / "events.jsonl").read_bytes() == (simulated / "events.jsonl").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_nobody_else_on_the_computer_can_read_a_session(simulated: Path, tmp_path: Path) -> None:
    report, out = tmp_path / "a.html", tmp_path / "a.json"
    main(["analyse", str(simulated), "--report", str(report), "--json", str(out)])
    made = [simulated, *simulated.iterdir(), report, out]

    assert len(made) > 5
    assert [p.name for p in made if p.stat().st_mode & 0o077] == []


def test_a_report_that_cannot_be_written_leaves_nothing_half_done_and_the_session_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    out = tmp_path / "s"
    status = main(["run", "demo", "--simulate", "--seed", "7", *FAST, "--out", str(out)])
    told = capsys.readouterr()

    assert status == 1
    assert f"folder   {out}" in told.out
    assert "the report cannot be written: No space left" in told.err
    assert not list(out.glob("report.html*"))
    assert SessionFile.open(out / "session.mcap").complete


@pytest.mark.slow
def test_another_seed_gives_other_events(simulated: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"

    main(["run", "demo", "--simulate", "--seed", "8", *FAST, "--out", str(other)])

    assert (other / "events.jsonl").read_bytes() != (simulated / "events.jsonl").read_bytes()


def test_every_change_of_a_level_says_why(simulated: Path) -> None:
    changes = [e for e in events_of(simulated) if e["kind"] == "level_changed"]

    assert changes
    for change in changes:
        because = change["because"]
        assert isinstance(because, dict)
        assert {"rule", "signal", "value", "quality"} <= set(because)
        assert change["old"] != change["new"]


def test_a_replay_decides_the_same(simulated: Path) -> None:
    assert main(["replay", str(simulated), "--verify"]) == 0


def test_one_changed_byte_of_a_decision_is_found(
    simulated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("session.mcap", "events.jsonl"):
        (tmp_path / name).write_bytes((simulated / name).read_bytes())
    text = (tmp_path / "events.jsonl").read_text()
    at = text.index('"new":', text.index('"level_changed"')) + len('"new":') + 2
    digit = text[at]
    forged = text[:at] + ("1" if digit != "1" else "2") + text[at + 1 :]
    (tmp_path / "events.jsonl").write_text(forged)

    status = main(["replay", str(tmp_path), "--verify"])

    assert status == 1
    assert "level_changed" in capsys.readouterr().err


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_damaged_recording_is_not_called_the_same(
    simulated: Path, tmp_path: Path, share: float
) -> None:
    data = bytearray((simulated / "session.mcap").read_bytes())
    # In the middle of a zstd block: what lies between blocks holds no decision, and a bit of a
    # block's first bytes may mean nothing.
    magic = b"\x28\xb5\x2f\xfd"
    packed = data.index(magic, round(len(data) * share))
    data[(packed + data.index(magic, packed + 1)) // 2] ^= 0xFF
    (tmp_path / "session.mcap").write_bytes(bytes(data))

    assert main(["replay", str(tmp_path), "--verify"]) == 1
    assert (tmp_path / "session.mcap").read_bytes() == bytes(data), "nothing was rewritten"


def test_a_session_is_never_written_over(
    simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["run", "demo", "--simulate", *FAST, "--out", str(simulated)])

    assert status == 1
    assert "holds a session already" in capsys.readouterr().err


def test_the_report_can_be_written_again(simulated: Path, tmp_path: Path) -> None:
    assert main(["report", str(simulated), "--out", str(tmp_path / "r.html")]) == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8").lstrip().startswith("<!")
