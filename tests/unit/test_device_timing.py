from dataclasses import dataclass, replace

import numpy as np
import pytest

from engine.devices.beats import BeatClock
from engine.devices.intake import AHEAD
from engine.devices.timing import SampleClock
from engine.streams import F64


@dataclass
class Wire:
    """A device with a clock of its own behind a link that delays."""

    rate: float = 32.0
    each: int = 8
    ppm: float = 50.0
    jitter: float = 0.005
    bursts: float = 0.0
    burst: float = 0.2
    loss: float = 0.0
    declared: bool = True
    first_late: float = 0.0
    seed: int = 1

    def run(self, clock: SampleClock, seconds: float) -> tuple[F64, F64]:
        """Return the times given and the true times."""
        chance = np.random.default_rng(self.seed)
        true_rate = self.rate * (1 + self.ppm * 1e-6)
        given, true = [], []
        blocked = arrived = 0.0
        missing = 0
        for i in range(1, int(seconds * true_rate / self.each) + 1):
            made = i * self.each / true_rate
            if chance.random() < self.bursts:
                blocked = made + self.burst
            arrived = max(made + chance.exponential(self.jitter), blocked, arrived)
            if chance.random() < self.loss:
                missing += self.each
                continue
            late = self.first_late if i == 1 else 0.0
            given.append(clock.stamp(arrived + late, self.each, missing if self.declared else 0))
            true.append(made - np.arange(self.each - 1, -1, -1) / true_rate)
            missing = 0
        return np.concatenate(given), np.concatenate(true)


def test_five_milliseconds_of_jitter_become_half_a_millisecond() -> None:
    clock = SampleClock(32.0)
    given, true = Wire(bursts=0.01).run(clock, 600.0)
    error = (given - true)[true > 60.0]

    assert np.std(error) < 0.8e-3
    assert np.mean(error) == pytest.approx(0.005, abs=1e-3)  # the delay all arrivals share
    assert np.max(np.abs(error - np.mean(error))) < 3e-3
    assert clock.drift_ppm == pytest.approx(50.0, abs=10.0)
    assert clock.jitter == pytest.approx(0.005, rel=0.4)


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 5000.0])
def test_the_clock_of_the_device_is_found(ppm: float) -> None:
    clock = SampleClock(32.0)
    Wire(ppm=ppm).run(clock, 300.0)

    assert clock.drift_ppm == pytest.approx(ppm, abs=40.0)


@pytest.mark.parametrize(
    "wire",
    [
        Wire(rate=1000.0, each=10, jitter=0.001, bursts=0.01, burst=0.05),
        Wire(rate=10.0, each=1, bursts=0.02, burst=0.5),
        Wire(rate=130.0, each=73, jitter=0.015, bursts=0.01, burst=0.3),
        Wire(loss=0.02),
        Wire(first_late=0.3),
        Wire(loss=0.01, declared=False),
    ],
)
def test_time_never_runs_back(wire: Wire) -> None:
    given, _ = Wire.run(wire, SampleClock(wire.rate), 120.0)

    assert np.all(np.diff(given) > 0.0)


def test_a_device_that_counts_what_was_lost_stays_on_time() -> None:
    given, true = Wire(loss=0.02).run(SampleClock(32.0), 300.0)
    error = (given - true)[true > 60.0]

    assert np.max(np.abs(error)) < 0.010


def test_loss_that_no_one_counted_is_noticed_within_two_and_a_half_seconds() -> None:
    wire, clock = Wire(jitter=0.002), SampleClock(32.0)
    wire.run(clock, 120.0)
    t = 120.0 + 0.25 * np.arange(1, 30) + 0.5  # two packets never came
    last = [float(clock.stamp(float(at), 8)[-1]) for at in t]

    late = [at - stamp for at, stamp in zip(t.tolist(), last, strict=True)]
    assert late[0] == pytest.approx(0.5, abs=0.03)
    assert all(abs(lag) < 0.03 for lag in late[10:])
    assert clock.reanchored == 1


WIRES = [
    Wire(),
    Wire(rate=10.0, each=1, jitter=0.01),
    Wire(rate=130.0, each=73, jitter=0.005),
    Wire(rate=250.0, each=25, jitter=0.002),
]


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("share", [-0.24, -0.1, -0.06, 0.06, 0.1, 0.15, 0.24])
def test_a_device_at_quite_another_rate_is_followed_as_well_after_half_a_minute(
    wire: Wire, share: float
) -> None:
    clock = SampleClock(wire.rate)
    given, true = replace(wire, ppm=share * 1e6).run(clock, 120.0)
    error = (given - true)[true > 30.0]

    assert np.all(np.diff(given) > 0.0)
    assert np.std(error) < 2e-3
    assert np.max(np.abs(error - np.mean(error))) < 0.01
    assert clock.drift_ppm == pytest.approx(share * 1e6, abs=300.0)


def test_a_device_that_is_set_to_another_rate_meanwhile_is_followed_too() -> None:
    clock = SampleClock(32.0)
    for rate, from_ in ((32.0, 0.0), (27.2, 100.0), (32.0, 200.0)):
        t = from_ + np.arange(1, int(100 * rate / 8) + 1) * 8 / rate
        last = [float(clock.stamp(at, 8)[-1]) for at in t.tolist()]

        assert np.max(np.abs(np.array(last) - t)[t > from_ + 30.0]) < 1e-3


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("loss", [0.05, 0.1, 0.3])
def test_samples_lost_all_the_time_without_a_word_do_not_leave_the_stamps_behind(
    wire: Wire, loss: float
) -> None:
    given, true = replace(wire, loss=loss, declared=False).run(SampleClock(wire.rate), 300.0)
    error = given - true

    assert np.all(np.diff(given) > 0.0)
    assert np.std(error) < 1.2
    assert np.max(np.abs(error)) < 6.0


@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_a_rate_no_setting_explains_is_not_believed(factor: float) -> None:
    clock = SampleClock(32.0)
    Wire(ppm=(factor - 1.0) * 1e6).run(clock, 120.0)

    assert abs(clock.drift_ppm) < 60_000.0


def test_one_lost_packet_is_no_rate() -> None:
    wire, clock = Wire(jitter=0.002), SampleClock(32.0)
    wire.run(clock, 120.0)
    for at in 120.0 + 0.25 * np.arange(1, 200) + 0.25:
        clock.stamp(float(at), 8)

    assert clock.reanchored == 1
    assert clock.drift_ppm == pytest.approx(0.0, abs=2000.0)


def test_a_pause_of_the_device_is_a_gap_at_once() -> None:
    clock = SampleClock(10.0)
    for n in range(1, 100):
        clock.stamp(n / 10, 1)
    after = clock.stamp(9.9 + 30.0, 1)

    assert after[0] == pytest.approx(39.9, abs=0.05)


def test_a_first_message_that_was_late_is_forgotten() -> None:
    given, true = Wire(first_late=0.3).run(SampleClock(32.0), 60.0)
    error = given - true

    assert error[0] > 0.25
    assert np.max(np.abs(error[true > 10.0])) < 0.02


def test_the_declared_latency_is_subtracted() -> None:
    assert SampleClock(10.0, latency=0.2).stamp(5.0, 2).tolist() == pytest.approx([4.7, 4.8])


def beats(ppm: float, gap: tuple[float, float] | None = None) -> tuple[BeatClock, F64, F64, F64]:
    """Report intervals once a second; return times given, true times, and reports' times."""
    chance = np.random.default_rng(2)
    intervals = np.round((0.85 + chance.normal(0, 0.05, 700)) * 1024) / 1024
    true = np.cumsum(intervals)
    clock, given, kept, at = BeatClock(), [], [], []
    start = 0
    for second in range(1, int(true[-1])):
        end = int(np.searchsorted(true, second, side="right"))
        if end > start and not (gap and gap[0] < second < gap[1]):
            arrival = second * (1 - ppm * 1e-6) + 0.2 + chance.exponential(0.03)
            given.append(clock.stamp(arrival, intervals[start:end].tolist()))
            kept.append(true[start:end] * (1 - ppm * 1e-6))
            at.append(second)
        start = end
    return clock, np.concatenate(given), np.concatenate(kept), np.array(at)


def test_beats_are_placed_by_their_intervals_and_not_by_their_arrival() -> None:
    clock, given, true, _ = beats(ppm=50.0)
    error = (given - true)[100:]

    assert clock.gaps == 0
    assert np.std(error) < 0.06  # arrivals alone would scatter over a whole second
    assert 0.2 < np.mean(error) < 0.32  # the shortest delay of the link
    assert np.median(np.abs(np.diff(given) - np.diff(true))) < 1e-3


def test_missing_reports_are_a_gap_and_the_beats_after_it_are_on_time() -> None:
    clock, given, true, _ = beats(ppm=0.0, gap=(200.0, 210.0))
    error = given - true

    assert clock.gaps >= 1
    assert np.all(np.diff(given) > 0.0)
    assert np.max(np.abs(error[true > 240.0])) < 0.45


def test_an_interval_no_heart_has_does_not_throw_the_chain_far() -> None:
    clock = BeatClock()
    for n in range(1, 10):
        clock.stamp(float(n), [1.0])
    clock.stamp(10.0, [60.0])
    for n in range(11, 30):
        last = clock.stamp(float(n), [1.0])

    assert last[-1] == pytest.approx(29.0, abs=0.01)


@pytest.mark.parametrize("rate", [10.0, 10.4, 10.8, 11.0, 12.0, 12.4])
@pytest.mark.parametrize("burst", [1, 3, 7])
def test_no_sample_of_a_fast_device_is_stamped_far_ahead_of_its_arrival(
    rate: float, burst: int
) -> None:
    """The room refuses what is more than a second ahead: such a device would be lost."""
    chance, clock = np.random.default_rng(3), SampleClock(10.0)
    arrivals = np.array([(k // burst * burst + burst - 1) / rate for k in range(int(300 * rate))])
    arrivals += 0.02 * chance.random(len(arrivals))
    stamps = np.array([float(clock.stamp(t, 1)[0]) for t in arrivals])

    assert np.all(np.diff(stamps) > 0.0)
    assert np.max(stamps - arrivals) < 0.8 * AHEAD
