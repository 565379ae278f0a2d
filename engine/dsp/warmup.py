"""Gets all slow preparation over with before anyone sits down."""

import importlib
import pkgutil
from collections.abc import Callable

import engine.dsp
from engine.dsp.jit import COMPILED, KERNELS
from engine.errors import AnlanError


def warmup(progress: Callable[[str, int, int], None] | None = None) -> int:
    """Import every module of `engine.dsp`, so that every kernel is compiled or loaded.

    Parameters
    ----------
    progress
        Called with a module's name, how many are done and how many there are. The very
        first time takes tens of seconds, later times well under one.

    Returns
    -------
    int
        How many kernels are ready (none when compilation is switched off).

    Raises
    ------
    AnlanError
        If a kernel has more or fewer than the one signature it was written for.
    """
    modules = sorted(m.name for m in pkgutil.walk_packages(engine.dsp.__path__, "engine.dsp."))
    for done, name in enumerate(modules):
        if progress is not None:
            progress(name, done, len(modules))
        importlib.import_module(name)
    if progress is not None:
        progress("", len(modules), len(modules))
    for made in KERNELS:
        if COMPILED and len(made.signatures) != 1:
            raise AnlanError(
                f"has {len(made.signatures)} signatures",
                where=f"kernel {made.py_func.__module__}.{made.py_func.__name__}",
                hint="a kernel is compiled for exactly one signature, when it is imported",
            )
    return len(KERNELS)
