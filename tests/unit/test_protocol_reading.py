import re
from pathlib import Path

import pytest

from engine.errors import ConfigError, FaultyFileError
from engine.scene.api import Control
from engine.session.format import SessionProtocol
from engine.session.reading import find_protocol, from_normalised, normalised, read_protocol
from engine.session.schema import schema_text

ROOT = Path(__file__).parents[2]


class Ocean:
    controls = (Control("swell", "涌", "Swell"), Control("light", "光", "Light"))


SCENES = {"dusk-ocean": Ocean}

HEAD = """
format = 1
id = "calm"
title = { zh = "静", en = "Calm" }
about = { zh = "静一静", en = "Being quiet" }
wants = ["heart", "eda"]
scene = "dusk-ocean"
evidence = [ { citation = "Someone 2020", says = "Something." } ]
"""
PHASE = """
[[phase]]
id = "breathe"
title = { zh = "呼吸", en = "Breathing" }
scene = "dusk-ocean"
lasts = 300.0
set = { "breath.rate" = 6.0, "scene.swell" = 0.3 }
bind = [ { signal = "arousal", control = "scene.swell", to = [0.1, 0.6] } ]
"""


def read(folder: Path, text: str, name: str = "calm") -> SessionProtocol:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return read_protocol(path, scenes=SCENES)


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(FaultyFileError) as caught:
        read(folder, text)
    return [str(f).removeprefix(str(folder / "calm.toml")) for f in caught.value.faults]


def changed(old: str, new: str) -> str:
    whole = HEAD + PHASE
    assert whole.count(old) == 1
    return whole.replace(old, new)


def test_a_sound_protocol_is_read(tmp_path: Path) -> None:
    protocol = read(tmp_path, HEAD + PHASE)

    assert protocol.phase[0].bind[0].to == (0.1, 0.6)
    assert protocol.envelope.baseline == 180.0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'control = "scene.swell"',
            'control = "scene.swel"',
            (
                ':16: phase 1 "breathe" > bind 1 > control: '
                "there is no control 'scene.swel' to move (did you mean 'scene.swell'?)"
            ),
        ),
        ('signal = "arousal"', 'signal = "arousl"', "(did you mean 'arousal'?)"),
        (
            '"breath.rate" = 6.0',
            '"breath.rate" = 3.9',
            "3.9 is out of range (choose a value from 4 to 10)",
        ),
        ('"breath.rate" = 6.0', '"breath.rat" = 6.0', "(did you mean 'breath.rate'?)"),
        (
            '"breath.rate" = 6.0',
            "breath.rate = 6.0",
            'a dotted name goes in quotes: "breath.rate" = ...',
        ),
        (
            '"scene.swell" = 0.3',
            '"scene.swell" = 1.3',
            "1.3 is out of range (choose a value from 0 to 1)",
        ),
        (
            '"scene.swell" = 0.3',
            '"chair.recline" = 20',
            'add [limits] with "chair.recline" = [lowest, highest]',
        ),
        (
            'control = "scene.swell"',
            'control = "chair.recline"',
            'no signal moves a person (give it in the phase: set = { "chair.recline" = ... })',
        ),
        (
            'control = "scene.swell"',
            'control = "bed.back_up"',
            "arousal may not move bed.back_up: no signal moves a person",
        ),
        ("to = [0.1, 0.6]", "to = [0.1, 1.6]", "bind 1 > to 2: 1.6 is out of range"),
        ("to = [0.1, 0.6]", "to = [0.1]", "to: must be a list of 2 values, each a number"),
        ("to = [0.1, 0.6]", "over = [1, -1], to = [0.1, 0.6]", "over: 1 is not below -1"),
        ("to = [0.1, 0.6]", 'to = [0.1, 0.6], lost = "rets"', "(did you mean 'rest'?)"),
        (
            "to = [0.1, 0.6]",
            "to = [0.1, 0.6], smooth = 0.5",
            "must be a number from 1 to 120, not 0.5",
        ),
        (
            'control = "scene.swell"',
            'control = "breath.rate"',
            "the pacer follows the person by itself",
        ),
        ('signal = "arousal"', 'signal = "heart.rate"', "add over = [low, high] (in 1/min)"),
        (
            'signal = "arousal"',
            'over = [4, 16], signal = "resp.rate"',
            'add "resp" to needs or wants',
        ),
        ('wants = ["heart", "eda"]', "", "arousal needs at least one sensor"),
        (
            'wants = ["heart", "eda"]',
            'wants = ["heart"]\nneeds = ["heart"]',
            "both needed and wanted",
        ),
        ("lasts = 300.0", "lasts = 0", "must be a number above 0 and at most 7200, not 0"),
        ("lasts = 300.0", "lasts = 7000.0", "the whole session lasts 7675 s"),
        ("lasts = 300.0", "lats = 300.0", "lasts: is missing"),
        (
            "lasts = 300.0",
            'lasts = 60\nuntil = { signal = "arousal", within = [-1, 0], held = 90 }',
            "until > held: can never be: held for 90 s in a phase of 60 s",
        ),
        (
            "lasts = 300.0",
            'lasts = 300\nuntil = { signal = "arousal", within = [1, 0], held = 90 }',
            "until > within: 1 is not below 0",
        ),
        ('id = "calm"', 'id = "calmer"', 'call the file calmer.toml, or write id = "calm"'),
        ('id = "calm"', 'id = "Calm One"', "a short name of small letters"),
        ("format = 1", "format = 2", "must be 1, not 2 (write format = 1)"),
        ("evidence = [ {", "[envelope]\nbaseline = 60\n[x]\nevidence = [ {", "60 s is too short"),
        (
            'evidence = [ { citation = "Someone 2020", says = "Something." } ]',
            "",
            "no source is given",
        ),
        (
            'about = { zh = "静一静", en = "Being quiet" }',
            'about = { zh = "治疗失眠", en = "x" }',
            "about > zh: may not say '治疗'",
        ),
        ('says = "Something."', 'says = "It cures."', "evidence 1 > says: may not say 'cures'"),
    ],
)
def test_a_fault_of_meaning_is_told_with_its_remedy(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    faults = faults_of(tmp_path, changed(old, new))

    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize("text", ["retreat to the sea", "a secure place", "curing", "Diagnosis"])
def test_only_whole_words_are_forbidden(tmp_path: Path, text: str) -> None:
    forbidden = text in {"curing", "Diagnosis"}
    whole = changed("Being quiet", text)

    if forbidden:
        assert any("may not say" in fault for fault in faults_of(tmp_path, whole))
    else:
        assert read(tmp_path, whole).about.en == text


def test_faults_of_form_and_of_meaning_come_in_one_list_in_the_order_of_the_file(
    tmp_path: Path,
) -> None:
    text = changed('scene = "dusk-ocean"\nevidence', 'scene = "dusk-ocen"\nevidence')
    text = text.replace("lasts = 300.0", 'lasts = "300"').replace("0.6]", "6]")
    text = text.replace("en = ", "eng = ", 1)

    faults = faults_of(tmp_path, text)

    lines = [int(found.group(1)) for f in faults if (found := re.match(r":(\d+):", f))]
    assert len(faults) == len(lines) == 5
    assert lines == sorted(lines)


def test_two_phases_of_one_id_are_told(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, HEAD + PHASE + PHASE)

    assert told.startswith(":19: phase 2 \"breathe\" > id: 'breathe' is the id of phase 1 already")


def test_two_bindings_of_one_control_are_told(tmp_path: Path) -> None:
    text = changed(
        "to = [0.1, 0.6] }",
        'to = [0, 1] }, { signal = "arousal", control = "scene.swell", to = [0, 1] }',
    )

    (told,) = faults_of(tmp_path, text)

    assert "2 bindings move scene.swell" in told


def test_a_limited_output_may_be_set_within_its_limits(tmp_path: Path) -> None:
    text = changed('"scene.swell" = 0.3', '"chair.recline" = 20')
    limits = '[limits]\n"chair.recline" = [10.0, 40.0]\n[[phase]]'

    protocol = read(tmp_path, text.replace("[[phase]]", limits))

    assert protocol.phase[0].set["chair.recline"] == 20.0


def test_limits_the_wrong_way_round_are_told_once(tmp_path: Path) -> None:
    text = (HEAD + PHASE).replace("[[phase]]", '[limits]\n"chair.recline" = [40, 10]\n[[phase]]')

    (told,) = faults_of(tmp_path, text)

    assert "limits > chair.recline: 40 is above 10" in told


def test_a_demonstration_needs_no_source_and_no_long_baseline(tmp_path: Path) -> None:
    text = changed('evidence = [ { citation = "Someone 2020", says = "Something." } ]',
                   "demonstration = true\n[envelope]\nbaseline = 20")  # fmt: skip

    assert read(tmp_path, text).demonstration


def test_without_known_scenes_their_controls_are_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "calm.toml"
    path.write_text(changed('"scene.swell" = 0.3', '"scene.anything" = 0.3'), encoding="utf-8")

    assert read_protocol(path).id == "calm"


def test_a_protocol_survives_its_canonical_text(tmp_path: Path) -> None:
    protocol = read(tmp_path, HEAD + PHASE)

    text = normalised(protocol)

    assert from_normalised(text) == protocol
    assert normalised(from_normalised(text)) == text
    assert "\n" not in text


def test_a_misspelt_protocol_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'capsule-20'"):
        find_protocol("capsul-20", {"capsule-20": Path("capsule-20.toml")})


def test_the_schema_beside_the_protocols_is_fresh() -> None:
    kept = (ROOT / "protocols" / "protocol.schema.json").read_text(encoding="utf-8")

    assert kept == schema_text(), "run python tools/make_schema.py"


def test_names_that_mean_nothing_are_told_together_with_wrong_numbers(tmp_path: Path) -> None:
    bind = 'bind = [ { signal = "arosal", over = [1.0], control = "scene.swll", to = [0.1, 0.6] } ]'
    until = 'until = { signal = "hart.rate", within = [40.0], held = 20.0 }'
    text = changed(
        'bind = [ { signal = "arousal", control = "scene.swell", to = [0.1, 0.6] } ]',
        f"{bind}\n{until}",
    )

    told = [fault.partition("> ")[2] for fault in faults_of(tmp_path, text)]
    assert [fault.partition(" (")[0] for fault in sorted(told)] == [
        "bind 1 > control: there is no control 'scene.swll' to move",
        "bind 1 > over: must be a list of 2 values, each a number",
        "bind 1 > signal: there is no signal 'arosal'",
        "until > signal: there is no signal 'hart.rate'",
        "until > within: must be a list of 2 values, each a number",
    ]
