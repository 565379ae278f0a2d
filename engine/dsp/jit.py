"""The one decorator every kernel wears, and what makes kernels ready before anyone sits down."""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, ParamSpec, TypeVar

import numba
import numba.core.config
from numba.core.caching import FunctionCache
from numba.core.errors import NumbaError
from numba.core.registry import CPUDispatcher

from engine.dsp.kept import code_folder
from engine.errors import AnlanError

P = ParamSpec("P")
R = TypeVar("R")

KERNELS: list[Any] = []
"""Every kernel made so far, for warm-up and for the test that nothing compiles later."""

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}

KEPT = 12
"""Versions of machine code kept for each module: some checkouts may share a computer."""

IMPORT = re.compile(
    r"^\s*(?:from\s+(?P<package>[\w.]+)\s+import\s+(?P<names>\([^)]*\)|[^\n]*)"
    r"|import\s+(?P<module>[\w.]+))",
    re.MULTILINE,
)

ALLOCATES = ("NRT required but not enabled", "Only accept returning of array passed into")
PLACE = re.compile(r"^During: .* at (?P<file>(?!.*\bnumba\b).*) \((?P<line>\d+)\)$", re.MULTILINE)
"""What numba says of a kernel that allocates, and where it does."""

# As `numba.njit(nogil=True, error_model="numpy")` sets them, and without numba's memory manager:
# kernels allocate nothing, and counting who holds each slice was a quarter of their time.
OPTIONS: dict[str, Any] = {
    "nopython": True, "boundscheck": None, "nogil": True, "error_model": "numpy", "_nrt": False,
}  # fmt: skip


class MachineCode(FunctionCache):  # type: ignore[misc]  # numba is untyped
    """Machine code on disk, loaded without waking the compiler.

    Numba first makes ready all it would need for compiling (scipy's linear algebra, cffi, all
    of its own functions): half a second, of which loading needs nothing. Compiling does so again.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401 - numba's own
        """Return what is kept for the signature, or None."""
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


class Kernel(CPUDispatcher):  # type: ignore[misc]  # numba is untyped
    """A function compiled for one signature, when it is first needed.

    Needed means: called, called by another kernel that is being compiled, or made ready
    (`ready`). Most kernels are only ever called by others and stand in their machine code;
    loading each by itself, as numba does at a decorator with a signature, would cost more
    than everything else a start has to do.
    """

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        super().__init__(function, targetoptions=dict(OPTIONS))
        self.signature = signature
        self._cache = MachineCode(function)

    @property
    def prepared(self) -> bool:
        """Whether there is machine code to run."""
        return bool(self.signatures)

    def prepare(self) -> None:
        """Load the machine code, or compile it where there is none yet.

        Raises
        ------
        AnlanError
            If it allocates: makes an array, a list or a text, or copies one slice to another.
        """
        if self.prepared:
            return
        try:
            self.compile(self.signature)
        except NumbaError as fault:
            if not any(words in str(fault) for words in ALLOCATES):
                raise
            place = PLACE.search(str(fault))
            raise AnlanError(
                "a kernel allocates nothing",
                where=f"kernel {self.py_func.__module__}.{self.py_func.__name__}"
                + (f", {Path(place['file']).name} line {place['line']}" if place else ""),
                hint="pass it the array to write into; copy slices item by item",
            ) from None
        self.disable_compile()

    def get_call_template(self, args: Any, kws: Any) -> Any:  # noqa: ANN401 - numba's own
        """Tell numba how another kernel may call this one: as it was declared."""
        self.prepare()
        return super().get_call_template(args, kws)

    def _compile_for_args(self, *_args: object, **_kws: object) -> "Kernel":
        """Be called for the first time: numba then calls what is returned."""
        self.prepare()
        return self


def kernel(signature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function for ``signature`` only, and keep the machine code on disk.

    One signature means no compilation can happen while someone is in the chair, and a
    wrong layout is an immediate TypeError. IEEE semantics are kept (no fastmath):
    missing samples are NaN and must stay NaN.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        if not COMPILED:
            return function
        if "NUMBA_CACHE_DIR" not in os.environ:
            code = _machine_code(function.__module__, Path(function.__code__.co_filename))
            setattr(numba.core.config, "CACHE_DIR", code)  # noqa: B010 - numba does not declare it
        made: Any = Kernel(function, signature)
        KERNELS.append(made)
        compiled: Callable[P, R] = made
        return compiled

    return wrap


def entrances() -> list[Any]:
    """Return the kernels that Python code of the loaded modules may call.

    That is every kernel which no other kernel calls, or whose name occurs in a function
    or class that is no kernel. Nothing has to be registered, so nothing can be forgotten.
    """
    called = {id(k) for made in KERNELS for k in _named_in(made.py_func)}
    outside: set[int] = set()
    for module in _modules_with_kernels():
        names = {name: id(k) for name, k in vars(module).items() if isinstance(k, Kernel)}
        if names:
            for code in _code_of(module):
                outside.update(names[name] for name in names.keys() & set(code.co_names))
    return [k for k in KERNELS if id(k) not in called or id(k) in outside]


def ready() -> int:
    """Load (the very first time: compile) every kernel the loaded modules may call; count them.

    Whoever imports modules with kernels calls this before time matters.
    """
    made = entrances() if COMPILED else []
    for one in made:
        one.prepare()
    return len(made)


def _named_in(function: FunctionType) -> Iterator[Any]:
    """Yield the kernels a kernel calls."""
    for name in function.__code__.co_names:
        found = function.__globals__.get(name)
        if isinstance(found, Kernel):
            yield found


def _modules_with_kernels() -> list[Any]:
    roots = {k.py_func.__module__.split(".")[0] for k in KERNELS}
    return [m for name, m in list(sys.modules.items()) if name.split(".")[0] in roots]


def _code_of(module: Any) -> Iterator[CodeType]:  # noqa: ANN401 - a module, or what stands in
    """Yield the code of every function and method that a module defines, kernels left out."""
    waiting: list[Any] = []
    for thing in vars(module).values():
        if getattr(thing, "__module__", None) != module.__name__ or isinstance(thing, Kernel):
            continue
        waiting += vars(thing).values() if isinstance(thing, type) else [thing]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, CodeType):
            yield thing
            waiting += [c for c in thing.co_consts if isinstance(c, CodeType)]
        elif isinstance(thing, property):
            waiting += [f for f in (thing.fget, thing.fset) if f is not None]
        else:
            inner = getattr(thing, "__wrapped__", None) or getattr(thing, "__func__", thing)
            code = getattr(inner, "__code__", None)
            if isinstance(code, CodeType):
                waiting.append(code)


@cache
def _machine_code(module: str, file: Path) -> str:
    """Return the folder for the machine code of one module's kernels.

    It is named after the text of everything those kernels may call or take constants
    from: numba itself only watches the file a kernel stands in, and would go on using
    old code after a change in another.
    """
    roots = (file.parents[module.count(".")], Path(__file__).parents[2])
    digest = hashlib.sha256(f"{sys.version} {numba.__version__}".encode())
    known, waiting = {Path(__file__)}, [file]
    while waiting:
        here = waiting.pop()
        if here not in known:
            known.add(here)
            waiting += _imported(here, roots)
    for source in sorted(known):
        digest.update(_text(source))
    home = code_folder()
    chosen = home / f"{module}-{digest.hexdigest()[:16]}"
    if not chosen.is_dir():
        chosen.mkdir(parents=True, exist_ok=True)
        _forget_old(home, module)
    with suppress(OSError):  # of another user's
        os.utime(chosen)  # the versions longest unused are forgotten first
    return str(chosen)


@cache
def _text(file: Path) -> bytes:
    return file.read_bytes()


@cache
def _imported(file: Path, roots: tuple[Path, ...]) -> list[Path]:
    """Return the files below ``roots`` that a file imports, as far as its text tells."""
    found: list[Path] = []
    text = _text(file).decode()
    for match in IMPORT.finditer(text):
        package, names = match["package"] or match["module"], match["names"] or ""
        if package.startswith("."):
            # Rare enough to look at everything that could be meant.
            found += file.parent.glob("*.py")
            continue
        for root in dict.fromkeys(roots):
            path = os.path.join(root, *package.split("."))  # noqa: PTH118 - a hundred a start
            if os.path.isfile(f"{path}.py"):  # noqa: PTH113
                found.append(Path(f"{path}.py"))
            elif os.path.isdir(path):  # noqa: PTH112
                below = [f"{path}/{name}" for name in re.findall(r"\w+", names)]
                tries = [f"{one}.py" for one in (f"{path}/__init__", *below)]
                found += [Path(one) for one in tries if os.path.isfile(one)]  # noqa: PTH113
    return found


def _forget_old(home: Path, module: str) -> None:
    versions = sorted(home.glob(f"{module}-*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in versions[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
