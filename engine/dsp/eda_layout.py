"""Where each number of the skin-conductance state lives.

Kernels take plain arrays (see `engine.dsp.jit`), so the slots have names here, once.
Times inside the state are seconds of signal since the first sample.
"""

# The design, fixed at construction, then what changes with every step.
(
    NATIVE_RATE,  # samples a second coming in
    BLOCK,  # samples averaged into one step
    RATE,  # steps a second
    DT,  # seconds a step
    BANK_DT,  # seconds from one look of the filters to the next
    RISE,  # exp(-BANK_DT / 0.75 s), diffusion of sweat
    HALF_LONG,  # half width of the long slope window, steps
    HALF_SHORT,  # half width of the short one
    REFERENCE_DECAY,  # exp(-dt / 1 s)
    EMIT,  # steps between two output rows
    SUM,  # the block being averaged: sum of valid samples
    SUM_TIME,  # sum of their times
    VALID,  # how many were valid
    COUNT,  # how many there were
    LAST_TIME,  # session time of the last sample
    PACE,  # running mean distance of samples, in those declared
    STEP,  # steps so far
    SINCE_START,  # steps since the first valid one
    STARTED,  # 1 once there was a valid step
    TONIC,
    PHASIC,
    DRIVER,
    RECOVERY,  # time constant with which this skin recovers, s
    GROUP_SUM,  # the steps until the filters look again: sum of the valid
    GROUP_VALID,  # how many were valid
    NOISE,  # median absolute second difference, uS
    Y1, Y2,  # the two latest conductances
    GOOD_RUN,  # valid steps in a row
    BAD_RUN,  # invalid steps in a row
    LAST_BAD,  # time of the latest hard artefact, s
    JUMP,  # a step that may be an electrode pop
    SHARE_OK,  # running mean of valid steps, 5 s
    QUALITY,
    POWER,  # running mean square of the driver, 30 s
    ACTIVITY,  # running phasic share of the level, 30 s
    GOOD_STEPS,  # steps far from any artefact
    GOOD_SECOND,  # steps of the running second that were good
    GOOD_TOTAL,  # seconds of good signal altogether
    LONG,  # 1 while the noise asks for the long slope window
    LIVELY,  # 0 quiet skin .. 1 active skin
    REFERENCE,  # what the driver would be without a new burst
    RISING,  # 1 while a burst is being followed
    BURST,  # its largest height
    BURST_STEP,  # and when that was
    LAST_ONSET,  # time of the previous response, s
    EVENTS,  # responses noticed so far
    PENDING,  # first of them still open
    RESPONSES_A_MINUTE,
    LAST_CONFIRMED,  # onset of the last confirmed response, s
    SLOTS,
) = range(51)  # fmt: skip

# A filter of the bank (a row): its state, its covariance, its share in its pair, its design, and
# in the first of a pair the evidence for the pair. Two rows more are room to work in.
(
    B_TONIC, B_PHASIC, B_DRIVER, B_P00, B_P01, B_P02, B_P11, B_P12, B_P22,
    B_SHARE, B_RECOVERY, B_DECAY, B_COUPLING, B_SURPRISE, B_EVIDENCE, BANK_COLUMNS,
) = range(16)  # fmt: skip
RECOVERIES = (2.0, 3.5, 6.0)
"""Time constants of recovery that are tried, s; rise 0.75 s."""
PAIRS = 3
BANK_ROWS = 2 * PAIRS + 2

# Rows of the ring of recent steps; its length is a power of two. One of them holds whole seconds:
# how much of each was good.
(R_Y, R_HEIGHT, R_SLOPE, R_SMOOTH, R_TIME, R_GOOD, RING_ROWS) = range(7)
RING = 128

# Columns of the table of recent responses.
(
    E_STATE,
    E_ONSET,
    E_ONSET_TIME,  # on the session clock
    E_PEAK,
    E_AMPLITUDE,
    E_HALF,
    E_TROUGH,  # lowest smoothed conductance since shortly before the onset
    E_TROUGH_TO_PEAK,
    E_LARGEST_STEP,
    E_LEVEL,  # smoothed conductance at the onset
    E_PHASIC,  # what was still recovering at the onset
    E_TOLD,  # 1 once its half-recovery was told
    EVENT_COLUMNS,
) = range(13)
EVENT_RING = 128
OPEN, PROVISIONAL, CONFIRMED, REJECTED = 0.0, 1.0, 2.0, 3.0

# Columns of an output row.
(
    O_TIME, O_TONIC, O_PHASIC, O_QUALITY, O_RATE, O_RESPONDER, O_ACTIVITY,
    O_ONSET, O_AMPLITUDE, O_RISE, O_HALF_ONSET, O_HALF, OUT_COLUMNS,
) = range(13)  # fmt: skip

SIGMA = 1.0 / (0.6745 * 2.449489742783178)
"""From a median absolute second difference to the standard deviation of white noise."""
