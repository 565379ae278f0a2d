"""The vibroacoustic channel on a real sound server (JACK's dummy device), listened to."""

import math
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.cli.planning import make_plan
from engine.clock import SystemClock
from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.events import Command
from engine.plugins import load
from engine.runtime.attendants import Unattended
from engine.runtime.room import Room
from engine.session.conductor import Conductor
from engine.sound.voice import RATE
from engine.streams import F64
from tests.jack_room import BLOCK, JACK, ear, program, tell
from tests.rehearsal import protocol_of
from tests.sound_kit import needs_kernels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.quiet,
    needs_kernels,
    pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd is not installed"),
]
CEILING = 10.0 ** (-6.0 / 20.0)


def share_above(x: F64, hertz: float) -> float:
    """Return the energy above ``hertz`` beside the whole, dB."""
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    high = np.fft.rfftfreq(len(x), 1.0 / RATE) > hertz
    return float(10.0 * np.log10(power[high].sum() / power.sum()))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_transducer_is_silent_within_a_second_of_its_room(
    number: signal.Signals, tmp_path: Path
) -> None:
    clock = SystemClock(origin=0.0)
    heard = tmp_path / "heard.npz"
    with program(*JACK) as server:
        clock.wait(1.0)
        assert server.poll() is None, "jackd did not start"
        with (
            program(sys.executable, "-m", "tests.e2e.vibro_room", says="connected") as room,
            ear(heard) as listener,
        ):
            clock.wait(0.5)
            begun = clock.now()
            tell(room, "go")
            clock.wait(7.0)
            ended = clock.now()
            room.send_signal(number)
            clock.wait(2.0)
            tell(listener, "enough")
            listener.wait(10.0)

    kept = np.load(heard)
    x, late, t = kept["x"].astype(np.float64), kept["late"], np.repeat(kept["t"], BLOCK)
    felt = np.abs(x[:, 0])
    assert not x[t < begun].any(), "felt before anybody wished it"
    assert not x[:, 1].any(), "played on a channel that was not named"
    assert float(felt.max()) <= CEILING + 1e-6
    # It rises within the four seconds its slew takes, and is then as strong as it may be.
    assert float(felt[(t > ended - 1.0) & (t < ended)].max()) > 0.9 * CEILING
    strong = float(t[np.argmax(felt > 0.9 * CEILING)]) - begun
    assert 3.0 < strong < 5.0
    silent = float(t[np.flatnonzero(felt > 1e-3 * CEILING)[-1]]) - ended
    assert silent < 1.0
    # Nothing clicks, while it is strong and as it dies away - unless a block came late.
    for begin, end in ((ended - 1.5, ended), (ended - 0.5, ended + 1.2)):
        piece = (t > begin) & (t < end)
        if not np.repeat(late, BLOCK)[piece].any():
            assert share_above(x[piece, 0], 150.0) <= -50.0
    sys.stdout.write(f"strong after {strong:.2f} s, silent after {silent:.3f} s\n")


class Officer:
    """Consents after three seconds; notes when, by the machine's clock."""

    def __init__(self, clock: SystemClock) -> None:
        self.consented_at = math.inf
        self._clock, self._others = clock, Unattended()

    def commands(self, conductor: Conductor) -> list[Command]:
        if conductor.section.part != "check":
            return self._others.commands(conductor)
        if not conductor.consented and conductor.now >= 3.0:
            self.consented_at = self._clock.now()
            return [Command("consent", "officer")]
        return []


def test_in_a_whole_session_it_is_felt_after_consent_and_dies_away_at_its_end(
    tmp_path: Path,
) -> None:
    clock = SystemClock(origin=0.0)
    heard, officer = tmp_path / "heard.npz", Officer(clock)
    phase = {
        "id": "breathe", "title": {"zh": "字", "en": "words"}, "scene": "dusk-ocean", "lasts": 8.0,
        "set": {"breath.rate": 6.0, "seat.strength": 0.6, "seat.frequency": 45.0},
    }  # fmt: skip
    envelope = {"check": 10, "rating": 2, "fit": 2, "fit_held": 1, "baseline": 2, "recovery": 2,
                "closing": 2, "upright": 2}  # fmt: skip
    seat = DeviceSpec("seat", "vibroacoustic", {"device": "system", "shape": "breath"})
    plan = make_plan(
        protocol_of(scene="dusk-ocean", phase=[phase], envelope=envelope), Rig(), load(),
        devices=(seat,), folder=tmp_path / "session", lang="en", seed=1, headless=True,
        virtual=False, stage=False, sound=False,
    )  # fmt: skip
    with program(*JACK) as server:
        clock.wait(1.0)
        assert server.poll() is None, "jackd did not start"
        with ear(heard) as listener:
            outcome = Room(plan, officer, lambda _core: None).run()
            clock.wait(0.5)
            tell(listener, "enough")
            listener.wait(10.0)

    kept = np.load(heard)
    felt, t = np.abs(kept["x"][:, 0].astype(np.float64)), np.repeat(kept["t"], BLOCK)
    assert outcome.reason == "complete"
    assert not felt[t < officer.consented_at].any()
    if kept["late"].mean() > 0.05:
        pytest.skip("other programs starve the sound server: what it plays tells nothing")
    assert 0.3 * CEILING < float(felt.max()) < 0.65 * CEILING
    assert not felt[-RATE // 4 :].any()
