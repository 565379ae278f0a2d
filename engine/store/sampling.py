"""Whether the times of samples can be relied on, and how many samples a second they make."""

from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.streams import F64

STEADY = 0.9
"""Share of intervals that have to be near the usual one for times to count as regular."""
NEAR = 0.25
COARSE, MANY = 0.05, 20
"""Share of times that stand still, and rows, from which times were written with too few digits."""
BUNDLED, OF_TIME = 0.02, 0.5
"""Share of intervals that are long ones, and of the time they fill, where samples come in bundles
that were stamped on arrival."""
FULL, ALIKE, VARIED = 1.3, 0.01, 0.02
"""Intervals that fill their time so often overlap; steps so much alike are even; intervals that
differ by so much do not come in even steps."""
LOST, BUNDLE = 2.5, 3.0
"""Times the usual step beyond which something was lost; s by which bundles may be late."""
ASTRAY = 1.2
"""s by which stamps of even samples may be off: whole seconds are."""
LARGE = 1e6
"""s from which six digits do not tell one time from the next."""
MS = 1e-3


def check_times(t: F64, lines: F64 | None, *, path: Path) -> list[RecordingError]:
    """Return where ``t`` goes back, stands still or is missing; ``lines`` number its rows."""
    bad = np.flatnonzero(~np.isfinite(t))
    faults: list[RecordingError] = []

    def tell(row: int, what: str, hint: str, zh: str) -> None:
        at = f"{path}: line {int(lines[row])}" if lines is not None else str(path)
        faults.append(RecordingError(what, where=at, hint=hint, zh=zh))

    if len(bad):
        tell(
            int(bad[0]), f"no time in {len(bad)} of {len(t)} rows",
            "fill column t or remove the rows",
            f"{len(t)} 行中有 {len(bad)} 行没有时间，请补上或删去这些行",
        )  # fmt: skip
        return faults
    rise = np.diff(t)
    back, same = np.flatnonzero(rise < 0), np.flatnonzero(rise == 0)
    even, even_zh = _by_rate(t) if t[-1] > t[0] else ("", "")
    if len(t) >= MANY and len(same) >= COARSE * len(t) and t[-1] > t[0]:
        tell(
            int(same[0]) + 1,
            f"{len(same)} of {len(t)} rows have the time of the row before: the times are written "
            "with too few digits",
            f"leave all rows in and write more digits; {even}",
            f"{len(t)} 行中有 {len(same)} 行与前一行时间相同：时间的小数位太少。"
            f"请保留所有行，导出更多小数位；{even_zh}",
        )  # fmt: skip
        return faults
    if len(back):
        row = int(back[0]) + 1
        more = f", and {len(back) - 1} times more" if len(back) > 1 else ""
        tell(
            row, f"time goes back from {_moment(t[row - 1])} to {_moment(t[row])}{more}",
            "if one recording follows another here or the clock was set, cut the file here and "
            "analyse the parts one by one; only if single rows stand in a wrong order, sort by t",
            f"时间从 {_moment(t[row - 1])} 退回到 {_moment(t[row])}："
            "若此处接着另一段记录或调过时钟，请在此处把文件分开，逐段分析；只有个别行次序颠倒时，才按时间排序",
        )  # fmt: skip
    if len(same):
        row = int(same[0]) + 1
        more = f" and {len(same) - 1} more" if len(same) > 1 else ""
        tell(
            row, f"time {_moment(t[row])} occurs twice{more}", "keep one row for each t",
            f"时间 {_moment(t[row])} 出现两次，请每个时间只留一行",
        )  # fmt: skip
    return faults


def too_irregular(name: str, t: F64, where: str) -> RecordingError:
    """Return what to do where the times ``t``, ``(n,)`` s, give no sampling rate."""
    even, even_zh = _by_rate(t)
    return RecordingError(
        f"the times of {name!r} are too irregular for a waveform", where=where,
        hint=f"export it evenly sampled; {even}",
        zh=f"“{name}”的时间间隔不均匀，不能作为波形：请按固定采样率导出；{even_zh}",
    )  # fmt: skip


def rate_of(t: F64) -> float | None:
    """Return the sampling rate of increasing times, Hz; None if they are not regular.

    Rows may be missing: what counts is that nearly all intervals are alike. Times in whole
    milliseconds may be off by one.
    """
    if len(t) < 2:
        return None
    rise = np.diff(t)
    usual = float(np.median(rise))
    allowed = NEAR * usual
    if _in_whole(t, MS) and usual >= 1.5 * MS:
        # The usual one is rounded itself: 2.78 ms are written as 3, 3, 3, 2.
        alike = rise[np.abs(rise - usual) < 1.5 * MS]
        usual = float(np.mean(alike)) if len(alike) else usual
        allowed = max(allowed, MS)
    near = np.abs(rise - usual) <= allowed
    if np.mean(near) < STEADY:
        return None
    long = rise[rise > usual + allowed]
    if len(long) > BUNDLED * len(rise) and float(np.sum(long)) > OF_TIME * float(t[-1] - t[0]):
        return None
    rate = float(np.sum(np.maximum(1.0, np.rint(rise / usual))) / (t[-1] - t[0]))
    # Times written with few digits give 249.9998: the device meant 250.
    whole = float(np.rint(rate))
    return whole if whole > 0 and abs(rate - whole) < 1e-4 * whole else rate


def is_curve(t: F64, ms: F64) -> bool:
    """Tell whether intervals ``ms`` at ``t`` s, ``(n,)``, are a curve, not one row a beat.

    Then they overlap, or come in steps that are all alike though they themselves are not, and add
    up to another time than the steps: a strap's bundles come evenly too, and add up to it.
    """
    if len(t) < MANY or not t[-1] > t[0]:
        return False
    filled, lasts = float(np.nansum(ms[1:])) / 1000.0, float(t[-1] - t[0])
    steps = np.diff(t)
    usual = float(np.median(steps))
    even = float(np.mean(np.abs(steps - usual) <= ALIKE * usual)) >= STEADY
    low, middle, high = np.nanpercentile(ms, (25.0, 50.0, 75.0))
    near = steps <= LOST * usual
    apart = abs(float(np.nansum(ms[1:][near])) / 1000.0 - float(np.sum(steps[near])))
    other = apart > max(BUNDLE, VARIED * lasts)
    return filled > FULL * lasts or bool(even and other and high - low > VARIED * middle)


def is_repeated(ms: F64) -> bool:
    """Tell whether intervals ``ms``, ``(n,)``, stand there several times each, one after another.

    Of a heart some are alike by chance, and most are not; held values all are.
    """
    edges = np.flatnonzero(np.diff(ms, prepend=np.nan, append=np.nan) != 0.0)
    runs = np.diff(edges)
    return len(runs) >= MANY // 2 and float(np.mean(runs == 1)) < COARSE


def _in_whole(t: F64, unit: float) -> bool:
    """Tell whether the times are whole multiples of ``unit``, s, from the first on."""
    counts = (t - t[0]) / unit
    return bool(np.all(np.abs(counts - np.rint(counts)) < 1e-3))


def _rate(t: F64) -> float:
    """Return about how many samples a second there are; whole seconds count from their first."""
    new = np.flatnonzero(np.diff(t) > 0.0) + 1
    if len(new) > 1 and t[new[-1]] > t[new[0]]:
        return float(new[-1] - new[0]) / float(t[new[-1]] - t[new[0]])
    return (len(t) - 1) / float(t[-1] - t[0])


def _by_rate(t: F64) -> tuple[str, str]:
    """Return how to do without the times, in English and Chinese, where samples came evenly."""
    straight = t[0] + np.arange(len(t)) / _rate(t)
    if float(np.max(np.abs(t - straight))) > ASTRAY:
        return "the samples do not come evenly", "样本的间隔本身并不均匀"
    rate = f"# rate={_rate(t):.4g}"
    en = (
        "if the device took its samples evenly, take the column of times out and begin with its own"
    )
    zh = "若设备采样均匀，可删去时间列，并在第一行写设备的采样率，约为"
    return f"{en} rate, here about {rate}", f"{zh} {rate}"


def _moment(t: float) -> str:
    return f"{t:.6g} s" if abs(t) < LARGE else f"{t:.3f} s"
