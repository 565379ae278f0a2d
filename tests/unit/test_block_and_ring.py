from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.errors import LinkError
from engine.processes.block import SLOTS, SharedBlock
from engine.processes.ring import SampleRing
from engine.streams import F64


@pytest.fixture
def block() -> Iterator[SharedBlock]:
    made = SharedBlock.create(3)
    yield made
    made.close()
    made.unlink()


@pytest.fixture
def ring() -> Iterator[SampleRing]:
    made = SampleRing.create(2, 8)
    yield made
    made.close()
    made.unlink()


def rows(first: int, n: int) -> tuple[F64, F64]:
    t = np.arange(first, first + n, dtype=np.float64)
    return t, np.column_stack((t, -t))


def test_what_is_written_last_is_read_by_an_attached_block(block: SharedBlock) -> None:
    other = SharedBlock.attach(block.name, 3)
    block.write(np.array([1.0, 2.0, 3.0]))
    block.write(np.array([4.0, 5.0, 6.0]))
    into = np.zeros(3)

    other.read(into)
    other.close()

    assert into.tolist() == [4.0, 5.0, 6.0]


def test_a_new_block_reads_as_zeros(block: SharedBlock) -> None:
    into = np.ones(3)

    block.read(into)

    assert into.tolist() == [0.0, 0.0, 0.0]
    assert block.writes == 0


def test_a_writer_that_dies_half_way_leaves_the_row_before(block: SharedBlock) -> None:
    block.write(np.array([1.0, 2.0, 3.0]))
    block._rows[2 % SLOTS][:2] = -1.0  # the second row, begun and never finished
    into = np.zeros(3)

    block.read(into)

    assert into.tolist() == [1.0, 2.0, 3.0]


def test_closing_the_attached_end_keeps_the_block(block: SharedBlock) -> None:
    SharedBlock.attach(block.name, 3).close()
    block.write(np.ones(3))

    again = SharedBlock.attach(block.name, 3)
    into = np.zeros(3)
    again.read(into)
    again.close()

    assert into.tolist() == [1.0, 1.0, 1.0]


def test_names_are_short_enough_for_every_system(block: SharedBlock) -> None:
    assert len(block.name) <= 24


def test_attaching_to_nothing_says_what_to_do() -> None:
    with pytest.raises(LinkError, match="is gone"):
        SharedBlock.attach("anlan-none", 3)


def test_attaching_with_another_width_is_refused(block: SharedBlock) -> None:
    with pytest.raises(LinkError, match="are expected"):
        SharedBlock.attach(block.name, 100_000)


def test_an_unlinked_segment_leaves_no_file() -> None:
    ring = SampleRing.create(1, 10)

    ring.close()
    ring.close()
    ring.unlink()
    ring.unlink()

    assert not (Path("/dev/shm") / ring.name).exists()  # noqa: S108
    with pytest.raises(ValueError, match="closed"):
        ring.read()


def test_rows_come_out_once_and_in_order(ring: SampleRing) -> None:
    writer = SampleRing.attach(ring.name, 2, 8)
    writer.write(*rows(0, 5))
    t, x = ring.read()
    again, _ = ring.read()
    writer.write(*rows(5, 6))  # wraps around
    later, y = ring.read()
    writer.close()

    assert t.tolist() == [0, 1, 2, 3, 4]
    assert x[:, 1].tolist() == [0, -1, -2, -3, -4]
    assert len(again) == 0
    assert later.tolist() == [5, 6, 7, 8, 9, 10]
    assert y[:, 0].tolist() == later.tolist()


def test_a_reader_that_falls_behind_loses_the_newest_rows_and_is_told(ring: SampleRing) -> None:
    first = ring.write(*rows(0, 6))
    second = ring.write(*rows(6, 6))
    t, _ = ring.read()
    third = ring.write(*rows(12, 2))
    after, _ = ring.read()

    assert (first, second, third) == (0, 4, 0)
    assert t.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert after.tolist() == [12, 13]
    assert ring.dropped == 4


def test_what_was_read_stays_as_it_was(ring: SampleRing) -> None:
    ring.write(*rows(0, 8))
    _, x = ring.read()
    ring.write(*rows(100, 8))

    assert x[:, 0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


def test_a_successor_goes_on_where_a_dead_writer_stopped(ring: SampleRing) -> None:
    first = SampleRing.attach(ring.name, 2, 8)
    first.write(*rows(0, 3))
    first.close()
    second = SampleRing.attach(ring.name, 2, 8)
    second.write(*rows(3, 2))
    t, _ = ring.read()
    second.close()

    assert t.tolist() == [0, 1, 2, 3, 4]
