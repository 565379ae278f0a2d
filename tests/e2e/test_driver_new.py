"""A vendor's first minutes: write a package, check it, run its own test; nothing is installed."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from pathspec import GitIgnoreSpec

from engine.cli import main
from engine.devices import Driver, Frame, WireError
from engine.plugins import GROUP, load
from engine.testing.finding import drivers_in
from engine.testing.scaffold import FLAVOURS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run(*command: str, at: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        cwd=at,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


CLI = "import sys; from engine.cli import main; sys.exit(main())"


@pytest.mark.parametrize(
    "flavour",
    [
        "serial",
        pytest.param("ble", marks=pytest.mark.slow),
        pytest.param("chair", marks=pytest.mark.slow),
    ],
)
def test_a_new_package_passes_its_check_and_its_own_test_at_once(
    tmp_path: Path, flavour: str
) -> None:
    name = f"vendor-{flavour}"
    made = run("-c", CLI, "driver", "new", name, f"--{flavour}", at=tmp_path)
    checked = run("-c", CLI, "driver", "check", name, "--tier", "silver", at=tmp_path)
    tested = run("-m", "pytest", "-q", "-p", "no:cacheprovider", at=tmp_path / name)

    assert made.returncode == 0, made.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{name}: SILVER" in checked.stdout
    assert tested.returncode == 0, tested.stdout
    assert "1 passed" in tested.stdout


def test_the_entry_point_of_a_new_package_is_a_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["driver", "new", "plugged-band", "--serial", "--out", str(tmp_path / "it")])
    table = tomllib.loads((tmp_path / "it" / "pyproject.toml").read_text())
    points = table["project"]["entry-points"][GROUP]
    monkeypatch.syspath_prepend(str(tmp_path / "it"))
    found = load(EntryPoint(name, value, GROUP) for name, value in points.items())

    assert list(found.drivers()) == ["plugged-band"]
    assert found.broken == {}


@pytest.mark.parametrize("flavour", ["serial", "ble", "chair"])
def test_a_new_driver_is_short_and_tidy(tmp_path: Path, flavour: str) -> None:
    main(["driver", "new", "tidy-band", f"--{flavour}", "--out", str(tmp_path / "it")])
    file = tmp_path / "it" / "tidy_band" / "__init__.py"
    lines = file.read_text().splitlines()
    ruff = run("-m", "ruff", "format", "--isolated", "--line-length=100", "--check", ".",
               at=tmp_path / "it")  # fmt: skip

    assert len(lines) < 75
    assert "{{" not in file.read_text()
    assert ruff.returncode == 0, ruff.stdout


@pytest.mark.parametrize("name", ["Temperature Band", "9band", "class", "a--b", "-x", "band_2"])
def test_a_name_that_is_none_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["driver", "new", "--serial", "--out", str(tmp_path / "it"), "--", name])

    assert status == 1
    assert "is no name for a driver" in capsys.readouterr().err
    assert not (tmp_path / "it").exists()


def test_without_its_kind_a_new_driver_is_refused_naming_the_three(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["driver", "new", "band", "--out", str(tmp_path / "it")])
    said = capsys.readouterr().err

    assert status == 2
    assert all(kind in said for kind in ("--serial", "--ble", "--chair"))
    assert not (tmp_path / "it").exists()


@pytest.mark.parametrize("flavour", ["serial", "ble", "chair"])
def test_a_new_driver_has_a_chinese_name_that_is_chinese_and_the_one_it_is_given(
    tmp_path: Path, flavour: str
) -> None:
    main(["driver", "new", f"{flavour}-one", f"--{flavour}", "--out", str(tmp_path / "one")])
    main(["driver", "new", f"{flavour}-two", f"--{flavour}", "--zh", '皮"温带', "--en", 'A "band"',
          "--out", str(tmp_path / "two")])  # fmt: skip
    (plain,), (named,) = (drivers_in(str(tmp_path / name)) for name in ("one", "two"))

    assert plain.zh == FLAVOURS[flavour].zh
    assert plain.en == FLAVOURS[flavour].en
    assert named.zh == '皮"温带'
    assert named.en == 'A "band"'


@pytest.mark.parametrize("flavour", ["serial", "ble", "chair"])
def test_what_the_readme_of_a_new_driver_names_is_there(tmp_path: Path, flavour: str) -> None:
    main(["driver", "new", f"named-{flavour}", f"--{flavour}", "--out", str(tmp_path / "it")])
    (driver,) = drivers_in(str(tmp_path / "it"))
    readme = (tmp_path / "it" / "README.md").read_text()

    assert "{{" not in readme
    assert f"--latency {driver.streams[0].name}=" in readme


def test_a_new_chair_stops_where_its_angle_says_it_is(tmp_path: Path) -> None:
    main(["driver", "new", "told-chair", "--chair", "--out", str(tmp_path / "it")])
    (chair,) = drivers_in(str(tmp_path / "it"))

    assert {o.name: o.position for o in chair.outputs} == {"recline": "angle", "vibration": ""}


def test_only_code_and_transcript_are_built_and_recordings_are_no_files_of_git(
    tmp_path: Path,
) -> None:
    main(["driver", "new", "quiet-band", "--serial", "--out", str(tmp_path / "it")])
    table = tomllib.loads((tmp_path / "it" / "pyproject.toml").read_text())
    targets = table["tool"]["hatch"]["build"]["targets"]
    wheel = GitIgnoreSpec.from_lines(targets["wheel"]["include"])
    sdist = GitIgnoreSpec.from_lines(targets["sdist"]["include"])
    ignored = GitIgnoreSpec.from_lines((tmp_path / "it" / ".gitignore").read_text().splitlines())
    made = [str(p.relative_to(tmp_path / "it")) for p in (tmp_path / "it").rglob("*.*")]
    personal = [
        f"quiet_band/{name}"
        for name in (
            "transcripts/quiet-band.wire", "band.wire", "band.wire.bak", "band.jsonl",
            "2026-01-01-demo/session.mcap", "2026-01-01-demo/events.jsonl", "person.csv",
            "2026-01-01-demo/report.html", "2026-01-01-demo/stage-1.png", "sound.wav",
        )
    ]  # fmt: skip

    assert {f for f in made if wheel.match_file(f)} == {
        "quiet_band/__init__.py", "quiet_band/py.typed", "quiet_band/transcripts/quiet-band.toml",
    }  # fmt: skip
    assert wheel.match_file("quiet_band/parts/frames.py")
    assert not any(wheel.match_file(f) or sdist.match_file(f) for f in personal)
    assert all(ignored.match_file(f) for f in [*personal, "sessions/today/events.jsonl"])
    assert not any(ignored.match_file(f) for f in made)


def counted(driver: type[Driver], *counters: int) -> list[tuple[object, int]]:
    """Return value and samples missing before it, of notifications with these counters."""
    decoder, said = driver(), list[tuple[object, int]]()
    for n, counter in enumerate(counters):
        frame = Frame(0.1 * n, bytes([counter, n, 0]), "level")
        said += [(r.values[0], r.missing) for r in decoder.decode(frame)]
    return said


def test_the_counter_of_a_new_bluetooth_driver_wraps_counts_what_is_lost_and_drops_repeats(
    tmp_path: Path,
) -> None:
    main(["driver", "new", "counting-belt", "--ble", "--out", str(tmp_path / "it")])
    (belt,) = drivers_in(str(tmp_path / "it"))
    decoder = belt()
    list(decoder.decode(Frame(0.0, bytes([7, 150, 0]), "level")))
    with pytest.raises(WireError):
        list(decoder.decode(Frame(0.1, bytes([8, 255, 255]), "level")))
    (after,) = decoder.decode(Frame(0.2, bytes([9, 150, 0]), "level"))

    assert counted(belt, 254, 255, 0, 1) == [(0.0, 0), (0.01, 0), (0.02, 0), (0.03, 0)]
    assert counted(belt, 254, 2) == [(0.0, 0), (0.01, 3)]
    assert counted(belt, 1, 128) == [(0.0, 0), (0.01, 126)]
    assert counted(belt, 8, 3, 4) == [(0.0, 0), (0.01, 0), (0.02, 0)]  # it was switched on again
    assert counted(belt, 8, 7, 8, 9) == [(0.0, 0), (0.03, 0)]  # one came late, one once more
    assert counted(belt, 5, 5, 6) == [(0.0, 0), (0.02, 0)]
    assert counted(belt, 0, 0, 1) == [(0.0, 0), (0.02, 0)]
    assert after.missing == 1  # the one that made no sense had its sample, too


def test_nothing_that_is_there_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious.txt").write_text("mine")

    assert main(["driver", "new", "band", "--serial", "--out", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["precious.txt"]
