from pathlib import Path

import pytest

from engine.config import Rig, read_toml
from engine.errors import FaultyFileError

SOUND = """
room = "二号舱"
language = "en"
out = "evenings"

[stage]
size = [1920, 1080]
window = false

[sound]
volume = 0.5

[officer]
age = 41

[[devices]]
name = "puck"
model = "eda-puck"
port = "/dev/ttyUSB0"
baud = 115200
"""


def faults_of(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FaultyFileError) as caught:
        read_toml(path, Rig)
    return [str(fault) for fault in caught.value.faults]


def test_a_rig_is_read_with_the_options_of_its_devices(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    path.write_text(SOUND, encoding="utf-8")

    rig = read_toml(path, Rig)

    assert rig.room == "二号舱"
    assert rig.stage.size == (1920, 1080)
    assert rig.officer.age == 41
    assert rig.out == Path("evenings")
    assert rig.devices[0].options == {"port": "/dev/ttyUSB0", "baud": 115200}


def test_a_rig_survives_the_way_into_a_header(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    path.write_text(SOUND, encoding="utf-8")
    rig = read_toml(path, Rig)

    facts = rig.facts()

    assert facts["devices"][0]["port"] == "/dev/ttyUSB0"
    assert Rig.model_validate(facts) == rig


def test_the_default_rig_has_no_devices_and_says_nothing_about_the_officer() -> None:
    rig = Rig.default()

    assert rig.devices == ()
    assert rig.officer.age is None


def test_all_faults_are_told_at_once_each_with_line_key_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"

    told = faults_of(
        path,
        'langage = "zh"\n[sound]\nvolume = 1.5\n[officer]\nage = "41"\n[[devices]]\nname = "a"\n',
    )

    assert told == [
        f"{path}:1: langage: there is no key 'langage' here (did you mean 'language'?)",
        (
            f"{path}:3: sound > volume: must be a number from 0 to 1, not 1.5 "
            "(choose a value within what is allowed)"
        ),
        (
            f"{path}:5: officer > age: must be a whole number from 14 to 110, not '41' "
            "(write it without quotes)"
        ),
        f'{path}:6: devices 1 "a" > model: is missing (add model = ..., a text)',
    ]


def test_two_devices_of_one_name_are_refused(tmp_path: Path) -> None:
    device = '[[devices]]\nname = "a"\nmodel = "m"\n'

    (told,) = faults_of(tmp_path / "rig.toml", device * 2)

    assert "two devices are called 'a' (give each its own name)" in told


@pytest.mark.parametrize(
    ("text", "position", "remedy"),
    [
        ("a = foo\n", ":1:5", "a text goes in quotes"),
        ("a = 1\na = 2\n", ":2:6", "keep one"),
        ('a = "x\n', ":1:7", "a closing quote is missing"),
        ("x = 1\na 1\n", ":2:3", "a line is: key = value"),
        ("a = [1, 2\n", ":", "a closing bracket is missing"),
    ],
)
def test_a_slip_of_toml_is_told_with_line_column_and_remedy(
    tmp_path: Path, text: str, position: str, remedy: str
) -> None:
    path = tmp_path / "rig.toml"

    (told,) = faults_of(path, text)

    assert told.startswith(f"{path}{position}")
    assert remedy in told


def test_a_file_not_in_utf8_says_so_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"

    (told,) = faults_of(path, 'room = "a"\nlanguage = "中"\n'.encode("gb18030"))

    assert told.startswith(f"{path}:2: is not written in UTF-8 (save the file again")


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())

    assert read_toml(path, Rig).language == "en"


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "rig.toml").write_text("")

    with pytest.raises(FaultyFileError, match=r"no such file \(did you mean 'rig.toml'\?\)"):
        read_toml(tmp_path / "rg.toml", Rig)


def test_a_folder_is_told_apart_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(FaultyFileError, match="is a folder"):
        read_toml(tmp_path, Rig)


def test_a_file_of_absurd_length_is_refused_unread(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path / "rig.toml", b"#" * 1_000_001)

    assert "far too long" in told


@pytest.mark.parametrize("value", ["nan", "inf", "true", '"0.5"', "[0.5]", "{ a = 1 }"])
def test_only_a_finite_number_is_taken_for_a_number(tmp_path: Path, value: str) -> None:
    (told,) = faults_of(tmp_path / "rig.toml", f"[sound]\nvolume = {value}\n")

    assert "sound > volume: must be a number from 0 to 1, not" in told


def test_a_date_is_not_taken_for_a_text(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path / "rig.toml", "room = 2024-01-01\n")

    assert "room: must be a text" in told
