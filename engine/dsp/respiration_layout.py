"""Where each number of the breath read from heartbeats lives."""

# What a beat tells of the breath, in order.
INTERVAL, R_HEIGHT, PULSE_HEIGHT, PULSE_VALLEY, SOURCES = 0, 1, 2, 3, 4
PAIRS = 6
PRIORS = (1.0, 1.0, 0.6, 1.0)
"""How far each is trusted to begin with."""

RATE = 4.0
"""Grid the beats' values are put on, Hz."""
CHANNELS = 26

# Columns of a source's line.
(
    L_COUNT,  # values so far
    L_POINTS,  # grid points so far
    L_TIME, L_VALUE,  # the latest value
    L_NEXT,  # next grid point to fill, in steps of 1 / RATE
    L_MEAN, L_POWER,  # running mean and variance
    L_PEAK, L_MOVES,  # log frequency of its own peak and how much that moves
    L_WEIGHT,
    LINE_COLUMNS,
) = range(11)  # fmt: skip

# The state of the fusion.
(
    S_CHANNEL,  # the chosen one; -1 none yet
    S_F,  # breaths a second; 0 unknown
    S_SLOW, S_MOVES,  # slow mean of it, and how far it strays from that
    S_HEART,  # heart rate, Hz
    S_STRONGEST,  # source with the largest weight
    S_SLOTS,
) = range(7)  # fmt: skip

RECENT = 9

# Columns of what is counted in a source over half a minute: breaths a second, confidence.
C_RATE, C_CONFIDENCE, COUNT_COLUMNS = 0, 1, 2

# Columns of grid points just filled; no line is longer than this many of them.
G_TIME, G_VALUE, GRID_COLUMNS = 0, 1, 2
GRID = 32

# Columns of an output row.
(
    O_TIME, O_PHASE, O_RATE, O_CONFIDENCE, O_SOURCES, OUT_COLUMNS,
) = range(6)  # fmt: skip
