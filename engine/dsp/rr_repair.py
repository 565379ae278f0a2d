"""Tells true heartbeat intervals from artefacts and early beats, and repairs the others."""

import math

import numpy as np

from engine.dsp import rr_layout as at
from engine.dsp.rr_breath import WAVE
from engine.dsp.rr_push import LEARNED, LONGEST_MS, interrupt, push
from engine.streams import F64

__all__ = ["LONGEST_MS", "RrClassifier"]


class RrClassifier:
    """Causal classification and repair of R-R or pulse-pulse intervals.

    Each interval is judged once the two after it are known. Any waveform-free source
    will do: a chest strap's own intervals or those of an R-peak detector. Intervals that
    are NaN or longer than 3 s are no intervals; they interrupt the chain, so that the
    ones before and after are never compared.
    """

    def __init__(self) -> None:
        self._state = np.zeros(at.SLOTS)
        self._out = np.zeros((4, at.DECISION))
        self._wave = np.zeros(WAVE)

    def push(self, interval_ms: float, *, foreign: bool = False) -> F64:
        """Take the next interval and return the decisions it completes.

        Parameters
        ----------
        interval_ms
            ms.
        foreign
            Whether the beat that ends it has another shape than the person's usual one;
            never without a waveform.

        Returns
        -------
        (k, DECISION)
            Columns as in `engine.dsp.rr_layout`; k is 0 or 1, up to 2 when the chain is
            interrupted. A view that the next push overwrites.
        """
        if not 0.0 < interval_ms <= LONGEST_MS:
            told = self.interrupt()
            # The next interval begins with this beat.
            self._state[at.F2] = float(foreign)
            return told
        return self._out[: push(self._state, self._out, self._wave, interval_ms, float(foreign))]

    def interrupt(self) -> F64:
        """Return what was waiting, unjudged, because the next interval is missing.

        What was learned of the person is kept.
        """
        return self._out[: interrupt(self._state, self._out)]

    def breath(self, seconds: float) -> None:
        """Tell how long a breath lasts, s, as a guide or a belt knows it; NaN if not known."""
        self._state[at.BREATH] = 1000.0 * seconds if seconds > 0.0 else 0.0

    def reset(self) -> None:
        """Forget the person."""
        self._state[:] = 0.0

    @property
    def waiting(self) -> int:
        """How many of the latest intervals have not been judged yet, 0..2."""
        return int(min(self._state[at.SINCE], 2.0))

    @property
    def level_ms(self) -> float:
        """The person's present interval, the median of those accepted; NaN while learning."""
        return float(self._state[at.LEVEL]) if self._state[at.SEEN] >= LEARNED else math.nan

    @property
    def is_irregular(self) -> bool:
        """Whether the rhythm is too irregular for heart rate variability."""
        return bool(self._state[at.IS_IRREGULAR])

    @property
    def is_burdened(self) -> bool:
        """Whether too many intervals had to be corrected for heart rate variability."""
        return bool(self._state[at.IS_BURDENED])
