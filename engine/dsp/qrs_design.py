"""Fits the heartbeat detector to a sampling rate, once, when it is made."""

import math

import numpy as np

from engine.dsp import butterworth
from engine.dsp import qrs_layout as at
from engine.dsp.filters import SosFilter
from engine.dsp.qrs_clock import CLOCK_SLOTS, SPAN, gains
from engine.dsp.qrs_quality import SLOTS as TRUST_SLOTS
from engine.errors import GraphError
from engine.streams import F64

SLOWEST, FASTEST = 100.0, 1000.0
"""Sampling rates the detector was proved for, Hz."""
STAMPS = 16.0
"""For how long the stamps of samples are remembered, s."""
BRIDGED = 2.0
"""Over a gap of up to this many seconds the detector keeps what it learned."""
PULSE = 0.0125
"""Longest pulse of a pacemaker, as a recorder shows it, s."""
R_WIDTH = 0.011
"""Standard deviation of the Gaussian R wave that delays are measured on, s."""


def memory_for(rate: float) -> F64:
    """Return all that a detector at ``rate`` Hz has to remember, its design first, else zeros.

    Raises
    ------
    GraphError
        If the rate is outside 100-1000 Hz.
    """
    design = design_for(rate)
    memory = np.zeros(int(design[at.HEARD_END]))
    memory[: design.size] = design
    return memory


def design_for(rate: float) -> F64:
    """Return the packed design for ``rate`` Hz (see `engine.dsp.qrs_layout`).

    Raises
    ------
    GraphError
        If the rate is outside 100-1000 Hz.
    """
    if not SLOWEST <= rate <= FASTEST:
        raise GraphError(
            f"an ECG at {rate:g} Hz cannot be searched for beats",
            hint=f"set the device to {SLOWEST:g}-{FASTEST:g} Hz",
            zh=f"采样率 {rate:g} Hz 的心电无法找出心跳，请设为 {SLOWEST:g}–{FASTEST:g} Hz",
        )
    fir = _smoothing_fir(rate)
    half = fir.size - 1
    stride = max(1, round(rate / 250.0))
    before = round(0.060 * rate / stride) * stride
    after = round(0.044 * rate / stride) * stride
    lag = max(2, round(0.016 * rate / stride) * stride)
    ahead = after + lag + 3 + half
    design = np.zeros(at.DESIGN_SLOTS + fir.size)
    design[at.FIR :] = fir
    confirm = butterworth.bandpass(2, 8.0, 20.0, rate)
    announce = butterworth.bandpass(1, 10.0, 40.0, rate)
    design[at.KEEP], design[at.CARRY], design[at.BEND] = gains(SPAN * rate)
    design[at.PASS2], design[at.PASS1] = confirm[0, 0], announce[0, 0]
    design[at.POLES : at.ENDS] = np.concatenate([confirm, announce])[:, 4:].ravel()
    design[at.RATE] = rate
    design[at.GAIN2] = _quadrature_gain(math.sqrt(8.0 * 20.0), rate)
    design[at.GAIN1] = _quadrature_gain(math.sqrt(10.0 * 40.0), rate)
    design[at.SMOOTH2] = 1.0 - math.exp(-1.0 / (0.012 * rate))
    design[at.SMOOTH1] = 1.0 - math.exp(-1.0 / (0.003 * rate))
    design[at.DELAY2], design[at.DELAY1] = _delays(design, confirm, announce)
    design[at.PULSE] = int(PULSE * rate)
    design[at.DELAY1] += design[at.PULSE]
    design[at.WAIT] = max(math.ceil(0.048 * rate), math.ceil(ahead - design[at.DELAY2]) + 1)
    design[at.HALF] = half
    design[at.BEFORE], design[at.AFTER], design[at.LAG] = before, after, lag
    design[at.STRIDE], design[at.POINTS] = stride, (before + after) // stride + 1
    # A candidate is judged within a second of its peak; by then a block more may be there.
    design[at.MASK] = 2 ** math.ceil(math.log2(rate + 4 * ahead + at.BLOCK)) - 1
    design[at.LEARN] = 3.0 * rate
    design[at.REFRACTORY], design[at.REFRACTORY1] = 0.24 * rate, 0.28 * rate
    design[at.RETRACT] = 0.2 * rate
    window = before + after + 2 * lag + 8
    design[at.ENDS : at.ENDS + at.PARTS] = np.cumsum(
        [
            design.size,
            at.STATE_SLOTS + 2 * window + 2 * half,
            at.COUNT_SLOTS,
            design[at.MASK] + 1,
            at.SHAPES * design[at.POINTS],
            CLOCK_SLOTS,
            2 ** math.ceil(math.log2(rate * STAMPS)),
            TRUST_SLOTS,
            2 * (math.ceil(BRIDGED * rate) + 1),
            at.HEARD * (at.BLOCK + at.KEPT),
        ]
    )
    return design


def _smoothing_fir(rate: float) -> F64:
    """Return half of a difference of Gaussians (8 and 20 ms), centre first."""
    reach = 0.040 * rate
    # At a slow strap's rate one tap more would cost 8 ms of the delay, and gains nothing.
    half = math.floor(reach) if rate < 200.0 else math.ceil(reach)
    k = np.arange(half + 1) / rate

    def unit(sigma: float) -> F64:
        w = np.exp(-0.5 * (k / sigma) ** 2)
        return np.asarray(w / (w[0] + 2.0 * w[1:].sum()), dtype=np.float64)

    return unit(0.008) - unit(0.020)


def _quadrature_gain(middle: float, rate: float) -> float:
    """Return what makes a central difference a quadrature of a wave at ``middle`` Hz."""
    return 1.0 / (2.0 * math.sin(2.0 * math.pi * middle / rate))


def _delays(design: F64, confirm: F64, announce: F64) -> tuple[float, float]:
    """Measure how long after R both envelopes respond, on a Gaussian wave; samples."""
    rate = float(design[at.RATE])
    t = np.arange(int(rate)) / rate
    wave = np.exp(-0.5 * ((t - 0.4) / R_WIDTH) ** 2)
    slow = _envelope(wave, confirm, design[at.GAIN2], (design[at.SMOOTH2],) * 2)
    i = int(np.argmax(slow))
    bend = slow[i - 1] - 2.0 * slow[i] + slow[i + 1]
    delay2 = i + 0.5 * (slow[i - 1] - slow[i + 1]) / bend - 0.4 * rate
    fast = _envelope(wave, announce, design[at.GAIN1], (design[at.SMOOTH1],))
    delay1 = int(np.argmax(fast > 0.6 * fast.max())) - 0.4 * rate
    return float(delay2), float(delay1)


def _envelope(wave: F64, sections: F64, gain: float, poles: tuple[float, ...]) -> F64:
    y = SosFilter(sections).push(wave)
    d = np.concatenate([[0.0, 0.0], (y[2:] - y[:-2]) * gain])
    e = np.sqrt(np.concatenate([[0.0], y[:-1]]) ** 2 + d * d)
    for share in poles:
        smoothed = 0.0
        for i, v in enumerate(e):
            smoothed += share * (v - smoothed)
            e[i] = smoothed
    return np.asarray(e, dtype=np.float64)
