"""Where each number of the breathing belt's state lives."""

(
    NATIVE_RATE,  # samples a second coming in
    BLOCK,  # samples averaged into one step
    RATE,  # steps a second
    KEEP,  # factor of the running mean, 30 s
    SIGN,  # 1 if a rising signal is a breath in, -1 if it is a breath out
    HALF_WIDTH,  # of the smoothing window, steps
    SUM, SUM_TIME, COUNT, VALID,  # the block being averaged
    LAST_TIME,  # session time of the last sample
    LAST_VALUE,  # mean of the last block with a valid sample
    STEP,  # steps so far
    ABSENT,  # seconds without a valid sample
    MEAN,  # running mean
    UP,  # 1 while the chest rises
    EXTREME, EXTREME_TIME,  # of the running rise or fall
    CREST, TROUGH,  # the latest of each
    ONSET_TIME,  # when the latest breath in began
    SWINGS,  # rises and falls so far
    LAST_SWING,  # when the latest was noticed
    HIGHEST, LOWEST,  # before the first swings
    ONSETS,  # breaths in so far
    CYCLE_RATE,  # breaths a second over the window; 0 unknown
    SPREAD,  # coefficient of variation of the breaths in the window
    BREATHS,  # how many those are
    UNSTEADY,  # deviation of their log durations, the oddest left out
    USUAL,  # median of the last swings; 0 before the first
    UNEVEN,  # mean deviation of them from it, in shares of it
    UNLIKE,  # mean deviation of their logs, the two oddest left out
    CHANNEL,  # resonator listened to; -1 none yet
    PHASE,  # its phase at the previous step
    F,  # breaths a second, right now; 0 unknown
    SHARE,  # share of the power that is at F, smoothed
    NOISE,  # running power of what the smoothing takes away
    QUALITY,  # how well the belt sits, 0..1
    OUT_PHASE, OUT_RATE, OUT_FAST, CONFIDENCE, RATE_CONFIDENCE, AMPLITUDE,
    SLOTS,
) = range(46)  # fmt: skip

# Rows of the ring of recent blocks; its length is a power of two.
R_VALUE, R_TIME, RING_ROWS = 0, 1, 2
RING = 64

# Columns of the powers of each channel: running power, weight in the choice, prior.
A_POWER, A_WEIGHT, A_PRIOR, A_COLUMNS = 0, 1, 2, 3

SWING_RING = 9
CYCLES = 32

# Columns of an output row.
(
    O_TIME, O_PHASE, O_RATE, O_FAST, O_CONFIDENCE, O_QUALITY, O_AMPLITUDE, O_ONSET,
    O_RATE_CONFIDENCE, OUT_COLUMNS,
) = range(10)  # fmt: skip
