import math

import numpy as np
import pytest
from scipy import signal

from engine.errors import SoundError
from engine.pace import Pace
from engine.scene.api import SoundBed
from engine.sound.loudness import Meter
from engine.sound.mixer import Mixer
from engine.sound.voice import BLOCK, RATE, Parameter, Voice
from engine.streams import F64
from tests.sound_kit import (
    BEDS,
    DT,
    SHORE,
    VOICES,
    edge_ratio,
    mixer,
    needs_kernels,
    play,
    row,
)

pytestmark = pytest.mark.slow


class Humming:
    """A vendor's voice, steady; ``seed`` 666 breaks it later."""

    def __init__(self, rate: int, seed: int) -> None:
        self._n = 0

    def render(self, out: F64, levels: F64) -> None:
        self._n += 1
        t = (self._n * BLOCK + np.arange(BLOCK)) / RATE
        out += 0.05 * np.sin(2 * np.pi * 220.0 * t)


class Breaking(Humming):
    def render(self, out: F64, levels: F64) -> None:
        super().render(out, levels)
        if self._n > 4:
            raise ZeroDivisionError("no more wind")


class Numberless(Humming):
    def render(self, out: F64, levels: F64) -> None:
        super().render(out, levels)
        if self._n > 4:
            out[0, 7] = math.nan


class Told(Humming):
    """Writes its levels into the sound, for a test to read."""

    def render(self, out: F64, levels: F64) -> None:
        out[0] += levels[0]


def vendor(make: type[Humming]) -> Voice:
    size = Parameter("size", "大", "Size", 0.5)
    return Voice("hum", "嗡", "Hum", (size,), make, nominal_lufs=-23.0)


def with_hum(make: type[Humming], *others: SoundBed) -> Mixer:
    beds = {"shore": (SoundBed("hum", 0.0, {"size": ("swell", 0.2, 0.6)}), *others)}
    return Mixer(SHORE, beds, {**VOICES, "hum": vendor(make)}, seed=1)


def loudness(x: F64) -> float:
    meter = Meter()
    meter.feed(x)
    return meter.integrated


def envelope(x: F64, seconds: float = 0.05) -> F64:
    n = round(seconds * RATE)
    mono = x[0, : x.shape[1] // n * n].reshape(-1, n)
    made: F64 = np.sqrt((mono**2).mean(axis=1))
    return made


def worst_spike(x: F64) -> float:
    """How far the roughest moment above 12 kHz stands over the usual roughness there."""
    high = signal.sosfilt(signal.butter(8, 12_000, "high", fs=RATE, output="sos"), x[0])
    return float(np.abs(high).max() / np.percentile(np.abs(high), 99.9))


@needs_kernels
@pytest.mark.slow
@pytest.mark.parametrize("scene", [0, 1])
@pytest.mark.parametrize(
    ("swell", "wind", "guide"), [(0.4, 0.3, 1.0), (0.4, 0.3, 0.0), (0.1, 0.1, 1.0), (0.9, 0.8, 1.0)]
)
def test_every_mix_is_as_loud_as_the_others(
    scene: int, swell: float, wind: float, guide: float
) -> None:
    mix = mixer()
    play(mix, 30.0, row(swell=swell, wind=wind, guide=guide, scene=scene))

    x = play(mix, 90.0, row(swell=swell, wind=wind, guide=guide, scene=scene), start=30.0)

    assert loudness(x) == pytest.approx(-23.0, abs=1.5)


@needs_kernels
def test_the_first_minute_is_as_loud_as_the_rest() -> None:
    x = play(mixer(), 60.0, row())

    assert loudness(x) == pytest.approx(-23.0, abs=1.5)


@needs_kernels
def test_no_true_peak_of_a_storm_passes_the_ceiling() -> None:
    mix = mixer()

    x = play(mix, 120.0, row(swell=1.0, wind=1.0))

    meter = Meter()
    meter.feed(x)
    assert meter.peak_db <= -1.5


def test_the_same_rows_give_the_same_samples() -> None:
    shown = row()

    first, second = play(mixer(), 6 * DT, shown), play(mixer(), 6 * DT, shown)

    assert np.array_equal(first, second)
    assert first.any()


@needs_kernels
def test_blocks_of_the_mix_join_without_a_seam() -> None:
    x = play(mixer(), 60.0, row())

    for ear in x:
        assert 0.95 < edge_ratio(ear) < 1.06


@needs_kernels
def test_the_place_is_wide_under_the_guide() -> None:
    x = play(mixer(), 60.0, row(guide=0.0))

    assert abs(np.corrcoef(x[0], x[1])[0, 1]) < 0.12


@needs_kernels
def test_the_mix_has_next_to_nothing_above_20_khz() -> None:
    x = play(mixer(), 60.0, row())

    f, p = signal.welch(x[0], RATE, nperseg=8192)
    assert 10 * np.log10(p[f > 20_000].sum() / p.sum()) < -50.0


@needs_kernels
@pytest.mark.parametrize(
    "change",
    [
        {"volume": 0.2},
        {"volume": 0.0},
        {"paused": True},
        {"scene": 1},
        {"scene": 2},
        {"swell": 1.0, "wind": 1.0},
        {"guide": 0.0},
        {"ended": True},
        {"pace": Pace(3.0, 9.0, 0.5)},
    ],
    ids=str,
)
def test_no_change_of_the_show_clicks(change: dict[str, float]) -> None:
    before, after = row(), row(**change)  # type: ignore[arg-type]
    still = worst_spike(play(mixer(), 15.0, before))

    there_and_back = play(mixer(), 15.0, lambda t: after if int(t / 3.0) % 2 else before)

    # Volume steps change what is usual, so compare with the loud parts' own roughness.
    assert worst_spike(there_and_back) < 2.0 * still
    assert edge_ratio(there_and_back[0]) < 1.06


@needs_kernels
def test_muted_is_silent_and_full_volume_comes_back() -> None:
    mix = mixer()
    play(mix, 20.0, row())

    muted = play(mix, 10.0, row(volume=0.0), start=20.0)
    back = play(mix, 20.0, row(), start=30.0)

    assert not muted[:, -RATE:].any()
    assert loudness(back[:, 2 * RATE :]) == pytest.approx(-23.0, abs=3.0)


@needs_kernels
def test_a_pause_leaves_a_quiet_place_without_the_guide() -> None:
    mix = mixer()
    playing = play(mix, 30.0, row())

    paused = play(mix, 30.0, row(paused=True, volume=0.4), start=30.0)  # as the room asks

    quieter = loudness(paused[:, 2 * RATE :]) - loudness(playing)
    assert -25.0 < quieter < -12.0
    assert mix._cue.gain == (0.0, 0.0)


def test_a_stop_fades_to_silence_within_300_ms() -> None:
    mix = with_hum(Humming)
    play(mix, 1.2, row(guide=0.0))
    mix.closing = True

    last = play(mix, 0.3, row(guide=0.0), start=1.2)

    assert mix.silent
    assert np.abs(last[:, -BLOCK:]).max() < 1e-6  # -120 dB
    e = envelope(last, 0.02)
    assert e[0] > 0.01
    assert (np.diff(e) <= 1e-3).all()


def test_the_end_of_a_session_fades_slowly() -> None:
    mix = with_hum(Humming)
    play(mix, 1.5, row(guide=0.0))

    ending = play(mix, 3.5, row(guide=0.0, ended=True), start=1.5)

    e = envelope(ending)
    assert e[20] > 0.3 * e[0]
    assert e[-1] < 1e-6


@needs_kernels
def test_one_scene_gives_way_to_the_next_without_a_hole() -> None:
    mix = mixer()
    before = play(mix, 30.0, row(guide=0.0))

    between = play(mix, 4.0, row(guide=0.0, scene=1), start=30.0)
    after = play(mix, 30.0, row(guide=0.0, scene=1), start=34.0)

    levels = [10 * math.log10((x**2).mean()) for x in (before, between, after)]
    assert levels[1] > min(levels[0], levels[2]) - 3.0


@needs_kernels
def test_a_scene_without_voices_is_silent_but_for_the_breath() -> None:
    silent = play(mixer(), 12.0, row(scene=2, guide=0.0))
    breath = play(mixer(), 12.0, row(scene=2, guide=1.0))

    assert not silent.any()
    assert breath.std() > 1e-4


def test_a_control_drives_the_parameter_it_is_wired_to() -> None:
    mix = with_hum(Told)
    play(mix, DT, row(swell=0.0))
    bed = mix._scenes[0][0]

    at_rest = float(bed.levels[0])
    play(mix, 2.0, row(swell=1.0))

    assert at_rest == pytest.approx(0.2)
    assert bed.levels[0] == pytest.approx(0.6, abs=1e-3)


def test_a_level_nobody_knows_leaves_the_parameter_where_it_is() -> None:
    mix = with_hum(Told)

    play(mix, 10 * DT, row(swell=math.nan))

    assert mix._scenes[0][0].levels[0] == 0.5


@pytest.mark.parametrize(
    ("broken", "reason"), [(Breaking, "no more wind"), (Numberless, "not finite")]
)
def test_a_voice_that_fails_falls_silent_and_the_others_sound_on(
    broken: type[Humming], reason: str
) -> None:
    mix = with_hum(broken, SoundBed("wind"))

    x = play(mix, 30 * DT, row(guide=0.0))

    assert [voice for voice, _ in mix.silenced] == ["hum"]
    assert reason in mix.silenced[0][1]
    assert np.isfinite(x).all()
    assert x[:, -BLOCK:].any()


def test_a_row_that_makes_no_sense_keeps_the_breath_it_had() -> None:
    mix = mixer()
    play(mix, 4 * DT, row())
    nonsense = np.full(SHORE.width, math.nan)

    x = play(mix, 4 * DT, nonsense, start=4 * DT)

    assert np.isfinite(x).all()
    assert mix._pace == Pace(0.0, 6.0, 0.4)


def test_zeros_before_the_room_has_written_anything_are_silence() -> None:
    x = play(mixer(), 8 * DT, np.zeros(SHORE.width))

    assert not x.any()


def test_a_voice_nobody_registered_is_refused_with_a_suggestion() -> None:
    with pytest.raises(SoundError, match="did you mean 'sea'"):
        Mixer(SHORE, {"shore": (SoundBed("see"),)}, VOICES, seed=1)


def test_a_parameter_a_voice_does_not_have_is_refused() -> None:
    beds = {"shore": (SoundBed("sea", 0.0, {"sise": ("swell", 0, 1)}),)}

    with pytest.raises(SoundError, match="size, roughness, distance"):
        Mixer(SHORE, beds, VOICES, seed=1)


def test_beds_name_real_voices_and_parameters() -> None:
    mixer()

    assert {bed.voice for beds in BEDS.values() for bed in beds} <= set(VOICES)
