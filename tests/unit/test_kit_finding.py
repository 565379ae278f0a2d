"""The kit takes a package as a room would: what keeps it out of a room keeps it out of the kit."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import main
from engine.errors import AnlanError
from engine.testing.finding import find
from engine.testing.names import REGISTERED

DRIVER = """
from engine.devices import Driver, Kind, Lines, Reading, SerialLink, Stream, Unit, hookimpl

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=10.0)


class Band(Driver):
    model, zh, en = "vendor-band", "皮电带", "Band"
    link = SerialLink(Lines(b"\\n"))
    streams = (EDA,)

    def decode(self, frame):
        yield Reading(EDA, [float(frame.data)])


"""
RIGHT = "@hookimpl\ndef register_drivers():\n    return (Band,)\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a vendor's package with a right pyproject.toml."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "vendor-band"
    (folder / "vendor_band").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        '[project.entry-points."anlan.plugins"]\nvendor-band = "vendor_band"\n'
    )
    path = list(sys.path)
    monkeypatch.chdir(tmp_path)
    yield folder
    sys.path[:] = path
    sys.modules.pop("vendor_band", None)


def write(package: Path, register: str, driver: str = DRIVER) -> None:
    (package / "vendor_band" / "__init__.py").write_text(driver + register)


def test_a_right_package_is_registered(package: Path) -> None:
    write(package, RIGHT)
    found = find(str(package))

    assert [d.model for d in found.devices] == ["vendor-band"]
    assert found.registration.passed


@pytest.mark.parametrize(
    ("register", "told"),
    [
        (RIGHT.replace("_drivers", "_driver"), "implements 'register_driver', which is not a hook"),
        (
            RIGHT.replace("@hookimpl\n", ""),
            r"defines register_drivers\(\) without @hookimpl, so nobody ever calls it",
        ),
        (
            RIGHT.replace("@hookimpl\n", "").replace("_drivers", "_driver"),
            r"registers no driver \(it defines register_driver\(\): did you mean register_drivers",
        ),
        ("", r"registers no driver \(write register_drivers\(\) with @hookimpl above it"),
        ("ANLAN_API = 2\n" + RIGHT, r"needs plugin API 2; this anlan has 1\.0"),
        (RIGHT.replace("(Band,)", "Band"), r"returns Band, not a tuple \(write  return \(Band,\)"),
        (RIGHT.replace("(Band,)", "(1,)"), r"register_drivers\(\) gives 1, which has no model"),
        (RIGHT.replace("(Band,)", "None"), r"register_drivers\(\) returns None, not a tuple"),
        (RIGHT.replace("()", "(room)"), "Argument.*room"),
        (
            RIGHT.replace("Band", "Odd") + "class Odd:\n    model = 'odd'\n",
            "which is neither a Driver nor a Source",
        ),
        (
            RIGHT + 'Band.model = "gsr-line"\n',
            r"model 'gsr-line' is already that of drivers\.gsr_line\.GsrLine",
        ),
    ],
)
def test_what_keeps_a_package_out_of_a_room_is_told_with_a_remedy(
    package: Path, register: str, told: str
) -> None:
    write(package, register)

    with pytest.raises(AnlanError, match=told):
        find(str(package))


@pytest.mark.parametrize(
    ("driver", "told"),
    [
        (
            DRIVER.replace("Kind.EDA", "Kind.BREATH"),
            r"there is no Kind\.BREATH; there are: ECG, .*vendor_band/__init__.py, line 4: EDA = S",
        ),
        (
            DRIVER.replace("MICROSIEMENS", "CELSIUS"),
            r"Band: stream 'eda' is Kind\.EDA in Unit\.CELSIUS .* goes with .*line 7: class Band",
        ),
        ("import no_such_thing\n" + DRIVER, r"needs 'no_such_thing', which is not here .*line 1"),
        (DRIVER.replace("yield Reading(", "yield Reading(("), "SyntaxError: .*line 13"),
    ],
)
def test_a_package_that_cannot_be_imported_names_the_line_and_gives_no_wrong_advice(
    package: Path, driver: str, told: str
) -> None:
    write(package, RIGHT, driver)

    with pytest.raises(AnlanError, match=told) as caught:
        find(str(package))

    assert "give a module's name" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("vendor-bend", r"there is no such module, .*did you mean vendor-band\?"),
        ("./vendor-bend", r"there is no such folder \(did you mean \./vendor-band\?"),
        ("driver", r"did you mean drivers\?"),
        ("nothing_like_any", "give a module's name, or the folder of a package"),
    ],
)
def test_a_target_there_is_not_is_answered_with_one_that_is_like_it(
    package: Path, target: str, told: str
) -> None:
    with pytest.raises(AnlanError, match=told):
        find(target)

    assert package.is_dir()


def test_a_misspelt_group_of_entry_points_is_named(package: Path) -> None:
    (package / "pyproject.toml").write_text('[project.entry-points."anlan.plugin"]\na = "b"\n')

    with pytest.raises(AnlanError, match=r"names no plugin of 'anlan.plugins', but one of 'anlan."):
        find(str(package))


def test_a_module_alone_is_examined_but_its_registration_is_not() -> None:
    found = find("drivers.gsr_line")

    assert found.registration.unexamined.startswith("a module without register_drivers()")
    assert found.registration.name == REGISTERED


def test_a_transcript_with_faults_is_a_verdict_with_all_of_them(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(package, RIGHT)
    folder = package / "vendor_band" / "transcripts"
    folder.mkdir()
    (folder / "vendor-band.toml").write_text('[[heard]]\ntxt = "1"\n[[heard]]\nmean = []\n')

    assert main(["driver", "check", str(package), "--quick"]) == 1
    said = capsys.readouterr().out
    assert "vendor-band: NONE" in said
    assert "vendor-band.toml heard 1: key 'txt' is not known (did you mean 'text'?" in said
    assert "vendor-band.toml heard 2: has neither hex nor text" in said


@pytest.mark.parametrize(
    ("latency", "told"),
    [
        ("ead=0.1", "'gsr-line' has no stream 'ead' (its streams: eda)"),
        ("eda=", "write seconds, 0 to 10: --latency eda=0.015"),
        ("eda=nan", "write seconds, 0 to 10"),
        ("eda=20", "write seconds, 0 to 10"),
    ],
)
def test_a_measured_latency_that_cannot_be_is_refused_before_anything_is_recorded(
    latency: str, told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "it.wire"
    words = ["devices", "record", "gsr-line", "--port", "/dev/null", "--latency", latency]

    assert main([*words, "--out", str(out)]) != 0
    assert told in capsys.readouterr().err
    assert not out.exists()
