"""Every command that speaks to an operator or a vendor chooses its language by one rule."""

import os
from pathlib import Path

import pytest

from engine.cli import language, main
from engine.cli.language import OWN, SYSTEM, spoken
from engine.config import Rig
from engine.errors import ConfigError
from engine.testing import Check, Tier, Verdict, names
from engine.vocabulary import is_chinese


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (OWN, *SYSTEM):
        monkeypatch.delenv(name, raising=False)


def rig(tongue: str | None) -> Rig:
    return Rig.model_validate({} if tongue is None else {"language": tongue})


@pytest.mark.parametrize(
    ("chosen", "written", "environment", "speaks"),
    [
        ("en", "zh", ("zh", "zh_CN.UTF-8"), "en"),  # the command line is first
        ("zh", "en", ("en", "en_US.UTF-8"), "zh"),
        (None, "zh", ("en", "en_US.UTF-8"), "zh"),  # then the rig, if it says one
        (None, "en", ("zh", "zh_CN.UTF-8"), "en"),
        (None, None, ("en", "zh_CN.UTF-8"), "en"),  # then anlan's own variable
        (None, None, ("zh", "en_US.UTF-8"), "zh"),
        (None, None, ("", "zh_CN.UTF-8"), "zh"),  # then the system
        (None, None, ("", "zh_TW"), "zh"),
        (None, None, ("", "de_DE.UTF-8"), "en"),
        (None, None, ("", "C"), "en"),
        (None, None, ("", ""), "en"),
    ],
)
def test_the_first_that_says_a_language_is_heeded(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, written: str | None,
    environment: tuple[str, str], speaks: str,
) -> None:  # fmt: skip
    for name, value in zip((OWN, "LANG"), environment, strict=True):
        monkeypatch.setenv(name, value)

    assert spoken(chosen, rig(written)) == speaks


def test_of_the_systems_variables_the_first_that_is_set_is_heeded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_MESSAGES", "zh_CN.UTF-8")
    assert spoken(None) == "zh"
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert spoken(None) == "en"


def test_windows_tells_its_language_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "engine.cli.language.locale.getlocale", lambda _: ("Chinese (Simplified)_China", "936")
    )
    assert spoken(None) == "en"
    monkeypatch.setattr(language, "os", type("Os", (), {"name": "nt", "environ": os.environ}))

    assert spoken(None) == "zh"


def test_a_language_anlan_does_not_speak_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(OWN, "fr")

    with pytest.raises(ConfigError, match="ANLAN_LANG: is 'fr'"):
        spoken(None)
    assert main(["devices"]) == 1
    assert "请写 zh 或 en" in capsys.readouterr().err


COMMANDS = [["devices"], ["driver", "check", "drivers", "--model", "linak-recliner", "--quick"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c[:2]))
def test_commands_speak_the_language_of_the_variable_or_the_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.setenv(OWN, "zh")
    main(command)
    zh = capsys.readouterr().out
    main([*command, "--lang", "en"])
    en = capsys.readouterr().out

    assert is_chinese(zh)
    assert en
    assert not is_chinese(en)


def test_a_rigs_devices_are_listed_in_its_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rig.toml"
    entry = '[[devices]]\nname = "heart"\nmodel = "heart-rate-band"\n'
    file.write_text(f'language = "zh"\n{entry}', "utf-8")
    main(["devices", "--rig", str(file)])
    zh = capsys.readouterr().out
    file.write_text(entry, "utf-8")
    main(["devices", "--rig", str(file)])
    en = capsys.readouterr().out

    assert "心跳间期" in zh
    assert "intervals between beats" in en


def test_every_check_of_the_kit_has_a_name_in_both_languages() -> None:
    known = {v for k, v in vars(names).items() if k.isupper() and isinstance(v, str)}

    assert known == set(names.ZH)
    assert all(map(is_chinese, names.ZH.values()))
    assert not any(map(is_chinese, known))


def test_a_verdict_in_chinese_keeps_what_the_faults_say() -> None:
    verdict = Verdict(
        "band", "band.Band",
        (
            Check(Tier.BRONZE, names.MESSAGES),
            Check(Tier.SILVER, names.NOISE, ("b'x' raises",)),
            Check(Tier.SILVER, names.RATE, unexamined="no wire"),
        ),
    )  # fmt: skip
    text = verdict.text(lang="zh")

    assert text.startswith("band: 铜级  (band.Band)")
    assert "  ok  铜级    录下的消息含义正确" in text
    assert "  --  银级    噪声\n                b'x' raises" in text
    assert "  ??  银级    声明的采样率与录制相符\n                未检查：no wire" in text
    assert text.endswith("下一步：b'x' raises")
