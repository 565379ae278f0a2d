"""Every scene that ships declares what the engine, the counselor and the sound rely on."""

from itertools import chain
from typing import Any

import pytest

from engine import plugins

FOUND = plugins.load()
SCENES = FOUND.scenes()
VOICES = FOUND.voices()


@pytest.mark.parametrize("scene", SCENES.values(), ids=list(SCENES))
def test_a_scene_has_a_name_and_controls_in_both_languages(scene: type[Any]) -> None:
    assert scene.zh
    assert scene.en
    names = [c.name for c in scene.controls]
    assert len(names) == len(set(names))
    for control in scene.controls:
        assert control.zh
        assert control.en
        assert 0.0 <= control.default <= 1.0


@pytest.mark.parametrize("scene", SCENES.values(), ids=list(SCENES))
def test_a_scene_asks_only_for_voices_and_controls_that_exist(scene: type[Any]) -> None:
    controls = {c.name for c in scene.controls}
    for bed in scene.sounds:
        voice = VOICES[bed.voice]
        known = set(chain(*[(p.name, p) if hasattr(p, "name") else (p,) for p in voice.parameters]))
        for parameter, (control, low, high) in bed.drive.items():
            assert parameter in known
            assert control in controls
            assert 0.0 <= low <= 1.0
            assert 0.0 <= high <= 1.0
