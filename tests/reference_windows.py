"""Windows of recorded hearts that reference values of variability were computed of."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.streams import F64


def window_of(recordings: Path, case: dict[str, Any]) -> tuple[F64, F64]:
    """Return times, s, and intervals, ms, of a case of ``reference_hrv.json``."""
    begin, end = case["t0_s"], case["t0_s"] + case["dur_s"]
    with np.load(recordings / (case["case"].removeprefix("public/") + ".npz")) as kept:
        if "rr_ms" in kept:
            rr = kept["rr_ms"].astype(np.float64)
            t = np.cumsum(rr) / 1000.0
            inside = (t > begin) & (t <= end)
        else:
            # Those who computed the values took 125 samples a second for the true 128.
            beats = kept["beat_sample"].astype(np.float64) / float(kept["fs_used_by_toolbox"])
            rr, t = 1000.0 * np.diff(beats), beats[1:] - beats[0]
            inside = (t - rr / 1000.0 >= begin) & (t <= end)
    return t[inside], rr[inside]
