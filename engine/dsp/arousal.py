"""One number for how roused the body is, against the same person at rest, with its doubt.

A weak measure: how weak on recorded people stands in the README beside this file, as
`tools/arousal_figures.py` found it. It is shown with its standard deviation and the score of
each channel, and nothing about feelings follows from it.
"""

import math
from dataclasses import dataclass, field

from engine.dsp.arousal_channels import SIGNS, USABLE, Channel
from engine.dsp.arousal_recovery import Recovery

WEIGHT = 0.7
"""Of every channel at full quality; equal weights, since more was not supported by data."""
WANDER = 0.01
"""How much the state may change in a second, variances."""
MOST_VARIANCE = 4.0
MEASUREMENT = 15.0
"""Variance of one second of one channel of weight 1; sets how slowly the index follows."""
FORGET_OFFSET = 60.0
FORGET_OFFSET_PARTLY = 300.0
"""Time constants of the correction that keeps a change of channels from showing, s."""
APART, APART_MORE = 1.0, 0.5
"""How far channels usually are from their mean at rest, and how much more for each of its units."""
JOINING = 2.0
"""So many times as far as usual may a channel be from the others that joins them late."""
HALF_QUALITY = 1.5
"""The doubt at which the quality is 0.5, in standard deviations of rest."""
UNHEARD = 4.0
"""Variance that stands for a channel this person never had."""
ABSENCE, LOST = 0.04, 9.0
RETURN = 0.993
"""A lost channel's doubt grows by the first each second, to the second, and shrinks by the third.
It ends above that of one never had: the index goes on as if all were there, and must not have been
moved by the loss."""


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

    Channels may come and go: the change of the mean that this alone would make is taken
    out by an offset that is slowly forgotten, so a lost sensor never reads as stress
    nor as calm. A scalar Kalman filter follows the rest; a sudden surprise is clipped.
    """

    channels: tuple[Channel, ...] = field(
        default_factory=lambda: tuple(Channel(sign) for sign in SIGNS)
    )
    resting: bool = False
    """Whether a baseline is being taken."""
    _settled: bool = False
    _value: float = 0.0
    _variance: float = 1.0
    _offset: float = 0.0
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
        self._value, self._variance, self._offset, self._scatter = 0.0, 1.0, 0.0, 0.0
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
        z, weights = self._scores(scaled, qualities, heard)
        total = sum(weights)
        self._variance = min(MOST_VARIANCE, self._variance + (WANDER if total else 3.0 * WANDER))
        if total:
            self._fuse(z, [w / total for w in weights], total)
        sd = math.sqrt(self._variance + self._scatter + self._doubt())
        shown = tuple(z[i] if weights[i] else math.nan for i in range(len(SIGNS)))
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

    def _scores(
        self, scaled: list[float], qualities: tuple[float, ...], heard: list[bool]
    ) -> tuple[list[float], list[float]]:
        """Return each channel's score and weight; absent ones keep their score at weight 0."""
        z = [0.0] * len(SIGNS)
        weights = [0.0] * len(SIGNS)
        for i, channel in enumerate(self.channels):
            if heard[i] and not channel.ready:
                there = self._variance + self._scatter + self._doubt()
                apart = JOINING * JOINING * usual(self._value)
                channel.waiting(scaled[i], qualities[i], self._value, there + apart)
            if heard[i] and channel.ready:
                z[i] = channel.score(scaled[i], qualities[i])
                weights[i] = WEIGHT * min(1.0, qualities[i])
                channel.absent = 0
                channel.unknown *= RETURN
            else:
                z[i] = channel.z
                channel.absent += 1
                channel.unknown = min(LOST, channel.unknown + ABSENCE)
        return z, weights

    def _fuse(self, z: list[float], weights: list[float], total: float) -> None:
        """Update the index with normalised ``weights`` that summed to ``total``."""
        before = sum(c.weight * c.z for c in self.channels)
        after = sum(w * c.z for w, c in zip(weights, self.channels, strict=True))
        ready = sum(1 for c in self.channels if c.ready)
        out = sum(1 for c in self.channels if c.ready and 0 < c.absent < FORGET_OFFSET_PARTLY)
        tau = FORGET_OFFSET_PARTLY if out >= 0.1 * ready else FORGET_OFFSET
        self._offset *= math.exp(-1.0 / tau)
        if any(c.weight for c in self.channels):
            self._offset -= after - before
        for i, channel in enumerate(self.channels):
            channel.weight = weights[i]
            if weights[i]:
                channel.z = z[i]
        mean = sum(w * v for w, v in zip(weights, z, strict=True))
        spread = sum(w * (v - mean) ** 2 for w, v in zip(weights, z, strict=True))
        alike = sum(w * w for w in weights)
        noise = MEASUREMENT * (1.0 / total + 0.5 * spread * alike)
        gain = self._variance / (self._variance + noise)
        surprise = mean + self._offset - self._value
        most = 2.0 + 2.0 * math.sqrt(self._variance)
        clip = min(1.0, most / abs(surprise)) if surprise else 1.0
        self._value += gain * clip * surprise
        self._variance *= 1.0 - gain * clip
        # Few channels hardly show how far the others would be: what is usual counts as one more.
        self._scatter = (spread + alike * usual(mean)) * alike + self._offset**2

    def _doubt(self) -> float:
        """Return the variance from channels absent or never heard, and from short baselines."""
        ready = [c for c in self.channels if c.ready]
        if not ready:
            return 0.0
        # What rouses moves all channels, and rest was short for all: neither averages out.
        unknown = [c.unknown if c.ready else UNHEARD for c in self.channels]
        absent = sum(math.sqrt(u) for u in unknown) / len(self.channels)
        short = sum(c.weight * math.sqrt(c.doubt) for c in ready)
        return absent * absent + short * short
