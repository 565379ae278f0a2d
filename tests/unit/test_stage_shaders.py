"""A mistake in a shader is told before anyone sits down, by file and line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import StageError
from engine.stage.context import Context
from engine.stage.glsl import Glsl


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    made = Context()
    yield made
    made.close()


def test_a_typo_in_a_shader_names_its_file_and_line(context: Context, tmp_path: Path) -> None:
    (tmp_path / "wrong.frag").write_text(
        "out vec4 colour;\nvoid main() {\n  colour = vec4(nothere);\n}\n"
    )

    with pytest.raises(StageError, match=r"wrong\.frag:3.*nothere"):
        Glsl(context, (tmp_path,)).shader("card.vert", "wrong.frag")


def test_a_typo_in_an_included_file_names_that_file(context: Context, tmp_path: Path) -> None:
    (tmp_path / "part.glsl").write_text("// fine\nfloat f() { return wrong; }\n")
    (tmp_path / "whole.frag").write_text(
        '#include "part.glsl"\nout vec4 colour;\nvoid main() { colour = vec4(f()); }\n'
    )

    with pytest.raises(StageError, match=r"part\.glsl:2.*wrong"):
        Glsl(context, (tmp_path,)).shader("card.vert", "whole.frag")


def test_a_typo_in_a_vertex_shader_is_blamed_on_it(context: Context, tmp_path: Path) -> None:
    (tmp_path / "wrong.vert").write_text("void main() { gl_Position = 3; }\n")
    (tmp_path / "fine.frag").write_text("out vec4 c;\nvoid main() { c = vec4(1.0); }\n")

    with pytest.raises(StageError, match=r"wrong\.vert:1"):
        Glsl(context, (tmp_path,)).shader("wrong.vert", "fine.frag")


def test_a_missing_shader_is_told_by_name(context: Context) -> None:
    with pytest.raises(StageError, match=r"absent\.frag"):
        Glsl(context).shader("card.vert", "absent.frag")


def test_a_scene_may_bring_its_own_version_of_an_included_file(
    context: Context, tmp_path: Path
) -> None:
    (tmp_path / "land.glsl").write_text("vec4 land(float a, float e, float b) { return oops; }\n")

    with pytest.raises(StageError, match=r"land\.glsl:1.*oops"):
        Glsl(context, (tmp_path,)).shader("dome.vert", "dome.frag")
