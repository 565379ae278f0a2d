"""Gets all slow preparation over with before anyone sits down."""

import importlib
import pkgutil
from collections.abc import Callable

import engine.dsp
from engine.dsp.jit import COMPILED, KERNELS, entrances
from engine.errors import AnlanError


def warmup(progress: Callable[[str, int, int], None] | None = None) -> int:
    """Import every module of `engine.dsp` and make ready every kernel that will be called.

    Parameters
    ----------
    progress
        Called with what is being done, how much is done and how much there is. The very
        first time takes tens of seconds, later times well under one.

    Returns
    -------
    int
        How many kernels are ready (none when compilation is switched off), those of
        other packages that were imported before included.

    Raises
    ------
    AnlanError
        If a kernel has more or fewer than the one signature it was written for.
    """
    modules = sorted(m.name for m in pkgutil.walk_packages(engine.dsp.__path__, "engine.dsp."))
    for name in modules:
        importlib.import_module(name)
    kernels = entrances() if COMPILED else []
    for done, made in enumerate(kernels):
        if progress is not None:
            progress(f"{made.py_func.__module__}.{made.py_func.__name__}", done, len(kernels))
        made.prepare()
    if progress is not None:
        progress("", len(kernels), len(kernels))
    for made in KERNELS:
        if len(made.signatures) > 1:
            raise AnlanError(
                f"has {len(made.signatures)} signatures",
                where=f"kernel {made.py_func.__module__}.{made.py_func.__name__}",
                hint="a kernel is compiled for exactly one signature",
            )
    return len(kernels)
