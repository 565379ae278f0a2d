"""Where each number of the heartbeat detector lives, and what its rows mean.

Kernels take plain arrays (see `engine.dsp.jit`), so the slots have names here, once.
Inside the kernels time is counted in samples since the detector began.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

I64: TypeAlias = NDArray[np.int64]

# Rows: what the detector has to say, in the order it found out.
ANNOUNCED, CONFIRMED, RETRACTED, LATE, SECOND = 1, 2, 3, 4, 5
"""A beat is near certain; it is certain; it was none; it was found looking back;
a second of signal has passed (its quality column holds the share that was present)."""

ROW = 10
(
    KIND,  # one of the five above
    TIME,  # of the R peak (or of the second's end)
    KNOWN,  # the sample at which this became known
    QUALITY,  # 0..1
    MATCH,  # correlation with the best template, -1..1
    AMPLITUDE,  # of the R peak in the 8-20 ms smoothed wave, input unit
    SCORE,  # how far above the decision line
    JOINED,  # 1 if nothing was missing since the beat before
    USUAL_SHAPE,  # likeness to the person's most frequent beat, -1..1; 1 while unknown
    IS_PULSE,  # why quality is low: 0..1, how surely this is a pulse and the beat the wave after it
) = range(ROW)

# The design, fixed at construction.
DESIGN_SLOTS = 41
(
    RATE,  # Hz
    GAIN2, SMOOTH2, DELAY2,  # envelope that confirms: derivative gain, one-pole, delay
    GAIN1, SMOOTH1, DELAY1,  # envelope that announces
    WAIT,  # samples between an envelope peak and its judgement
    HALF,  # half length of the smoothing FIR
    BEFORE, AFTER, LAG, STRIDE, POINTS,  # geometry of a template
    MASK,  # of the ring of raw samples
    LEARN,  # samples of the start
    REFRACTORY, REFRACTORY1,  # between beats, between announcements
    RETRACT,  # samples after which an unconfirmed announcement is taken back
    PULSE,  # longest pulse of a pacemaker, samples
    PASS2, PASS1,  # gains of the band-pass that confirms and of the one that announces
    KEEP, CARRY, BEND,  # what a steady clock keeps of an error and carries, and gives its period
) = range(25)  # fmt: skip
POLES = 25
"""Two coefficients of each pair of poles: two pairs of the confirming band-pass, one of the other.
Their zeros are all at 0 Hz and at half the rate, so the other half of them are differences."""
ENDS = 31
"""Where each part of the memory ends: design, state, counts, raw samples, templates, clock,
stamps, trust, bridge over a gap, what is heard."""
(
    DESIGN_END, STATE_END, COUNT_END, RAW_END, TEMPLATES_END, CLOCK_END, STAMPS_END, TRUST_END,
    BRIDGE_END, HEARD_END,
) = range(ENDS, ENDS + 10)  # fmt: skip
PARTS = 10
BLOCK = 256
"""Most samples that are listened to before they are searched."""
KEPT = 32
"""Samples before a block that are kept to tell a pacemaker's pulse."""
HEARD = 12
"""Rows of what is heard, the first seven with `KEPT` older samples before those of the block."""
(
    LINE, CLEAN,  # the samples as they came, and with a pacemaker's pulses bridged
    BAND2, BAND1,  # what the band-passes that confirm and announce make of them
    ONCE, SLOW,  # the first stage of the envelope that confirms, and that envelope
    STAMPS,  # steps between them, then their errors, then the stamps smoothed, s
    LOUD2, LOUD1,  # how large what passed is, before it is smoothed into the two envelopes
    SAME, LOST,  # equal and missing samples in a row
    EXCESS,  # above zero where a pacemaker's pulse has just ended
) = range(12)  # fmt: skip
OLDER = 6
WELL, PULSES = 1, 2
"""What may be said of a block: nothing missing or flat in it; a pacemaker's pulse ended."""
FIR = DESIGN_SLOTS
"""The smoothing FIR, centre first, follows the slots."""

# State, float64.
(
    W1, W2,  # last results of the first half of the band-pass that confirms
    E1, E2, F1,  # smoothed: both stages of the envelope that confirms, the one that announces
    PEAK2, PEAK1,  # largest envelopes since the last candidate
    FLOOR,  # noise between beats
    SIGNAL, NOISE, SIGNAL1,  # levels: medians of the rings below
    LAST_R,  # R peak of the last beat; moved along while nothing can be seen
    PREVIOUS_R,  # R peak of the last beat reported
    LAST_PEAK, LAST_SCORE,  # of the last beat
    USUAL,  # typical R-R interval, samples
    REGULAR,  # how alike the last R-R intervals were, 0..1
    SPARE_R, SPARE_PEAK2, SPARE_PEAK1, SPARE_QUALITY, SPARE_MATCH, SPARE_AMPLITUDE,
    SPARE_SHAPE,
    SPARE_SCORE,  # best rejected candidate since the last beat (NOTHING: none)
    ANNOUNCED_R,
    HELD,  # last sample that was a number
    ZERO,  # the very first sample
) = range(28)  # fmt: skip
NOTHING = -1e9
LEVELS2, LEVELS_NOISE, LEVELS1, START, INTERVALS = 28, 36, 44, 52, 56
"""Rings of 8 levels; maxima of the start (two halves, two envelopes); 8 R-R intervals."""
TEMPLATES = 3
PULSE_SHAPE, LAST_BEAT, SHAPES = TEMPLATES, TEMPLATES + 1, TEMPLATES + 2
"""Behind the templates of beats stand a pacemaker's pulse and the last beat."""
KNOWN_SHAPE = 6.0
"""A template of at least this weight is the usual shape."""
WEIGHT, FIDUCIAL, POLARITY = 64, 67, 70
"""Of each template: beats learned from, place of its R peak (samples), sign of it."""
ECHO, ECHOES = 73, 74
"""Whether another wave as strong followed the last beat at once; share of beats one did."""
FOLLOWED, EVIDENCE = 75, 78
"""Of each template: share of its beats that look like a pulse; evidence that all are pulses."""
(
    APART, APART_NOW,  # from such a beat to the wave after it: the last, the one looked at, samples
    IS_STEADY, IS_STEEP,  # 1 if it is the same for both; 1 if no T wave is as steep
    SURE_R, BETWEEN,  # the last beat that looked like a pulse; from the one before it to it
    YONDER_R,  # the beat before the last
    NEARLY,  # 1 if a wave soon after the last beat was large enough for one
    PULSE_R, PULSE_BEFORE,  # the last pulse left out; the one before the last beat
    PULSE_GAP,  # from a beat to the next pulse, samples; 0 while unknown
    PULSE_PEAK,  # confirming envelope of the last pulse
    SEEN,  # beats that looked like a pulse, of which its shape is learned
) = range(81, 94)  # fmt: skip
AROUND, AROUND_SIZE = 94, 84
"""Room for the line around a beat."""
STATE_SLOTS = AROUND + AROUND_SIZE
"""The scratch windows of the candidate, smoothed and raw, follow the slots."""

# State, int64.
(
    N,  # samples so far
    PEAK_AT,  # of the largest confirming envelope
    RUNNING,  # 0 while starting
    START_AT,
    LAST_AT,  # envelope peak of the last beat
    SPARE_AT,
    BEATS, REJECTS, INTERVAL_COUNT,
    OPEN, OPEN_AT, LAST_ANNOUNCED,  # the announcement waiting to be confirmed
    FLAT,  # equal samples in a row
    MISSING,  # missing samples in a row
    ABSENT,  # missing samples in this second
    HIDDEN, HIDDEN_FROM, HIDDEN_TO,  # a stretch in which a beat may have gone unseen
    DOUBTS,  # rejected candidates far larger than the beats, since the last clear beat
    TRIES,  # halves of the start that were as unlike as signal and silence
    IS_PACED,  # 1 once pulses are known and left out
    IS_NEW,  # 1 until the first beat after that
    LAST_SHAPE,  # template of the last beat, -1 if none
    WAS_PULSE,  # 1 if the beat before the last looks like a pulse
    MUTED_AT,  # the last rise that was not announced as it may be a pulse's
    ROWS, TAKEN,  # of the push that is going on: rows made, samples taken
) = range(27)  # fmt: skip
COUNT_SLOTS = 27
