"""The theatre shows what the script says, and something calm when a scene fails."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.errors import StageError
from engine.pace import Pace
from engine.scene import Control, Frame, Scene, Stage
from engine.show import Script, Show
from engine.stage.quiet import Quiet
from engine.stage.theatre import Theatre
from engine.stage.views import View

SIZE = (96, 54)


class Plain(Scene):
    id = "plain"
    zh = "平"
    en = "Plain"
    controls = (Control("swell", "浪", "Swell", 0.3),)

    def enter(self, stage: Stage) -> None:
        stage.backdrop("quiet.frag")
        self.frames: list[Frame] = []

    def update(self, frame: Frame) -> None:
        self.frames.append(frame)


class FailsToEnter(Plain):
    id = "fails-to-enter"

    def enter(self, stage: Stage) -> None:
        raise ValueError("no such model")


class FailsLater(Plain):
    id = "fails-later"

    def update(self, frame: Frame) -> None:
        if frame.t > 5.0:
            raise RuntimeError("out of fish")


class ForgetsAUniform(Plain):
    id = "forgets-a-uniform"

    def enter(self, stage: Stage) -> None:
        folder = Path(__file__).parent
        shader = folder / "forgetful.frag"
        self.drawn = stage.backdrop(shader)

    def update(self, frame: Frame) -> None:
        self.frames = [frame]


@pytest.fixture
def forgetful() -> Iterator[None]:
    path = Path(__file__).parent / "forgetful.frag"
    path.write_text(
        "uniform vec3 u_never_set;\nout vec4 c;\nvoid main() { c = vec4(u_never_set, 1.0); }\n"
    )
    yield
    path.unlink()


def theatre(*kinds: type[Scene], **given: object) -> Theatre:
    script = Script(tuple(k.id for k in kinds), ("scene.swell",))
    return Theatre(script, {k.id: k for k in kinds}, size=SIZE, samples=0, **given)  # type: ignore[arg-type]


def test_an_unknown_scene_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        StageError, match=r"plan: there is no such scene \(did you mean 'plain'\?\)"
    ):
        Theatre(Script(("plan",), ()), {"plain": Plain, "other": Quiet}, size=SIZE)


def test_a_scene_that_cannot_be_built_is_replaced_and_told() -> None:
    told: list[tuple[str, str]] = []

    shown = theatre(FailsToEnter, on_fault=lambda scene, reason: told.append((scene, reason)))
    shown.frame(1.0, Show(pace=Pace(guide=1.0)))
    picture = shown.picture()
    shown.close()

    assert told == [("fails-to-enter", "ValueError: no such model")]
    assert picture.max() > 60  # the breathing light is there


def test_a_scene_that_fails_in_the_middle_is_replaced_and_told_once() -> None:
    shown = theatre(FailsLater)
    for t in (4.0, 5.1, 5.2, 5.3):
        shown.frame(t, Show(pace=Pace(guide=1.0)))
    faults = list(shown.faults)
    shown.close()

    assert faults == [("fails-later", "RuntimeError: out of fish")]


@pytest.mark.usefixtures("forgetful")
def test_a_scene_that_forgets_a_uniform_is_replaced_not_fatal() -> None:
    shown = theatre(ForgetsAUniform)
    shown.frame(1.0, Show(pace=Pace(guide=1.0)))
    picture, faults = shown.picture(), list(shown.faults)
    shown.close()

    assert len(faults) == 1
    assert "u_never_set" in faults[0][1]
    assert picture.max() > 60


def test_the_breath_is_that_of_the_moment_the_frame_is_shown() -> None:
    shown = theatre(Plain)
    pace = Pace(start=10.0, rate=6.0, ratio=0.4, guide=0.5)
    shown.frame(14.0, Show(time=13.2, pace=pace))
    scene = shown._mounted[0]._scene
    shown.close()

    assert isinstance(scene, Plain)
    assert scene.frames[-1].breath == pytest.approx(1.0)
    assert scene.frames[-1].guide == 0.5


def test_scenes_change_in_the_dark_and_without_a_cut() -> None:
    shown = theatre(Plain, Quiet)
    means, names = [], []
    for i in range(70):
        shown.frame(10.0 + i * 0.1, Show(scene=int(i >= 10)))
        means.append(float(shown.picture().mean()))
        names.append(shown.scene)
    shown.close()

    change = names.index("quiet")
    assert names[9] == "plain"
    assert means[change] < 2.0
    assert means[-1] > 10.0
    assert np.abs(np.diff(means)).max() < 0.12 * max(means)


def test_a_fade_asked_for_at_once_is_shown_gently() -> None:
    shown = theatre(Plain)
    shown.frame(1.0, Show(fade=1.0))
    bright = shown.picture().mean()
    shown.frame(1.1, Show(fade=0.0))
    soon = shown.picture().mean()
    for i in range(20):
        shown.frame(1.2 + 0.1 * i, Show(fade=0.0))
    late = shown.picture().mean()
    shown.close()

    assert soon > 0.8 * bright
    assert late < 1.0


def test_a_picture_is_kept_as_png(tmp_path: Path) -> None:
    shown = theatre(Plain)
    shown.frame(1.0, Show())

    shown.save(tmp_path / "new folder" / "picture.png")

    shown.close()
    kept = (tmp_path / "new folder" / "picture.png").read_bytes()
    assert kept.startswith(b"\x89PNG\r\n\x1a\n")
    assert kept[16:24] == bytes([0, 0, 0, 96, 0, 0, 0, 54])


class Pair:
    """A headset's two eyes, 64 mm apart, turned outward as lenses are."""

    eyes = 2

    def __init__(self) -> None:
        self.frames = 0

    def look(self, aspect: float) -> list[View]:
        up = 0.8 / aspect
        return [
            View((-0.032, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (-0.9, 0.7, -up, up)),
            View((0.032, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (-0.7, 0.9, -up, up)),
        ]

    def shown(self) -> None:
        self.frames += 1


def test_two_eyes_see_the_same_light_in_the_same_direction() -> None:
    pair = Pair()
    shown = theatre(Quiet, viewer=pair)
    shown.frame(4.0, Show(pace=Pace(guide=1.0)))
    left, right = np.split(shown.picture().astype(float).sum(axis=-1), 2, axis=1)
    shown.close()

    def tangent(eye: np.ndarray[tuple[int, ...], np.dtype[np.float64]], low: float) -> float:
        column = np.average(
            np.arange(SIZE[0]) + 0.5, weights=np.maximum(eye - 0.8 * eye.max(), 0).sum(axis=0)
        )
        return float(low + column / SIZE[0] * 1.6)

    assert left.shape == right.shape == (SIZE[1], SIZE[0])
    # Fourteen metres away, the light is 0.13 degrees nearer the nose of each eye.
    assert tangent(left, -0.9) == pytest.approx(0.0023, abs=0.02)
    assert tangent(right, -0.7) == pytest.approx(-0.0023, abs=0.02)
    assert pair.frames >= 2
