"""A vendor's first minutes: write a package, check it, run its own test; nothing is installed."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from engine.cli import main
from engine.plugins import GROUP, load

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
    main(["driver", "new", "plugged-band", "--out", str(tmp_path / "it")])
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
    status = main(["driver", "new", "--out", str(tmp_path / "it"), "--", name])

    assert status == 1
    assert "is no name for a driver" in capsys.readouterr().err
    assert not (tmp_path / "it").exists()


def test_nothing_that_is_there_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious.txt").write_text("mine")

    assert main(["driver", "new", "band", "--out", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["precious.txt"]
