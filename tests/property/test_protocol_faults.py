"""Whatever a file says, reading it ends in a protocol or in a list of faults, never in a crash."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import AnlanError, FaultyFileError
from engine.scene.api import Control
from engine.session.format import SessionProtocol
from engine.session.reading import from_normalised, normalised, read_protocol

PROTOCOLS = Path(__file__).parents[2] / "protocols"
SOUND = tomllib.loads((PROTOCOLS / "capsule-20.toml").read_text(encoding="utf-8"))


class Ocean:
    controls = tuple(Control(name, name, name) for name in ("swell", "wind", "light", "cloud"))


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {toml(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else repr(value)


def places(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*at, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            found += places(inner, (*at, i))
    return found


def replaced(value: Any, at: tuple[str | int, ...], new: Any) -> Any:
    if not at:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(copy[at[0]], at[1:], new)
    return copy


PLACES = places(SOUND)
strange = st.one_of(
    st.integers(-10_000, 10_000), st.floats(), st.booleans(), st.text("abz.-治疗", max_size=8),
    st.just([]), st.just({}), st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.sampled_from(["zh", "id", "scene.swell", "x"]), st.integers(0, 2)),
)  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(at=st.sampled_from(PLACES), new=strange)
def test_one_strange_value_gives_a_protocol_or_faults_with_remedies(
    tmp_path: Path, at: tuple[str | int, ...], new: Any
) -> None:
    path = tmp_path / "capsule-20.toml"
    content = replaced(SOUND, at, new)
    path.write_text("".join(f"{k} = {toml(v)}\n" for k, v in content.items()), encoding="utf-8")

    protocol, faults = None, list[AnlanError]()
    try:
        protocol = read_protocol(path, scenes={"dusk-ocean": Ocean})
    except FaultyFileError as error:
        faults = list(error.faults)

    assert bool(faults) == (protocol is None)
    for fault in faults:
        assert fault.where.startswith(str(path))
        assert fault.what
        assert fault.hint
    if protocol is not None:
        assert from_normalised(normalised(protocol)) == protocol


@pytest.mark.parametrize("name", ["capsule-20", "slow-paced-breathing", "demo"])
def test_a_key_left_out_is_told_or_has_a_usual_value(name: str, tmp_path: Path) -> None:
    content = tomllib.loads((PROTOCOLS / f"{name}.toml").read_text(encoding="utf-8"))
    needed = {k for k, f in SessionProtocol.model_fields.items() if f.is_required()}

    for key in content:
        rest = {k: v for k, v in content.items() if k != key}
        path = tmp_path / f"{name}.toml"
        path.write_text("".join(f"{k} = {toml(v)}\n" for k, v in rest.items()), encoding="utf-8")
        if key in needed:
            with pytest.raises(FaultyFileError, match=rf"{key}: is missing \(add {key} = "):
                read_protocol(path, scenes={"dusk-ocean": Ocean})
