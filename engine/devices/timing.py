"""When the body made each sample, worked out from when messages arrived.

Messages arrive late by an uncertain amount: a radio waits for its slot, a USB bridge for
its timer, the computer for a free moment. A device's own clock runs evenly. Counting
samples and regressing arrivals on the count averages the uncertainty away.
"""

import math

import numpy as np

from engine.devices.arrivals import Arrivals, Stretch
from engine.streams import F64

MEMORY = 60.0
"""Seconds over which the regression forgets."""
RATE_DOUBT = 0.005
"""How far, as a share, a device's true rate may well be from the declared one."""
RATE_LIMIT = 0.05
"""How far, as a share, single arrivals may take it from there."""
RATE_OFF, RATE_AGREED = 0.01, 0.005
"""Shares by which two stretches of arrivals in a row have to be off the line, and may differ, for
their rate to be taken for the device's (`engine.devices.arrivals`) ..."""
RATE_FACTOR = 2.5
"""... unless it is so many times the declared one: then nothing is believed."""
FIRST_JITTER = 0.01
LEAST_JITTER = 1e-4
OUTLIER = 4.0
"""Jitters beyond which an arrival says nothing about the device's clock."""
LATE_FOR = 1.5
LATE_IN_A_ROW = 8
"""Arrivals too late for so many seconds and so many times in a row are no burst: samples
were lost and the count is off."""
PAUSE = 2.0
"""An arrival later than this is taken as a pause of the device at once."""
EARLY_IN_A_ROW = 3
"""Nothing arrives before it was made, so early arrivals are believed sooner."""
EARLIEST = 0.5
"""Seconds by which arrivals may be before the line, however much they scatter: a line that runs
away from a fast device would soon give out times that are yet to come."""
LATEST = 1.0
"""Seconds by which they may be after it: one that falls behind a slow device, or one that loses
samples without a word, would take its own lag for scatter and fall behind for good."""
SQUEEZE = 0.2
"""Share by which the distance of two samples may differ from the period while a
correction is worked in, so that time never runs back."""


class SampleClock:
    """Stamps the samples of one stream with a rate.

    Least squares of arrival on sample count with exponential forgetting, a prior on the
    declared rate, outliers left out, in two state variables. The delay that all arrivals
    share cannot be seen; it is what the stream's ``latency`` declares.

    Parameters
    ----------
    rate
        Declared samples per second.
    latency
        Seconds between the body and the arrival, declared; subtracted.
    """

    def __init__(self, rate: float, latency: float = 0.0) -> None:
        self.jitter = FIRST_JITTER
        """Standard deviation of arrivals about the line, s."""
        self.reanchored = 0
        """How often samples turned out to be lost without notice."""
        self._nominal = 1.0 / rate
        self._latency = latency
        self._period = self._middle = self._nominal
        self._arrivals = Arrivals()
        self._late = 0.0  # by how much the last arrival was
        self._off = math.nan  # by which share the stretch of arrivals before was off the line
        self._arrival = math.nan  # the line's value at the last sample
        self._stamp = math.nan  # the last time given out
        self._covariance = np.zeros((2, 2))
        self._outliers = 0  # in a row: positive late, negative early
        self._least = 0.0  # the smallest of them
        self._since = 0.0

    @property
    def rate(self) -> float:
        """Estimated samples per second of the session's clock."""
        return 1.0 / self._period

    @property
    def drift_ppm(self) -> float:
        """How much faster the device's clock runs than it declares, parts per million."""
        return (self._nominal / self._period - 1.0) * 1e6

    def stamp(self, arrival: float, n: int, missing: int = 0) -> F64:
        """Return the times of ``n`` samples whose message arrived at ``arrival``, s.

        Strictly increasing from call to call.

        Parameters
        ----------
        missing
            Samples known to be lost between the message before and this one. More than there
            was time for are not believed: the device began to count anew.
        """
        missing = self._believed(arrival, n, missing)
        count = n + missing
        held = 0.0
        if math.isnan(self._arrival):
            self._begin(arrival)
            self._arrivals.take(arrival, count)
        else:
            jump = self._follow(arrival, count)
            # How far what was given out last is ahead of what the line now says of it.
            ahead = self._stamp - (self._arrival - self._latency - count * self._period)
            held = 0.0 if jump > 0.0 > ahead else ahead  # a jump ahead is a gap
        steps = np.arange(1, n + 1, dtype=np.float64)
        t: F64 = self._arrival - self._latency + (steps - n) * self._period
        eased = np.maximum(abs(held) - SQUEEZE * self._period * (steps + missing), 0.0)
        t += math.copysign(1.0, held) * eased
        if n:
            self._stamp = float(t[-1])
        return t

    def _believed(self, arrival: float, n: int, missing: int) -> int:
        """Return ``missing``; 0 if that many would make the sample later than its arrival."""
        ahead = self._arrival + (n + missing) * self._period - arrival
        return 0 if min(ahead, missing * self._period) > PAUSE else missing

    def _begin(self, arrival: float) -> None:
        self._arrival = arrival
        self._covariance = np.diag([4.0 * self.jitter**2, (RATE_DOUBT * self._period) ** 2])

    def _follow(self, arrival: float, count: int) -> float:
        """Move the line on by ``count`` samples; return by how much it had to jump, s."""
        self._arrival += count * self._period
        late = arrival - self._arrival
        gate = min(OUTLIER * self.jitter, LATEST)
        # What is known about the line grows old with every sample ...
        aging = math.exp(min(count * self._period, 5.0) / MEMORY)
        move = np.array([[1.0, count], [0.0, 1.0]])
        p: F64 = move @ self._covariance @ move.T * aging
        self._covariance = p
        # ... and is renewed by every arrival that is no outlier.
        if abs(late) <= gate:
            gain = p[:, 0] / (p[0, 0] + self.jitter**2)
            self._covariance = p - np.outer(gain, p[0])
            self._arrival += float(gain[0]) * late
            most = RATE_LIMIT * self._middle
            off = self._period + float(gain[1]) * late - self._middle
            self._period = self._middle + min(max(off, -most), most)
        # A median is not moved by bursts, however late: half of a normal distribution's
        # arrivals lie within 0.6745 standard deviations.
        share = min(count * self._period / 10.0, 0.1)
        self.jitter *= 1.0 + (share if abs(late) > 0.6745 * self.jitter else -share)
        self.jitter = max(self.jitter, LEAST_JITTER)
        if late - self._late > PAUSE:
            self._arrivals.begin_anew()
        self._late = late
        stretch = self._arrivals.take(arrival, count)
        if stretch is not None and self._is_another_rate(stretch):
            return self._adopt(arrival, stretch)
        return self._jump(arrival, late, max(gate, 1.5 * self._period))

    def _is_another_rate(self, stretch: Stretch) -> bool:
        """Whether two stretches in a row say that the device runs at another rate than the line.

        Samples lost without a word look like a slow device for one stretch, never twice the same;
        where they are lost all the time, the rate that is left is the one to follow.
        """
        before, self._off = self._off, stretch.period / self._middle - 1.0
        doubt = 4.0 * stretch.doubt
        alike = abs(self._off - before) < RATE_AGREED
        beyond = min(abs(before), abs(self._off)) > RATE_LIMIT
        off = abs(stretch.period / self._period - 1.0) > max(RATE_OFF, doubt)
        return (
            before * self._off > 0.0
            and (beyond or (alike and off))
            and 1.0 / RATE_FACTOR < stretch.period / self._nominal < RATE_FACTOR
        )

    def _adopt(self, arrival: float, stretch: Stretch) -> float:
        """Begin the line anew where ``stretch`` says; return by how much it jumped, s."""
        was = self._arrival
        self._period = self._middle = stretch.period
        self.jitter = max(stretch.scatter, LEAST_JITTER)
        self._begin(arrival - stretch.late)
        self._off, self._outliers = math.nan, 0
        self.reanchored += 1
        return self._arrival - was

    def _jump(self, arrival: float, late: float, gate: float) -> float:
        """Move the line to where arrivals have been for a while, if they left it."""
        if -min(gate, EARLIEST) <= late <= gate:
            self._outliers = 0
            return 0.0
        if self._outliers * late <= 0.0:
            self._outliers, self._least, self._since = 0, late, arrival
        self._outliers += 1 if late > 0.0 else -1
        self._least = min(self._least, late, key=abs)
        lost = self._outliers >= LATE_IN_A_ROW and arrival - self._since >= LATE_FOR
        if late <= PAUSE and not lost and self._outliers > -EARLY_IN_A_ROW:
            return 0.0
        self._arrival += self._least
        self._outliers = 0
        self.reanchored += 1
        return self._least
