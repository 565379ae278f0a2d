"""Ways to cut samples into pieces, for the law that bundling makes no difference."""

from itertools import pairwise

from hypothesis import strategies as st

from engine.streams import F64


def cuts(size: int, most: int = 30) -> st.SearchStrategy[list[int]]:
    """Draw places to cut ``size`` samples at, rising; empty pieces happen."""
    return st.lists(st.integers(0, size), max_size=most).map(sorted)


def split(x: F64, at: list[int]) -> list[F64]:
    """Return ``x`` cut into pieces at the places ``at``."""
    return [x[first:last] for first, last in pairwise([0, *at, x.shape[0]])]
