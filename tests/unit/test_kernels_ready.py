"""Which kernels are made ready, and which change makes machine code out of date."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.dsp import jit
from engine.dsp.jit import COMPILED, KERNELS, Kernel, entrances, ready
from engine.errors import AnlanError

needs_compiler = pytest.mark.skipif(not COMPILED, reason="compilation is switched off")

SOURCE = """
from engine.dsp.jit import kernel

@kernel("float64(float64)")
def inner(x):
    return 2.0 * x

@kernel("float64(float64)")
def both(x):
    return inner(x) + 1.0

@kernel("float64(float64)")
def outer(x):
    return both(x) + 1.0

class Uses:
    @property
    def value(self):
        return [both(v) for v in (1.0, 2.0)]
"""


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return a vendor's module with three kernels."""
    file = tmp_path / "vendor_of_kernels.py"
    file.write_text(SOURCE)
    module = ModuleType("vendor_of_kernels")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    before = list(KERNELS)
    exec(compile(SOURCE, str(file), "exec"), vars(module))  # noqa: S102 - our own text
    yield module
    KERNELS[:] = before


@needs_compiler
def test_only_kernels_that_python_may_call_are_made_ready(vendor: ModuleType) -> None:
    found = [k for k in entrances() if k.py_func.__module__ == vendor.__name__]

    assert found == [vendor.both, vendor.outer]


@needs_compiler
def test_a_kernel_is_made_ready_once_and_takes_those_it_calls_along(vendor: ModuleType) -> None:
    assert not vendor.outer.prepared

    ready()

    assert vendor.outer.prepared
    assert vendor.both.prepared
    assert vendor.outer(3.0) == 8.0
    assert len(vendor.outer.signatures) == 1


@needs_compiler
def test_a_kernel_nobody_made_ready_still_knows_one_signature_only(vendor: ModuleType) -> None:
    assert vendor.inner(2) == 4.0  # an int is taken for the float it was declared for

    assert [str(s) for s in vendor.inner.nopython_signatures] == ["(float64,) -> float64"]
    with pytest.raises(TypeError, match="No matching definition"):
        vendor.inner(np.zeros(3))


@needs_compiler
@pytest.mark.parametrize(
    "body",
    ["y = np.zeros(3)\n    return y[0]", "x[:2] = x[2:]\n    return x[0]", "return len([x[0]])"],
)
def test_a_kernel_that_allocates_is_refused_with_its_line(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "greedy.py"
    module = ModuleType("greedy")
    monkeypatch.setitem(sys.modules, "greedy", module)
    text = (
        "import numpy as np\nfrom engine.dsp.jit import kernel\n\n"
        f'@kernel("float64(float64[::1])")\ndef greedy(x):\n    {body}\n\n'
        '@kernel("float64(float64[::1])")\ndef outer(x):\n    return greedy(x)\n'
    )
    file.write_text(text)
    before = list(KERNELS)
    exec(compile(text, str(file), "exec"), vars(module))  # noqa: S102 - our own text

    for made in (module.greedy, module.outer):
        with pytest.raises(AnlanError, match="allocates nothing") as refused:
            made.prepare()
        assert "kernel greedy.greedy, greedy.py line 6" in str(refused.value)

    KERNELS[:] = before


FIRST = """
from engine.dsp.jit import kernel

@kernel("float64(float64)")
def inner(x):
    return 2.0 * x
"""
SECOND = """
from engine.dsp.jit import kernel
from first import inner

@kernel("float64(float64[::1])")
def outer(x):
    return inner(x[0]) + 1.0
"""
LOADED = """
import sys
import numpy as np
from first import inner
assert inner(2) == 4.0, "an int is taken for the float it was declared for"
try:
    inner(np.zeros(3))
except TypeError as error:
    assert "No matching definition" in str(error)
else:
    raise AssertionError("a wrong layout was taken")
print(sum(inner.stats.cache_hits.values()), "numba.np.arraymath" in sys.modules)
from second import outer
print(outer(np.full(1, 3.0)), sum(outer.stats.cache_misses.values()))
"""


@needs_compiler
@pytest.mark.slow
def test_machine_code_is_loaded_without_the_compiler_and_called_by_what_is_compiled_later(
    tmp_path: Path,
) -> None:
    (tmp_path / "first.py").write_text(FIRST)
    (tmp_path / "second.py").write_text(SECOND)
    path = os.pathsep.join([str(tmp_path), str(Path(jit.__file__).parents[2])])
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "code"), "PYTHONPATH": path}

    def told(code: str) -> list[str]:
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        return run.stdout.splitlines()

    told("from first import inner; inner(1.0)")

    assert told(LOADED) == ["1 False", "7.0 1"]


@needs_compiler
def test_every_kernel_is_of_our_own_kind() -> None:
    assert all(isinstance(k, Kernel) for k in KERNELS)


def test_machine_code_is_named_after_what_its_module_imports(tmp_path: Path) -> None:
    texts = {"a": "from pack import b\n", "b": "X = 1\n", "c": "Y = 1\n", "__init__": ""}
    (tmp_path / "pack").mkdir()

    def folder(**changed: str) -> str:
        for cached in (jit._text, jit._imported, jit._machine_code):
            cached.cache_clear()
        for name, text in {**texts, **changed}.items():
            (tmp_path / "pack" / f"{name}.py").write_text(text)
        return jit._machine_code("pack.a", tmp_path / "pack" / "a.py")

    first = folder()

    assert folder(c="Y = 2\n") == first
    assert folder(b="X = 2\n") != first
    assert folder(a="from pack.c import Y\n") != folder(a="from pack.c import Y\n", c="Y = 2\n")
    assert folder(a="from . import b\n") != folder(a="from . import b\n", c="Y = 2\n")
