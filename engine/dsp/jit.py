"""The one decorator every kernel wears."""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numba.core.config

P = ParamSpec("P")
R = TypeVar("R")

KERNELS: list[Any] = []
"""Every kernel made so far, for warm-up and for the test that nothing compiles later."""

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}

KEPT = 6
"""Versions of machine code kept for each package: some checkouts may share a computer."""


def kernel(signature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function for ``signature`` only, now, and cache the machine code.

    One signature means no compilation can happen while someone is in the chair, and a
    wrong layout is an immediate TypeError. IEEE semantics are kept (no fastmath):
    missing samples are NaN and must stay NaN.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        if not COMPILED:
            return function
        if "NUMBA_CACHE_DIR" not in os.environ:
            code = _machine_code(Path(function.__code__.co_filename).parent)
            setattr(numba.core.config, "CACHE_DIR", code)  # noqa: B010 - numba does not declare it
        compiled: Callable[P, R] = numba.njit(
            signature, cache=True, nogil=True, error_model="numpy"
        )(function)
        KERNELS.append(compiled)
        return compiled

    return wrap


@cache
def _machine_code(package: Path) -> str:
    """Return the folder for the machine code of one package's kernels.

    It is named after the text of everything those kernels may call or take constants
    from: numba itself only watches the file a kernel stands in, and would go on using
    old code after a change in another.
    """
    digest = hashlib.sha256(f"{sys.version} {numba.__version__}".encode())
    for folder in sorted({package, Path(__file__).parent}):
        for file in sorted(folder.glob("*.py")):
            digest.update(file.read_bytes())
    home = _user_cache() / "anlan" / "kernels"
    chosen = home / f"{package.name}-{digest.hexdigest()[:16]}"
    if not chosen.is_dir():
        chosen.mkdir(parents=True, exist_ok=True)
        _forget_old(home, package.name)
    return str(chosen)


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _forget_old(home: Path, package: str) -> None:
    versions = sorted(home.glob(f"{package}-*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in versions[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
