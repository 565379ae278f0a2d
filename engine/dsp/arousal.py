"""One number for how roused the body is, against the same person at rest, with its doubt.

A weak measure: how weak on recorded people stands in the README beside this file, as
`tools/arousal_figures.py` found it. It is shown with its standard deviation and the score of
each channel, and nothing about feelings follows from it.
"""

import math
from dataclasses import dataclass, field

from engine.dsp.arousal_channels import CORRELATED, FARTHEST, SIGNS, UNHEARD, USABLE, Channel
from engine.dsp.arousal_recovery import Recovery

WANDER = 2.0**2 / 90.0
"""How much the state may change in a second, variances: what rouses moves people by about two
standard deviations of rest, and is over in about 90 s."""
MOST_VARIANCE = 4.0
MEASUREMENT = CORRELATED
"""Variance of one second of one channel: rest has variance 1, and tells something new every
`CORRELATED` seconds only. With `WANDER` it makes the index follow in 9 s (five channels) to 20 s
(one)."""
DISAGREEMENT = 0.5
"""How much slower it follows for each variance by which channels differ."""
APART, APART_MORE = 1.0, 0.5
"""How far channels usually are from their mean at rest, and how much more for each of its units."""
HALF_QUALITY = 1.5
"""The doubt at which the quality is 0.5, in standard deviations of rest."""


def usual(mean: float) -> float:
    """Return the variance with which channels usually lie around their ``mean``."""
    return (APART + APART_MORE * abs(mean)) ** 2


@dataclass(frozen=True, slots=True)
class Arousal:
    """The index at one second.

    Attributes
    ----------
    value
        Standard deviations from rest; NaN without a baseline or while nothing is heard.
    sd
        Its standard deviation.
    quality
        ``1 / (1 + (sd / 1.5)^2)``: 0.9 at a doubt of half a standard deviation, 0.7 at
        one, 0.5 at 1.5, 0.3 at 2.3; 0 with no value.
    z
        Score of each channel in the order of `SIGNS`; NaN where it is not heard.
    recovery, half_recovery_s
        See `Recovery`.
    """

    value: float
    sd: float
    quality: float
    z: tuple[float, ...]
    recovery: float
    half_recovery_s: float


@dataclass(slots=True)
class ArousalIndex:
    """Fuse the channels once a second.

    All channels with a baseline count alike, heard or not: one that is lost is taken to stay
    where it was, to follow the others a little and to fade into them, so its going and coming
    never read as stress nor as calm. A scalar Kalman filter follows the mean; a sudden
    surprise is clipped.
    """

    channels: tuple[Channel, ...] = field(
        default_factory=lambda: tuple(Channel(sign) for sign in SIGNS)
    )
    resting: bool = False
    """Whether a baseline is being taken."""
    _settled: bool = False
    _value: float = 0.0
    _variance: float = 1.0
    _scatter: float = 0.0
    _recovery: Recovery = field(default_factory=Recovery)

    def begin_baseline(self) -> None:
        """Forget what was, and take what comes as rest."""
        self.reset()
        self.resting = True

    def end_baseline(self) -> None:
        """Compare with the rest seen so far; without any there is no index."""
        if not self.resting:
            return
        self.resting = False
        ready = [channel.settle() for channel in self.channels]
        self._settled = any(ready)

    def reset(self) -> None:
        """Forget the person."""
        for channel in self.channels:
            channel.forget()
        self.resting = self._settled = False
        self._value, self._variance, self._scatter = 0.0, 1.0, 0.0
        self._recovery = Recovery()

    def push(self, values: tuple[float, ...], qualities: tuple[float, ...]) -> Arousal:
        """Take one second.

        Parameters
        ----------
        values
            One for each of `SIGNS`, in its own unit; NaN if it is not heard.
        qualities
            0..1; a channel at 0.05 or below is not heard.
        """
        scaled = [c.sign.scaled(v) for c, v in zip(self.channels, values, strict=True)]
        heard = [q > USABLE and not math.isnan(v) for v, q in zip(scaled, qualities, strict=True)]
        if not self._settled:
            if self.resting:
                for channel, v, q in zip(self.channels, scaled, qualities, strict=True):
                    channel.collect(v, q)
            return self._silence(tuple(math.nan for _ in SIGNS))
        total = self._listen(scaled, qualities, heard)
        self._variance = min(MOST_VARIANCE, self._variance + (WANDER if total else 3.0 * WANDER))
        if total:
            self._fuse(total)
        sd = math.sqrt(self._variance + self._scatter + self._doubt())
        shown = tuple(math.nan if c.absent or not c.seen else c.z for c in self.channels)
        if not total:
            self._recovery.wait()
            return self._silence(shown, sd)
        self._recovery.push(self._value, sd)
        return Arousal(
            value=self._value,
            sd=sd,
            quality=1.0 / (1.0 + (sd / HALF_QUALITY) ** 2),
            z=shown,
            recovery=self._recovery.index,
            half_recovery_s=self._recovery.half_s,
        )

    def _silence(self, z: tuple[float, ...], sd: float = math.nan) -> Arousal:
        return Arousal(math.nan, sd, 0.0, z, math.nan, math.nan)

    def _listen(
        self, scaled: list[float], qualities: tuple[float, ...], heard: list[bool]
    ) -> float:
        """Bring every channel's score up to this second; return the quality of all heard."""
        total = there = moved = lasting = 0.0
        missed: list[Channel] = []
        for channel, value, quality, here in zip(
            self.channels, scaled, qualities, heard, strict=True
        ):
            if here and not channel.ready:
                doubt = self._variance + self._scatter + self._doubt()
                channel.waiting(value, quality, self._value, doubt + FARTHEST * FARTHEST)
            if not (here and channel.ready):
                channel.miss()
                missed.append(channel)
                continue
            share = min(1.0, quality)
            steady = channel.seen and not channel.absent
            change = channel.hear(value, quality)
            total += share
            there += share * channel.z
            if steady:
                lasting += share
                moved += share * change
        if total:
            for channel in missed:
                if channel.ready:
                    channel.guess(there / total, moved / lasting if lasting else 0.0)
        return total

    def _fuse(self, total: float) -> None:
        """Follow the channels, heard with qualities that sum to ``total``."""
        z = [c.z for c in self.channels if c.ready]
        alike = 1.0 / len(z)
        mean = sum(z) * alike
        spread = sum((v - mean) ** 2 for v in z) * alike
        noise = MEASUREMENT * (1.0 / total + DISAGREEMENT * spread * alike)
        gain = self._variance / (self._variance + noise)
        surprise = mean - self._value
        most = 2.0 + 2.0 * math.sqrt(self._variance)
        clip = min(1.0, most / abs(surprise)) if surprise else 1.0
        self._value += gain * clip * surprise
        self._variance *= 1.0 - gain * clip
        # Few channels hardly show how far the others would be: what is usual counts as one more.
        self._scatter = (spread + alike * usual(mean)) * alike

    def _doubt(self) -> float:
        """Return the variance from channels absent or never heard, and from short baselines.

        What rouses moves all channels, and rest was short for all: neither averages out. A
        channel never heard, or set aside, differs from those that are in kind, whatever
        rouses: that is apart from what the lost ones may have done.
        """
        ready = [c for c in self.channels if c.ready]
        if not ready:
            return 0.0
        lost = sum(c.astray for c in ready if not c.aside) / len(ready)
        never = UNHEARD * (len(self.channels) - len(ready)) / len(self.channels)
        never += sum(c.astray for c in ready if c.aside) / len(ready)
        short = sum(c.doubt for c in ready) / len(ready)
        return lost * lost + never * never + short * short
