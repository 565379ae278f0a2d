import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from engine.pace import Pace
from engine.sound.breath import BreathCue, course
from engine.sound.limiter import DELAY
from engine.sound.mixer import Mixer
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64
from tests.sound_kit import DT, SHORE, VOICES, mixer, needs_kernels, play, row

pytestmark = pytest.mark.slow


def cue(
    seconds: float,
    pace_at: Pace | Callable[[float], Pace],
    *,
    start: float = 0.0,
    presence: float = 1.0,
    air: bool = True,
) -> F64:
    """The cue by itself, with its own gain; without ``air`` only its tone and chimes."""
    made = BreathCue(1)
    if not air:
        made._noise[:] = 0  # a generator at 0 stays there: a constant, which no band lets pass
    out = np.zeros((2, BLOCK))
    n = round(seconds / DT)
    heard = np.empty((2, n * BLOCK))
    for k in range(n):
        t = start + k * DT
        made.render(out, t, pace_at(t) if callable(pace_at) else pace_at, presence)
        gain = np.linspace(*made.gain, BLOCK, endpoint=False)
        heard[:, k * BLOCK : (k + 1) * BLOCK] = out * gain
    return heard


def band(x: F64, low: float, high: float) -> F64:
    sos = signal.butter(4, [low, high], "band", fs=RATE, output="sos")
    made: F64 = signal.sosfiltfilt(sos, x)
    return made


def strokes(x: F64, start: float) -> list[float]:
    """When chimes are struck, s: their upper partials lie alone above 2.4 kHz."""
    high = signal.butter(10, 2400.0, "high", fs=RATE, output="sos")
    level = np.abs(signal.sosfilt(high, x.mean(axis=0)))
    found: list[float] = []
    n = 0
    while n < level.size:
        if level[n] > 5e-6 and (not found or n / RATE + start - found[-1] > 1.5):
            found.append(start + n / RATE)
        n += 1
    return found


@needs_kernels
@pytest.mark.parametrize("pace", [Pace(0.0, 6.0, 0.4), Pace(1.2345, 4.7, 0.45), Pace(0.3, 9, 0.5)])
def test_the_tone_is_the_paces_own_within_a_millisecond(pace: Pace) -> None:
    x = cue(40.0, pace, start=30.0, air=False).mean(axis=0)
    t = 30.0 + np.arange(x.size) / RATE
    # The tone's pitch is a known law of the breath: find the shift at which it fits best.
    tone = signal.hilbert(band(x, 120.0, 330.0))
    heard = np.diff(np.unwrap(np.angle(tone))) * RATE / (2 * np.pi)
    heard = signal.sosfiltfilt(signal.butter(2, 12.0, fs=RATE, output="sos"), heard)
    law = np.array([course(pace.phase(s), pace.ratio, pace.period)[4] for s in t[::32]])
    good = [i for i in range(law.size) if 205.0 < law[i] < 285.0 and 33.0 < t[32 * i] < 67.0]
    shifts = np.arange(-0.02, 0.02, 0.00025)

    misfit = [
        float(np.mean((np.interp(t[::32][good] - s, t[::32], law) - heard[::32][good]) ** 2))
        for s in shifts
    ]

    assert abs(shifts[int(np.argmin(misfit))]) < 1e-3


@needs_kernels
@pytest.mark.parametrize("pace", [Pace(0.0, 6.0, 0.4), Pace(1.2345, 4.7, 0.45)])
def test_chimes_fall_on_the_turns_of_the_pace_within_a_millisecond(pace: Pace) -> None:
    struck = strokes(cue(50.0, pace, start=2.0, air=False), 2.0)

    first = pace.next_breath(2.0)
    turns = [
        first + k * pace.period + h * pace.ratio * pace.period for k in range(9) for h in (0, 1)
    ]
    for turn in turns[2:]:
        if turn < 51.0:
            assert min(abs(s - turn) for s in struck) < 1e-3


@needs_kernels
def test_the_mix_makes_up_for_the_time_its_limiter_takes() -> None:
    pace = Pace(0.0, 6.0, 0.4)
    mix = Mixer(SHORE, {}, VOICES, seed=1)
    mix._cue._noise[:] = 0
    play(mix, 4.0, row(scene=2, pace=pace), start=2.0)

    struck = strokes(play(mix, 10.0, row(scene=2, pace=pace), start=6.0), 6.0)

    assert DELAY / RATE > 1e-3  # not making up for it would show
    assert min(abs(s - 10.0) for s in struck) < 1e-3


@needs_kernels
def test_the_two_halves_differ_for_closed_eyes() -> None:
    pace = Pace(0.0, 6.0, 0.4)
    air = cue(40.0, pace) - cue(40.0, pace, air=False)
    x = air.mean(axis=0)[20 * RATE :]  # breaths at 20 and 30 s

    def centre(begin: float, end: float) -> float:
        piece = x[round(begin * RATE) : round(end * RATE)]
        f, p = signal.welch(piece, RATE, nperseg=4096)
        m = (f > 150) & (f < 5000)
        return float((f[m] * p[m]).sum() / p[m].sum())

    rising = [centre(0.4 + s, 1.4 + s) for s in (0.0, 1.0, 2.0)]
    sinking = [centre(4.5 + s, 5.5 + s) for s in (0.0, 1.5, 3.0)]
    assert rising == sorted(rising)
    assert sinking == sorted(sinking, reverse=True)
    assert rising[-1] > 2.0 * rising[0]
    assert sinking[-1] < 0.5 * sinking[0]


@needs_kernels
def test_there_is_no_dark_gap_where_the_breath_turns() -> None:
    x = cue(40.0, Pace(0.0, 6.0, 0.4)).mean(axis=0)
    n = round(0.1 * RATE)
    level = 10 * np.log10((x[: x.size // n * n].reshape(-1, n) ** 2).mean(axis=1))

    turn = level[235:248]  # 23.5 .. 24.8 s around the turn at 24 s
    around = np.median(level[215:265])

    assert turn.min() > around - 5.0


@needs_kernels
def test_a_new_rate_that_goes_on_where_the_old_one_was_is_followed_without_a_break() -> None:
    old = Pace(0.0, 6.0, 0.4)
    at = 25.1
    new = Pace(at - old.cycles(at) * 60.0 / 4.5, 4.5, 0.4)
    x = cue(50.0, lambda t: new if t >= at else old)

    steady = cue(50.0, old)

    high = signal.butter(8, 12_000, "high", fs=RATE, output="sos")
    spike = np.abs(signal.sosfilt(high, x[0])).max()
    assert spike < 1.3 * np.abs(signal.sosfilt(high, steady[0])).max()


@needs_kernels
def test_after_a_change_of_rate_the_turns_are_the_new_paces() -> None:
    old, at = Pace(0.0, 6.0, 0.4), 25.1

    def changing(to: Pace) -> Callable[[float], Pace]:
        return lambda t: to if t >= at else old

    for new in (Pace(at - old.cycles(at) * 60.0 / 4.5, 4.5, 0.4), Pace(3.3, 8.0, 0.5)):
        struck = strokes(cue(50.0, changing(new), air=False), 0.0)

        breath_in = new.next_breath(32.0)
        assert min(abs(s - breath_in) for s in struck) < 1e-3


@pytest.mark.parametrize("gap", [0.0, 0.015, -0.015])
def test_a_small_slip_is_slid_over_and_then_gone(gap: float) -> None:
    made = BreathCue(1)
    out = np.zeros((2, BLOCK))
    old, new = Pace(0.0, 6.0, 0.4), Pace(gap * 10.0, 6.0, 0.4)
    made.render(out, 1.0, old, 1.0)

    made.render(out, 1.0 + DT, new, 1.0)
    ducked = made._coming is not None
    slip = made._slip
    for k in range(700):
        made._take(new, 1.0 + k * DT)
        made._slip *= 1.0 - DT / made._SLIDE

    assert not ducked
    assert slip == pytest.approx(gap, rel=0.05, abs=1e-12)
    assert abs(made._slip) < 1e-5


@needs_kernels
def test_a_breath_that_jumps_is_faded_out_and_in() -> None:
    at = 25.0
    x = cue(50.0, lambda t: Pace(3.3, 8.0, 0.5) if t >= at else Pace(0.0, 6.0, 0.4))
    n = round(0.02 * RATE)
    level = np.sqrt((x[0][: x.shape[1] // n * n].reshape(-1, n) ** 2).mean(axis=1))

    quietest = level[round(25.1 / 0.02) : round(25.3 / 0.02)].min()

    assert quietest < 0.1 * level[round(24.5 / 0.02) : round(25.0 / 0.02)].mean()


def test_every_course_joins_itself_at_the_turns() -> None:
    for ratio in (0.3, 0.4, 0.5):
        for period in (6.0, 10.0, 15.0):
            steps = np.array(
                [course(p, ratio, period)[:2] for p in (0.0, 1 - 1e-9, ratio - 1e-9, ratio)]
            )
            assert np.allclose(steps[0], steps[1], atol=1e-6)
            assert np.allclose(steps[2], steps[3], atol=1e-6)


def test_a_hidden_guide_makes_no_sound() -> None:
    x = cue(6 * DT, Pace(0.0, 6.0, 0.4), presence=0.0)

    assert not x.any()


class Mute:
    """A cue that takes its part in the mix, silently: to hear the place alone."""

    def __init__(self, real: BreathCue) -> None:
        self.real, self.gain = real, (0.0, 0.0)

    def render(self, out: F64, t: float, pace: Pace, presence: float) -> None:
        self.real.render(out, t, pace, presence)
        self.gain = self.real.gain
        out[:] = 0.0


def stems(swell: float, wind: float, seconds: float) -> tuple[F64, F64]:
    """Guide and place as they lie in one mix, before the loudness is ridden."""
    whole, place = mixer(), mixer()
    place._cue = Mute(place._cue)  # type: ignore[assignment]
    parts: list[F64] = []
    for mix in (whole, place):
        shown = row(swell=swell, wind=wind)
        heard = np.empty((2, round(seconds / DT) * BLOCK))
        for k in range(round(seconds / DT)):
            before = mix.rider_db
            block = play(mix, DT, shown, start=k * DT)
            rider = 10 ** (np.linspace(before, mix.rider_db, BLOCK, endpoint=False) / 20)
            heard[:, k * BLOCK : (k + 1) * BLOCK] = block / rider
        parts.append(heard)
    return parts[0] - parts[1], parts[1]


@needs_kernels
@pytest.mark.slow
@pytest.mark.parametrize(
    ("swell", "wind", "share"),
    [(0.4, 0.3, 0.88), (0.1, 0.1, 0.88), (0.8, 0.3, 0.88), (1.0, 1.0, 0.75)],
)
def test_the_breath_is_heard_over_the_place_through_all_of_its_course(
    swell: float, wind: float, share: float
) -> None:
    guide, place = stems(swell, wind, 110.0)
    pace = Pace(0.0, 6.0, 0.4)
    f, t, p_guide = signal.spectrogram(guide.mean(axis=0), RATE, nperseg=8192, noverlap=4096)
    _, _, p_place = signal.spectrogram(place.mean(axis=0), RATE, nperseg=8192, noverlap=4096)
    best: list[float] = []
    for j, s in enumerate(t):
        phase = pace.phase(s)
        u = phase / 0.4 if phase < 0.4 else (phase - 0.4) / 0.6
        if s < 20.0 or not 0.15 < u < 0.88:
            continue
        _, _, in_hz, out_hz, tone_hz, _ = course(phase, 0.4, 10.0)
        air = in_hz if phase < 0.4 else out_hz
        bands = ((f > air / math.sqrt(2)) & (f < air * math.sqrt(2)),
                 (f > 0.9 * tone_hz) & (f < 1.1 * tone_hz))  # fmt: skip
        best.append(max(10 * math.log10(p_guide[m, j].sum() / p_place[m, j].sum()) for m in bands))

    # Heard with ease: air or tone 6 dB above what else lies in its band; never below it for long.
    assert np.mean(np.array(best) > 6.0) > share
    assert np.mean(np.array(best) > 3.0) > 0.94
    # And not the only thing that is heard.
    total = guide + place
    assert 10 * math.log10((guide**2).mean() / (total**2).mean()) < -4.0
