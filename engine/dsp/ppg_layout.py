"""Where each number of the pulse detector's state lives."""

(
    NATIVE_RATE,  # samples a second coming in
    BLOCK,  # samples averaged into one step
    RATE,  # steps a second
    HALF_WIDTH,  # of the smoothing window, steps
    HOLD,  # steps without a new maximum that end an upstroke
    SIGN,  # 1 if light rises in systole, -1 if it falls
    SUM, SUM_TIME, COUNT,  # the block being averaged
    LAST_TIME,  # session time of the last sample
    PACE,  # running mean distance of samples, in those declared
    LAST_VALUE,  # and its value
    LAST_BAD,  # when the signal was last missing or clipped
    HIGH, LOW,  # slowly leaking extremes, to notice clipping
    FLAT,  # samples in a row at an extreme
    STARTED,  # 0 before the first sample and after a gap
    STEP,  # steps so far
    SMOOTH,  # the smoothed signal at the previous step
    NOISE,  # running power of what smoothing takes away
    RISING,  # 1 during an upstroke
    VALLEY, VALLEY_STEP,
    PEAK, PEAK_STEP,
    STEEPEST, STEEPEST_STEP,
    LEARNED,  # 1 once there are reference sizes
    USUAL_SLOPE, USUAL_HEIGHT, USUAL_PPI,  # medians of the last seven
    SIZES, INTERVALS,  # how many were put into their rings
    CANDIDATES,  # upstrokes so far
    GOOD,  # running mean of how good pulses were
    LAST_PULSE,  # session time of the last accepted pulse
    LAST_POSITION,  # and its place among the steps
    LAST_QUALITY,
    LAST_PPI,
    PPI_SCATTER,  # running mean of log changes of the interval
    SIZE_SCATTER,  # and of log sizes
    CYCLES,  # cycles the template was made of
    SLOTS,
) = range(43)  # fmt: skip

# Rows of the ring of recent steps; its length is a power of two.
(R_X, R_Y, R_TIME, RING_ROWS) = range(4)
RING = 1024

# Rows of the rings of the last accepted pulses.
(M_SLOPE, M_HEIGHT, M_PPI, M_SCRATCH, MEDIAN_ROWS) = range(5)
MEDIANS = 7

# Columns of the ring of recent upstrokes.
(C_SLOPE, C_HEIGHT, C_TIME, CANDIDATE_COLUMNS) = range(4)
CANDIDATE_RING = 64

TEMPLATE = 32
"""Points one cycle is compared at."""

# Columns of an output row.
(
    O_TIME,  # of the middle of the upstroke: the time of the pulse
    O_FOOT, O_PEAK,
    O_PPI,  # seconds since the pulse before; NaN after a pause
    O_QUALITY,
    O_PPI_QUALITY,
    O_HEIGHT, O_VALLEY,
    O_KNOWN,  # when it was known
    OUT_COLUMNS,
) = range(10)  # fmt: skip

NEVER = -1e18
