"""How well the person's breath follows the guide: the phase locking value, as a signal."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp.adherence import Adherence
from engine.pace import Pace
from engine.signals import SIGNAL_AXES
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

PLV = Stream("pacing.plv", Kind.DERIVED, Unit.LEVEL, axes=SIGNAL_AXES)
SHOWN = 0.05
"""Guide below which nobody is asked to follow."""


@dataclass(slots=True)
class Following:
    """Compares each sample of ``resp.phase`` with the guide at the same moment."""

    _adherence: Adherence = field(default_factory=Adherence)
    _last: float = math.nan

    def take(self, chunk: Chunk, pace: Pace) -> Chunk | None:
        """Take new phases of the person's breath; return the locking as of the last.

        Parameters
        ----------
        chunk
            Of ``resp.phase``: 0..1, 0 begins the breath in.
        """
        if pace.guide < SHOWN:
            self._adherence, self._last = Adherence(), math.nan
            return None
        plv = quality = math.nan
        for t, row in zip(chunk.t.tolist(), chunk.x.tolist(), strict=True):
            dt = 0.0 if math.isnan(self._last) else t - self._last
            self._last = t
            phase = row[0] if row[1] >= 0.5 else math.nan
            plv = self._adherence.push(dt, phase, pace.phase(t), pace.rate)
            quality = row[1]
        return Chunk(PLV, chunk.t[-1:], np.array([[plv, quality, 0.0]]))
