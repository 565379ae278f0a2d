"""Turn the .npz recordings of real people into CSV files that the engine replays.

    python tools/recordings_to_csv.py --list
    python tools/recordings_to_csv.py neurokit/bio_resting_5min_100hz.npz --out rest.csv
    python tools/recordings_to_csv.py --all --out folder

The folder of recordings is ``../shared/data`` beside the project, or ``ANLAN_RECORDINGS``.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file to be: headings, columns of equal length, and the rate if regular (Hz)."""

    headings: tuple[str, ...]
    columns: tuple[NDArray[Any], ...]
    rate: float | None = None


def regular(fs: object, **columns: NDArray[Any]) -> Table:
    """Return a table of evenly sampled columns; ``ecg_mV`` becomes ``ecg[mV]``."""
    names = tuple(f"{name}[{unit}]" for name, _, unit in (c.rpartition("_") for c in columns))
    return Table(names, tuple(columns.values()), float(np.asarray(fs)))


def beats(t: NDArray[Any], ms: NDArray[Any], name: str = "rr") -> Table:
    """Return a table of intervals, each at the time of its later beat, s."""
    return Table(("t[s]", f"{name}[ms]"), (t, ms))


def from_intervals(a: Arrays) -> Table:
    """Return R-R intervals; their sum is the time."""
    ms = a["rr_ms"].astype(np.float64)
    t = a["t_s"] if "t_s" in a else np.cumsum(ms) / 1000.0
    return beats(t, ms)


def from_samples(a: Arrays) -> Table:
    """Return R-R intervals from beats given as sample numbers."""
    t = a["beat_sample"] / float(a["fs"])
    return beats(t[1:], np.round(1000.0 * np.diff(t), 3))


def from_injected(a: Arrays) -> Table:
    """Return the corrupted intervals: what a detector with faults would have given."""
    t = a["corrupt_beat_ms"]
    return beats(t[1:] / 1000.0, np.diff(t))


def from_mitdb(a: Arrays) -> Table:
    """Return the first of two leads in mV."""
    mv = (a["ecg_adu"][:, 0] - a["adc_zero"][0]) / a["gain_adu_per_mV"][0]
    return regular(a["fs"], ecg_mV=mv)


def from_neurokit(a: Arrays) -> Table:
    """Return whatever of ECG, PPG, EDA and breathing there is."""
    units = {"ECG": "ecg_mV", "PPG": "ppg_raw", "EDA": "eda_uS", "RSP": "resp_raw"}
    return regular(a["fs"], **{units[k]: v for k, v in a.items() if k in units})


def from_wrist(a: Arrays) -> Table:
    """Return all signals of a wrist band, each in the rows where it has a sample.

    The pulse (64 Hz) gives the rows; slower signals leave the rows between empty.
    """
    fs = float(a["bvp_fs"])
    n = len(a["bvp"])
    columns: dict[str, NDArray[Any]] = {"bvp[raw]": a["bvp"] / float(a["bvp_scale"])}
    acc = a["acc"].astype(np.float64) / 64.0
    slow = {"eda[uS]": ("eda", a["eda"]), "temp[degC]": ("temp", a["temp"])}
    slow |= {f"acc_{axis}[g]": ("acc", acc[:, i]) for i, axis in enumerate("xyz")}
    for heading, (name, values) in slow.items():
        every = round(fs / float(a[f"{name}_fs"]))
        column = np.full(n, np.nan)
        used = min(len(values), -(-n // every))
        column[: used * every : every][:used] = values[:used]
        columns[heading] = column
    return Table(tuple(columns), tuple(columns.values()), fs)


RECIPES: dict[str, Callable[[Arrays], Table]] = {
    "bartels_hrv/": from_intervals,
    "biopsykit_mist/": lambda a: regular(a["fs"], ecg_raw=a["ecg_adu"]),
    "biosppy/ecg": lambda a: regular(a["fs"], ecg_raw=a["ecg"]),
    "biosppy/ppg": lambda a: regular(a["fs"], ppg_raw=a["ppg"]),
    "biosppy/resp": lambda a: regular(a["fs"], resp_raw=a["resp"]),
    "garcia_physio/": lambda a: regular(a["fs"], ecg_raw=a["ecg"], airflow_raw=a["airflow"]),
    "heartpy_ppg/": lambda a: regular(a["fs"], ppg_raw=a["ppg"]),
    "ltdb_rr/": from_samples,
    "mitdb/": from_mitdb,
    "neurokit/": from_neurokit,
    "nsr2db_toolbox/": from_samples,
    "nstdb_118/": lambda a: regular(a["fs"], ecg_mV=a["ecg_mV"]),
    "polar_h10_ibi/": from_intervals,
    "pyhrv/": from_intervals,
    "rr_chf/": from_intervals,
    "rr_healthy/": from_intervals,
    "rr_injected/": from_injected,
    "stress_predict/": from_wrist,
}
"""By the beginning of the name. biosppy/eda is missing: its unit is not microsiemens."""


def recipe(name: str) -> Callable[[Arrays], Table] | None:
    """Return how the recording ``name`` is turned into a table; None if it cannot be."""
    return next((made for start, made in RECIPES.items() if name.startswith(start)), None)


def convert(source: Path, name: str, target: Path) -> Table:
    """Write the recording ``source`` to ``target`` as CSV and return what was written."""
    made = recipe(name)
    if made is None:
        raise SystemExit(f"{name}: its unit is not known, so it cannot be replayed")
    with np.load(source, allow_pickle=False) as arrays:
        table = made(dict(arrays))
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="\n") as out:
        if table.rate is not None:
            out.write(f"# rate={table.rate!r}\n")
        out.write(",".join(table.headings) + "\n")
        # The shortest text that gives back the same number in its own precision.
        texts = [_texts(column) for column in table.columns]
        out.writelines(",".join(row) + "\n" for row in zip(*texts, strict=True))
    return table


def _texts(column: NDArray[Any]) -> list[str]:
    return ["" if value != value else str(value) for value in column]  # noqa: PLR0124


def main() -> int:
    """Run the command line."""
    given = os.environ.get("ANLAN_RECORDINGS")
    parser = argparse.ArgumentParser(description="Turn .npz recordings into CSV.")
    parser.add_argument("name", nargs="?", help="for example mitdb/mitdb_100.npz")
    parser.add_argument("--out", type=Path, help="the CSV file, or the folder with --all")
    parser.add_argument("--all", action="store_true", help="convert every recording")
    parser.add_argument("--list", action="store_true", help="list the recordings")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(given) if given else ROOT.parent / "shared" / "data",
        help="where the recordings are",
    )
    args = parser.parse_args()
    names = sorted(p.relative_to(args.folder).as_posix() for p in args.folder.glob("*/*.npz"))
    if not names:
        parser.error(f"no recordings in {args.folder}; set ANLAN_RECORDINGS to their folder")
    if args.list:
        print("\n".join(n if recipe(n) else f"{n}  (cannot be converted)" for n in names))
        return 0
    if args.out is None:
        parser.error("say where to write with --out")
    if args.all:
        chosen = {n: args.out / n.replace("/", "_").replace(".npz", ".csv") for n in names}
        chosen = {n: target for n, target in chosen.items() if recipe(n)}
    elif args.name in names:
        chosen = {args.name: args.out}
    else:
        parser.error(f"{args.name} is not there; see --list")
    for name, target in chosen.items():
        table = convert(args.folder / name, name, target)
        print(f"{target}: {', '.join(table.headings)}, {len(table.columns[0])} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
