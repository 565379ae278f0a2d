"""The one decorator every kernel wears."""

import os
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

KERNELS: list[Any] = []
"""Every kernel made so far, for warm-up and for the test that nothing compiles later."""

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}


def kernel(signature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function for ``signature`` only, now, and cache the machine code.

    One signature means no compilation can happen while someone is in the chair, and a
    wrong layout is an immediate TypeError. IEEE semantics are kept (no fastmath):
    missing samples are NaN and must stay NaN.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        if not COMPILED:
            return function
        compiled: Callable[P, R] = numba.njit(
            signature, cache=True, nogil=True, error_model="numpy"
        )(function)
        KERNELS.append(compiled)
        return compiled

    return wrap
