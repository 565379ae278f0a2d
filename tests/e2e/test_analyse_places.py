"""Results are written where they are wanted, and never over a recording or a device."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.analysis_kit import run, write
from tests.synthetic_heart import intervals

NOBODY = 65534
MAIN = "import sys; from engine.cli import main; sys.exit(main())"


def rr_txt(path: Path) -> Path:
    return write(path, "\n".join(f"{ms:.1f}" for ms in intervals(120, seed=4).tolist()) + "\n")


@pytest.mark.parametrize("name", ["rest.txt", "other.csv", "other.edf", "other.csv.gz"])
def test_json_never_takes_the_place_of_a_recording(tmp_path: Path, name: str) -> None:
    path = rr_txt(tmp_path / "rest.txt")
    other = tmp_path / name
    before = path.read_bytes()
    other.write_bytes(before)

    done = run(path, "--json", other)

    assert done.exit_code == 2
    assert name in done.stderr
    assert "不会覆盖" in done.stderr
    assert path.read_bytes() == other.read_bytes() == before


def test_json_never_takes_the_place_of_a_recording_by_another_name(tmp_path: Path) -> None:
    path = rr_txt(tmp_path / "rest.txt")
    (tmp_path / "o.json").symlink_to(path)
    os.link(path, tmp_path / "p.json")
    before = path.read_bytes()

    for name in ("o.json", "p.json"):
        assert run(path, "--json", tmp_path / name).exit_code == 2
    assert path.read_bytes() == before


def test_beat_times_are_not_written_over_either(tmp_path: Path) -> None:
    beats = write(tmp_path / "b", "\n".join(f"{0.8 * k:.3f}" for k in range(200)))

    assert run("--peak-times", beats, "--json", beats).exit_code == 2


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="no /dev/null here")
def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "null.json"
    link.symlink_to("/dev/null")

    assert run(rr_txt(tmp_path / "rest.txt"), "--json", link).exit_code == 0
    assert Path("/dev/null").is_char_device()
    assert link.is_symlink()


def test_a_link_to_an_earlier_result_leads_to_the_new_one(tmp_path: Path) -> None:
    target = write(tmp_path / "old.json", "{}")
    (tmp_path / "o.json").symlink_to(target)

    run(rr_txt(tmp_path / "rest.txt"), "--json", tmp_path / "o.json")

    assert (tmp_path / "o.json").is_symlink()
    assert "anlan.analysis/1" in target.read_text("utf-8")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
def test_output_that_finds_no_room_ends_with_a_sentence(tmp_path: Path) -> None:
    path = rr_txt(tmp_path / "rest.txt")
    for more in (["--json", "-"], ["--json", "/dev/full"], []):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            done = subprocess.run(
                [sys.executable, "-c", MAIN, "analyse", path, *more],
                stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
            )  # fmt: skip

        assert done.returncode == 1, more
        assert "cannot be written" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to be less")
def test_what_one_may_not_read_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    path = rr_txt(folder / "rest.txt")
    mine = rr_txt(tmp_path / "mine.txt")
    mine.chmod(0)
    for parent in (tmp_path, *tmp_path.parents[:3]):
        parent.chmod(parent.stat().st_mode | 0o011)
    folder.chmod(0)
    os.seteuid(NOBODY)
    try:
        told = [run(what) for what in (mine, folder, path)]
    finally:
        os.seteuid(0)
        folder.chmod(0o700)

    for done in told:
        assert done.exit_code == 1
        assert "cannot be read: permission denied" in str(done.exception)


@pytest.mark.parametrize("options", [("--window", "inf"), ("--window", "60", "--step", "inf")])
def test_endless_windows_are_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(rr_txt(tmp_path / "rest.txt"), *options)

    assert "make no sense" in str(done.exception)
