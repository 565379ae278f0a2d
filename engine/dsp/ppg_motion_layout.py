"""Where each number of the motion gate's state lives."""

(
    LAST_TIME,  # session time of the last whole sample
    MAGNITUDE,  # running mean of its length, g: 1 for a body at rest, whatever its pose
    POWER,  # running power of the movement, g2
    MOVING,  # 1 from a strong movement until the body was still for a while
    STILL_SINCE,  # session time since which it is
    TICK,  # next step of the grid, in steps of 1 / GRID; meaningless before the first sample
    BEGAN,  # session time of the first sample after a gap
    PULSES,  # pulses so far
    SLOTS,
) = range(9)

# Rows of the three axes' filters: two slow means that take gravity off, two that smooth.
(F_SLOW, F_SLOWER, F_SMOOTH, F_SMOOTHER, F_BEFORE, FILTER_ROWS) = range(6)
AXES = 3

GRID = 25.0
"""Steps a second of the even grid movement is kept on, Hz."""
# Rows of the ring of movement; its length is a power of two: 20 s.
(R_X, R_LEVEL, R_MOVING, RING_ROWS) = (0, 3, 4, 5)
RING = 512

RECENT = 8
"""Pulses a cadence is looked for in."""
