from collections import deque

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.processes.ring import SampleRing

Moves = st.lists(st.integers(0, 40) | st.none(), max_size=60)
"""How many rows are written; None reads."""


@given(capacity=st.integers(1, 24), moves=Moves)
def test_a_ring_is_a_queue_that_drops_what_does_not_fit(
    capacity: int, moves: list[int | None]
) -> None:
    ring = SampleRing.create(1, capacity)
    queue: deque[float] = deque()
    given_out = 0
    try:
        for move in moves:
            if move is None:
                t, x = ring.read()
                assert t.tolist() == list(queue)
                assert x[:, 0].tolist() == [-v for v in queue]
                queue.clear()
                continue
            t = np.arange(given_out, given_out + move, dtype=np.float64)
            given_out += move
            fits = min(move, capacity - len(queue))
            assert ring.write(t, -t[:, None]) == move - fits
            queue.extend(t[:fits].tolist())
            assert ring.waiting == len(queue)
    finally:
        ring.close()
        ring.unlink()
