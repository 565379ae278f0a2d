from typing import Any

import numpy as np
import pytest

from drivers.brainflow_board import DESCRIBED, BrainFlowBoard
from drivers.brainflow_channels import blocks_of
from drivers.brainflow_times import BoardTimes, Packages
from engine.devices import ConfigError
from engine.units import Kind, Unit

# As BrainFlow 5.23 describes them.
CYTON = {
    "accel_channels": [9, 10, 11], "analog_channels": [19, 20, 21], "num_rows": 24,
    **{f"{kind}_channels": [1, 2, 3, 4, 5, 6, 7, 8] for kind in ("ecg", "eeg", "emg", "eog")},
    "package_num_channel": 0, "sampling_rate": 250, "timestamp_channel": 22,
}  # fmt: skip
EMOTIBIT = {
    0: {"accel_channels": [1, 2, 3], "num_rows": 12, "package_num_channel": 0,
        "sampling_rate": 25, "timestamp_channel": 10},
    1: {"ppg_channels": [1, 2, 3], "num_rows": 6, "package_num_channel": 0,
        "sampling_rate": 25, "timestamp_channel": 4},
    2: {"battery_channel": 7, "eda_channels": [1], "temperature_channels": [2], "num_rows": 8,
        "package_num_channel": 0, "sampling_rate": 15, "timestamp_channel": 4},
}  # fmt: skip


def made(boards: dict[int, dict[str, Any]], **chosen: Any) -> dict[str, tuple[Any, ...]]:
    return {
        p.stream.name: (p.stream.kind, p.stream.unit, p.stream.rate, p.rows, p.factor)
        for b in blocks_of(boards, chosen, {}, 0.0)
        for p in b.parts
    }


def test_a_wristbands_blocks_become_streams_each_at_its_own_rate() -> None:
    assert made(EMOTIBIT) == {
        "acc": (Kind.ACC, Unit.G, 25.0, (1, 2, 3), 1.0),
        "ppg_aux_1": (Kind.PPG, Unit.RAW, 25.0, (1,), 1.0),
        "ppg_aux_2": (Kind.PPG, Unit.RAW, 25.0, (2,), 1.0),
        "ppg_aux_3": (Kind.PPG, Unit.RAW, 25.0, (3,), 1.0),
        "eda_anc": (Kind.EDA, Unit.MICROSIEMENS, 15.0, (1,), 1.0),
        "skin_temp_anc": (Kind.SKIN_TEMP, Unit.CELSIUS, 15.0, (2,), 1.0),
        "battery_anc": (Kind.BATTERY, Unit.PERCENT, None, (7,), 1.0),
    }


def test_an_amplifiers_electrodes_are_what_the_rig_says_in_millivolts() -> None:
    streams = made({0: CYTON}, ecg=1, eeg=[2, 3], resp=19)

    assert streams["ecg"] == (Kind.ECG, Unit.MILLIVOLT, 250.0, (1,), 1e-3)
    assert streams["eeg"][3] == (2, 3)
    assert streams["resp"] == (Kind.RESP, Unit.RAW, 250.0, (19,), 1.0)


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({}, "electrodes"),
        ({"ecg": 99}, "row 99"),
        ({"gaze": 1}, "'gaze' is of no kind"),
        ({"ecg": "one"}, r"channels\.ecg"),
        ({"ecg": []}, r"channels\.ecg"),
    ],
)
def test_what_cannot_be_measured_is_told_with_the_remedy(chosen: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        made({0: CYTON}, **chosen)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"board": "muse-2", "serial": "x"}, "did you mean"),
        ({"board": "muse-2", "timeout": "long"}, "timeout"),
        ({"board": "muse-2", "config": "p50"}, "config"),
        ({"board": "muse-2", "channels": 1}, "channels"),
        ({"board": "muse-2", "latency": -1}, "latency"),
    ],
)
def test_wrong_options_are_refused_by_their_keys(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        BrainFlowBoard(options)


def test_what_was_looked_up_needs_no_library_any_more() -> None:
    found = {"number": 47, "measured": 47, "boards": EMOTIBIT}

    board = BrainFlowBoard({"board": "emotibit", DESCRIBED: found, "scale": {"eda": 2.0}})

    assert {s.kind for s in board.streams} >= {Kind.EDA, Kind.PPG, Kind.ACC}


def counted(numbers: Any, lost: set[int]) -> tuple[int, list[tuple[int, int]]]:
    """Return samples kept, and gaps, of packages pushed in pieces of 7."""
    kept = np.array([n for i, n in enumerate(numbers) if i not in lost], dtype=np.float64)
    packages, found = Packages(2500), []
    for at in range(0, len(kept), 7):
        found += [(at + i, n) for i, n in packages.gaps(kept[at : at + 7]) if n]
    return len(kept), found


@pytest.mark.parametrize(
    ("name", "numbers", "per"),
    [
        ("by ones to 255", np.arange(2000) % 256, 1),
        ("without end", np.arange(2000), 1),
        ("by twos", (2 * np.arange(2000)) % 200, 1),
        ("twelve samples to a package", (np.arange(6000) // 12) % 256, 12),
    ],
)
def test_lost_packages_are_counted_however_the_board_counts(
    name: str, numbers: Any, per: int
) -> None:
    first = 1500 // per * per  # a whole package, and three together
    lost = set(range(first, first + per)) | set(range(first + 20 * per, first + 23 * per))

    _, found = counted(numbers, lost)

    assert [n for _, n in found] == [per, 3 * per], name
    assert [at for at, _ in found] == [first, first + 19 * per]


@pytest.mark.parametrize("numbers", [np.zeros(3000), np.arange(3000) % 256])
def test_nothing_is_missing_where_nothing_was_lost(numbers: Any) -> None:
    assert counted(numbers, set())[1] == []


def test_a_board_that_begins_to_count_anew_has_lost_nothing_we_know() -> None:
    numbers = np.concatenate([np.arange(100_000, 100_500), np.arange(500)])

    assert counted(numbers, set())[1] == []


@pytest.mark.parametrize("step", [-0.3, -0.05])
def test_a_time_of_day_set_back_by_little_is_noticed_within_twenty_seconds(step: float) -> None:
    times, off = BoardTimes(200.0, 0.0), []
    for look in range(1, 8000):
        now = look / 100
        wall = 1.7e9 + now - 0.001 + (step if now > 30.0 else 0.0)
        stamps = np.array([wall - 0.005, wall])
        numbers = np.array([2 * look, 2 * look + 1]) % 256
        made = times.of(numbers.astype(np.float64), stamps, now)
        off.append((now, float(made[-1]) - now))

    error = np.array(off)
    settled = error[error[:, 0] > 55.0, 1]
    assert np.ptp(error[(error[:, 0] > 20.0) & (error[:, 0] < 30.0), 1]) < 0.004
    assert np.abs(settled - error[2500, 1]).max() < 0.004


@pytest.mark.parametrize("step", [0.0, 3600.0, -3600.0])
def test_samples_stay_where_they_were_made_though_the_time_of_day_is_set(step: float) -> None:
    rng = np.random.default_rng(3)
    rate, n = 250.0, 12_000
    truth = np.arange(n) / rate
    arrived = truth + np.abs(rng.normal(0.0, 0.002, n))
    wall = 1.7e9 + arrived + np.where(truth > 30.0, step, 0.0)
    times = BoardTimes(rate, 0.0)
    made, looked = [], 0.0
    at = 0
    while at < n:
        looked += 0.01 + (0.2 if 40.0 < looked < 40.02 else 0.0)  # one long pause
        upto = int(np.searchsorted(arrived, looked))
        if upto > at:
            numbers = (np.arange(at, upto) % 256).astype(np.float64)
            made.append(times.of(numbers, wall[at:upto], looked))
        at = max(at, upto)

    t = np.concatenate(made)
    off = t - truth
    assert (np.diff(t) > 0.0).all()
    assert np.abs(off[5000:] - np.median(off[5000:])).max() < 0.004
    assert 0.0 <= np.median(off[5000:]) < 0.006
