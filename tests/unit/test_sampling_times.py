"""Times that cannot be relied on are refused, and no advice spoils what was measured."""

import re
from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError
from engine.store.recording import Recording, read_recording
from engine.store.sampling import rate_of
from engine.streams import F64
from tests.analysis_kit import write


def table(folder: Path, t: F64, digits: int = 6) -> Path:
    rows = "".join(f"{a:.{digits}f},{k % 7 / 7:.3f}\n" for k, a in enumerate(t.tolist()))
    return write(folder / "p.csv", "t,ecg[mV]\n" + rows)


def refused(folder: Path, t: F64, digits: int = 6) -> AnlanError:
    with pytest.raises(AnlanError) as caught:
        read_recording(table(folder, t, digits))
    return caught.value


def even(rate: float, lasts: float = 20.0) -> F64:
    return np.asarray(np.arange(int(lasts * rate)) / rate, np.float64)


@pytest.mark.parametrize("rate", [130.0, 256.0, 300.0, 360.0, 400.0, 500.0, 512.0])
def test_times_in_whole_milliseconds_tell_the_rate(rate: float) -> None:
    assert rate_of(np.round(even(rate), 3)) == pytest.approx(rate, rel=1e-3)


def test_samples_lost_here_and_there_do_not_change_the_rate() -> None:
    kept = np.sort(np.random.default_rng(1).choice(5000, 4700, replace=False))

    assert rate_of(even(250.0)[kept]) == pytest.approx(250.0)


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_times_with_too_few_digits_never_cost_rows(tmp_path: Path, digits: int) -> None:
    fault = refused(tmp_path, even(250.0), digits)

    assert "too few digits" in str(fault)
    assert "leave all rows in" in str(fault)
    assert re.search(r"about # rate=(250|249\.9)\)", str(fault))
    assert "keep one row" not in str(fault)
    assert "请保留所有行" in fault.zh


def test_one_time_twice_is_still_one_row_too_many(tmp_path: Path) -> None:
    t = even(250.0)
    t[100] = t[99]

    assert "line 102: time 0.396 s occurs twice (keep one row" in str(refused(tmp_path, t))


def test_bundles_stamped_when_they_came_give_no_rate(tmp_path: Path) -> None:
    t = np.repeat(even(25.0), 10) + np.tile(np.arange(10) * 0.0005, 500)

    assert rate_of(t) is None
    assert "begin with its own rate, here about # rate=250" in str(refused(tmp_path, t))


def test_a_rate_that_changes_gets_no_advice_that_would_bend_time(tmp_path: Path) -> None:
    t = np.concatenate((even(250.0), 20.0 + even(500.0)))
    fault = refused(tmp_path, t)

    assert "the samples do not come evenly" in str(fault)
    assert "# rate=" not in str(fault)


def test_a_second_recording_in_one_file_is_cut_off_not_sorted_in(tmp_path: Path) -> None:
    fault = refused(tmp_path, np.concatenate((even(250.0), even(250.0))))

    assert "line 5002: time goes back from 19.996 s to 0 s" in str(fault)
    assert "cut the file here" in str(fault)
    assert "逐段分析" in fault.zh


def test_times_since_1970_are_told_with_their_digits(tmp_path: Path) -> None:
    t = 1.7e9 + even(250.0)
    t[100] -= 1.0

    assert "from 1700000000.396 s to 1699999999.400 s" in str(refused(tmp_path, t))


def read(folder: Path, text: str, name: str = "p.csv") -> Recording:
    return read_recording(write(folder / name, text))


@pytest.mark.parametrize(
    "text",
    [
        "t,ecg[mV],note\n" + "".join(f"{k / 4},{k},\n" for k in range(9)) + "2.25",
        "# rate=4\necg[mV],a\n" + "".join(f"{k},1\n" for k in range(9)) + "9",
    ],
)
def test_a_last_line_cut_short_is_left_out_and_told(tmp_path: Path, text: str) -> None:
    made = read(tmp_path, text)

    assert made.tracks[0].x[:, 0].tolist() == list(range(9))
    assert "the last one, is cut short" in made.ignored[-1]
