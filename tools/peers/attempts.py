"""Call other people's code: its failures are results, its chatter is not."""

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

LONGEST = 140
"""Characters of a failure's first line that are kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a peer could not do: on which data, and in its own words."""

    peer: str
    data: str
    words: str


class Failures:
    """All failures of a run, each told once with how often it came."""

    def __init__(self) -> None:
        self._seen: dict[Failure, int] = {}

    def attempt(
        self,
        peer: str,
        data: str,
        do: Callable[..., Any],
        *given: Any,  # noqa: ANN401
        **settings: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Return what ``do`` returns for what is given, or None after noting why it failed."""
        try:
            return do(*given, **settings)
        except Exception as error:  # noqa: BLE001  a peer may raise anything at all
            parts = " ".join(str(part) for part in error.args).split()
            words = f"{type(error).__name__}: {' '.join(parts)}"
            told = Failure(peer, data, words[:LONGEST])
            self._seen[told] = self._seen.get(told, 0) + 1
            return None

    def told(self) -> list[tuple[Failure, int]]:
        """Return every failure and how often it came, in the order they first came."""
        return list(self._seen.items())


@contextlib.contextmanager
def quiet() -> Generator[None]:
    """Silence warnings and prints of peers."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


def peer_module(name: str) -> Any:  # noqa: ANN401
    """Import a peer by name; peers ship no types, what they return is checked at use."""
    return importlib.import_module(name)
