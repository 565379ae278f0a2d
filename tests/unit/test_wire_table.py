"""Where a recording is read otherwise than it was is shown sample by sample."""

import math

import numpy as np

from engine.devices import Kind, Stream, Unit
from engine.streams import F64
from engine.testing.wire_table import table

PLACE = Stream("place", Kind.ACC, Unit.G, 10.0, axes=("x", "y"))


FIRST = (
    "1 of 6 values differ from when it was recorded; the first difference is at sample 1 (1.000 s):"
)


def rows(*values: tuple[float, float]) -> F64:
    return np.array(values).reshape(-1, 2)


def test_a_table_names_the_channel_and_takes_two_missing_values_for_the_same() -> None:
    was = rows((1.0, math.nan), (2.0, 3.0), (4.0, 5.0))
    now = rows((1.0, math.nan), (2.0, 3.5), (4.0, 5.0))

    assert list(table(PLACE, was, was, np.arange(3.0))) == []
    assert list(table(PLACE, was, now, np.arange(3.0))) == [
        FIRST,
        "   time, s    sample  channel         expected           got  g",
        "     1.000         1  y                      3           3.5",
    ]


def test_samples_that_are_gone_or_new_are_shown_with_a_dash() -> None:
    short, whole = rows((1.0, 2.0)), rows((1.0, 2.0), (3.0, 4.0))
    gone = list(table(PLACE, whole, short, np.arange(1.0)))
    new = list(table(PLACE, short, whole, np.arange(2.0)))

    assert gone[0] == "2 samples when recorded, 1 now; the first difference is at sample 1:"
    assert gone[2].split() == ["-", "1", "x", "3", "-"]
    assert new[0].startswith("1 samples when recorded, 2 now; the first difference is at sample 1")
    assert new[3].split() == ["1.000", "1", "y", "-", "4"]
