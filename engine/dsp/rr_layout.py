"""What can be wrong with a heartbeat interval, and where the classifier keeps its state."""

from enum import IntEnum


class Beat(IntEnum):
    """What an R-R interval was found to be."""

    NORMAL = 0
    ECTOPIC = 1
    """Ends at a beat that came early."""
    PAUSE = 2
    """Long, alone or after an early beat."""
    EXTRA = 3
    """Part of a normal interval split by a false or interpolated beat."""
    MISSED = 4
    """Holds one or more beats that were not seen."""
    MISPLACED = 5
    """One of two intervals whose common beat is at the wrong time."""
    LEARN = 6
    """Not judged: too little is known before it, or what follows it is missing."""
    GAP = 7
    """Far too long to say what happened in it."""
    FOREIGN = 8
    """Of ordinary length, but one of its beats has another shape than usual: a late early
    beat, or noise. Only where there is a waveform."""


NORMAL, ECTOPIC, PAUSE, EXTRA, MISSED, MISPLACED, LEARN, GAP, FOREIGN = range(9)
"""The same, as kernels read them."""

# A decision.
DECISION = 5
(
    CODE,
    NN,  # repaired interval, same unit as the input
    STANDS_FOR,  # normal beats it stands for: 0 merged into the one before, k split
    DIFFERENCE_OK,  # 1 if its difference to the interval before is a true one
    DOUBTFUL,  # 1 if left out, though intervals alone cannot rule out that it was true
) = range(DECISION)

# State.
RING = 7
"""Accepted intervals the reference is the median of."""
(
    X0, X1, X2,  # the interval being judged and the two after it
    A, B,  # the accepted interval before, and the one before that
    A_OK, B_OK,  # whether nothing lies between
    LEVEL,  # median of the ring
    SPREAD,  # 80 % quantile of the relative step between neighbours
    PATTERN,  # 80 % quantile of the short-long pattern
    PATTERN_BEFORE, PATTERN_OK,
    MEAN,  # time-conserving mean interval
    ALTERNATING,  # share of sharp alternations
    IRREGULAR, IS_IRREGULAR,
    BURDEN, IS_BURDENED,
    FAULTS,  # share that a device or detector got wrong: missed, extra, misplaced
    H1, H2, H3, H4, H5,  # raw intervals, newest first
    CARRY, CARRY_NN, CARRY_STANDS_FOR, CARRY_DOUBTFUL,  # second half of a pair already judged
    RUN,  # flagged in a row
    SEEN,  # intervals since the start
    SINCE,  # intervals since the last interruption
    FILLED, NEXT,  # of the ring
    F_BEFORE, F0, F1, F2,  # 1 where the beat before X0, that ends X0, X1, X2 has a foreign shape
    BREATH,  # the guide's or belt's breath, same unit as the intervals; 0 if not known
    PAST_FILLED, PAST_NEXT,  # of the past
) = range(40)  # fmt: skip
RING_AT = 40
PAST = 32
"""Raw intervals kept to compare with the breath."""
PAST_AT = RING_AT + RING
SLOTS = PAST_AT + PAST
