"""The numbers of the heartbeat detector that were fitted to labelled recordings.

Fitted on real and synthetic electrocardiograms with measured noise; the meaning of each
is given where it is used, in `engine.dsp.qrs_judge` and `engine.dsp.qrs_step`.
"""

# Is the envelope high enough?
THRESHOLD = 0.126
THRESHOLD_NOISE = 0.388
LEVEL_CAP = 0.778
NOISE_SHARE = 0.0739
# Does the announcing envelope agree?
AGREE_LEVEL = 0.676
AGREE = 0.952
# Is the shape right?
SHAPE = 0.208
SHAPE_NOISE = 2.36
SHAPE_MIDDLE = 0.858
YOUNG_TEMPLATE = 0.17
LEARN_NOISY = 0.97
# Does it come when a beat is due?
EARLY = 0.97
EARLY_COST = 0.218
EARLY_NOISE = 7.01
EARLY_FLOOR = 0.0268
EARLY_REGULAR = 0.858
DUE = 0.268
# Is the size usual?
SMALL = 7.07
BIG = 1.85
# How poor may a beat be that is found by looking back?
LOOK_BACK = 1.52
# Announcing.
ANNOUNCE = 0.55
ANNOUNCE_NOISE = 2.0
